import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Signer } from "../../core/jws.ts";
import type { PublicJwk } from "../../core/kid.ts";
import { keyFromJwk } from "../contract/keys.ts";

export interface AckKey {
  readonly signer: Signer;
  readonly jwk: PublicJwk;
}

/** The demo backend's signing key: made at the first start, kept beside its database. A real one lives in a KMS. */
export function openAckKey(path: string | null): AckKey {
  const privateKey = path !== null && existsSync(path) ? createPrivateKey(readFileSync(path)) : makeKey(path);
  const publicKey = createPublicKey(privateKey);
  const { kty = "", crv = "", x = "" } = publicKey.export({ format: "jwk" });
  const jwk = { kty, crv, x };
  const { kid } = keyFromJwk(jwk);
  const signer: Signer = {
    kid,
    alg: "EdDSA",
    publicKey,
    sign: (input) => sign(null, Buffer.from(input, "ascii"), privateKey),
  };
  return { signer, jwk };
}

function makeKey(path: string | null): KeyObject {
  const { privateKey } = generateKeyPairSync("ed25519");
  if (path !== null)
    writeFileSync(path, privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600, flag: "wx" });
  return privateKey;
}
