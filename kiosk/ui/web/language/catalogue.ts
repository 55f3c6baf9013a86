import { arabic } from "./arabic.ts";
import { chinese } from "./chinese.ts";
import { english } from "./english.ts";
import { german } from "./german.ts";
import { hindi } from "./hindi.ts";
import { spanish } from "./spanish.ts";
import type { Words } from "./words.ts";

/** Every language the wall speaks, in the order in which they stand on it. */
export const catalogue: readonly Words[] = [english, spanish, german, hindi, arabic, chinese];

const languageOf = (tag: string): string => tag.split("-")[0]?.toLowerCase() ?? "";

/** The words nearest to a BCP 47 tag; null where we do not speak that language yet. */
export const wordsIn = (tag: string): Words | null =>
  catalogue.find(({ lang }) => languageOf(lang) === languageOf(tag)) ?? null;

/** The words nearest to a place's locale; English where we do not speak its language yet. */
export const wordsFor = (locale: string): Words => wordsIn(locale) ?? english;
