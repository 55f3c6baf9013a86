import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "mqtt";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { openReceiptKey } from "../../provisioning/receive/keys.ts";
import { brokers } from "../contract/broker-parts.ts";
import { until } from "../unit/uplink/parts.ts";
import { openPaperClock } from "./paper-clock.ts";
import { openPostgres, type Postgres } from "./postgres.ts";
import { startReceiver } from "./receiver-process.ts";

let folder = "";
let postgres: Postgres | null = null;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lintel-receive-"));
  postgres = await openPostgres();
});
afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const receiptKeyIn = (file: string) => {
  const { signer } = openReceiptKey(file);
  return { kid: signer.kid, key: signer.publicKey, role: "ack", source: "urn:lintel:acme:cloud:payroll" };
};

describe.each(brokers)("lintel receive over %s", (name, openBroker) => {
  test("keeps batches and receipts them; garbage and strangers are set aside and stop nothing", async () => {
    await using broker = await openBroker();
    const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
    // The embedded one is for the demo and knows no groups.
    const share = name === "mosquitto" ? ["--share", "payroll"] : [];
    const place = (end: string) => join(folder, `${name.replaceAll(" ", "-")}.${end}`);
    const receiptKey = receiptKeyIn(place("pem"));
    await using clock = await openPaperClock({ brokerUrl, count: 300, n: 1, receiptKey });
    await using stranger = await openPaperClock({ brokerUrl, count: 3, n: 2, receiptKey });
    await writeFile(place("devices"), `${clock.line}\n`);
    const flags = ["--broker", brokerUrl, "--devices", place("devices"), "--key", place("pem")];
    await using receiver = startReceiver(...flags, "--sink", `sqlite:${place("sqlite")}`, ...share);
    await receiver.says("Receiving as payroll");
    const pest = connect(brokerUrl);
    const garbage = [Buffer.of(), Buffer.from("{"), Buffer.of(0x1f, 0x8b, 0, 0), Buffer.alloc(90_000, 0x65)];
    for (const bytes of garbage)
      await pest.publishAsync(`lintel1/acme/north/${clock.device}/up/rec`, bytes, { qos: 1 });
    await pest.endAsync();
    await stranger.send("single");
    const nagging = setInterval(() => clock.nag(), 500);
    try {
      await clock.send("batch");
      await until("all of it is receipted", () => clock.upto() === 299);
    } finally {
      clearInterval(nagging);
    }
    expect(clock.acks.at(-1)).toMatchObject({
      upto: 299,
      rh: clock.records.at(-1)?.rh,
      miss: [],
      bad: [],
      rcv: "payroll",
    });
    expect(stranger.acks).toEqual([]);
    expect(await receiver.end("SIGTERM")).toBe(0);
    expect(receiver.stderr()).toMatch(/Stopped: 300 records kept/);
    await using sink = openSqliteSink(place("sqlite"));
    const { records, forks, quarantined } = await sink.read.counts();
    expect([records, forks]).toEqual([300, 0]);
    // What came before the subscription was granted came to nobody.
    expect(quarantined).toBeLessThanOrEqual(garbage.length + 3);
  });

  test("looks on through a pipe and receipts nothing, because a pipe keeps nothing", async () => {
    await using broker = await openBroker();
    const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
    const receiptKey = receiptKeyIn(join(folder, "looking-on.pem"));
    await using clock = await openPaperClock({ brokerUrl, count: 5, n: 3, receiptKey });
    await writeFile(join(folder, "one.devices"), clock.line);
    const flags = ["--broker", brokerUrl, "--devices", join(folder, "one.devices"), "--sink", "ndjson:-"];
    await using receiver = startReceiver(...flags);
    await receiver.says("no receipts");
    const lines = () =>
      receiver
        .stdout()
        .split("\n")
        .filter((line) => line !== "");
    const sending = setInterval(() => void clock.send("single"), 300);
    try {
      await until("five lines", () => lines().length >= 5);
    } finally {
      clearInterval(sending);
    }
    expect(await receiver.end("SIGINT")).toBe(0);
    const printed = lines().map((line) => JSON.parse(line));
    expect(printed.map(({ seq, jws, fork }) => [seq, jws, fork])).toEqual(
      clock.records.map(({ seq, jws }) => [seq, jws, false]),
    );
    expect(clock.acks).toEqual([]);
  });
});

test("a broker that knows no groups is not taken for one without news", async () => {
  const openBroker = brokers.find(([name]) => name === "the embedded broker")?.[1];
  if (openBroker === undefined) throw new Error("the embedded broker wanted");
  await using broker = await openBroker();
  await writeFile(join(folder, "group.devices"), "");
  const flags = [
    "--broker",
    `mqtt://127.0.0.1:${broker.port}`,
    "--devices",
    join(folder, "group.devices"),
    "--dry-run",
  ];
  await using receiver = startReceiver(
    ...flags,
    "--sink",
    `sqlite:${join(folder, "group.sqlite")}`,
    "--share",
    "payroll",
  );
  await receiver.says("knows no groups");
  expect(await receiver.ended()).toBe(2);
  // Some kinds are known to have none before anybody asks them.
  const sink = ["--sink", `sqlite:${join(folder, "group.sqlite")}`];
  await using other = startReceiver(...flags, ...sink, "--share", "payroll", "--profile", "rabbitmq");
  await other.says("divides nothing among MQTT receivers");
  expect(await other.ended()).toBe(2);
});

