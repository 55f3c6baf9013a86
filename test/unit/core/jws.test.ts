import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { toBase64url } from "../../../kiosk/core/base64url.ts";
import { LuError, type Signer, signJws, verifyJws } from "../../../kiosk/core/jws.ts";
import vectors from "../../fixtures/uplink-vectors.json" with { type: "json" };

const seed = Buffer.from(vectors.seedHex, "hex").toString("base64url");
const privateKey = createPrivateKey({ key: { ...vectors.jwk, d: seed }, format: "jwk" });
const publicKey = createPublicKey(privateKey);
const signer: Signer = {
  kid: vectors.kid,
  alg: "EdDSA",
  publicKey,
  sign: (signingInput) => sign(null, Buffer.from(signingInput), privateKey),
};
const keyOf = (kid: string) => (kid === vectors.kid ? publicKey : undefined);
const typ = "lintel-rec+jws";

function codeOf(token: string, keys = keyOf): number {
  try {
    verifyJws(token, typ, keys);
    return 0;
  } catch (error) {
    if (!(error instanceof LuError)) throw error;
    return error.code;
  }
}

/** A token whose header and payload are these texts, signed properly whatever they are. */
function token(header: string, payload: string | Uint8Array): string {
  const signingInput = `${toBase64url(header)}.${toBase64url(payload)}`;
  return `${signingInput}.${toBase64url(signer.sign(signingInput))}`;
}

const [genesis] = vectors.records;
if (genesis === undefined) throw new RangeError("vectors have records");
const [headerPart = "", payloadPart = "", signaturePart = ""] = genesis.jws.split(".");

test("signing gives the published bytes", () => {
  for (const { payload, jws, recordHash } of vectors.records) {
    expect(signJws(typ, payload, signer)).toEqual({ jws, rh: recordHash });
    expect(verifyJws(jws, typ, keyOf)).toMatchObject({ kid: vectors.kid, payloadText: payload, rh: recordHash });
  }
});

test("one changed bit anywhere is refused", () => {
  const bytes = Buffer.from(genesis.jws);
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(codeOf(changed.toString("latin1")), `byte ${index}`).not.toBe(0);
  }
});

test("a signature with other unused bits is not canonical, so it is refused although it would verify", () => {
  const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const next = last.charAt(last.indexOf(signaturePart.slice(-1)) + 1);
  expect(codeOf(`${headerPart}.${payloadPart}.${signaturePart.slice(0, -1)}${next}`)).toBe(1002);
});

test("the registered key decides the algorithm: none, HMAC with the public key and a second key's name are refused", () => {
  const { kid } = vectors;
  const none = `${toBase64url(JSON.stringify({ alg: "none", kid, typ }))}.${payloadPart}.`;
  expect(codeOf(none)).toBe(1004);
  const input = `${toBase64url(JSON.stringify({ alg: "HS256", kid, typ }))}.${payloadPart}`;
  const secret = publicKey.export({ type: "spki", format: "der" });
  expect(codeOf(`${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`)).toBe(1004);
  expect(codeOf(token(JSON.stringify({ alg: "ES256", kid, typ }), "{}"))).toBe(1004);
  expect(codeOf(token(JSON.stringify({ alg: "EdDSA", kid: "AAAAAAAAAAAAAAAA", typ }), "{}"))).toBe(1004);
  expect(codeOf(token(JSON.stringify({ alg: "Ed25519", kid, typ }), "{}"))).toBe(0);
});

test("a header with anything more, another purpose, or a key inside is refused", () => {
  const { kid } = vectors;
  expect(codeOf(token(JSON.stringify({ alg: "EdDSA", kid, typ, jwk: vectors.jwk }), "{}"))).toBe(1004);
  expect(codeOf(token(JSON.stringify({ alg: "EdDSA", kid, typ: "lintel-ack+jws" }), "{}"))).toBe(1004);
  expect(codeOf(token(`{"alg":"EdDSA","alg":"EdDSA","kid":"${kid}","typ":"${typ}"}`, "{}"))).toBe(1003);
});

test("a body that two readers could read differently is refused, each with its number", () => {
  const { header } = vectors;
  const cases: readonly (readonly [string | Uint8Array, number])[] = [
    ['{"a":1,"a":2}', 1003],
    ['{"a":1.0}', 1003],
    ['{"a":1e3}', 1003],
    ["[".repeat(9) + "]".repeat(9), 1007],
    ["\ufeff{}", 1001],
    [Uint8Array.of(0x22, 0xff, 0x22), 1001],
    ['"\\ud800"', 1001],
    ["{", 1001],
    [JSON.stringify("x".repeat(9 * 1024)), 1007],
  ];
  for (const [payload, code] of cases) expect(codeOf(token(header, payload)), String(payload).slice(0, 20)).toBe(code);
});

test("what is not three parts, too long, or signed by somebody else is refused", () => {
  for (const text of ["", "a.b", "a.b.c.d", `${genesis.jws}.`]) expect(codeOf(text), text).toBe(1001);
  expect(codeOf("A".repeat(20_000))).toBe(1007);
  const stranger = generateKeyPairSync("ed25519").publicKey;
  expect(codeOf(genesis.jws, () => stranger)).toBe(1006);
  expect(codeOf(`${headerPart}.${payloadPart}.${"A".repeat(85)}A`)).toBe(1006);
});

test("a P-256 key takes ES256 in the form that JOSE writes", () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const input = `${toBase64url(JSON.stringify({ alg: "ES256", kid: vectors.kid, typ }))}.${toBase64url("{}")}`;
  const signature = sign("sha256", Buffer.from(input), { key: pair.privateKey, dsaEncoding: "ieee-p1363" });
  expect(codeOf(`${input}.${toBase64url(signature)}`, () => pair.publicKey)).toBe(0);
  expect(codeOf(genesis.jws, () => pair.publicKey)).toBe(1004);
});
