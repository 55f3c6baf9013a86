import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { LuError, signJws } from "../../../kiosk/core/jws.ts";
import { eventOfOwn, unwrap, wrap, wrapOwn } from "../../../kiosk/uplink/contract/envelope.ts";
import { keyFromJwk } from "../../../kiosk/uplink/contract/keys.ts";
import { generic5 } from "../../../kiosk/uplink/contract/topics.ts";
import { openKeyRegistry } from "../../../kiosk/uplink/receiver/registry.ts";
import { verifyRecord } from "../../../kiosk/uplink/receiver/verify.ts";
import { identity, keyFromSeed, newKey, signedWire, smallJournal } from "./parts.ts";

const vectors = JSON.parse(readFileSync(new URL("../../fixtures/uplink-vectors.json", import.meta.url), "utf8"));
const [genesis, punch] = vectors.records as readonly { jws: string; recordHash: string; payload: string }[];
if (genesis === undefined || punch === undefined) throw new Error("vectors are incomplete");
const key = keyFromSeed(vectors.seedHex);
const keys = openKeyRegistry();
keys.add(identity, vectors.kid, keyFromJwk(vectors.jwk).key);

const wireOf = (jws: string) => wrap(jws, eventOfOwn(jws));
const open = (bytes: Uint8Array) => unwrap(bytes, "lintel-rec+jws", keys.keyOf);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const outerOf = (jws: string) => JSON.parse(text(wireOf(jws))) as Record<string, unknown>;
const codeOf = (work: () => unknown): number | string => {
  try {
    work();
    return "accepted";
  } catch (error) {
    if (error instanceof LuError) return error.code;
    throw error;
  }
};

describe("the published vectors", () => {
  test("record 1 takes exactly the published number of bytes, structured and bare", () => {
    expect(wireOf(punch.jws).length).toBe(vectors.wireRecord1Bytes);
    expect(Buffer.byteLength(punch.jws)).toBe(vectors.bareRecord1Bytes);
  });

  test("the kid is the thumbprint of the key", () => {
    expect(keyFromJwk(vectors.jwk).kid).toBe(vectors.kid);
  });

  test.each(vectors.records as { jws: string; recordHash: string; payload: string }[])(
    "a published record is verified in both wire forms",
    ({ jws, recordHash, payload }) => {
      for (const bytes of [wireOf(jws), Buffer.from(jws)]) {
        const { event, rh, flaw } = verifyRecord(bytes, keys, identity);
        expect(rh).toBe(recordHash);
        expect(event).toEqual(JSON.parse(payload));
        expect(flaw).toBe(null);
      }
    },
  );
});

describe("a record of our own is wrapped by its beginning", () => {
  test("to the same bytes as by its parsed event", () => {
    for (const { jws } of vectors.records as { jws: string }[]) expect(text(wrapOwn(jws))).toBe(text(wireOf(jws)));
    const journal = smallJournal(key);
    journal.grow(20);
    for (const { jws } of journal.records) expect(text(wrapOwn(jws))).toBe(text(wireOf(jws)));
  });

  test("also where somebody wrote the members in another order, or hid the end of the beginning in an id", () => {
    const event = eventOfOwn(punch.jws);
    const { id, ...rest } = event;
    const others = [
      { id, ...rest },
      { ...event, id: 'a","prev":"b' },
      { ...event, id: "ü".repeat(20) },
    ];
    for (const other of others) {
      const { jws } = signJws("lintel-rec+jws", JSON.stringify(other), key.signer);
      expect(text(wrapOwn(jws))).toBe(text(wireOf(jws)));
    }
  });
});

describe("a hop may rewrite the outside as JSON", () => {
  test("members in another order, spaces and additions change nothing", () => {
    const outer = Object.fromEntries(Object.entries(outerOf(punch.jws)).reverse());
    const rewritten = JSON.stringify({ ...outer, partitionkey: "7", ratio: 0.5 }, null, 2);
    expect(open(Buffer.from(rewritten)).rh).toBe(punch.recordHash);
  });

  test.each(["specversion", "id", "source", "type", "time", "epoch", "seq"])(
    "but not contradict the signed %s",
    (name) => {
      const outer = outerOf(punch.jws);
      const changed = { ...outer, [name]: typeof outer[name] === "number" ? Number(outer[name]) + 1 : "else" };
      const { [name]: _, ...without } = outer;
      expect(codeOf(() => open(Buffer.from(JSON.stringify(changed))))).toBe(1005);
      expect(codeOf(() => open(Buffer.from(JSON.stringify(without))))).toBe(1005);
    },
  );
});

