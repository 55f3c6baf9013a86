import { toBase64url } from "../../../kiosk/core/base64url.ts";
import { noRecordHash } from "../../../kiosk/core/chain.ts";
import { rosterRoot } from "../../../kiosk/uplink/contract/turn-pages.ts";
import {
  baseOf,
  type Case,
  device,
  deviceKey,
  type Key,
  newKey,
  payroll,
  structured,
  text,
  text64,
  tokenFor,
  vectors,
} from "./kit.ts";

/** What a device believes of what comes down: receipts, commands, rosters, settings, the time. */

const ackKey = newKey("ack");
const opsKey = newKey("cmd:ops");
const secKey = newKey("cmd:sec");
const dpoKey = newKey("cmd:dpo");
const rosKey = newKey("ros");
const cfgKey = newKey("cfg");
const timKey = newKey("tim");
const hq = "urn:lintel:acme:cloud:hq";
const keys = [
  { jwk: ackKey.jwk, role: "ack", source: payroll },
  { jwk: opsKey.jwk, role: "cmd:ops", source: hq },
  { jwk: secKey.jwk, role: "cmd:sec", source: hq },
  { jwk: dpoKey.jwk, role: "cmd:dpo", source: hq },
  { jwk: rosKey.jwk, role: "ros", source: hq },
  { jwk: cfgKey.jwk, role: "cfg", source: hq },
  { jwk: timKey.jwk, role: "tim", source: hq },
];
const vault = "urn:lintel:acme:cloud:vault";
const vaultKey = newKey("ack of the vault");
const evil = "urn:lintel:evil:cloud:hq";
const evilKey = newKey("cmd:ops of another tenant");
keys.push({ jwk: vaultKey.jwk, role: "ack", source: vault }, { jwk: evilKey.jwk, role: "cmd:ops", source: evil });
const deviceId = "k7f3q9m2xw4t8v6p1r5s0";
const [first, , last] = vectors.records;
if (first === undefined || last === undefined) throw new Error("no vectors");

const ackData = {
  dev: deviceId,
  ep: 3,
  upto: 2,
  rh: last.recordHash,
  miss: [] as number[][],
  bad: [],
  at: "2025-10-09T17:31:10.000Z",
  rcv: "payroll",
};

interface AckOver {
  /** What it says of `have` that is more than `upto` says. */
  readonly have?: number[][];
  readonly data?: object;
  readonly source?: string;
  readonly key?: Key;
  readonly typ?: string;
}

function receipt(
  name: string,
  { data = {}, have, source = payroll, key = ackKey, typ = "lintel-ack+jws" }: AckOver,
  expected: Case["expect"] | null = null,
): Case {
  const body = { ...ackData, ...data };
  const token = tokenFor({ ...baseOf(name, source, "ack"), data: body }, key, typ);
  const hashes = Object.fromEntries(vectors.records.map(({ recordHash }, seq) => [`3/${seq}`, recordHash]));
  return {
    name,
    kind: "receipt",
    input: { device, receiver: "payroll", keys, head: [3, 2], hashes, bytes: structured(token) },
    expect: expected ?? { ok: { epoch: body.ep, upto: body.upto, miss: body.miss, ...(have && { have }) } },
  };
}

const begun = { upto: 0, rh: first.recordHash };

