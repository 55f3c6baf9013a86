import { createPublicKey, type KeyObject } from "node:crypto";
import { fromBase64url } from "../../core/base64url.ts";
import { type JwsTyp, LuError } from "../../core/jws.ts";
import { kidOf, type PublicJwk } from "../../core/kid.ts";
import { type Unwrapped, unwrap } from "./envelope.ts";

export interface NamedKey {
  /** First 16 characters of the RFC 7638 thumbprint. */
  readonly kid: string;
  readonly key: KeyObject;
}

/** A key of the cloud: what it may sign, and in whose name. */
export interface CloudKey extends NamedKey {
  /** `ack`, `cfg`, `ros`, `tim`, `cmd:{scope}`. */
  readonly role: string;
  /** `urn:lintel:{tenant}:cloud:{name}` */
  readonly source: string;
}

/** @throws Error where the JWK is not a public Ed25519 or P-256 key, or one that anybody could sign for. */
export function keyFromJwk(jwk: PublicJwk): NamedKey {
  const { kty, crv, x, y } = jwk;
  // Only these members, so that a private half never gets further than this line.
  const isEdwards = kty === "OKP" && crv === "Ed25519";
  if (!isEdwards && !(kty === "EC" && crv === "P-256")) throw new Error("only Ed25519 and P-256 keys are taken");
  if (isEdwards && isWeak(x)) throw new Error("this key would verify signatures that nobody made");
  const members = isEdwards ? { crv, kty, x } : { crv, kty, x, y: y ?? "" };
  return { kid: kidOf(members), key: createPublicKey({ key: members, format: "jwk" }) };
}

/**
 * Opens what a cloud key of one role signed.
 *
 * @throws LuError 1001-1007; 1004 also where the key has another role or speaks in another name.
 */
export function unwrapFromCloud(bytes: Uint8Array, typ: JwsTyp, role: string, keys: readonly CloudKey[]): Unwrapped {
  const ofRole = (kid: string) => keys.find((key) => key.kid === kid && key.role === role);
  const unwrapped = unwrap(bytes, typ, (kid) => ofRole(kid)?.key);
  if (ofRole(unwrapped.kid)?.source !== unwrapped.event.source) {
    throw new LuError(1004, "the key signs in another name");
  }
  return unwrapped;
}

/**
 * The points of small order on Curve25519's Edwards form, little-endian without the sign bit, also where written
 * unreduced: with one of these as a key, a signature over anything can be made by anybody (RFC 8032, 8.9, leaves it to
 * the verifier, and OpenSSL takes them).
 */
const smallOrder: readonly string[] = [
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
];

function isWeak(x: string): boolean {
  const point = fromBase64url(x);
  if (point?.length !== 32) return true;
  const hex = Buffer.from(point.with(31, (point[31] ?? 0) & 0x7f)).toString("hex");
  return smallOrder.includes(hex);
}
