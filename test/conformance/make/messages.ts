import { createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import { toBase64url } from "../../../kiosk/core/base64url.ts";
import { kidOf } from "../../../kiosk/core/kid.ts";
import {
  baseOf,
  batchOf,
  type Case,
  dayOf,
  device,
  deviceKey,
  headerOf,
  type Key,
  keys,
  newKey,
  otherDevice,
  otherKey,
  outerOf,
  p256Key,
  rhOf,
  structured,
  text,
  text64,
  tokenFor,
  tokenOf,
  vectors,
} from "./kit.ts";

/** One message on the record channel, or on another: what is taken, and what is refused with which number. */

const [genesisRecord, punchRecord, outRecord] = vectors.records;
if (genesisRecord === undefined || punchRecord === undefined || outRecord === undefined) throw new Error("no vectors");
const good = punchRecord.jws;
const goodEvent = JSON.parse(punchRecord.payload) as Record<string, unknown>;
const [header = "", payload = "", signature = ""] = good.split(".");

const taken = (token: string, flaw?: number) => {
  const { epoch, seq, type } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  return { epoch, seq, type, rh: rhOf(token), ...(flaw === undefined ? {} : { flaw }) };
};

function ok(name: string, bytes: string, token: string, over: object = {}, flaw?: number): Case {
  const input = { channel: "rec", keys, bytes, ...over };
  return { name, kind: "message", input, expect: { ok: { records: [taken(token, flaw)] } } };
}

function bad(name: string, code: number, bytes: string, over: object = {}, note?: string): Case {
  const input = { channel: "rec", keys, bytes, ...over };
  return { name, kind: "message", ...(note === undefined ? {} : { note }), input, expect: { code } };
}

/** The good punch with some members changed, signed anew. */
const signed = (over: object, key: Key = deviceKey) => tokenFor({ ...goodEvent, ...over }, key);
const signedText = (body: string | Uint8Array) => tokenOf(headerOf(deviceKey), body, deviceKey);
const withHeader = (value: object) => tokenOf(text(value), punchRecord.payload, deviceKey);
const { kid } = deviceKey;
const typ = "lintel-rec+jws";

/** The neutral point: whatever is signed, R neutral and S zero fit. */
const weakJwk = { kty: "OKP", crv: "Ed25519", x: toBase64url(Buffer.from(`01${"00".repeat(31)}`, "hex")) };

const flipped = (part: string, at: number): string => {
  const bytes = Buffer.from(part, "base64url");
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return toBase64url(bytes);
};

/** S + L instead of S: the same point equation, another text (RFC 8032, 5.1.7 forbids it). */
function plusOrder(part: string): string {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const bytes = Buffer.from(part, "base64url");
  let s = 0n;
  for (let at = 63; at >= 32; at -= 1) s = s * 256n + BigInt(bytes[at] ?? 0);
  s += order;
  for (let at = 32; at < 64; at += 1) [bytes[at], s] = [Number(s % 256n), s / 256n];
  return toBase64url(bytes);
}

/** The same value with bits set that no decoder reads. */
const withTrailingBits = (part: string): string => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(part.slice(-1));
  if (part.length % 4 === 0) throw new Error("this text has no trailing bits");
  return part.slice(0, -1) + alphabet.charAt(last + 1);
};

/** A payload of exactly so many bytes. */
function sized(bytes: number): string {
  const { pad: _, ...rest } = { ...goodEvent, pad: "" };
  const empty = Buffer.byteLength(text({ ...rest, pad: "" }));
  return tokenFor({ ...rest, pad: "x".repeat(bytes - empty) }, deviceKey);
}

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
const noOuter = (name: string) => {
  const { [name]: _, ...outer } = outerOf(good);
  return text64(text(outer));
};
const outside = (over: object) => text64(text({ ...outerOf(good), ...over }));

