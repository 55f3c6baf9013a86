import { createPublicKey, type KeyObject, sign } from "node:crypto";
import type { Signer } from "../../kiosk/core/jws.ts";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";

/** @param key an Ed25519 private key. */
export function signerFrom(key: KeyObject): { readonly signer: Signer; readonly jwk: PublicJwk } {
  const publicKey = createPublicKey(key);
  const { kty = "", crv = "", x = "" } = publicKey.export({ format: "jwk" });
  const jwk = { kty, crv, x };
  const signer: Signer = {
    kid: kidOf(jwk),
    alg: "EdDSA",
    publicKey,
    sign: (input) => sign(null, Buffer.from(input, "ascii"), key),
  };
  return { signer, jwk };
}
