import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import type { KeyOf, Signer } from "../../kiosk/core/jws.ts";
import { kidOf } from "../../kiosk/core/kid.ts";

/**
 * Whose releases are installed: a JWKS with one or two public Ed25519 keys. Two, so that the second, kept elsewhere, can
 * sign when the first is lost, and name its successor.
 */
const publicJwk = z.looseObject({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string().length(43) });
const jwks = z.looseObject({ keys: z.array(publicJwk).min(1).max(4) });

/** @throws Fault `key-unusable`. */
export async function readReleaseKeys(path: string): Promise<KeyOf> {
  const parsed = jwks.safeParse(await jsonOf(path));
  if (!parsed.success || parsed.data.keys.some((key) => "d" in key)) {
    throw unusable(path, 'The file is {"keys": [...]} with public Ed25519 keys only; `lintel release key` makes them.');
  }
  const keys = new Map<string, KeyObject>();
  for (const { kty, crv, x } of parsed.data.keys) {
    keys.set(kidOf({ kty, crv, x }), createPublicKey({ key: { kty, crv, x }, format: "jwk" }));
  }
  return (kid) => keys.get(kid);
}

/** @throws Fault `key-unusable`. */
export async function readReleaseSigner(path: string): Promise<Signer> {
  const parsed = publicJwk.extend({ d: z.string() }).safeParse(await jsonOf(path));
  if (!parsed.success) throw unusable(path, "Name the private half that `lintel release key` wrote.");
  const { kty, crv, x } = parsed.data;
  const key = createPrivateKey({ key: parsed.data, format: "jwk" });
  return {
    kid: kidOf({ kty, crv, x }),
    alg: "EdDSA",
    publicKey: createPublicKey(key),
    sign: (input) => sign(null, Buffer.from(input, "ascii"), key),
  };
}

async function jsonOf(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw unusable(path, "Name a file with JSON in it that can be read.", cause);
  }
}

const unusable = (path: string, remedy: string, cause?: unknown): Fault =>
  new Fault("key-unusable", `${path} holds no key of a release`, remedy, cause);
