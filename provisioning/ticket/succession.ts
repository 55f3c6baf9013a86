import { createPublicKey } from "node:crypto";
import { LuError, verifyJws } from "../../kiosk/core/jws.ts";
import { kidOf } from "../../kiosk/core/kid.ts";
import { nextKeyOf } from "../../kiosk/uplink/contract/next-key.ts";
import { keychange } from "../../kiosk/uplink/contract/stream.ts";
import { recordEvent } from "../../kiosk/uplink/contract/wire.ts";
import type { Page } from "./book.ts";

type Jwk = Page["jwk"];

/**
 * The key that follows from one that is known, link by link: each is a `keychange` record of that clock, signed by the key
 * before and, over its place in the chain, by the key after it (docs/uplink.md, "Keys"). Nobody is believed for saying so.
 *
 * @param links compact JWS, oldest first; those before `known` are passed over.
 * @returns `known` itself where nothing follows from it.
 */
export function heirOf(links: readonly string[], known: Jwk, source: string): Jwk {
  return links.reduce((jwk, link) => nextIn(link, jwk, source) ?? jwk, known);
}

/** Null where this link is another key's, another clock's, or none. */
function nextIn(link: string, jwk: Jwk, source: string): Jwk | null {
  const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
  try {
    const kid = kidOf(jwk);
    const { payload } = verifyJws(link, "lintel-rec+jws", (one) => (one === kid ? key : undefined));
    const record = recordEvent.safeParse(payload);
    if (!record.success || record.data.source !== source || !record.data.type.includes(".keychange.")) return null;
    nextKeyOf(record.data, kid);
    const { kty, crv, x } = keychange.parse(record.data.data).new.jwk;
    return { kty, crv, x };
  } catch (error) {
    if (error instanceof LuError) return null;
    throw error;
  }
}
