import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import type { Signer } from "../../kiosk/core/jws.ts";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";
import { type Identity, sourceOf } from "../../kiosk/core/record.ts";

/** Who a virtual kiosk is. The same seed gives the same fleet: its private keys are worth nothing outside of a test. */
export interface FleetDevice {
  readonly identity: Identity;
  readonly signer: Signer;
  readonly jwk: PublicJwk;
}

export function fleetDevice(seed: string, number: number, home: Pick<Identity, "tenant" | "site">): FleetDevice {
  const secret = digest(`lintel fleet key ${seed} ${number}`);
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8, secret]), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey);
  const { kty = "", crv = "", x = "" } = publicKey.export({ format: "jwk" });
  const jwk = { kty, crv, x };
  return {
    identity: { ...home, device: `k${label(`lintel fleet name ${seed} ${number}`)}` },
    jwk,
    signer: {
      kid: kidOf(jwk),
      alg: "EdDSA",
      publicKey,
      sign: (input) => sign(null, Buffer.from(input, "ascii"), privateKey),
    },
  };
}

/** One line of the file that `lintel receive --devices` reads. */
export const deviceLine = ({ identity, jwk }: FleetDevice): string =>
  JSON.stringify({ source: sourceOf(identity), jwk });

/** Twenty characters of 0-9 and a-z that the text decides. */
export const label = (text: string): string =>
  BigInt(`0x${digest(text).toString("hex")}`)
    .toString(36)
    .padStart(20, "0")
    .slice(-20);

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** What stands before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410). */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");
