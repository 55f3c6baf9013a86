import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { toBase64url } from "../../../kiosk/core/base64url.ts";
import { noRecordHash, recordHash } from "../../../kiosk/core/chain.ts";
import { kidOf, type PublicJwk } from "../../../kiosk/core/kid.ts";
import { es256Signatures } from "./es256.ts";

/**
 * What conformance cases are made of. THE KEYS HERE ARE TEST KEYS: their seeds are in this file for everybody to see, so
 * nothing that they sign is worth anything.
 */

export interface Case {
  readonly name: string;
  readonly kind: string;
  /** What the rule is, for the person whose program fails it. */
  readonly note?: string;
  readonly input: unknown;
  readonly expect: { readonly ok: unknown } | { readonly code: number };
}

export interface Key {
  readonly alg: "EdDSA" | "ES256";
  readonly kid: string;
  readonly jwk: PublicJwk;
  readonly sign: (input: string) => Uint8Array;
}

const seedOf = (name: string): Buffer => createHash("sha256").update(`lintel test key: ${name}`).digest();

function edwardsKey(seed: Uint8Array): Key {
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  const key = createPrivateKey({ key: Buffer.concat([prefix, seed]), format: "der", type: "pkcs8" });
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  const jwk = { kty: "OKP", crv: "Ed25519", x };
  return { alg: "EdDSA", kid: kidOf(jwk), jwk, sign: (input) => sign(null, Buffer.from(input), key) };
}

export const newKey = (name: string): Key => edwardsKey(seedOf(name));

export const vectors = JSON.parse(
  readFileSync(new URL("../../fixtures/uplink-vectors.json", import.meta.url), "utf8"),
) as {
  readonly seedHex: string;
  readonly kid: string;
  readonly header: string;
  readonly records: readonly { readonly payload: string; readonly recordHash: string; readonly jws: string }[];
  readonly merkle: { readonly size2: string; readonly size3: string };
};

/** RFC 8032, 7.1, test 1: the device of the published vectors. */
export const deviceKey = edwardsKey(Buffer.from(vectors.seedHex, "hex"));
export const device = "urn:lintel:acme:blr-01:k7f3q9m2xw4t8v6p1r5s0";
export const otherDevice = "urn:lintel:acme:blr-01:k00000000000000000000";
export const otherKey = newKey("another device");
export const payroll = "urn:lintel:acme:cloud:payroll";

/** ECDSA signatures are random, so those of the cases were made once and are kept; this one checks them. */
export const p256Key: Key = (() => {
  const d = "wL3Cs7G5qT8eYyKkq4dJm0vXo2hNf6iR1tUzA9pBxQs";
  const key = createPrivateKey({
    key: { kty: "EC", crv: "P-256", d, ...p256Point() },
    format: "jwk",
  });
  const jwk = { kty: "EC", crv: "P-256", ...p256Point() };
  return { alg: "ES256", kid: kidOf(jwk), jwk, sign: (input) => keptSignature(input, key) };
})();

function p256Point(): { readonly x: string; readonly y: string } {
  return es256Signatures.point;
}

function keptSignature(input: string, key: KeyObject): Uint8Array {
  const options = { key, dsaEncoding: "ieee-p1363" as const };
  const name = createHash("sha256").update(input).digest("hex").slice(0, 12);
  const kept = Buffer.from(es256Signatures.byInput[name] ?? "", "base64url");
  if (verify("sha256", Buffer.from(input), { ...options, key: createPublicKey(key) }, kept)) return kept;
  throw new Error(`keep this in es256.ts: "${name}": "${toBase64url(sign("sha256", Buffer.from(input), options))}"`);
}

export const text64 = (value: Uint8Array | string): string => Buffer.from(value).toString("base64");
export const text = (value: unknown): string => JSON.stringify(value);