const taken1: readonly Case[] = [
  ok("a record, structured", structured(good), good),
  ok("a record, bare", text64(good), good),
  ok("a genesis", structured(genesisRecord.jws), genesisRecord.jws),
  ok(
    "the outside in another order and spacing",
    text64(text2(Object.fromEntries(Object.entries(outerOf(good)).reverse()))),
    good,
  ),
  ok("members added to the outside, one a fraction", outside({ partitionkey: "7", ratio: 0.5, e: 1e3 }), good),
  ...[signed({ later: { deep: ["a", 1, null, true] } })].map((token) =>
    ok("unknown members inside", structured(token), token),
  ),
  ...[signed({ type: "dev.lintel.parcel.v1", data: { door: 3 } })].map((token) =>
    ok("a type of a newer kiosk", structured(token), token),
  ),
  ...[signed({ name: "ünïcödé 時計 🕰" })].map((token) => ok("text beyond ASCII", structured(token), token)),
  ...[signed({ time: "2025-10-09T08:53:31Z" })].map((token) =>
    ok("a time without fractions", structured(token), token),
  ),
  ...[signed({ big: Number.MAX_SAFE_INTEGER, small: -Number.MAX_SAFE_INTEGER })].map((token) =>
    ok("the largest integers", structured(token), token),
  ),
  ...[tokenOf(headerOf(deviceKey, typ, "Ed25519"), punchRecord.payload, deviceKey)].map((token) =>
    ok("alg Ed25519 for an Ed25519 key", structured(token), token),
  ),
  ...[tokenOf(text({ typ, kid, alg: "EdDSA" }), punchRecord.payload, deviceKey)].map((token) =>
    ok("header members in another order", structured(token), token),
  ),
  ...[signed({ source: "urn:lintel:acme:blr-01:k11111111111111111111" }, p256Key)].map((token) =>
    ok("ES256 for a P-256 key", structured(token), token),
  ),
  ...[sized(8192)].map((token) => ok("a payload of exactly 8 KiB", text64(token), token)),
  ...[signed({ deep: nested(7) })].map((token) => ok("eight levels", structured(token), token)),
  ...[signed({ data: { kind: "in" } })].map((token) =>
    ok("data that is not what its type promises: taken, and flawed", structured(token), token, {}, 1001),
  ),
  ok("on its own topic", structured(good), good, { topic: "lintel1/acme/blr-01/k7f3q9m2xw4t8v6p1r5s0/up/rec" }),
  ok("of a key's first place", structured(good), good, {
    keys: [{ jwk: deviceKey.jwk, source: device, from: [3, 1] }],
  }),
  ok("of a key's last place", structured(good), good, { keys: [{ jwk: deviceKey.jwk, source: device, upto: [3, 1] }] }),
];

