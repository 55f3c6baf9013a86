import { createHash, createPublicKey, type KeyObject } from "node:crypto";

/** A public key as configuration and registries carry it, and the short name the protocol calls it by. */

/** A public JWK: Ed25519 (`OKP`) or P-256 (`EC`). */
export interface PublicJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y?: string;
}

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
  const key = createPublicKey({ key: members, format: "jwk" });
  return { kid: kidOf(members), key };
}

/** @param members the required members of the JWK, in alphabetical order (RFC 7638 section 3.3). */
const kidOf = (members: object): string =>
  createHash("sha256").update(JSON.stringify(members)).digest("base64url").slice(0, 16);
