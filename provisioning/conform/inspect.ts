import { fromBase64url } from "../../kiosk/core/base64url.ts";
import { recordHash } from "../../kiosk/core/chain.ts";
import { type JwsTyp, LuError, verifyJws } from "../../kiosk/core/jws.ts";
import type { PublicJwk } from "../../kiosk/core/kid.ts";
import { parseStrictJson, StrictJsonError } from "../../kiosk/core/strict-json.ts";
import { unpack } from "../../kiosk/uplink/contract/batch.ts";
import { luWords } from "../../kiosk/uplink/contract/codes.ts";
import { unwrap } from "../../kiosk/uplink/contract/envelope.ts";
import { unwrapIngress } from "../../kiosk/uplink/contract/ingress.ts";
import { keyFromJwk, type NamedKey } from "../../kiosk/uplink/contract/keys.ts";
import { recordData, recordEvent } from "../../kiosk/uplink/contract/wire.ts";

/** What stands in a message, as far as it can be read, and what is wrong with it. */
export interface Inspection {
  readonly header: unknown;
  readonly payload: unknown;
  /** Record hash, where there are two parts to make it of. */
  readonly rh: string | null;
  readonly kid: string | null;
  /** True and false only where the key was given. */
  readonly isGenuine: boolean | null;
  /** `LU-1006 signature does not verify: ...` */
  readonly wrong: readonly string[];
}

/**
 * Looks into whatever came: a token, a structured message, a batch, any of them in a cloud's wrapper.
 *
 * @param jwk the sender's public key; without it everything but the signature is judged.
 */
export function inspectMessage(bytes: Uint8Array, jwk: PublicJwk | null): readonly Inspection[] {
  try {
    const key = jwk === null ? null : keyFromJwk(jwk);
    return unpack(unwrapIngress(bytes).bytes).map((message) => inspectOne(message, key));
  } catch (error) {
    return [{ header: null, payload: null, rh: null, kid: null, isGenuine: null, wrong: [sentenceOf(error)] }];
  }
}

function inspectOne(message: Uint8Array, key: NamedKey | null): Inspection {
  const token = tokenIn(message);
  const [header = "", payload = ""] = token.split(".");
  const read = { header: jsonOf(header), payload: jsonOf(payload) };
  const { kid = null, typ = "" } = (read.header ?? {}) as { kid?: string | null; typ?: string };
  const wrong: string[] = [];
  let isAsked = false;
  const keyOf = (one: string) => {
    isAsked = true;
    return one === key?.kid ? key.key : undefined;
  };
  try {
    wrong.push(...shapeOf(unwrap(message, typ as JwsTyp, keyOf).event));
  } catch (error) {
    // Nobody was named, so nobody is registered, and what comes behind that question is asked below.
    if (key === null && isAsked) wrong.push(...withoutKey(token, read.header, read.payload));
    else wrong.push(sentenceOf(error));
  }
  const isGenuine = key === null ? null : isSigned(token, typ, key);
  if (!typs.includes(typ)) wrong.push(`LU-1004 ${luWords[1004]}: typ ${JSON.stringify(typ)}`);
  return { ...read, rh: payload === "" ? null : recordHash(`${header}.${payload}`), kid, isGenuine, wrong };
}

const typs: readonly string[] = ["rec", "sta", "req", "tel", "ack", "cmd", "cfg", "ros", "tim"].map(
  (channel) => `lintel-${channel}+jws`,
);

/** All that can be said about the inside before a signature is judged. */
function withoutKey(token: string, header: unknown, payload: unknown): readonly string[] {
  const { alg } = (header ?? {}) as { alg?: unknown };
  const wrong: string[] = [];
  if (!["EdDSA", "Ed25519", "ES256"].includes(String(alg))) wrong.push(`LU-1004 ${luWords[1004]}: alg ${String(alg)}`);
  if (token.split(".").some((part) => fromBase64url(part) === null)) wrong.push(`LU-1002 ${luWords[1002]}`);
  const text = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
  try {
    parseStrictJson(text, { maxDepth: 8, integersOnly: true });
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    wrong.push(
      `LU-${error.kind === "depth" ? 1007 : error.kind === "syntax" || error.kind === "text" ? 1001 : 1003} payload: ${error.message}`,
    );
  }
  return wrong.length > 0 ? wrong : shapeOf(payload);
}

/** The outside may be wrong around a token that is genuine. */
function isSigned(token: string, typ: string, key: NamedKey): boolean {
  try {
    verifyJws(token, typ as JwsTyp, () => key.key);
    return true;
  } catch (error) {
    if (!(error instanceof LuError)) throw error;
    return false;
  }
}

function shapeOf(event: unknown): readonly string[] {
  const { type, epoch } = (event ?? {}) as { type?: string; epoch?: unknown };
  const data = recordData[type ?? ""];
  if (data === undefined && epoch === undefined) return [];
  const result = (data === undefined ? recordEvent : recordEvent.extend({ data })).safeParse(event);
  return (result.error?.issues ?? []).map(
    ({ path, message }) => `LU-1001 ${luWords[1001]}: ${path.join(".") || "the event"}: ${message}`,
  );
}

function tokenIn(message: Uint8Array): string {
  const text = Buffer.from(message).toString("utf8");
  if (!text.startsWith("{")) return text;
  try {
    const { data } = JSON.parse(text) as { data?: unknown };
    return typeof data === "string" ? data : "";
  } catch {
    return "";
  }
}

function jsonOf(part: string): unknown {
  const bytes = fromBase64url(part) ?? Buffer.from(part, "base64url");
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8")) as unknown;
  } catch {
    return null;
  }
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof LuError)) throw error;
  return `LU-${error.code} ${luWords[error.code]}: ${error.message}`;
}