const refused: readonly Case[] = [
  bad("nothing", 1001, ""),
  bad("noise", 1001, text64("hello")),
  bad("broken JSON", 1001, text64("{")),
  bad("JSON and more", 1001, text64(`${text(outerOf(good))}x`)),
  bad("a byte order mark before the outside", 1001, text64(`\ufeff${text(outerOf(good))}`)),
  bad(
    "bytes outside that are not UTF-8",
    1001,
    text64(Buffer.concat([Buffer.from('{"a":"'), Uint8Array.of(0xff), Buffer.from('"}')])),
  ),
  bad("data that is no text", 1001, outside({ data: { jws: good } })),
  bad("another datacontenttype", 1001, outside({ datacontenttype: "application/json" })),
  bad("more than 24 KiB outside", 1007, outside({ pad: "x".repeat(25_000) })),
  bad("nine levels outside", 1007, outside({ deep: nested(8) })),
  bad("a duplicate member outside", 1003, text64(text(outerOf(good)).replace("{", '{"seq":1,'))),
  bad("a lone surrogate outside", 1001, text64(text(outerOf(good)).replace("{", '{"a":"\\ud800",'))),
  ...(["specversion", "id", "source", "type", "time", "epoch", "seq"] as const).map((name) =>
    bad(`outside another ${name}`, 1005, outside({ [name]: typeof goodEvent[name] === "number" ? 7 : "else" })),
  ),
  bad("outside no seq", 1005, noOuter("seq")),
  bad("outside no source", 1005, noOuter("source")),
  bad("outside a seq that is text", 1005, outside({ seq: "1" })),
  bad("outside a seq that is true", 1005, outside({ seq: true }), {}, "1 and true are one value in some languages"),
  bad("two parts", 1001, text64(`${header}.${payload}`)),
  bad("four parts", 1001, text64(`${good}.`)),
  bad("a token that begins with something else", 1001, text64(` ${good}`)),
  bad("a flipped bit in the header's kid", 1004, text64(`${flipped(header, 25)}.${payload}.${signature}`)),
  bad("a flipped bit in the payload", 1006, text64(`${header}.${flipped(payload, 60)}.${signature}`)),
  bad("a flipped bit in R", 1006, text64(`${header}.${payload}.${flipped(signature, 3)}`)),
  bad("a flipped bit in S", 1006, text64(`${header}.${payload}.${flipped(signature, 40)}`)),
  bad("another record's payload", 1006, text64(`${header}.${genesisRecord.jws.split(".")[1]}.${signature}`)),
  bad("another record's signature", 1006, text64(`${header}.${payload}.${outRecord.jws.split(".")[2]}`)),
  bad("no signature", 1006, text64(`${header}.${payload}.`)),
  bad(
    "a signature of 63 bytes",
    1006,
    text64(`${header}.${payload}.${toBase64url(Buffer.from(signature, "base64url").subarray(0, 63))}`),
  ),
  bad(
    "a signature of 65 bytes",
    1006,
    text64(
      `${header}.${payload}.${toBase64url(Buffer.concat([Buffer.from(signature, "base64url"), Uint8Array.of(0)]))}`,
    ),
  ),
  bad("S plus the order of the group", 1006, text64(`${header}.${payload}.${plusOrder(signature)}`)),
  bad(
    "trailing bits in the signature",
    1002,
    text64(`${header}.${payload}.${withTrailingBits(signature)}`),
    {},
    "the same signature, and so the same record, in another text",
  ),
  ...[signed({ pad: "abc" }).split(".")].map(([one = "", two = "", three = ""]) =>
    bad("trailing bits in the payload", 1002, text64(`${one}.${withTrailingBits(two)}.${three}`)),
  ),
  bad("padding", 1002, text64(`${header}.${payload}.${signature}==`)),
  bad("the other base64 alphabet", 1002, text64(`${header}.${payload}.+/${signature.slice(2)}`)),
  bad(
    "a line break in the signature",
    1002,
    text64(`${header}.${payload}.${signature.slice(0, 40)}\n${signature.slice(40)}`),
  ),
  bad("alg none", 1004, text64(`${toBase64url(text({ alg: "none", kid, typ }))}.${payload}.`)),
  bad("alg HS256 with the public key as secret", 1004, text64(hmacToken())),
  bad("alg ES256 for an Ed25519 key", 1004, text64(withHeader({ alg: "ES256", kid, typ }))),
  bad(
    "alg EdDSA for a P-256 key",
    1004,
    text64(tokenOf(text({ alg: "EdDSA", kid: p256Key.kid, typ }), "{}", deviceKey)),
  ),
  bad("alg in small letters", 1004, text64(withHeader({ alg: "eddsa", kid, typ }))),
  bad("a jwk in the header", 1004, text64(withHeader({ alg: "EdDSA", kid, typ, jwk: deviceKey.jwk }))),
  bad("a jku in the header", 1004, text64(withHeader({ alg: "EdDSA", kid, typ, jku: "https://example.org" }))),
  bad("crit in the header", 1004, text64(withHeader({ alg: "EdDSA", kid, typ, crit: ["b64"], b64: false }))),
  bad("no typ", 1004, text64(withHeader({ alg: "EdDSA", kid }))),
  bad("no kid", 1004, text64(withHeader({ alg: "EdDSA", typ }))),
  bad("a kid that is a number", 1004, text64(withHeader({ alg: "EdDSA", kid: 1, typ }))),
  bad("a header that is a list", 1001, outside({ data: tokenOf("[]", punchRecord.payload, deviceKey) })),
  bad("a kid that is a list", 1004, text64(withHeader({ alg: "EdDSA", kid: [kid], typ }))),
  bad("a signature of 85 characters, which no bytes give", 1002, text64(good.slice(0, -1))),
  bad(
    "a duplicate member in the header",
    1003,
    text64(tokenOf(headerOf(deviceKey).replace("{", '{"alg":"EdDSA",'), punchRecord.payload, deviceKey)),
  ),
  bad("a kid that nobody knows", 1004, text64(tokenFor(goodEvent, newKey("a stranger")))),
  bad("a kid of another device", 1004, structured(tokenFor(goodEvent, otherKey)), {}, "each kid speaks for one source"),
  bad(
    "another device's kid over the right signature",
    1006,
    text64(tokenOf(headerOf(otherKey), punchRecord.payload, deviceKey)),
  ),
  bad("a receipt's typ on the record channel", 1004, structured(tokenFor(goodEvent, deviceKey, "lintel-ack+jws"))),
  bad("a record on the status channel", 1004, structured(good), { channel: "sta" }),
  bad("a record on the request channel", 1004, structured(good), { channel: "req" }),
  bad("before the key's first place", 1004, structured(good), {
    keys: [{ jwk: deviceKey.jwk, source: device, from: [3, 2] }],
  }),
  bad("after the key's last place", 1004, structured(good), {
    keys: [{ jwk: deviceKey.jwk, source: device, upto: [3, 0] }],
  }),
  bad("on another device's topic", 1005, structured(good), {
    topic: "lintel1/acme/blr-01/k00000000000000000000/up/rec",
  }),
  bad("on another tenant's topic", 1005, structured(good), {
    topic: "lintel1/evil/blr-01/k7f3q9m2xw4t8v6p1r5s0/up/rec",
  }),
  bad(
    "a key of small order",
    1004,
    text64(forgedForWeakKey()),
    { keys: [{ jwk: weakJwk, source: device }] },
    "one signature fits every message, so such a key is not registered",
  ),
  bad("a duplicate member inside", 1003, text64(signedText(punchRecord.payload.replace("{", '{"seq":1,')))),
  bad(
    "a duplicate member inside, once escaped",
    1003,
    text64(signedText(punchRecord.payload.replace("{", '{"s\\u0065q":1,'))),
  ),
  bad(
    "a duplicate member deep inside",
    1003,
    text64(signedText(punchRecord.payload.replace('"kind":"in"', '"kind":"in","kind":"out"'))),
  ),
  bad("the member __proto__", 1003, text64(signedText(punchRecord.payload.replace("{", '{"__proto__":1,')))),
  ...["1.0", "1e3", "1E3", "0.5", "-0", "9007199254740992"].map((number) =>
    bad(`the number ${number} inside`, 1003, text64(signedText(punchRecord.payload.replace("{", `{"n":${number},`)))),
  ),
  bad("NaN inside", 1001, text64(signedText(punchRecord.payload.replace("{", '{"n":NaN,')))),
  bad("a leading zero inside", 1001, text64(signedText(punchRecord.payload.replace("{", '{"n":01,')))),
  bad("a lone surrogate inside", 1001, text64(signedText(punchRecord.payload.replace("{", '{"n":"\\udc00",')))),
  bad("a control character inside", 1001, text64(signedText(punchRecord.payload.replace("{", '{"n":"\u0001",')))),
  bad("a byte order mark inside", 1001, text64(signedText(`\ufeff${punchRecord.payload}`))),
  bad(
    "bytes inside that are not UTF-8",
    1001,
    text64(signedText(Buffer.concat([Buffer.from('{"a":"'), Uint8Array.of(0xc3, 0x28), Buffer.from('"}')]))),
  ),
  bad("a list inside", 1001, text64(signedText("[]"))),
  bad("nothing inside", 1001, text64(signedText(""))),
  bad("nine levels inside", 1007, text64(signed({ deep: nested(8) }))),
  bad("a payload of 8 KiB and a byte", 1007, text64(sized(8193))),
  bad("a payload of 9 KiB", 1007, text64(sized(9216))),
  bad("a token of more than 16 Ki characters", 1007, text64(`${good}${"A".repeat(16_384)}`)),
  ...(["specversion", "id", "source", "type", "time", "epoch", "seq", "prev", "data"] as const).map((name) => {
    const { [name]: _, ...event } = goodEvent;
    // Whose it is cannot be asked before it is known to be a CloudEvent.
    return bad(`no ${name} inside`, 1001, text64(tokenFor(event, deviceKey)));
  }),
  bad("another specversion", 1001, text64(signed({ specversion: "0.3" }))),
  bad("epoch 0", 1001, text64(signed({ epoch: 0 }))),
  bad("a negative seq", 1001, text64(signed({ seq: -1 }))),
  bad("a seq beyond 31 bits", 1001, text64(signed({ seq: 2 ** 31 }))),
  bad("a prev of 42 characters", 1001, text64(signed({ prev: "A".repeat(42) }))),
  bad("a time with an offset", 1001, text64(signed({ time: "2025-10-09T14:23:31.395+05:30" }))),
  bad("a type of somebody else", 1001, text64(signed({ type: "com.example.punch" }))),
];