const receipts: readonly Case[] = [
  receipt("a receipt for all there is", {}),
  receipt("a receipt for the first record", { data: { upto: 0, rh: first.recordHash } }),
  receipt("a receipt for nothing yet", { data: { upto: -1, rh: noRecordHash, miss: [[0, 2]] } }),
  receipt("a receipt with records missing", { data: { upto: 0, rh: first.recordHash, miss: [[1, 1]] } }),
  receipt("a receipt with a record beyond a gap", {
    data: { ...begun, miss: [[1, 1]], have: [[2, 2]] },
    have: [[2, 2]],
  }),
  receipt("a receipt that has what it does not count yet", { data: { ...begun, have: [[1, 2]] }, have: [[1, 2]] }),
  receipt("what a receipt has is cut to what lies beyond its end", {
    data: { ...begun, have: [[0, 1]] },
    have: [[1, 1]],
  }),
  receipt("a receipt that has what its end says already", { data: { have: [[0, 2]] } }),
  receipt("a range that ends before it begins has nothing", { data: { ...begun, have: [[2, 1]] } }),
  receipt("a receipt that has what is not written yet", { data: { have: [[3, 3]] } }, { code: 2004 }),
  receipt("a receipt that has more than is written", { data: { ...begun, have: [[1, 3]] } }, { code: 2004 }),
  receipt("a receipt for a record that is not kept any more", { data: { ep: 2, upto: 7, rh: first.recordHash } }),
  receipt("a receipt with members of later versions", { data: { later: { a: 1 } } }),
  receipt("the right number and another hash", { data: { rh: first.recordHash } }, { code: 2004 }),
  receipt("a hash of nothing", { data: { upto: -1 } }, { code: 2004 }),
  receipt("a number that is not written yet", { data: { upto: 3 } }, { code: 2004 }),
  receipt("a life that has not begun", { data: { ep: 4, upto: 0 } }, { code: 2004 }),
  receipt("a receipt for another device", { data: { dev: "k00000000000000000000" } }, { code: 1005 }),
  receipt("a receipt of another receiver", { data: { rcv: "vault" } }, { code: 1004 }),
  receipt("a receipt in another receiver's name", { source: "urn:lintel:acme:cloud:vault" }, { code: 1004 }),
  receipt("a receipt of another receiver, who calls itself ours", { key: vaultKey, source: vault }, { code: 1004 }),
  receipt("a receipt of another tenant's cloud", { source: "urn:lintel:evil:cloud:payroll" }, { code: 1004 }),
  receipt("a receipt signed with the commands' key", { key: opsKey }, { code: 1004 }),
  receipt("a receipt signed by the device itself", { key: deviceKey }, { code: 1004 }),
  receipt("a receipt typed as a record", { typ: "lintel-rec+jws" }, { code: 1004 }),
  receipt("a receipt without a hash", { data: { rh: undefined } }, { code: 1001 }),
];

const commandData = {
  op: "identify",
  aud: [deviceId],
  cn: 42,
  nbf: "2025-10-10T02:00:00.000Z",
  exp: "2025-10-10T03:00:00.000Z",
  args: {},
};

interface CommandOver {
  readonly data?: object;
  readonly signers?: readonly Key[];
  readonly source?: string;
  readonly typ?: string;
  readonly clock?: object;
  readonly executed?: readonly string[];
  readonly low?: Readonly<Record<string, number>>;
  /** Instead of what it would be. */
  readonly bytes?: (event: object) => string;
}

/** 2025-10-10T02:30:00Z. */
const nowMs = 1_760_063_400_000;

function command(name: string, over: CommandOver, code?: number): Case {
  const { data = {}, signers = [opsKey], source = hq, typ = "lintel-cmd+jws" } = over;
  const event = { ...baseOf("a command", source, "cmd"), data: { ...commandData, ...data } };
  const tokens = signers.map((key) => tokenFor(event, key, typ));
  const bytes = over.bytes?.(event) ?? (tokens.length === 1 ? structured(tokens[0] ?? "") : dual(tokens));
  return {
    name,
    kind: "command",
    input: {
      device,
      groups: ["lobby"],
      keys,
      clock: { utc: nowMs, err: 50, src: "nts", ...over.clock },
      low: { "cmd:ops": 7, ...over.low },
      executed: over.executed ?? [],
      bytes,
    },
    expect: code === undefined ? { ok: { id: event.id, op: event.data.op } } : { code },
  };
}

const dual = (jws: readonly string[] | string): string =>
  text64(text({ specversion: "1.0", type: "dev.lintel.cmd2.v1", datacontenttype: "application/json", data: { jws } }));