describe("what is refused, and with which number", () => {
  const [header = "", payload = "", signature = ""] = punch.jws.split(".");
  const withHeader = (value: object) =>
    `${Buffer.from(JSON.stringify(value)).toString("base64url")}.${payload}.${signature}`;
  const kid = vectors.kid as string;
  const typ = "lintel-rec+jws";
  const cases: readonly (readonly [string, string | Uint8Array, number])[] = [
    ["nothing", "", 1001],
    ["noise", "hello", 1001],
    ["broken JSON", "{", 1001],
    ["gzip, which is not spoken yet", Uint8Array.of(0x1f, 0x8b, 8), 1001],
    ["a byte order mark", `\ufeff${text(wireOf(punch.jws))}`, 1001],
    ["bytes that are not UTF-8", Buffer.concat([Buffer.from('{"a":"'), Uint8Array.of(0xff), Buffer.from('"}')]), 1001],
    ["a duplicate member outside", text(wireOf(punch.jws)).replace("{", '{"seq":1,'), 1003],
    ["a deep outside", `{"a":${"[".repeat(9)}${"]".repeat(9)}}`, 1007],
    ["too many bytes", `{"a":"${"x".repeat(25_000)}"}`, 1007],
    ["alg none", withHeader({ alg: "none", kid, typ }), 1004],
    ["alg HS256", withHeader({ alg: "HS256", kid, typ }), 1004],
    ["a jwk in the header", withHeader({ alg: "EdDSA", kid, typ, jwk: vectors.jwk }), 1004],
    ["another typ", withHeader({ alg: "EdDSA", kid, typ: "lintel-ack+jws" }), 1004],
    ["an unknown kid", withHeader({ alg: "EdDSA", kid: "0000000000000000", typ }), 1004],
    ["another payload", `${header}.${genesis.jws.split(".")[1]}.${signature}`, 1006],
    ["trailing bits", `${header}.${payload}.${signature.slice(0, -1)}h`, 1002],
  ];
  test.each(cases)("%s", (_, message, code) => {
    expect(codeOf(() => open(Buffer.from(message)))).toBe(code);
  });

  test("a number that is no integer inside the signed body", () => {
    const event = { ...JSON.parse(punch.payload), extra: 0.5 };
    expect(codeOf(() => open(signedWire(typ, event, key)))).toBe(1003);
  });

  test("a record signed by one device in the name of another", () => {
    const stranger = newKey();
    const both = openKeyRegistry();
    both.add({ ...identity, device: "k00000000000000000000" }, stranger.signer.kid, stranger.signer.publicKey);
    const forged = signedWire(typ, JSON.parse(punch.payload), stranger);
    expect(codeOf(() => verifyRecord(forged, both))).toBe(1004);
  });

  test("a genuine record on another device's topic", () => {
    expect(codeOf(() => verifyRecord(wireOf(punch.jws), keys, { ...identity, site: "hq" }))).toBe(1005);
  });

  test("a signed record whose data is wrong is kept with its flaw, because its place in the stream is genuine", () => {
    const event = { ...JSON.parse(punch.payload), data: { kind: "in" } };
    expect(verifyRecord(signedWire(typ, event, key), keys).flaw).toBe(1001);
  });

  test("a type from a newer kiosk is no flaw", () => {
    const event = { ...JSON.parse(punch.payload), type: "dev.lintel.parcel.v1", data: { door: 3 } };
    expect(verifyRecord(signedWire(typ, event, key), keys).flaw).toBe(null);
  });
});

test("topics are told apart and come back as they went", () => {
  expect(generic5.decode(generic5.up(identity, "rec"))).toEqual({ device: identity, channel: "rec" });
  expect(generic5.decode(generic5.down(identity, "ack"))).toEqual({ device: identity, channel: "ack" });
  for (const topic of [
    "",
    "lintel1/a/b/c/up/ack",
    "lintel1/a/b/c/up/rec/x",
    "lintel2/a/b/c/up/rec",
    "lintel1/a//c/up/rec",
  ]) {
    expect(generic5.decode(topic)).toBe(null);
  }
});
