import { createPublicKey, type KeyObject } from "node:crypto";
import { kidOf, type PublicJwk } from "../../core/kid.ts";

export interface NamedKey {
  /** First 16 characters of the RFC 7638 thumbprint. */
  readonly kid: string;
  readonly key: KeyObject;
}

/** @throws Error where the JWK is not a public Ed25519 or P-256 key. */
export function keyFromJwk(jwk: PublicJwk): NamedKey {
  const { kty, crv, x, y } = jwk;
  // Only these members, so that a private half never gets further than this line.
  const isEdwards = kty === "OKP" && crv === "Ed25519";
  if (!isEdwards && !(kty === "EC" && crv === "P-256")) throw new Error("only Ed25519 and P-256 keys are taken");
  const members = isEdwards ? { crv, kty, x } : { crv, kty, x, y: y ?? "" };
  return { kid: kidOf(members), key: createPublicKey({ key: members, format: "jwk" }) };
}
