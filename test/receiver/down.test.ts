import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCloudKeys } from "../../kiosk/cloud-keys.ts";
import type { KnownOrder } from "../../kiosk/uplink/receiver/order-shelf.ts";
import { openOutbox } from "../../kiosk/uplink/receiver/outbox.ts";
import { openPostgresSink } from "../../kiosk/uplink/receiver/postgres-sink.ts";
import { identityOf } from "../../kiosk/uplink/receiver/receiver.ts";
import { openCloudKeys } from "../../provisioning/receive/cloud-keys.ts";
import { brokers } from "../contract/broker-parts.ts";
import { until } from "../unit/uplink/parts.ts";
import { cloudKeysIn, type ObedientClock, openObedientClock } from "./obedient-clock.ts";
import { openPostgres } from "./postgres.ts";
import { type ReceiverProcess, startReceiver } from "./receiver-process.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lintel-down-"));
});
afterAll(() => rm(folder, { recursive: true }));

const cli = join(import.meta.dirname, "../../provisioning/cli.ts");

/** `lintel …`, with what it prints and how it ended. */
const lintel = (...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
    execFile(process.execPath, [cli, ...args], (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });

const openMosquitto = () => {
  const open = brokers.find(([name]) => name === "mosquitto")?.[1];
  if (open === undefined) throw new Error("mosquitto wanted");
  return open();
};

const person = (n: number, item: object = { st: "active", cards: [] }) =>
  JSON.stringify({ id: `p_${String(n).padStart(20, "0")}`, item });

test("orders, roster, settings and the time reach a clock that asks, and one that does not", {
  timeout: 90_000,
}, async () => {
  await using broker = await openMosquitto();
  const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
  const at = (name: string) => join(folder, name);
  const [devices, roster, settings, cloud] = ["devices", "roster", "settings", "cloud.json"].map(at) as [
    string,
    string,
    string,
    string,
  ];
  await using clock = await openObedientClock({ brokerUrl, n: 1, cloudKeys: () => cloudKeysIn(cloud, "acme") });
  await writeFile(devices, clock.line);
  // More people than fit into one page.
  await writeFile(roster, Array.from({ length: 300 }, (_, n) => person(n)).join("\n"));
  await writeFile(settings, '{"for": "all", "doc": {"volume": 30}}\n{"for": "site:north", "doc": {"volume": 60}}\n');
  const place = `sqlite:${at("down.sqlite")}`;
  const files = ["--keys", at("keys.json"), "--cloud-keys", cloud, "--roster", roster, "--settings", settings];
  await using receiver = startReceiver("--broker", brokerUrl, "--sink", place, "--devices", devices, ...files);
  await receiver.says("Made 12 keys");
  expect(await readFile(cloud, "utf8")).not.toContain('"d"');
  const asked = { tenant: "acme", receiver: "payroll", receiverKey: undefined, cloudKeys: cloud };
  const trust = await readCloudKeys(asked);
  expect([trust.receiver?.name, trust.keys.length]).toEqual(["payroll", 12]);
  await receiver.says("Receiving as payroll");
  const nagging = setInterval(() => {
    clock.nag();
    clock.birth();
  }, 500);
  try {
    await until("it has the roster and its site's settings", () => clock.roster().items.size === 300, 30_000);
    await until("settings", () => clock.settings()?.doc === '{"volume":60}', 30_000);
    clock.ask("time", "now");
    await until("the time", () => clock.times.has("now"), 30_000);
    expect(Math.abs(Date.parse(clock.times.get("now") ?? "") - Date.now())).toBeLessThan(60_000);

    // Somebody leaves, somebody comes, somebody changes; the nearer settings are taken back.
    const first = clock.roster();
    await writeFile(roster, [...Array.from({ length: 299 }, (_, n) => person(n)), person(999)].join("\n"));
    await writeFile(settings, '{"for": "all", "doc": {"volume": 30}}\n');
    await until("the change", () => clock.roster().v > first.v && clock.settings()?.doc === '{"volume":30}', 30_000);
    expect(clock.roster().items.size).toBe(300);
    expect([...clock.roster().gone.keys()]).toEqual([`p_${"299".padStart(20, "0")}`]);
    expect(clock.roster().items.get(`p_${"5".padStart(20, "0")}`)?.v).toBe(first.v);

    // A line that is wrong is named once, without what is in it, and what was there stays.
    await writeFile(roster, `${person(1)}\n{"id": "p_anna", "item": {"dn": "Anna"}}`);
    const complaint = await receiver.says("line 2 cannot be used");
    expect(complaint).not.toMatch(/anna/i);

    await until("something is receipted", () => clock.upto() >= 0, 30_000);
    const device = identityOf(clock.source).device;
    const order = (...more: string[]) =>
      lintel("command", "--sink", place, "--device", device, "--keys", at("keys.json"), ...more);
    expect(await order("--op", "identify", "--args", '{"s":5}')).toMatchObject({ code: 0 });
    expect(await order("--op", "erase.all")).toMatchObject({ code: 0 });
    await until("both were carried out", () => clock.ran.length === 2, 30_000);
    await until("and receipted", () => clock.upto() === clock.head(), 30_000);
    const { code, out } = await lintel("command", "--sink", place, "--list");
    expect(out).toMatch(/identify of urn:lintel:acme:north:k\d+: done since/);
    expect(out).toMatch(/erase\.all of .*: done since/);
    expect(code).toBe(0);

    expect((await order("--op", "make.coffee")).err).toMatch(/no such order.*config-invalid/s);
    expect((await order("--op", "identify", "--args", "[]")).err).toContain("no JSON object");
    expect((await order("--op", "identify", "--valid", "31d")).err).toContain("at most 30d");
    const stranger = await lintel(
      "command",
      "--sink",
      place,
      "--device",
      "k1",
      "--op",
      "lock",
      "--keys",
      at("keys.json"),
    );
    expect(stranger).toMatchObject({ code: 2, err: expect.stringContaining("Nothing came from a clock k1") });
    const gaps = await lintel("gaps", place, "--format", "prometheus");
    expect(gaps.out).toContain(`lintel_gap_records{source="${clock.source}",class="missing"} 0`);
  } finally {
    clearInterval(nagging);
  }
  expect(await receiver.end("SIGTERM")).toBe(0);
});

test("receivers of a group are killed while they send orders: each order is carried out once and ends once", {
  timeout: 120_000,
}, async () => {
  await using broker = await openMosquitto();
  await using postgres = await openPostgres();
  const url = await postgres.create();
  const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
  const [keys, cloud, devices] = ["group-keys.json", "group-cloud.json", "group-devices"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await using made = new AsyncDisposableStack();
  const clocks: ObedientClock[] = [];
  for (let n = 0; n < 3; n += 1) {
    clocks.push(made.use(await openObedientClock({ brokerUrl, n, cloudKeys: () => cloudKeysIn(cloud, "acme") })));
  }
  await writeFile(devices, clocks.map(({ line }) => line).join("\n"));
  const files = ["--devices", devices, "--keys", keys, "--cloud-keys", cloud];
  const start = () => startReceiver("--broker", brokerUrl, "--sink", url, "--share", "payroll", ...files);
  await using first = start();
  await first.says("Receiving as payroll");
  expect(existsSync(cloud)).toBe(true);
  await using sink = await openPostgresSink({ url });
  const { name: issuer, signers } = openCloudKeys([keys]);
  const outbox = openOutbox({ issuer, signers, shelf: sink.orders });
  const nagging = setInterval(() => {
    for (const clock of clocks) clock.nag();
  }, 700);
  let running: ReceiverProcess = first;
  const ordered: string[] = [];
  try {
    // Every round: orders for all, the receiver dies somewhere in it, another one comes.
    for (let round = 0; round < 4; round += 1) {
      for (const { source } of clocks) {
        for (let n = 0; n < 5; n += 1)
          ordered.push((await outbox.order(identityOf(source), "identify", {}, 3_600_000)).id);
      }
      const wanted = ordered.length / 4;
      const ran = () => clocks.reduce((sum, clock) => sum + clock.ran.length, 0);
      if (round > 0) await until("some of it was done", () => ran() >= wanted, 60_000);
      await running.end("SIGKILL");
      running = made.use(start());
      await running.says("Receiving as payroll");
    }
    for (const clock of clocks) clock.birth();
    const list = async (): Promise<readonly KnownOrder[]> => sink.orders.list(1000);
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
      if ((await list()).every(({ state }) => state === "done")) break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect((await list()).map(({ id, state }) => [id, state])).toEqual(ordered.map((id) => [id, "done"]));
    expect(clocks.flatMap(({ ran }) => ran).toSorted()).toEqual(ordered.toSorted());
    expect(await sink.read.counts()).toMatchObject({ forks: 0 });
    // The table says what the records say.
    const ends = (await sink.read.ofType("dev.lintel.cmdlog.v1")).length;
    expect(ends).toBe(2 * ordered.length);
  } finally {
    clearInterval(nagging);
  }
  expect(await running.end("SIGTERM")).toBe(0);
});