const eraseAll = { data: { op: "erase.all" } };
const ending = (data: object = {}): CommandOver => ({
  data: { op: "decommission", ...data },
  signers: [secKey, dpoKey],
});
const commandId = baseOf("a command", hq, "cmd").id;
const sign = (event: object, key: Key): string => tokenFor(event, key, "lintel-cmd+jws");

const commands: readonly Case[] = [
  command("a command", {}),
  command("a command, bare", { bytes: (event) => text64(sign(event, opsKey)) }),
  command("a command for the site", { data: { aud: ["site:blr-01"] } }),
  command("a command for a group of ours", { data: { aud: ["group:roof", "group:lobby"] } }),
  command("a command of two signatures", { ...eraseAll, signers: [secKey, dpoKey] }),
  command("the two signatures the other way round", { ...eraseAll, signers: [dpoKey, secKey] }),
  command("a second signature that was not needed", { data: { op: "lock" }, signers: [dpoKey, secKey] }),
  command("expired by less than the clock may be wrong", { clock: { utc: nowMs + 1_801_000, err: 2_000 } }),
  command("early by less than the clock may be wrong", { clock: { utc: nowMs - 1_801_000, err: 2_000 } }),
  command("a harmless command while the clock knows nothing", {
    data: { op: "status" },
    clock: { utc: 0, src: "none" },
  }),
  command("a harmless command while the clock may be wrong by days", {
    data: { op: "resend" },
    clock: { utc: 0, err: 86_400_000 },
  }),
  command("valid for exactly thirty days", { data: { exp: "2025-11-09T02:00:00.000Z" } }),
  command("the end of one clock", ending()),
  command("the end of a clock, valid for exactly a day", ending({ exp: "2025-10-11T02:00:00.000Z" })),
  command("the end of a clock, valid for more than a day", ending({ exp: "2025-10-11T02:00:00.001Z" }), 3003),
  command("the end of all clocks of a site", ending({ aud: ["site:blr-01"] }), 3002),
  command("the end of a clock and of its group", ending({ aud: [deviceId, "group:lobby"] }), 3002),
  command("the end of another clock", ending({ aud: ["k00000000000000000000"] }), 3002),
  command("the end of a clock, ordered by one", { ...ending(), signers: [secKey] }, 3005),
  command("the end of a clock while nobody knows the time", { ...ending(), clock: { src: "none" } }, 3003),
  command("a command for another device", { data: { aud: ["k00000000000000000000"] } }, 3002),
  command("a command of another tenant's cloud", { signers: [evilKey], source: evil }, 3002),
  command("one key twice where one signature is enough", { data: { op: "lock" }, signers: [secKey, secKey] }, 3005),
  command("two signatures that are a text", { bytes: (event) => dual(sign(event, opsKey)) }, 1001),
  command(
    "two signatures of nothing",
    {
      bytes: () =>
        text64(text({ specversion: "1.0", type: "dev.lintel.cmd2.v1", datacontenttype: "application/json", data: [] })),
    },
    1001,
  ),
  command("a command for another site", { data: { aud: ["site:hq"] } }, 3002),
  command("a command for a group that is not ours", { data: { aud: ["group:roof"] } }, 3002),
  command("a command for nobody", { data: { aud: [] } }, 1001),
  command("a command that has expired", { clock: { utc: nowMs + 1_801_000 } }, 3003),
  command("a command of tomorrow", { clock: { utc: nowMs - 1_801_000 } }, 3003),
  command("valid for more than thirty days", { data: { exp: "2025-11-09T02:00:00.001Z" } }, 3003),
  command("an end before the beginning", { data: { exp: "2025-10-10T01:00:00.000Z" } }, 3003),
  command("a thirteenth month", { data: { exp: "2025-13-10T03:00:00.000Z" } }, 3003),
  command("a reboot while the clock knows nothing", { data: { op: "reboot" }, clock: { src: "none" } }, 3003),
  command(
    "a reboot while the clock may be wrong by days",
    { data: { op: "reboot" }, clock: { err: 86_400_000 } },
    3003,
  ),
  command("a command that was run before", { executed: [commandId] }, 3004),
  command("a number at the low mark", { low: { "cmd:ops": 42 } }, 3004),
  command("a number below the low mark", { low: { "cmd:ops": 99 } }, 3004),
  command("an order of the privacy officer", { data: { op: "template.renew" }, signers: [dpoKey] }),
  command("an order of the privacy officer, by another", { data: { op: "template.renew" }, signers: [secKey] }, 3001),
  command("another role's low mark", { low: { "cmd:sec": 99 } }),
  command("a command that nobody knows", { data: { op: "open.door" } }, 3001),
  command("the name of something every object has", { data: { op: "constructor" } }, 3001),
  command("a role that does not cover it", { data: { op: "lock" } }, 3001),
  command("a command signed with the receipts' key", { signers: [ackKey], source: payroll }, 3001),
  command("one of two signatures", { ...eraseAll, signers: [secKey] }, 3005),
  command("one key twice", { ...eraseAll, signers: [secKey, secKey] }, 3005),
  command("a second signature of the wrong role", { ...eraseAll, signers: [secKey, opsKey] }, 3005),
  command(
    "two signatures over two texts",
    {
      ...eraseAll,
      bytes: (event) => dual([sign(event, secKey), sign({ ...event, time: "2025-10-10T02:30:01.000Z" }, dpoKey)]),
    },
    1005,
  ),
  command(
    "a second signature that does not verify",
    { ...eraseAll, bytes: (event) => dual([sign(event, secKey), `${sign(event, dpoKey).slice(0, -6)}AAAAAA`]) },
    1006,
  ),
  command(
    "three signatures",
    { ...eraseAll, bytes: (event) => dual([secKey, dpoKey, opsKey].map((key) => sign(event, key))) },
    1001,
  ),
  command("in another's name", { source: payroll }, 1004),
  command("typed as a record", { typ: "lintel-rec+jws" }, 1004),
  command("signed by the device itself", { signers: [deviceKey], source: device }, 1004),
  command("without a number", { data: { cn: undefined } }, 1001),
];

