import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { CompactEncrypt, compactDecrypt, importJWK, type JWK } from "jose";
import { z } from "zod";
import { Fault } from "../kiosk/core/fault.ts";
import { type KeyOf, verifyJws } from "../kiosk/core/jws.ts";
import { kidOf, type PublicJwk } from "../kiosk/core/kid.ts";
import type { AuditData, RecordEvent } from "../kiosk/core/record.ts";

/**
 * What is handed out is sealed for one reader, a compact JWE (ECDH-ES, A256GCM), and has a manifest that counts and hashes
 * it. A clock's own manifest is the signed record of the export in its journal; out of a receiver's store it is signed with
 * a key of whoever exports.
 */
export type Manifest =
  | { readonly by: "clock"; readonly jws: string }
  | { readonly by: "key"; readonly body: string; readonly x: string; readonly sig: string };

export const manifestShape = z.union([
  z.strictObject({ by: z.literal("clock"), jws: z.string() }),
  z.strictObject({ by: z.literal("key"), body: z.string(), x: z.string(), sig: z.string() }),
]);

/** What a manifest says of what it is about: how many records, and the hash over them (`manifestHash`). */
export interface Counted {
  readonly n: number;
  readonly h: string;
}

/** @param key JWK of the reader's public key: X25519 or P-256. @throws Fault `key-unusable` */
export async function sealFor(key: string, content: object): Promise<string> {
  const { d: _, ...jwk } = jwkIn(key);
  return new CompactEncrypt(Buffer.from(JSON.stringify(content)))
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
    .encrypt(await importJWK(jwk as JWK, "ECDH-ES"));
}

/** @throws Fault `key-unusable` where it does not open, or holds something else than this shape. */
export async function unsealed<T>(sealed: string, key: string, shape: z.ZodType<T>): Promise<T> {
  const jwk = jwkIn(key);
  try {
    const { plaintext } = await compactDecrypt(sealed.trim(), await importJWK(jwk as JWK, "ECDH-ES"));
    return shape.parse(JSON.parse(Buffer.from(plaintext).toString("utf8")));
  } catch (cause) {
    const remedy = "Use the private half of the key that it was sealed for, and the file as it came.";
    throw new Fault("key-unusable", "this export does not open with this key, or was changed", remedy, cause);
  }
}

/** @param privateJwk of whoever exports, Ed25519. @throws Fault `key-unusable` */
export function signedManifest(counted: Counted, privateJwk: string, exported: string): Manifest {
  const body = JSON.stringify({ ...counted, exported });
  try {
    const key = createPrivateKey({ key: JSON.parse(privateJwk), format: "jwk" });
    const { x = "" } = createPublicKey(key).export({ format: "jwk" });
    return { by: "key", body, x, sig: sign(null, Buffer.from(body), key).toString("base64url") };
  } catch (cause) {
    const remedy = "Make one with lintel pass key.";
    throw new Fault("key-unusable", "the signing key is no private Ed25519 key", remedy, cause);
  }
}

const bodyShape = z.strictObject({ n: z.int(), h: z.string(), exported: z.string() });

/**
 * What a manifest says, where it is signed by who it should be; otherwise null.
 *
 * @param by public Ed25519 key (x) of whoever exported out of a store; null where a clock did.
 */
export function saidBy(
  manifest: Manifest,
  signers: KeyOf,
  by: string | null,
): (Counted & { readonly record: AuditData | null }) | null {
  try {
    if (manifest.by === "clock") {
      const event = verifyJws(manifest.jws, "lintel-rec+jws", signers).payload as RecordEvent;
      const record = event.type === "dev.lintel.audit.v1" ? (event.data as AuditData) : null;
      return record?.out === undefined ? null : { ...record.out, record };
    }
    if (manifest.x !== by) return null;
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: manifest.x }, format: "jwk" });
    const isGood = verify(null, Buffer.from(manifest.body), key, Buffer.from(manifest.sig, "base64url"));
    return isGood ? { ...bodyShape.parse(JSON.parse(manifest.body)), record: null } : null;
  } catch {
    return null;
  }
}

const jwkShape = z.object({
  kty: z.enum(["OKP", "EC"]),
  crv: z.enum(["X25519", "P-256"]),
  x: z.string(),
  y: z.string().optional(),
  d: z.string().optional(),
});

function jwkIn(text: string): z.infer<typeof jwkShape> {
  try {
    return jwkShape.parse(JSON.parse(text));
  } catch (cause) {
    const remedy = "A JWK of the curve X25519 or P-256 is wanted.";
    throw new Fault("key-unusable", "that is no key to seal with", remedy, cause);
  }
}

/** A clock's public key, by the name that its signatures bear. @throws Fault `key-unusable` */
export function clockKeyIn(path: string) {
  try {
    const jwk = JSON.parse(textIn(path)) as PublicJwk;
    return [kidOf(jwk), createPublicKey({ key: { ...jwk }, format: "jwk" })] as const;
  } catch (cause) {
    throw new Fault("key-unusable", `${path} is no public key of a clock`, "Name its device.pub.jwk.", cause);
  }
}

/** The public half (x) in a file of whoever exports; null where none is named. @throws Fault `key-unusable` */
export const exporterIn = (path: string | undefined): string | null =>
  path === undefined ? null : (JSON.parse(textIn(path)) as PublicJwk).x;

/** @throws Fault `key-unusable` */
export function textIn(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Fault("key-unusable", `${path} cannot be read`, "Name a file that is there.", cause);
  }
}

/** A new file that nobody else may read. @throws Fault `config-invalid` */
export function writeNew(path: string, content: string): void {
  try {
    writeFileSync(path, `${content}\n`, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw new Fault("config-invalid", `${path} cannot be written`, "Name a new file in a folder of yours.", cause);
  }
}
