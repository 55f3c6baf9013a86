import { english } from "./english.ts";
import type { Words } from "./words.ts";

/** Every language the wall speaks. */
const catalogue: readonly Words[] = [english];

/** The words nearest to a place's locale; English where we do not speak its language yet. */
export function wordsFor(locale: string): Words {
  const language = (tag: string): string => tag.split("-")[0]?.toLowerCase() ?? "";
  return catalogue.find(({ lang }) => language(lang) === language(locale)) ?? english;
}