const someone = (n: number): string => `p_${"0".repeat(18)}${String(n).padStart(2, "0")}`;
const item = (n: number): string => text({ st: "active", cards: [], shift: `shift-${n}` });
type Items = readonly (readonly [id: string, v: number, text: string])[];
const rootOf = (items: Items): string => rosterRoot(new Map(items.map(([id, v, body]) => [id, { v, text: body }])));

const have: Items = [1, 2, 3].map((n) => [someone(n), 1, item(n)]);
const then: Items = [
  [someone(1), 1, item(1)],
  [someone(2), 4, item(22)],
  [someone(4), 4, item(4)],
];
const ops = [
  ["put", someone(4), 4, item(4)],
  ["del", someone(3), 4],
  ["put", someone(2), 4, item(22)],
];

function page(over: object, key = rosKey): string {
  const data = { aud: [deviceId], base: 3, to: 4, page: 0, pages: 1, ops, root: rootOf(then), ...over };
  return structured(tokenFor({ ...baseOf("a page", hq, "roster"), data }, key, "lintel-ros+jws"));
}

function roster(name: string, pages: readonly string[], expected: Case["expect"], over: object = {}): Case {
  const known = { v: 3, items: have, gone: [[someone(9), 3]], ...over };
  return { name, kind: "roster", input: { device, groups: ["lobby"], keys, have: known, pages }, expect: expected };
}

const became = (v: number, items: Items): Case["expect"] => ({ ok: { v, root: rootOf(items) } });
const snapshot: Items = [1, 5, 7].map((n) => [someone(n), 6, item(n)]);
const snapshotOps = snapshot.map((one) => ["put", ...one]);

