import { createPublicKey } from "node:crypto";
import { LuError, verifyJws } from "../../kiosk/core/jws.ts";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";
import { nextKeyOf } from "../../kiosk/uplink/contract/next-key.ts";
import { keychange } from "../../kiosk/uplink/contract/stream.ts";
import { recordEvent } from "../../kiosk/uplink/contract/wire.ts";

/** What is known of a clock's keys: the one that counts, and those before it, oldest first, each with what ended it. */
export interface Known {
  readonly jwk: PublicJwk;
  readonly former: readonly { readonly jwk: PublicJwk; readonly heir: string }[];
}

export type Followed =
  | { readonly is: "heir"; readonly known: Known }
  /** One key was ended twice, for two others: somebody else has had it. */
  | { readonly is: "fork"; readonly kid: string };

/**
 * The key that follows from the one that is known, link by link: each is a `keychange` record of that clock, signed by the
 * key before and, over its place in the chain, by the key after it (docs/uplink.md, "Keys"). Nobody is believed for saying so.
 *
 * @param links compact JWS, oldest first. What is another clock's, another key's or none is passed over.
 */
export function follow(links: readonly string[], known: Known, source: string): Followed {
  let { jwk, former } = known;
  for (const jws of links) {
    const change = [...former.map((one) => one.jwk), jwk]
      .map((by) => provedChange(jws, by, source))
      .find((one) => one !== null);
    if (change === undefined) continue;
    const before = former.find((one) => kidOf(one.jwk) === change.old);
    if (before === undefined) {
      // A key that was given up is never taken back.
      if (former.some((one) => kidOf(one.jwk) === change.kid) || change.kid === kidOf(jwk)) continue;
      former = [...former, { jwk, heir: change.kid }];
      jwk = change.jwk;
    } else if (before.heir !== change.kid) return { is: "fork", kid: change.old };
  }
  return { is: "heir", known: { jwk, former } };
}

interface Change {
  readonly old: string;
  readonly kid: string;
  readonly jwk: PublicJwk;
}

/** Null where that key did not sign this, or it is no change of this clock's key. */
function provedChange(jws: string, by: PublicJwk, source: string): Change | null {
  const old = kidOf(by);
  const key = createPublicKey({ key: { ...by }, format: "jwk" });
  try {
    const { payload } = verifyJws(jws, "lintel-rec+jws", (kid) => (kid === old ? key : undefined));
    const record = recordEvent.safeParse(payload);
    if (!record.success || record.data.source !== source || !record.data.type.includes(".keychange.")) return null;
    const { kid } = nextKeyOf(record.data, old);
    const { kty, crv, x } = keychange.parse(record.data.data).new.jwk;
    return kty === "OKP" ? { old, kid, jwk: { kty, crv, x } } : null;
  } catch (error) {
    if (error instanceof LuError) return null;
    throw error;
  }
}