const [zero, one, two] = dayOf(9, 2);
if (zero === undefined || one === undefined || two === undefined) throw new Error("no day");
const day = [zero.token, one.token, two.token];

/** Stored and not compressed, and said to come from Unix, so that it is the same bytes wherever it is made. */
const cutShort = gzipSync("x".repeat(600), { level: 0 }).subarray(0, 300);
cutShort[9] = 3;

/** As above; `cut` leaves bytes of the checksum and size at its end away. */
function stored(value: string, cut = 0): Buffer {
  const bytes = gzipSync(value, { level: 0 });
  bytes[9] = 3;
  return bytes.subarray(0, bytes.length - cut);
}
const small = text({ specversion: "1.0", type: "dev.lintel.batch.v1", data: { records: [good] } });
const otherSum = stored(small);
otherSum[otherSum.length - 8] = (otherSum[otherSum.length - 8] ?? 0) ^ 1;
const large = text({ pad: "x".repeat(97_500), ...(JSON.parse(small) as object) });

const batches: readonly Case[] = [
  many(
    "a batch of three",
    batchOf(day),
    day.map((token) => taken(token)),
  ),
  many("a batch in which one is damaged", batchOf([zero.token, `${one.token.slice(0, -2)}AA`, two.token]), [
    taken(zero.token),
    { code: 1006 },
    taken(two.token),
  ]),
  many("a batch in which one is another device's forgery", batchOf([tokenFor(goodEvent, otherKey), two.token]), [
    { code: 1004 },
    taken(two.token),
  ]),
  many("a batch with the same record twice", batchOf([one.token, one.token]), [taken(one.token), taken(one.token)]),
  many("a batch of a hundred", batchOf(Array<string>(100).fill(one.token)), Array(100).fill(taken(one.token))),
  bad("a batch of a hundred and one", 1007, batchOf(Array<string>(101).fill(one.token))),
  bad("a batch of none", 1001, batchOf([])),
  bad("a batch that unpacks to 4 MiB", 1007, text64(gzipSync(`{"a":"${" ".repeat(4 * 1024 * 1024)}"}`))),
  bad("a batch cut short", 1001, text64(cutShort)),
  bad("a batch without the end of its gzip", 1001, text64(stored(small, 4))),
  bad("a batch with another checksum", 1001, text64(otherSum)),
  bad("a batch of more than 96 KiB as sent", 1007, text64(stored(large))),
  bad(
    "a batch whose records are one text",
    1001,
    text64(gzipSync(text({ specversion: "1.0", type: "dev.lintel.batch.v1", data: { records: one.token } }))),
  ),
  bad("a batch that is a list", 1001, text64(gzipSync("[]"))),
  bad("a batch that is no gzip", 1001, text64(Uint8Array.of(0x1f, 0x8b, 1, 2, 3))),
  bad("a batch that is no JSON", 1001, text64(gzipSync("hello"))),
  bad(
    "a batch with a duplicate member",
    1003,
    text64(
      gzipSync(
        `{"specversion":"1.0","specversion":"1.0","type":"dev.lintel.batch.v1","data":{"records":["${one.token}"]}}`,
      ),
    ),
  ),
  bad(
    "a batch of another type",
    1001,
    text64(gzipSync(text({ specversion: "1.0", type: "dev.lintel.bag.v1", data: { records: day } }))),
  ),
  bad(
    "a batch whose records are no texts",
    1001,
    text64(gzipSync(text({ specversion: "1.0", type: "dev.lintel.batch.v1", data: { records: [1] } }))),
  ),
];

