import { createHash } from "node:crypto";

/** A public key as configuration and registries carry it: Ed25519 (`OKP`), or P-256 (`EC`) with a `y`. */
export interface PublicJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y?: string;
}

/**
 * The short name the protocol calls a key by: the first 16 characters of its RFC 7638 thumbprint, which covers the
 * required members alone, in alphabetical order and without spaces.
 */
export function kidOf({ crv, kty, x, y }: PublicJwk): string {
  const members = kty === "EC" ? { crv, kty, x, y } : { crv, kty, x };
  return createHash("sha256").update(JSON.stringify(members)).digest("base64url").slice(0, 16);
}