/** A token of any header and any payload, signed truly. */
export function tokenOf(header: string, payload: string | Uint8Array, key: Key): string {
  const input = `${toBase64url(header)}.${toBase64url(payload)}`;
  return `${input}.${toBase64url(key.sign(input))}`;
}

export const headerOf = (key: Key, typ = "lintel-rec+jws", alg: string = key.alg): string =>
  text({ alg, kid: key.kid, typ });

export const tokenFor = (event: object, key: Key, typ = "lintel-rec+jws"): string =>
  tokenOf(headerOf(key, typ), text(event), key);

export const rhOf = (token: string): string => recordHash(token.slice(0, token.lastIndexOf(".")));

const copied = ["specversion", "id", "source", "type", "time", "epoch", "seq"];

/** The outside as an object, to be changed before it is sent. */
export function outerOf(token: string): Record<string, unknown> {
  const event = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
  const outer = Object.fromEntries(
    copied.filter((name) => event[name] !== undefined).map((name) => [name, event[name]]),
  );
  return { ...outer, datacontenttype: "application/jose", data: token };
}

export const structured = (token: string): string => text64(text(outerOf(token)));

export const batchOf = (records: readonly string[]): string =>
  text64(gzipSync(text({ specversion: "1.0", type: "dev.lintel.batch.v1", data: { records } })));

export const punchData = (kind: string, seq: number) => ({
  kind,
  sub: "p_8m2q7x4w9t1v6r3s5k0n",
  method: ["face"],
  assure: { match: "high", live: "pass", card: "none" },
  t: {
    local: "2025-10-10T08:00:00.000+05:30",
    tz: "Asia/Kolkata",
    src: "nts",
    err: 25,
    age: 400 + seq,
    boot: 18,
    mono: 1000 * seq,
  },
  loc: "gate-2",
  pol: "2025-10-01.4",
  dec: "accept",
});

export interface Part {
  readonly type: string;
  readonly data: object;
  readonly key?: Key;
  /** Instead of the true hash before it. */
  readonly prev?: string;
}

export interface Link {
  readonly seq: number;
  readonly token: string;
  readonly rh: string;
}

/** A journal's life: every record chained to the one before. */
export function chainOf(epoch: number, parts: readonly Part[], source = device, firstKey = deviceKey): readonly Link[] {
  const links: Link[] = [];
  for (const [seq, { type, data, key = firstKey, prev }] of parts.entries()) {
    const event = {
      ...baseOf(`${epoch}-${seq}`, source, type),
      epoch,
      seq,
      prev: prev ?? links.at(-1)?.rh ?? noRecordHash,
      data,
    };
    const token = tokenFor(event, key);
    links.push({ seq, token, rh: rhOf(token) });
  }
  return links;
}

/** Attributes that every signed event has; `about` makes the id. */
export function baseOf(about: string, source: string, type: string) {
  const hex = createHash("sha256").update(about).digest("hex");
  const id = `0199d000-0000-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
  return { specversion: "1.0", id, source, type: `dev.lintel.${type}.v1`, time: "2025-10-10T02:30:00.000Z" };
}

export const genesisData = (over: object = {}) => ({
  reason: "factory",
  prev: { epoch: null, seq: null, rh: null },
  ticket: null,
  fw: "1.4.2",
  keys: [{ kid: deviceKey.kid, alg: "EdDSA", use: "rec" }],
  ...over,
});

/** Genesis and `count` punches. */
export const dayOf = (epoch: number, count: number): readonly Link[] =>
  chainOf(epoch, [
    { type: "genesis", data: genesisData() },
    ...Array.from({ length: count }, (_, n) => ({
      type: "punch",
      data: punchData(n % 2 === 0 ? "in" : "out", n + 1),
    })),
  ]);

export const keys = [
  { jwk: deviceKey.jwk, source: device },
  { jwk: otherKey.jwk, source: otherDevice },
  { jwk: p256Key.jwk, source: "urn:lintel:acme:blr-01:k11111111111111111111" },
];
