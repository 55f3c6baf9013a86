import { arabic } from "./arabic.ts";
import { chinese } from "./chinese.ts";
import { english } from "./english.ts";
import { german } from "./german.ts";
import { hindi } from "./hindi.ts";
import { languageOf } from "./languages.ts";
import { spanish } from "./spanish.ts";
import type { Words } from "./words.ts";

/** All words there are, at once: for the gallery and for tests. A wall takes those that are wanted (spoken.ts). */
export const catalogue: readonly Words[] = [english, spanish, german, hindi, arabic, chinese];

/** The words nearest to a BCP 47 tag; English where we do not speak that language yet. */
export const wordsFor = (tag: string): Words =>
  catalogue.find(({ lang }) => languageOf(lang) === languageOf(tag)) ?? english;
