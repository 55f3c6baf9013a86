import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { fromBase64url } from "../core/base64url.ts";
import type { Signer } from "../core/jws.ts";
import { kidOf, type PublicJwk } from "../core/kid.ts";
import type { KeyRing, StoredRecord } from "../core/ports/journal.ts";
import type { GenesisData, KeychangeData, RecordBody, RecordEvent } from "../core/record.ts";
import { eventOf } from "./make-record.ts";

/**
 * Which key signs where. A genesis names the key of its epoch, and a `keychange`, signed by the key so far, the one that
 * signs after it. So a chain says at every place who may have signed the record there, whatever keys lie around.
 */

type Signed = Pick<StoredRecord, "jws" | "type">;

/** A key ring or, in tools and tests, a single key that never changes. */
export type Keys = Signer | KeyRing;

export const ringOf = (keys: Keys): KeyRing | null => ("adopt" in keys ? keys : null);

export const heldBy = (keys: Keys, kid: string): Signer | undefined =>
  ringOf(keys)?.held(kid) ?? (keys.kid === kid ? keys : undefined);

/** Of a token that was proved, or that we wrote. */
export function kidIn(jws: string): string {
  const header = Buffer.from(jws.slice(0, jws.indexOf(".")), "base64url").toString("utf8");
  return String((JSON.parse(header) as { kid?: unknown }).kid);
}

/** The key that signs the record after this one. */
export const kidAfter = ({ jws, type }: Signed): string =>
  type === "keychange" ? (eventOf(jws).data as KeychangeData).new.kid : kidIn(jws);

/**
 * Whether the chain lets this key sign here.
 *
 * @param expected what `kidAfter` says of the record before; null where that one is not here.
 */
export function mayHaveSigned({ jws, type }: Signed, event: RecordEvent, expected: string | null): boolean {
  const kid = kidIn(jws);
  if (type === "genesis" && event.seq === 0) return (event.data as GenesisData).keys.some((key) => key.kid === kid);
  return expected === null || expected === kid;
}

/** @param prev record hash of the record before the change: the new key signs it to show that it is held. */
export function keychangeTo(next: Signer, old: string, prev: string): RecordBody {
  const { kty = "", crv = "", x = "" } = next.publicKey.export({ format: "jwk" });
  const sig_new = Buffer.from(next.sign(prev)).toString("base64url");
  return { type: "keychange", data: { old, new: { kid: next.kid, jwk: { kty, crv, x }, alg: next.alg }, sig_new } };
}

/** The key that a proved keychange hands over to; null where it does not show that it is held, or another key signed. */
export function heirOf(event: RecordEvent, signedBy: string): { readonly kid: string; readonly key: KeyObject } | null {
  const { old, new: next, sig_new } = event.data as KeychangeData;
  const signature = fromBase64url(sig_new);
  const key = publicKeyOf(next.jwk);
  if (signature === null || key === null || old !== signedBy || kidOf(next.jwk) !== next.kid) return null;
  return verify(null, Buffer.from(event.prev), key, signature) ? { kid: next.kid, key } : null;
}

function publicKeyOf({ kty, crv, x }: PublicJwk): KeyObject | null {
  if (kty !== "OKP" || crv !== "Ed25519") return null;
  try {
    return createPublicKey({ key: { kty, crv, x }, format: "jwk" });
  } catch {
    return null;
  }
}
