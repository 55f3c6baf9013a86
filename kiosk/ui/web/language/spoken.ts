import { signal } from "@preact/signals";
import { english } from "./english.ts";
import { languageOf, languages } from "./languages.ts";
import type { Words } from "./words.ts";

/**
 * The words of a wall. English comes with the page, every other language when somebody wants it: a wall speaks one or two
 * of them on most days, and need not carry six.
 */

const { spanish, german, hindi, arabic, chinese } = languages;
const others = new Map<string, () => Promise<Words>>([
  [spanish.lang, async () => (await import("./spanish.ts")).spanish],
  [german.lang, async () => (await import("./german.ts")).german],
  [hindi.lang, async () => (await import("./hindi.ts")).hindi],
  [arabic.lang, async () => (await import("./arabic.ts")).arabic],
  [languageOf(chinese.lang), async () => (await import("./chinese.ts")).chinese],
]);

const here = signal<ReadonlyMap<string, Words>>(new Map([[languageOf(english.lang), english]]));
const coming = new Set<string>();

/** The words nearest to a BCP 47 tag; null where we do not speak that language, or until they have come. */
export function wordsIn(tag: string): Words | null {
  const lang = languageOf(tag);
  const words = here.value.get(lang);
  if (words === undefined) void fetchWords(lang);
  return words ?? null;
}

/** Whoever drew without them draws anew. */
async function fetchWords(lang: string): Promise<void> {
  const load = others.get(lang);
  if (load === undefined || coming.has(lang)) return;
  coming.add(lang);
  try {
    const words = await load();
    here.value = new Map([...here.peek(), [lang, words]]);
  } catch {
    // The clock is being started anew; whoever wants them next asks again.
    coming.delete(lang);
  }
}

/** True once nothing is awaited: these words are here, or will never be. */
export const areHere = (tag: string): boolean => wordsIn(tag) !== null || !others.has(languageOf(tag));
