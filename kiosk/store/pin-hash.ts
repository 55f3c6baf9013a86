import { createHmac, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { fromBase64url, toBase64url } from "../core/base64url.ts";
import { numberDigits } from "../core/pin.ts";

/**
 * How PINs are kept: scrypt (RFC 7914), N 2^15, r 8, p 1, 32 bytes, and an HMAC under this device's pepper around it. A
 * PIN has few digits; without the pepper, which lies sealed on this device, nobody can try them all.
 */

const saltBytes = 16;
const hashBytes = 32;
/** One size for everybody: how long a check takes says nothing about whom it was for. */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;

export const newSalt = (): Uint8Array => randomBytes(saltBytes);

/** In libuv's pool: the clock goes on meanwhile. */
export const slowHash = (pin: string, salt: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    scrypt(pin, salt, hashBytes, cost, (error, hash) => (error === null ? resolve(hash) : reject(error)));
  });

export const peppered = (pepper: Uint8Array, hash: Uint8Array): Uint8Array =>
  createHmac("sha256", pepper).update(hash).digest();

/** Takes the same time for every two that are not the same. */
export const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);

/** A PIN as the roster brings it (docs/passes.md): `lp1.NUMBER.SALT.HASH`, and `.HASH` of a duress PIN where there is one. */
export interface Verifier {
  readonly number: string;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
  readonly duress: Uint8Array | null;
}

export function readVerifier(text: string): Verifier | null {
  const [version, number = "", saltText = "", hashText = "", duressText, ...more] = text.split(".");
  if (version !== "lp1" || more.length > 0 || !isNumber(number)) return null;
  const salt = fromBase64url(saltText);
  const hash = fromBase64url(hashText);
  const duress = duressText === undefined ? null : fromBase64url(duressText);
  const isWhole = salt?.length === saltBytes && hash?.length === hashBytes;
  if (!isWhole || (duressText !== undefined && duress?.length !== hashBytes)) return null;
  return { number, salt, hash, duress };
}

/** For whoever makes rosters. */
export async function makeVerifier(number: string, pin: string, duress?: string): Promise<string> {
  const salt = newSalt();
  const hashes = await Promise.all([pin, ...(duress === undefined ? [] : [duress])].map((one) => slowHash(one, salt)));
  return ["lp1", number, toBase64url(salt), ...hashes.map(toBase64url)].join(".");
}

export const isNumber = (text: string): boolean =>
  new RegExp(`^[0-9]{${numberDigits.min},${numberDigits.max}}$`).test(text);
