import { createHmac } from "node:crypto";

/**
 * Cards, as the clock keeps them. A card number opens doors elsewhere and can be copied onto another card, so it lives
 * between a reader's door (or the technician's desk) and its hash, and nowhere else.
 */

/**
 * Keyed hash of a card: the first 16 bytes of HMAC-SHA-256(site's card key, UTF-8 of the card's text), base64url, 22
 * characters; the same that stands as `cards` in the roster (docs/readers.md).
 */
export type CardHash = string & { readonly brand: "CardHash" };

/** `technology:number`, as it is hashed; bounded and printable. Never kept, never logged. */
export type CardText = string & { readonly brand: "CardText" };

/** Hashes under this site's key, which it holds and does not show. */
export type HashCard = (card: CardText) => CardHash;

const hashBytes = 16;
const cardKeyBytes = 32;

const textPattern = /^[a-z0-9-]{1,16}:[!-~]{1,60}$/;
const hashPattern = /^[A-Za-z0-9_-]{22}$/;

export const isCardText = (text: string): text is CardText => textPattern.test(text);

/** Parses at a boundary. The message never says what stood there. */
export function cardText(text: string): CardText {
  if (!isCardText(text)) throw new RangeError("not a card as a reader says it: technology, colon, number");
  return text;
}

export const isCardHash = (text: string): text is CardHash => hashPattern.test(text);

/** Trusts what a hasher, the roster's parser or our own sealed file gave. */
export const cardHash = (text: string): CardHash => text as CardHash;

/** @param key of `cardKeyBytes` bytes, the same in every clock of a site. */
export function cardHasher(key: Uint8Array): HashCard {
  if (key.length !== cardKeyBytes) throw new RangeError("a card key has 32 bytes");
  const own = Uint8Array.from(key);
  return (card) =>
    cardHash(createHmac("sha256", own).update(card, "utf8").digest().subarray(0, hashBytes).toString("base64url"));
}
