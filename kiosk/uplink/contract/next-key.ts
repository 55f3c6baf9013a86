import { verify } from "node:crypto";
import { fromBase64url } from "../../core/base64url.ts";
import { LuError } from "../../core/jws.ts";
import { keyFromJwk, type NamedKey } from "./keys.ts";
import { keychange } from "./stream.ts";
import type { WireRecord } from "./wire.ts";

/**
 * The key that signs from the record after this `keychange` on.
 *
 * @param kid the key that signed this record: only the old one may name the new one.
 * @throws LuError 1001 it is no keychange; 1004 it is not the old key's, or the new one may not be registered; 1006 the
 *   new key did not sign `prev`, so nobody showed that it is held.
 */
export function nextKeyOf({ prev, data }: WireRecord, kid: string): NamedKey {
  const change = keychange.safeParse(data);
  if (!change.success) throw new LuError(1001, "no change of keys");
  const { old, new: next, sig_new } = change.data;
  if (old !== kid) throw new LuError(1004, "another key than the one it replaces signed it");
  const named = registrable(next.jwk);
  if (named.kid !== next.kid) throw new LuError(1004, "the new kid is not the new key's");
  const signature = fromBase64url(sig_new);
  if (signature === null) throw new LuError(1002, "sig_new is not canonical");
  const isHeld =
    named.key.asymmetricKeyType === "ec"
      ? verify("sha256", Buffer.from(prev), { key: named.key, dsaEncoding: "ieee-p1363" }, signature)
      : verify(null, Buffer.from(prev), named.key, signature);
  if (!isHeld) throw new LuError(1006, "the new key did not sign");
  return named;
}

function registrable({ kty, crv, x, y }: { kty: string; crv: string; x: string; y?: string | undefined }): NamedKey {
  try {
    return keyFromJwk(y === undefined ? { kty, crv, x } : { kty, crv, x, y });
  } catch {
    throw new LuError(1004, "the new key may not be registered");
  }
}
