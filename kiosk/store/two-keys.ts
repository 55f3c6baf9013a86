import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { CompactEncrypt, compactDecrypt, importJWK } from "jose";
import { z } from "zod";
import { Fault } from "../core/fault.ts";

/**
 * Sealed so that two must agree to open it: the content under a key of its own, AES-256-GCM, and that key as two halves
 * (random bytes, and the key XOR those), each a compact JWE to one public key (ECDH-ES, X25519, A256GCM). One half alone
 * says nothing about the key, whatever becomes of the cipher of the other.
 */

export interface SealingKey {
  readonly kty: "OKP";
  readonly crv: "X25519";
  readonly x: string;
}

export interface OpeningKey extends SealingKey {
  readonly d: string;
}

/** Of whoever speaks for the staff, and of the employer. */
export type TwoKeys = readonly [staff: SealingKey, employer: SealingKey];

const publicHalf = z.object({ kty: z.literal("OKP"), crv: z.literal("X25519"), x: z.string().length(43) });
const wholeKey = publicHalf.extend({ d: z.string().length(43) });

const parcelShape = z.strictObject({
  v: z.literal(1),
  iv: z.string(),
  tag: z.string(),
  body: z.string(),
  halves: z.tuple([z.string(), z.string()]),
});

/** @throws Fault `key-unusable` naming `whose`; also for a private key, which has no business on a clock. */
export function sealingKeyIn(text: string, whose: string): SealingKey {
  const value = jsonOf(text);
  const isPrivate = typeof value === "object" && value !== null && "d" in value;
  const parsed = publicHalf.safeParse(value);
  if (parsed.success && !isPrivate) return parsed.data;
  throw new Fault(
    "key-unusable",
    isPrivate ? `the key of ${whose} is a private one` : `the key of ${whose} is no public X25519 key`,
    "Give the clock the public half that `lintel snapshot key` prints; the private half stays with whoever opens pictures.",
  );
}

/** @throws Fault `key-unusable` */
export function openingKeyIn(text: string, whose: string): OpeningKey {
  const parsed = wholeKey.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const remedy = "Name the file that `lintel snapshot key` made.";
  throw new Fault("key-unusable", `the file of ${whose} holds no private X25519 key`, remedy);
}

/** @throws Fault `key-unusable` where both are one key: then one could open it alone. */
export function differing([staff, employer]: TwoKeys): TwoKeys {
  if (staff.x !== employer.x) return [staff, employer];
  const remedy = "Each of the two makes a key of their own: `lintel snapshot key`.";
  throw new Fault("key-unusable", "both keys of the pictures are the same one", remedy);
}

/** @param bindTo opens only as what it is. @returns one text; never holds anything of the content in clear. */
export async function sealForTwo(content: Uint8Array, keys: TwoKeys, bindTo: string): Promise<string> {
  const key = randomBytes(32);
  const mask = randomBytes(32);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(bindTo));
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  const halves = await Promise.all([halfFor(mask, keys[0]), halfFor(xor(key, mask), keys[1])]);
  key.fill(0);
  const parts = { iv: text(iv), tag: text(cipher.getAuthTag()), body: text(body) };
  return JSON.stringify({ v: 1, ...parts, halves });
}

/**
 * @param keys in any order.
 * @throws Fault `snapshot-unusable` where one of the two is missing or wrong, or the parcel is not what was sealed.
 */
export async function openWithTwo(
  parcel: string,
  keys: readonly [OpeningKey, OpeningKey],
  bindTo: string,
): Promise<Uint8Array> {
  const parsed = parcelShape.safeParse(jsonOf(parcel));
  if (!parsed.success) throw unusable("this is no sealed picture");
  const { iv, tag, body, halves } = parsed.data;
  const opened = await Promise.all(halves.map((half) => openHalf(half, keys)));
  const [mask, masked] = opened;
  if (mask == null || masked == null)
    throw unusable("these two keys do not open it: one of them is missing or another's");
  try {
    const decipher = createDecipheriv("aes-256-gcm", xor(mask, masked), bytes(iv), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(bindTo)).setAuthTag(bytes(tag));
    return Buffer.concat([decipher.update(bytes(body)), decipher.final()]);
  } catch (cause) {
    throw unusable("the picture is not what was sealed", cause);
  }
}

/** SHA-256 of a parcel, base64url: what stands in the punch. */
export const parcelHash = (parcel: string): string => createHash("sha256").update(parcel).digest("base64url");

const halfFor = async (half: Uint8Array, { kty, crv, x }: SealingKey): Promise<string> =>
  new CompactEncrypt(half)
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
    .encrypt(await importJWK({ kty, crv, x }, "ECDH-ES"));

async function openHalf(half: string, keys: readonly OpeningKey[]): Promise<Uint8Array | null> {
  for (const { kty, crv, x, d } of keys) {
    const key = await importJWK({ kty, crv, x, d }, "ECDH-ES");
    const opened = await compactDecrypt(half, key).catch(() => null);
    if (opened?.plaintext.length === 32) return opened.plaintext;
  }
  return null;
}

const xor = (one: Uint8Array, other: Uint8Array): Uint8Array => one.map((byte, at) => byte ^ (other[at] ?? 0));

const text = (raw: Uint8Array): string => Buffer.from(raw).toString("base64url");
const bytes = (encoded: string): Buffer => Buffer.from(encoded, "base64url");

const unusable = (message: string, cause?: unknown): Fault =>
  new Fault("snapshot-unusable", message, "Both keys are needed, of those who held them when it was taken.", cause);

function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
