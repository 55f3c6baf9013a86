import { type KeyObject, type VerifyKeyObjectInput, verify } from "node:crypto";
import { fromBase64url, toBase64url } from "./base64url.ts";
import { recordHash } from "./chain.ts";
import { parseStrictJson, StrictJsonError } from "./strict-json.ts";

/**
 * Compact JWS (RFC 7515) the way LU1 uses it: a header of exactly `alg`, `kid`, `typ`, the algorithm fixed by the
 * registered key and never by the header, and encodings refused unless canonical.
 */

/** One purpose each, so that nothing signed for one can be passed off as another. */
export type JwsTyp =
  `lintel-${"rec" | "sta" | "req" | "tel" | "ack" | "cmd" | "cfg" | "ros" | "tim" | "pass" | "pol" | "tkt" | "enr" | "rel" | "wip"}+jws`;

/** LU1 error numbers (docs/uplink.md): stable, small, the same in every language. */
export type LuCode =
  | (1001 | 1002 | 1003 | 1004 | 1005 | 1006 | 1007)
  | (2001 | 2002 | 2003 | 2004 | 2005)
  | (3001 | 3002 | 3003 | 3004 | 3005 | 3006)
  | (4001 | 4002 | 4003 | 4004);

/** A message from outside is not what it should be. A value of the protocol, so not a Fault: nothing needs a remedy. */
export class LuError extends Error {
  override readonly name = "LuError";
  readonly code: LuCode;
  constructor(code: LuCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Signs bytes with the device's record key. The private half never leaves the adapter. */
export interface Signer {
  /** First 16 characters of the RFC 7638 thumbprint. */
  readonly kid: string;
  readonly alg: "EdDSA";
  readonly publicKey: KeyObject;
  /** @returns 64 bytes of Ed25519 signature. */
  readonly sign: (signingInput: string) => Uint8Array;
}

/** Who may have signed: the key of a kid, or undefined where it is not registered. */
export type KeyOf = (kid: string) => KeyObject | undefined;

export interface VerifiedJws {
  readonly kid: string;
  /** The exact text that was signed. */
  readonly payloadText: string;
  readonly payload: unknown;
  /** Record hash: SHA-256 of the signing input. */
  readonly rh: string;
}

/** Largest signed body, bytes. Enforced when a record is made, so that nothing we wrote can be refused for size. */
export const maxPayloadBytes = 8 * 1024;
const maxTokenChars = 16 * 1024;

export function signJws(
  typ: JwsTyp,
  payloadText: string,
  signer: Signer,
): { readonly jws: string; readonly rh: string } {
  const header = JSON.stringify({ alg: signer.alg, kid: signer.kid, typ });
  const signingInput = `${toBase64url(header)}.${toBase64url(payloadText)}`;
  return { jws: `${signingInput}.${toBase64url(signer.sign(signingInput))}`, rh: recordHash(signingInput) };
}

/** @throws LuError 1001-1004, 1006, 1007; the first thing that is wrong, cheapest check first. */
export function verifyJws(token: string, typ: JwsTyp, keyOf: KeyOf): VerifiedJws {
  const opened = openJws(token, typ, keyOf);
  return provedJws(opened, verify(...signatureOf(opened)));
}

/** The same with the signature proved on another thread: many at once take as long as the slowest core, not all together. */
export async function verifyJwsAside(token: string, typ: JwsTyp, keyOf: KeyOf): Promise<VerifiedJws> {
  const opened = openJws(token, typ, keyOf);
  return provedJws(opened, await verifyAside(...signatureOf(opened)));
}

type Signature = readonly [
  algorithm: string | null,
  data: Uint8Array,
  key: KeyObject | VerifyKeyObjectInput,
  signature: Uint8Array,
];

const verifyAside = (...[algorithm, data, key, signature]: Signature): Promise<boolean> =>
  new Promise((resolve, reject) => {
    verify(algorithm, data, key, signature, (error, isGood) => (error === null ? resolve(isGood) : reject(error)));
  });

interface Opened {
  readonly kid: string;
  readonly key: KeyObject;
  readonly payloadBytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly signingInput: string;
}

/** Everything but the signature and what was signed. */
function openJws(token: string, typ: JwsTyp, keyOf: KeyOf): Opened {
  if (token.length > maxTokenChars) throw new LuError(1007, "token is longer than a record can be");
  const [headerPart, payloadPart, signaturePart, ...more] = token.split(".");
  if (headerPart === undefined || payloadPart === undefined || signaturePart === undefined || more.length > 0) {
    throw new LuError(1001, "not a compact JWS: three parts wanted");
  }
  const header = headerOf(headerPart);
  if (header.typ !== typ) throw new LuError(1004, `typ is ${header.typ}, ${typ} expected here`);
  const key = keyOf(header.kid);
  if (key === undefined) throw new LuError(1004, "kid is not registered");
  checkAlgorithm(header.alg, key);
  const payloadBytes = decode(payloadPart);
  if (payloadBytes.length > maxPayloadBytes) throw new LuError(1007, "payload is larger than 8 KiB");
  const signature = decode(signaturePart);
  return { kid: header.kid, key, payloadBytes, signature, signingInput: `${headerPart}.${payloadPart}` };
}

function provedJws({ kid, payloadBytes, signingInput }: Opened, isGood: boolean): VerifiedJws {
  if (!isGood) throw new LuError(1006, "signature does not verify");
  const payloadText = utf8(payloadBytes);
  return { kid, payloadText, payload: parseBody(payloadText), rh: recordHash(signingInput) };
}

/** A sender writes the same header before all it signs, so a receiver reads it once. Bounded: strangers write many. */
const known = new Map<string, Header>();
const knownMax = 4096;
const knownChars = 200;

function headerOf(part: string): Header {
  const before = known.get(part);
  if (before !== undefined) return before;
  const header = parseHeader(utf8(decode(part)));
  if (known.size >= knownMax) known.clear();
  if (part.length <= knownChars) known.set(part, header);
  return header;
}

interface Header {
  readonly alg: string;
  readonly kid: string;
  readonly typ: string;
}

function parseHeader(text: string): Header {
  const value = parseBody(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new LuError(1001, "header is no object");
  const { alg, kid, typ, ...others } = value as Record<string, unknown>;
  if (Object.keys(others).length > 0) throw new LuError(1004, "header has members beyond alg, kid and typ");
  if (typeof alg !== "string" || typeof kid !== "string" || typeof typ !== "string") {
    throw new LuError(1004, "header needs alg, kid and typ");
  }
  return { alg, kid, typ };
}

/** `none`, HMAC and RSA never get further than this line: the key decides which names are right for it. */
function checkAlgorithm(alg: string, key: KeyObject): void {
  const names =
    key.asymmetricKeyType === "ed25519" ? ["EdDSA", "Ed25519"] : key.asymmetricKeyType === "ec" ? ["ES256"] : [];
  if (key.type !== "public" || !names.includes(alg)) throw new LuError(1004, "alg does not fit the registered key");
}

/** What OpenSSL is asked. */
function signatureOf({ key, signingInput, signature }: Opened): Signature {
  const bytes = Buffer.from(signingInput, "ascii");
  return key.asymmetricKeyType === "ec"
    ? ["sha256", bytes, { key, dsaEncoding: "ieee-p1363" }, signature]
    : [null, bytes, key, signature];
}

function decode(part: string): Uint8Array {
  const bytes = fromBase64url(part);
  if (bytes === null) throw new LuError(1002, "base64url is not canonical");
  return bytes;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new LuError(1001, "not UTF-8");
  }
}

function parseBody(text: string): unknown {
  try {
    return parseStrictJson(text, { maxDepth: 8, integersOnly: true });
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    const code = error.kind === "duplicate" || error.kind === "number" ? 1003 : error.kind === "depth" ? 1007 : 1001;
    throw new LuError(code, error.message);
  }
}
