import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { CompactEncrypt, calculateJwkThumbprint, compactDecrypt, importJWK, type JWK } from "jose";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";

/**
 * A key that files are sealed for (X25519 or P-256) and that opens them again. The private half is never on a clock: what
 * leaves it on a stick is as mute as the stick's finder.
 */

const half = z.object({
  kty: z.enum(["OKP", "EC"]),
  crv: z.enum(["X25519", "P-256"]),
  x: z.string(),
  y: z.string().optional(),
});
const whole = half.extend({ d: z.string() });

export interface SealingKey {
  readonly jwk: JWK;
  /** First 16 characters of its thumbprint: says who can open it. */
  readonly kid: string;
}

/** Makes a pair: the private half goes into a new file. @returns the public half. @throws Fault `key-unusable`. */
export function makeSealingKey(file: string): JWK {
  const { kty, crv, x, d } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
  try {
    writeFileSync(file, `${JSON.stringify({ kty, crv, x, d }, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw new Fault("key-unusable", `${file} cannot be written`, "Name a new file in a folder of yours.", cause);
  }
  return { kty, crv, x } as JWK;
}

/** @throws Fault `key-unusable`, also for a private key: that one has no business where things are sealed. */
export async function readSealingKey(file: string): Promise<SealingKey> {
  const value = jsonIn(file);
  if (whole.safeParse(value).success) {
    throw new Fault(
      "key-unusable",
      `${file} holds a private key`,
      "Use the public half here, as `lintel backup key` prints it; the private half stays with whoever opens the file.",
    );
  }
  return keyed(half.safeParse(value), file, "public");
}

/** @throws Fault `key-unusable`. */
export const readOpeningKey = (file: string): Promise<SealingKey> =>
  keyed(whole.safeParse(jsonIn(file)), file, "private");

async function keyed(
  parsed: { readonly success: boolean; readonly data?: z.output<typeof half> },
  file: string,
  kind: string,
): Promise<SealingKey> {
  try {
    if (parsed.data === undefined) throw new RangeError("not a key");
    const jwk = parsed.data as JWK;
    await importJWK(jwk, "ECDH-ES+A256KW");
    return { jwk, kid: (await calculateJwkThumbprint(jwk)).slice(0, 16) };
  } catch (cause) {
    const remedy = "Name a JWK file with a key of the curve X25519 or P-256, as `lintel backup key FILE` makes one.";
    throw new Fault("key-unusable", `${file} holds no ${kind} key that can be used here`, remedy, cause);
  }
}

/** Compact JWE, ECDH-ES+A256KW and A256GCM. @param is what it is: it opens as nothing else. */
export const sealAs = async (content: Uint8Array, { jwk, kid }: SealingKey, is: string): Promise<string> =>
  new CompactEncrypt(content)
    .setProtectedHeader({ alg: "ECDH-ES+A256KW", enc: "A256GCM", kid, cty: is })
    .encrypt(await importJWK(jwk, "ECDH-ES+A256KW"));

/** @returns null where it is not for this key, was changed, or is something else. */
export async function openAs(sealed: string, { jwk }: SealingKey, is: string): Promise<Uint8Array | null> {
  const key = await importJWK(jwk, "ECDH-ES+A256KW");
  const opened = await compactDecrypt(sealed, key).catch(() => null);
  return opened !== null && opened.protectedHeader.cty === is ? opened.plaintext : null;
}

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Fault("key-unusable", `${file} cannot be read as a JWK`, "Name the JWK file of the key.", cause);
  }
}