const rosters: readonly Case[] = [
  roster("the next version", [page({})], became(4, then)),
  roster(
    "two pages, the second first",
    [page({ page: 1, pages: 2, ops: ops.slice(1) }), page({ pages: 2, ops: ops.slice(0, 1), root: undefined })],
    became(4, then),
  ),
  roster("a snapshot", [page({ base: 0, to: 6, ops: snapshotOps, root: rootOf(snapshot) })], became(6, snapshot)),
  roster("an empty roster", [page({ base: 0, to: 6, ops: [], root: rootOf([]) })], became(6, [])),
  roster("nothing but a new version", [page({ ops: [], root: rootOf(have) })], became(4, have)),
  roster(
    "somebody who left comes back",
    [page({ ops: [["put", someone(9), 4, item(9)]], root: rootOf([...have, [someone(9), 4, item(9)]]) })],
    became(4, [...have, [someone(9), 4, item(9)]]),
  ),
  roster("a step from a version that we do not have", [page({ base: 2 })], { code: 4001 }),
  roster("a root that the items do not give", [page({ root: rootOf(have) })], { code: 4002 }),
  roster("no root", [page({ root: undefined })], { code: 4002 }),
  roster("the version that we have", [page({ base: 2, to: 3 })], { code: 4003 }),
  roster("an older version", [page({ base: 0, to: 2 })], { code: 4003 }),
  roster("an old page brings somebody back", [page({ ops: [["put", someone(9), 3, item(9)]] })], { code: 4003 }),
  roster("an old snapshot brings somebody back", [page({ base: 0, to: 6, ops: [["put", someone(9), 2, item(9)]] })], {
    code: 4003,
  }),
  roster("an item that is not newer", [page({ ops: [["put", someone(1), 1, item(7)]] })], { code: 4003 }),
  roster("a page is missing", [page({ pages: 2 })], { code: 1001 }),
  roster("a page twice", [page({ pages: 2 }), page({ pages: 2 })], { code: 1001 }),
  roster("pages of two steps", [page({ pages: 2 }), page({ page: 1, pages: 2, to: 5 })], { code: 1001 }),
  roster("signed with the settings' key", [page({}, cfgKey)], { code: 1004 }),
  roster("a roster for the site", [page({ aud: ["site:blr-01"] })], became(4, then)),
  roster("a roster for a group of ours", [page({ aud: ["group:roof", "group:lobby"] })], became(4, then)),
  roster("another clock's roster", [page({ aud: ["k00000000000000000000"] })], { code: 3002 }),
  roster("another site's roster", [page({ aud: ["site:hq"] })], { code: 3002 }),
  roster(
    "a page of ours and one of another site's",
    [page({ page: 1, pages: 2, ops: ops.slice(1), aud: ["site:hq"] }), page({ pages: 2, ops: ops.slice(0, 1) })],
    { code: 3002 },
  ),
  roster("a roster for whoever it reaches", [page({ aud: undefined })], { code: 1001 }),
  roster("a roster for nobody", [page({ aud: [] })], { code: 1001 }),
  roster("a roster for a name that is no list", [page({ aud: deviceId })], { code: 1001 }),
];

function config(name: string, data: object, expected: Case["expect"], key = cfgKey): Case {
  const body = { aud: [deviceId], v: 5, min_fw: "1.4.0", doc: text({ locale: "en" }), ...data };
  const bytes = structured(tokenFor({ ...baseOf("settings", hq, "config"), data: body }, key, "lintel-cfg+jws"));
  return {
    name,
    kind: "config",
    input: { device, groups: ["lobby"], keys, have: 4, fw: "1.4.2", bytes },
    expect: expected,
  };
}

