import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Lets through only what the software itself could have said: words that stand in its own sentences. A name, a card number
 * or a key that found its way into an error message is none of them, in whatever encoding, and becomes "…". What is let
 * through is listed here by where it comes from, so nothing new gets out because somebody forgot to forbid it.
 *
 * A name that is also one of our words (Will, Mark) stays as that word.
 */
export type Ours = (text: string) => string;

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Whose sentences are invented people's. */
const told = /^kiosk\/(demo|theatre)\.ts$|^kiosk\/ui\/|\.d\.ts$/;
const literals = /"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`|'((?:[^'\\\n]|\\.)*)'/g;
/** A word of our sentences is no longer than this; a token or a hash is. */
const wordMax = 18;

export function openWords(folders: readonly string[] = ["kiosk", "provisioning"]): Ours {
  const words = new Set<string>();
  for (const folder of folders) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      const file = `${folder}/${name}`;
      if (!name.endsWith(".ts") || told.test(file)) continue;
      for (const [, ...found] of withoutComments(readFileSync(join(root, file), "utf8")).matchAll(literals)) {
        // What is put into a sentence is not part of it.
        const sentence = found.join("").replaceAll(/\$\{[^}]*\}/g, " ");
        for (const [word] of sentence.matchAll(/\p{L}+/gu)) if (word.length <= wordMax) words.add(word.toLowerCase());
      }
    }
  }
  const isOurs = (token: string): boolean =>
    isMoment(token) || /^\d{1,3}$/.test(token) || words.has(token.toLowerCase());
  return (text) =>
    text
      // Letters and digits together are one token: "ab12cd" is no word of anybody.
      .replaceAll(/\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?|[\p{L}\p{M}\p{N}]+/gu, (token) => (isOurs(token) ? token : "…"))
      .replaceAll(/[^\p{L}\p{M}\p{N}\s.,:;!?()'"/%+=<>°…-]/gu, "…")
      .slice(0, 500);
}

/** A time of day tells what happened when, and nothing of anybody. */
const isMoment = (token: string): boolean => /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?)?$/.test(token);

const withoutComments = (source: string): string => source.replaceAll(/^\s*\/\/.*$|\/\*[\s\S]*?\*\//gm, "");