function many(name: string, bytes: string, records: readonly unknown[]): Case {
  return { name, kind: "message", input: { channel: "rec", keys, bytes }, expect: { ok: { records } } };
}

const statusData = {
  state: "online",
  sess: "7f1d4b1e-9f0c-4a53-8d2f-2f0a8f6f1b11",
  ep: 3,
  head: { seq: 2, rh: outRecord.recordHash },
  cur: { payroll: [3, 1] },
  backlog: 1,
  fw: "1.4.2",
  clock: { src: "nts", err: 25, age: 400 },
  cap: ["rec", "sync"],
};
const status = { ...baseOf("status", device, "status"), data: statusData };
const sync = { ...baseOf("sync", device, "sync"), data: { sess: statusData.sess, ep: 3, head: statusData.head } };

const statements: readonly Case[] = [
  said("a birth", "sta", tokenFor(status, deviceKey, "lintel-sta+jws"), status.id),
  said("a sync", "req", tokenFor(sync, deviceKey, "lintel-req+jws"), sync.id),
  bad(
    "a status in another device's name",
    1004,
    structured(tokenFor({ ...status, source: otherDevice }, deviceKey, "lintel-sta+jws")),
    { channel: "sta" },
  ),
  bad(
    "a status without a session",
    1001,
    structured(tokenFor({ ...status, data: { state: "online" } }, deviceKey, "lintel-sta+jws")),
    { channel: "sta" },
  ),
  bad("a sync on the status channel", 1004, structured(tokenFor(sync, deviceKey, "lintel-req+jws")), {
    channel: "sta",
  }),
];