const configs: readonly Case[] = [
  config("newer settings", {}, { ok: { v: 5 } }),
  config("settings that skip versions", { v: 50 }, { ok: { v: 50 } }),
  config("settings for exactly this software", { min_fw: "1.4.2" }, { ok: { v: 5 } }),
  config("settings with a fraction", { doc: '{"a":0.5}' }, { ok: { v: 5 } }),
  config("the settings that hold", { v: 4 }, { code: 4003 }),
  config("older settings", { v: 1 }, { code: 4003 }),
  config("settings for later software", { min_fw: "1.10.0" }, { code: 4004 }),
  config("settings that are no JSON", { doc: "{" }, { code: 4004 }),
  config("settings with a member twice", { doc: '{"a":1,"a":2}' }, { code: 4004 }),
  config("settings that are a list", { doc: "[]" }, { code: 4004 }),
  config("settings signed with the roster's key", {}, { code: 1004 }, rosKey),
  config("settings for the site", { aud: ["site:blr-01"] }, { ok: { v: 5 } }),
  config("another clock's settings", { aud: ["k00000000000000000000"] }, { code: 3002 }),
  config("another group's settings", { aud: ["group:roof"] }, { code: 3002 }),
  config("settings for whoever they reach", { aud: undefined }, { code: 1001 }),
];

function time(name: string, data: object, expected: Case["expect"], key = timKey): Case {
  const body = { n: "q7Zk", utc: "2025-10-10T02:30:00.000Z", ...data };
  const bytes = structured(tokenFor({ ...baseOf(name, hq, "time"), data: body }, key, "lintel-tim+jws"));
  return {
    name,
    kind: "time",
    input: { keys, asked: { n: "q7Zk", sent: 5_000, got: 5_420 }, bytes },
    expect: expected,
  };
}

function timefix(name: string, record: object, fix: object, expected: Case["expect"]): Case {
  const whole = { boot: 18, mono: 3_600_000, utc: "2025-10-10T03:30:00.000Z", err: 40, ...fix };
  return { name, kind: "timefix", input: { record: { boot: 18, mono: 0, ...record }, fix: whole }, expect: expected };
}

const times: readonly Case[] = [
  time("an answer", {}, { ok: { from: nowMs, to: nowMs + 420 } }),
  time("an answer to another question", { n: "aaaa" }, { code: 3004 }),
  time("an answer signed with the receipts' key", {}, { code: 1004 }, ackKey),
  time("an answer without a time", { utc: undefined }, { code: 1001 }),
  timefix("a punch an hour before the fix", {}, {}, { ok: { utc: nowMs, err: 220 } }),
  timefix("a punch an hour after it", { mono: 7_200_000 }, {}, { ok: { utc: nowMs + 7_200_000, err: 220 } }),
  timefix("a punch at that moment", { mono: 3_600_000 }, {}, { ok: { utc: nowMs + 3_600_000, err: 40 } }),
  timefix("the drift is rounded up", { mono: 3_599_999 }, {}, { ok: { utc: nowMs + 3_599_999, err: 41 } }),
  timefix("a fix of another boot", { boot: 17 }, {}, { code: 1005 }),
];

const id = `k${"0".repeat(20)}`;

function topic(
  name: string,
  profile: string,
  text: string,
  ok?: { readonly device?: string; readonly channel: string },
): Case {
  const expected: Case["expect"] =
    ok === undefined ? { code: 1001 } : { ok: { tenant: "acme", site: "hq", device: id, ...ok } };
  return {
    name,
    kind: "topic",
    input: { profile, home: { tenant: "acme", site: "hq" }, topic: text },
    expect: expected,
  };
}

