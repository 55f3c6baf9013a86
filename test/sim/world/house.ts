import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { cardHash } from "../../../kiosk/core/card.ts";
import type { Signer } from "../../../kiosk/core/jws.ts";
import { kidOf, type PublicJwk } from "../../../kiosk/core/kid.ts";
import { type Person, personId } from "../../../kiosk/core/person.ts";
import { defaultPolicy, type Policy } from "../../../kiosk/core/policy.ts";
import type { Identity } from "../../../kiosk/core/record.ts";

/** Who and what stands in every world. Keys are always the same, so that every life of a world signs the same bytes. */

export interface KeyPair {
  readonly signer: Signer;
  readonly jwk: PublicJwk;
}

/** @param n which of the made-up keys. */
export function keyPair(n: number): KeyPair {
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  const key = createPrivateKey({ key: Buffer.concat([prefix, Buffer.alloc(32, n)]), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(key);
  const { kty = "", crv = "", x = "" } = publicKey.export({ format: "jwk" });
  const jwk = { kty, crv, x };
  const signer: Signer = {
    kid: kidOf(jwk),
    alg: "EdDSA",
    publicKey,
    sign: (input) => sign(null, Buffer.from(input), key),
  };
  return { signer, jwk };
}

export const device = keyPair(1);
export const identity: Identity = { tenant: "t", site: "s", device: `k${"0".repeat(20)}` };

export const people: readonly Person[] = ["Zoraide Quandtner", "Yusufhan Brandvold", "Xenomira Moltkesen"].map(
  (displayName, n) => ({
    id: personId(`p_${`${n}`.padStart(20, "0")}`),
    displayName,
    badges: [cardHash(`CARD-77${n}`)],
    lookAlikes: [],
  }),
);

/** Must stand in no record and on no wire. Long enough that no hash spells one by chance. */
export const secrets = people.flatMap(({ displayName, badges }) => [displayName, ...displayName.split(" "), ...badges]);

export const policy: Policy = { ...defaultPolicy, timeZone: "Etc/UTC" };