function said(name: string, channel: string, token: string, id: string): Case {
  return { name, kind: "message", input: { channel, keys, bytes: structured(token) }, expect: { ok: { id } } };
}

const wrapped = (name: string, bytes: string): Case => ({
  name,
  kind: "ingress",
  input: { keys, bytes },
  expect: { ok: { records: [taken(good)] } },
});

const { data: _, ...bareOuter } = outerOf(good);
const mqttEvent = {
  specversion: "1.0",
  id: "9aeb0fdf-c01e-0131-0922-9eb54906e209",
  source: "testnamespace",
  type: "MQTT.EventPublished",
  subject: "lintel1/acme/blr-01/k7f3q9m2xw4t8v6p1r5s0/up/rec",
  time: "2025-10-09T08:53:32.000Z",
};
const ingress: readonly Case[] = [
  wrapped("unwrapped", structured(good)),
  wrapped("CloudEvents binary mode: the body is the bare token", text64(good)),
  wrapped(
    "Event Grid, MQTT 3.1.1: data_base64 is the message",
    text64(text({ ...mqttEvent, data_base64: structured(good) })),
  ),
  wrapped(
    "Event Grid, a CloudEvent of ours with data_base64",
    text64(text({ ...bareOuter, data_base64: text64(good) })),
  ),
  wrapped(
    "AWS IoT rule with encode(*, 'base64')",
    text64(text({ b: structured(good), t: mqttEvent.subject, pr: "cert" })),
  ),
  wrapped(
    "AWS IoT rule with SELECT *: the outside written anew",
    text64(text2({ ...outerOf(good), traceparent: "00-1" })),
  ),
  {
    name: "a batch through AWS",
    kind: "ingress",
    input: { keys, bytes: text64(text({ b: batchOf(day), t: "t" })) },
    expect: { ok: { records: day.map((token) => taken(token)) } },
  },
  {
    name: "a wrapper whose topic is another device's",
    kind: "ingress",
    input: {
      keys,
      bytes: text64(
        text({
          ...mqttEvent,
          subject: "lintel1/acme/blr-01/k00000000000000000000/up/rec",
          data_base64: structured(good),
        }),
      ),
    },
    expect: { code: 1005 },
  },
  {
    name: "a wrapper with damaged base64",
    kind: "ingress",
    input: { keys, bytes: text64(text({ b: `${structured(good)}*`, t: "t" })) },
    expect: { code: 1001 },
  },
];

export const messageCases: readonly Case[] = [...taken1, ...refused, ...batches, ...statements, ...ingress];

function text2(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function hmacToken(): string {
  const input = `${toBase64url(text({ alg: "HS256", kid, typ }))}.${payload}`;
  const secret = Buffer.from(deviceKey.jwk.x, "base64url");
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

function forgedForWeakKey(): string {
  const forged = toBase64url(Buffer.from(`01${"00".repeat(63)}`, "hex"));
  return `${toBase64url(text({ alg: "EdDSA", kid: kidOf(weakJwk), typ }))}.${payload}.${forged}`;
}
