import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the two ends of an enrolment have in common, if nobody stands between them. */
export interface Joined {
  readonly device: string;
  /** `x` of the record key's JWK. */
  readonly recordX: string;
  /** SPKI of the TLS key, DER. */
  readonly tlsSpki: Uint8Array;
  /** SHA-256 of the ticket's text, base64url. */
  readonly ticketHash: string;
}

const wordsWanted = 6;
const bitsOfWord = 11;

/**
 * Six words that the clock and the authority show alike: 66 bits of SHA-256 over the device's keys and the ticket. Whoever
 * wants another clock or another authority to show the same six would have to try 2^65 keys within the ticket's day.
 *
 * The list is the English one of BIP-0039, 2048 words, no two of which begin with the same four letters.
 */
export function sixWords({ device, recordX, tlsSpki, ticketHash }: Joined): readonly string[] {
  const digest = createHash("sha256")
    .update(["lintel-words-1", device, recordX, Buffer.from(tlsSpki).toString("base64url"), ticketHash].join("\n"))
    .digest();
  const bits = [...digest].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: wordsWanted }, (_, at) => {
    const word = list()[Number.parseInt(bits.slice(at * bitsOfWord, (at + 1) * bitsOfWord), 2)];
    if (word === undefined) throw new RangeError("the list has 2048 words");
    return word;
  });
}

/** As somebody reads or types them: case, commas and spaces are nobody's business. */
export const sameWords = (typed: string, words: readonly string[]): boolean =>
  typed
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "")
    .join(" ") === words.join(" ");

let known: readonly string[] | null = null;
const list = (): readonly string[] => {
  known ??= readFileSync(join(import.meta.dirname, "words.txt"), "utf8")
    .trim()
    .split("\n");
  return known;
};