test("a record with wrong contents is kept, receipted, and reported: poison never blocks the queue", async () => {
  const openBroker = brokers[0]?.[1];
  if (openBroker === undefined) throw new Error("a broker wanted");
  await using broker = await openBroker();
  const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
  const receiptKey = receiptKeyIn(join(folder, "poison.pem"));
  await using clock = await openPaperClock({ brokerUrl, count: 3, n: 4, receiptKey });
  await writeFile(join(folder, "poison.devices"), clock.line);
  const url = (await postgres?.create()) ?? "";
  const flags = ["--broker", brokerUrl, "--devices", join(folder, "poison.devices"), "--sink", url];
  await using receiver = startReceiver(...flags, "--key", join(folder, "poison.pem"));
  await receiver.says("Receiving as payroll");
  const poison = clock.sign({ ...clock.event(3), data: { boot: "two", fw: "nul\0" } });
  const topic = `lintel1/acme/north/${clock.device}/up/rec`;
  const sending = setInterval(() => {
    void clock.send("single").then(() => clock.publish(topic, poison));
  }, 300);
  try {
    await until("it is receipted", () => clock.upto() === 3);
  } finally {
    clearInterval(sending);
  }
  expect(clock.acks.at(-1)?.bad).toEqual([{ seq: 3, code: 1001 }]);
  await receiver.says("Kept and reported as bad");
  expect(await receiver.end("SIGTERM")).toBe(0);
});

test("asked to stop before the broker answered, it stops in words and with 0", async () => {
  // Takes connections and says nothing: the first connect waits.
  const mute = createServer(() => {}).listen(0, "127.0.0.1");
  await once(mute, "listening");
  await writeFile(join(folder, "mute.devices"), "");
  const { port } = mute.address() as AddressInfo;
  const flags = ["--broker", `mqtt://127.0.0.1:${port}`, "--devices", join(folder, "mute.devices"), "--dry-run"];
  await using receiver = startReceiver(...flags, "--sink", `sqlite:${join(folder, "mute.sqlite")}`);
  await receiver.says("Receiving as payroll");
  expect(await receiver.end("SIGTERM")).toBe(0);
  expect(receiver.stderr()).toContain("Stopped: 0 records kept");
  expect(receiver.stderr()).not.toContain("broker-unreachable");
  mute.close();
});

describe("what cannot be carried out says why and what to do, and ends with 2", () => {
  const broker = ["--broker", "mqtt://127.0.0.1:1"];
  const fails = async (...flags: readonly string[]): Promise<string> => {
    await using receiver = startReceiver(...flags);
    await receiver.says("(", 30_000);
    expect(await receiver.ended()).toBe(2);
    return receiver.stderr();
  };
  const fine = async () => {
    const devices = join(folder, "no.devices");
    await writeFile(devices, "");
    return [...broker, "--devices", devices, "--key", join(folder, "fine.pem")];
  };

  test("no broker, no database, no such database, no place at all", async () => {
    const flags = await fine();
    expect(await fails(...flags, "--sink", `sqlite:${join(folder, "a.sqlite")}`)).toContain("broker-unreachable");
    expect(await fails(...flags, "--sink", "postgres://127.0.0.1:1/lintel")).toContain("sink-unreachable");
    const wrong = postgres?.urlOf("nobody_made_this") ?? "";
    expect(await fails(...flags, "--sink", wrong)).toMatch(/createdb.*sink-unusable/s);
    expect(await fails(...flags, "--sink", "oracle:x")).toMatch(/names no place.*sink-unusable/s);
    expect(await fails(...flags, "--sink", `sqlite:${join(folder, "no/such/folder.sqlite")}`)).toContain(
      "sink-unusable",
    );
  });

  test("a database with tables of another lintel", async () => {
    const flags = await fine();
    const url = (await postgres?.create()) ?? "";
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("CREATE TABLE lintel_schema (version int); INSERT INTO lintel_schema VALUES (99)");
    await client.end();
    expect(await fails(...flags, "--sink", url)).toMatch(/another version.*sink-unusable/s);
  });

  test("a key of another kind, a file that is no key, no key, a line that is no clock", async () => {
    const [b, url, d, devices] = await fine();
    const common = [b ?? "", url ?? "", d ?? "", devices ?? "", "--sink", `sqlite:${join(folder, "b.sqlite")}`];
    const rsa = join(folder, "rsa.pem");
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    await writeFile(rsa, privateKey.export({ format: "pem", type: "pkcs8" }));
    expect(await fails(...common, "--key", rsa)).toMatch(/of the kind rsa.*key-unusable/s);
    await writeFile(join(folder, "junk.pem"), "junk");
    expect(await fails(...common, "--key", join(folder, "junk.pem"))).toContain("key-unusable");
    expect(await fails(...common)).toMatch(/--dry-run.*key-unusable/s);
    await writeFile(join(folder, "bad.devices"), '\n{"source": "me"}\n');
    const bad = ["--devices", join(folder, "bad.devices"), "--sink", `sqlite:${join(folder, "c.sqlite")}`];
    expect(await fails(...broker, ...bad, "--dry-run")).toMatch(/line 2 names no clock's key.*key-unusable/s);
  });
});
