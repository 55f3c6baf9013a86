import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import type { Signer } from "../../kiosk/core/jws.ts";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";
import { personId } from "../../kiosk/core/person.ts";
import type { Clock } from "../../kiosk/core/ports/senses.ts";
import type { RecordBody } from "../../kiosk/core/record.ts";

/** Who sends, and what. */
export const identity = { tenant: "bench", site: "bench", device: `k${"0".repeat(20)}` };

export interface Key {
  readonly signer: Signer;
  readonly jwk: PublicJwk;
  readonly publicKey: KeyObject;
}

export function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { kty = "", crv = "", x = "" } = publicKey.export({ format: "jwk" });
  const jwk = { kty, crv, x };
  const signer: Signer = {
    ...{ kid: kidOf(jwk), alg: "EdDSA", publicKey },
    sign: (input) => sign(null, Buffer.from(input), privateKey),
  };
  return { signer, jwk, publicKey };
}

export const body = (clock: Clock): RecordBody => ({
  type: "punch",
  data: {
    kind: "in",
    sub: personId(`p_${randomSubject()}`),
    method: ["face"],
    assure: { match: "high", live: "pass", card: "none" },
    t: {
      ...{ local: "2026-11-23T08:57:03.120+01:00", tz: "Europe/Berlin", src: "ntp", err: 25, age: 412, boot: 17 },
      mono: clock.now().monoMs,
    },
    ...{ loc: "gate-2", pol: "default.1", dec: "accept" },
  },
});

/** As random as a real one: it cannot be squeezed. */
const randomSubject = (): string =>
  BigInt(`0x${randomBytes(16).toString("hex")}`)
    .toString(36)
    .padStart(20, "0")
    .slice(-20);