const topics: readonly Case[] = [
  ...["generic5", "aws", "azure-eg", "rabbitmq", "nats"].map((profile) =>
    topic(`a record's topic, ${profile}`, profile, `lintel1/acme/hq/${id}/up/rec`, { channel: "rec" }),
  ),
  ...["sta", "req", "tel"].map((one) =>
    topic(`up/${one}`, "generic5", `lintel1/acme/hq/${id}/up/${one}`, { channel: one }),
  ),
  ...["ack", "cmd", "cfg", "ros", "tim"].map((one) =>
    topic(`dn/${one}`, "generic5", `lintel1/acme/hq/${id}/dn/${one}`, { channel: one }),
  ),
  topic("a command to the site", "generic5", "lintel1/acme/hq/all/dn/cmd", { device: "all", channel: "cmd" }),
  topic("between the clocks of a site", "generic5", "lintel1/acme/hq/all/x/tpl", { device: "all", channel: "tpl" }),
  topic(
    "IoT Hub, up",
    "azure-iothub",
    `devices/${id}/messages/events/lt=rec&$.ct=application%2Fcloudevents%2Bjson&$.ce=utf-8`,
    { channel: "rec" },
  ),
  topic(
    "IoT Hub, down, properties in another order",
    "azure-iothub",
    `devices/${id}/messages/devicebound/$.mid=7&lt=ack`,
    { channel: "ack" },
  ),
  topic("IoT Hub without a channel", "azure-iothub", `devices/${id}/messages/events/$.ce=utf-8`),
  topic("IoT Hub, a channel of the other direction", "azure-iothub", `devices/${id}/messages/devicebound/lt=rec`),
  topic("a free topic at IoT Hub", "azure-iothub", `lintel1/acme/hq/${id}/up/rec`),
  topic("a level too many", "generic5", `lintel1/acme/hq/${id}/up/rec/x`),
  topic("a level too few", "generic5", `lintel1/acme/hq/${id}/up`),
  topic("an empty level", "generic5", `lintel1//hq/${id}/up/rec`),
  topic("a dot", "rabbitmq", `lintel1/ac.me/hq/${id}/up/rec`),
  topic("a space", "nats", `lintel1/ac me/hq/${id}/up/rec`),
  topic("a wildcard", "generic5", "lintel1/acme/hq/+/up/rec"),
  topic("a device's name that is too short", "generic5", "lintel1/acme/hq/k123/up/rec"),
  topic("the wrong direction", "generic5", `lintel1/acme/hq/${id}/dn/rec`),
  topic("a record for everybody", "generic5", "lintel1/acme/hq/all/up/rec"),
  topic("another version", "generic5", `lintel2/acme/hq/${id}/up/rec`),
  topic("a line break at the end", "generic5", `lintel1/acme/hq/${id}/up/rec\n`),
];

const rsa = { kty: "RSA", n: "AQAB", e: "AQAB" };
const point = (hex: string) => ({ kty: "OKP", crv: "Ed25519", x: toBase64url(Buffer.from(hex, "hex")) });

export const keyCases = (good: Key): readonly Case[] => [
  key("an Ed25519 key", deviceKey.jwk, deviceKey.kid),
  key("members that the thumbprint does not cover", { use: "sig", ...deviceKey.jwk, alg: "EdDSA" }, deviceKey.kid),
  key("a P-256 key", good.jwk, good.kid),
  key("a P-256 key that is not on the curve", { ...good.jwk, x: good.jwk.y ?? "", y: good.jwk.x }),
  key("an RSA key", rsa),
  key("a key for encryption", { ...deviceKey.jwk, crv: "X25519" }),
  key("an Ed25519 key of 31 bytes", point("11".repeat(31))),
  key("the neutral point", point(`01${"00".repeat(31)}`)),
  key("the neutral point with its sign set", point(`01${"00".repeat(30)}80`)),
  key("the neutral point, not reduced", point(`ee${"ff".repeat(30)}7f`)),
  key("a point of order two", point(`ec${"ff".repeat(30)}7f`)),
  key("a point of order four", point("00".repeat(32))),
  key("a point of order eight", point("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
  key("the other point of order eight", point("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")),
];

function key(name: string, jwk: object, kid?: string): Case {
  return { name, kind: "key", input: { jwk }, expect: kid === undefined ? { code: 1004 } : { ok: { kid } } };
}

export const cloudCases = {
  receipts,
  commands,
  rosters,
  configs,
  times,
  topics,
} as const;
