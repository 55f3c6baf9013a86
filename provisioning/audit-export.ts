import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { CompactEncrypt, compactDecrypt, importJWK, type JWK } from "jose";
import { z } from "zod";
import { Fault } from "../kiosk/core/fault.ts";
import { type KeyOf, LuError, verifyJws } from "../kiosk/core/jws.ts";
import type { AuditData, RecordEvent } from "../kiosk/core/record.ts";
import { manifestHash } from "../kiosk/office/front-desk.ts";

/**
 * What was done, sealed for one reader: a compact JWE (ECDH-ES, A256GCM) of the signed records as they stand, and of a
 * manifest that says how many there are and what they hash to. A clock's own manifest is the signed record of the export
 * in its journal; out of a receiver's store it is signed with a key of whoever exports.
 */
export type Manifest =
  | { readonly by: "clock"; readonly jws: string }
  | { readonly by: "key"; readonly body: string; readonly x: string; readonly sig: string };

const bundleShape = z.strictObject({
  v: z.literal(1),
  manifest: z.union([
    z.strictObject({ by: z.literal("clock"), jws: z.string() }),
    z.strictObject({ by: z.literal("key"), body: z.string(), x: z.string(), sig: z.string() }),
  ]),
  records: z.array(z.string()),
});

const bodyShape = z.strictObject({ n: z.int(), h: z.string(), exported: z.string() });

const jwkShape = z.object({
  kty: z.enum(["OKP", "EC"]),
  crv: z.enum(["X25519", "P-256"]),
  x: z.string(),
  y: z.string().optional(),
  d: z.string().optional(),
});

/** @param key JWK of the reader's public key: X25519 or P-256. @throws Fault `key-unusable` */
export async function sealAudit(manifest: Manifest, records: readonly string[], key: string): Promise<string> {
  const { d: _, ...jwk } = jwkIn(key);
  const plain = Buffer.from(JSON.stringify({ v: 1, manifest, records }));
  return new CompactEncrypt(plain)
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
    .encrypt(await importJWK(jwk as JWK, "ECDH-ES"));
}

/** @param privateJwk of whoever exports, Ed25519. */
export function signedManifest(records: readonly string[], privateJwk: string, exported: string): Manifest {
  const body = JSON.stringify({ n: records.length, h: manifestHash(records), exported });
  try {
    const key = createPrivateKey({ key: JSON.parse(privateJwk), format: "jwk" });
    const { x = "" } = createPublicKey(key).export({ format: "jwk" });
    return { by: "key", body, x, sig: sign(null, Buffer.from(body), key).toString("base64url") };
  } catch (cause) {
    throw new Fault(
      "key-unusable",
      "the signing key is no private Ed25519 key",
      "Make one with lintel pass key.",
      cause,
    );
  }
}

export interface AuditBundle {
  readonly records: readonly RecordEvent[];
  readonly manifest: Manifest;
  /** Everything that is wrong with it, in sentences; empty: it is whole and genuine. */
  readonly wrong: readonly string[];
}

/**
 * Opens and checks: the manifest's signature, the count, the hash, and every record's signature.
 *
 * @param signers public keys of the clocks.
 * @param by public Ed25519 key (x) of whoever exported out of a store; null where a clock did.
 * @throws Fault `key-unusable` where it does not open.
 */
export async function openAudit(sealed: string, key: string, signers: KeyOf, by: string | null): Promise<AuditBundle> {
  const { manifest, records } = await unsealed(sealed, jwkIn(key));
  const wrong: string[] = [];
  const events = records.flatMap((jws, at) => {
    try {
      return [verifyJws(jws, "lintel-rec+jws", signers).payload as RecordEvent];
    } catch (error) {
      if (!(error instanceof LuError)) throw error;
      wrong.push(`record ${at + 1} is not genuine: LU-${error.code}, ${error.message}`);
      return [];
    }
  });
  const said = saidBy(manifest, signers, by);
  if (said === null) wrong.push("the manifest is not signed by who it should be");
  else {
    if (said.n !== records.length) wrong.push(`the manifest counts ${said.n} records, and here are ${records.length}`);
    if (said.h !== manifestHash(records)) wrong.push("the records are not those that the manifest is about");
  }
  return { records: events, manifest, wrong };
}

async function unsealed(sealed: string, jwk: z.infer<typeof jwkShape>) {
  try {
    const { plaintext } = await compactDecrypt(sealed.trim(), await importJWK(jwk as JWK, "ECDH-ES"));
    return bundleShape.parse(JSON.parse(Buffer.from(plaintext).toString("utf8")));
  } catch (cause) {
    const remedy = "Use the private half of the key that it was sealed for, and the file as it came.";
    throw new Fault("key-unusable", "this export does not open with this key, or was changed", remedy, cause);
  }
}

function saidBy(
  manifest: Manifest,
  signers: KeyOf,
  by: string | null,
): { readonly n: number; readonly h: string } | null {
  try {
    if (manifest.by === "clock") {
      const event = verifyJws(manifest.jws, "lintel-rec+jws", signers).payload as RecordEvent;
      return event.type === "dev.lintel.audit.v1" ? ((event.data as AuditData).out ?? null) : null;
    }
    if (manifest.x !== by) return null;
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: manifest.x }, format: "jwk" });
    const isGood = verify(null, Buffer.from(manifest.body), key, Buffer.from(manifest.sig, "base64url"));
    return isGood ? bodyShape.parse(JSON.parse(manifest.body)) : null;
  } catch {
    return null;
  }
}

function jwkIn(text: string): z.infer<typeof jwkShape> {
  try {
    return jwkShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new Fault(
      "key-unusable",
      "that is no key to seal with",
      "A JWK of the curve X25519 or P-256 is wanted.",
      cause,
    );
  }
}
