import { createPublicKey, type KeyObject } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KeyOf, Signer } from "../core/jws.ts";
import { kidOf, type PublicJwk } from "../core/kid.ts";
import { writeAtomically } from "./atomic.ts";

/**
 * Public keys lie beside the records they prove, so that a copied folder can be checked anywhere: `device.pub.jwk` is
 * the one in use, `device.<kid>.pub.jwk` are earlier ones.
 */
const currentName = "device.pub.jwk";

export function readKeyring(directory: string): readonly PublicJwk[] {
  const names = readdirSync(directory).filter((name) => /^device(\.[A-Za-z0-9_-]{16})?\.pub\.jwk$/.test(name));
  return names.map((name) => parseJwk(readFileSync(join(directory, name), "utf8"))).filter((jwk) => jwk !== null);
}

/** Looks keys up by the kid that follows from the key itself: a file cannot claim another one. */
export function keyOfRing(ring: readonly PublicJwk[]): KeyOf {
  const keys = new Map<string, KeyObject>();
  for (const jwk of ring) {
    try {
      keys.set(kidOf(jwk), createPublicKey({ key: { ...jwk }, format: "jwk" }));
    } catch {
      // A key that is none proves nothing; its records are then found to be unproved.
    }
  }
  return (kid) => keys.get(kid);
}

/** Puts the signer's public key beside the journal; an earlier one keeps its own name. */
export async function publishKey(directory: string, signer: Signer): Promise<void> {
  const file = join(directory, currentName);
  const current = existsSync(file) ? parseJwk(readFileSync(file, "utf8")) : null;
  if (current !== null && kidOf(current) === signer.kid) return;
  if (current !== null)
    await writeAtomically(join(directory, `device.${kidOf(current)}.pub.jwk`), JSON.stringify(current), 0o644);
  await writeAtomically(file, JSON.stringify(signer.publicKey.export({ format: "jwk" })), 0o644);
}

/** Puts the public key that is about to follow beside the journal, under its own name. */
export const publishHeir = (directory: string, { kid, publicKey }: Signer): Promise<void> =>
  writeAtomically(join(directory, `device.${kid}.pub.jwk`), JSON.stringify(publicKey.export({ format: "jwk" })), 0o644);

function parseJwk(text: string): PublicJwk | null {
  try {
    const { kty, crv, x } = JSON.parse(text) as Partial<PublicJwk>;
    return kty === "OKP" && crv === "Ed25519" && typeof x === "string" ? { kty, crv, x } : null;
  } catch {
    return null;
  }
}
