import { type JwsTyp, type KeyOf, LuError, verifyJws } from "../../core/jws.ts";
import { parseOuter } from "./outer.ts";
import { maxWireBytes, type SignedEvent, signedEvent } from "./wire.ts";

/**
 * The envelope rule: the signed event E is a CloudEvent; on the wire goes W, the same CloudEvent whose `data` is the
 * compact JWS of E. Hops may rewrite the outer JSON as they like, because the signed bytes live in a string inside it.
 * Whatever stands outside must equal what stands inside, and only the inside is used afterwards.
 */

export const structuredContentType = "application/cloudevents+json";

export interface Unwrapped {
  /** E. Nothing of W survives. */
  readonly event: SignedEvent;
  /** The signed text, verbatim: what a receiver stores. */
  readonly jws: string;
  readonly rh: string;
  readonly kid: string;
}

const copied = ["specversion", "id", "source", "type", "time", "epoch", "seq"] as const;

/** W in structured form. `event` is the payload of `jws`; attributes E does not have are not written. */
export function wrap(jws: string, event: SignedEvent): Uint8Array {
  const outer: Record<string, unknown> = {};
  for (const name of copied) if (event[name] !== undefined) outer[name] = event[name];
  return Buffer.from(JSON.stringify({ ...outer, datacontenttype: "application/jose", data: jws }));
}

/**
 * The same for a record of our own journal, in a fraction of the time: we write E's members in one order, and those that
 * stand outside are its beginning.
 */
export function wrapOwn(jws: string): Uint8Array {
  const from = jws.indexOf(".") + 1;
  const beginning = Buffer.from(jws.slice(from, from + beginningChars), "base64url").toString("latin1");
  const end = beginning.indexOf(',"prev":"');
  if (!beginning.startsWith('{"specversion":"1.0","id":"') || end === -1) return wrap(jws, eventOfOwn(jws));
  return Buffer.from(`${beginning.slice(0, end)},"datacontenttype":"application/jose","data":"${jws}"}`, "latin1");
}

/** Of base64url, which decodes in fours; the outer members are shorter than that. */
const beginningChars = 512;

/** E of a token that we made ourselves: not verified, because it comes from our own journal. */
export function eventOfOwn(jws: string): SignedEvent {
  const payload = jws.split(".")[1] ?? "";
  return signedEvent.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
}

/**
 * Verifies a message of any accepted form: structured (`{`) or a bare compact JWS (`e`).
 *
 * @throws LuError 1001-1007, cheapest check first.
 */
export function unwrap(bytes: Uint8Array, typ: JwsTyp, keyOf: KeyOf): Unwrapped {
  if (bytes.length > maxWireBytes) throw new LuError(1007, `message is larger than ${maxWireBytes} bytes`);
  if (bytes[0] === "e".charCodeAt(0)) return verified(Buffer.from(bytes).toString("latin1"), typ, keyOf);
  if (bytes[0] !== "{".charCodeAt(0)) throw new LuError(1001, "neither a structured event nor a compact JWS");
  const outer = parseOuter(bytes);
  if (typeof outer.data !== "string") throw new LuError(1001, "outer data is no string");
  if (outer.datacontenttype !== "application/jose")
    throw new LuError(1001, "outer datacontenttype is not application/jose");
  const inner = verified(outer.data, typ, keyOf);
  for (const name of copied) {
    if (outer[name] !== inner.event[name]) throw new LuError(1005, `outer ${name} is not the signed one`);
  }
  return inner;
}

function verified(jws: string, typ: JwsTyp, keyOf: KeyOf): Unwrapped {
  const { payload, rh, kid } = verifyJws(jws, typ, keyOf);
  const event = signedEvent.safeParse(payload);
  if (!event.success) throw new LuError(1001, "signed body is no CloudEvent of ours");
  return { event: event.data, jws, rh, kid };
}
