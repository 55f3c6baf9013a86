import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFailed, test } from "vitest";
import { openSigner } from "../../kiosk/host/signer.ts";
import { rosterRoot } from "../../kiosk/uplink/contract/turn-pages.ts";
import type { KnownOrder } from "../../kiosk/uplink/receiver/order-shelf.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { getRoster } from "../../provisioning/receive/roster.ts";
import { brokers } from "../contract/broker-parts.ts";
import { startReceiver } from "../receiver/receiver-process.ts";
import { lintel, openPage, type Page, type Status, tapWire } from "./cloud-side.ts";
import { startKiosk } from "./kiosk.ts";

/** What an office does to its clock in a day, by the programs that it has: clock, broker, receiver and command line. */

const person = (n: number): string => `p_${String(n).padStart(20, "0")}`;
const rosterOf200 = Array.from({ length: 200 }, (_, n) =>
  JSON.stringify({ id: person(n), item: { st: "active", cards: [], dn: `Person ${n}` } }),
);

/** Polls until it is there. */
async function until<T>(look: () => T | undefined | null | false, what: string, withinMs = 30_000): Promise<T> {
  for (const endMs = performance.now() + withinMs; performance.now() < endMs; await delay(50)) {
    const found = look();
    if (found !== undefined && found !== null && found !== false) return found;
  }
  throw new Error(`never: ${what}`);
}

const openMosquitto = brokers.find(([name]) => name === "mosquitto")?.[1];

test("settings, roster and orders reach the clock, are carried out once, and are answered", {
  timeout: 240_000,
}, async () => {
  if (openMosquitto === undefined) throw new Error("the table of brokers has no mosquitto");
  await using broker = await openMosquitto();
  const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
  await using folder = await temporary();
  const at = (name: string): string => join(folder.path, name);
  const [state, store, keys, cloud] = [at("state"), `sqlite:${at("store.sqlite")}`, at("keys.json"), at("cloud.json")];
  const { device, publicJwk } = await openSigner(state);
  const source = `urn:lintel:acme:north:${device}`;
  await writeFile(at("devices"), JSON.stringify({ source, jwk: publicJwk }));
  await writeFile(at("roster"), `${rosterOf200.join("\n")}\n`);
  await writeFile(at("settings"), "");
  await using wire = await tapWire(brokerUrl);
  await using receiver = startReceiver(
    ...["--broker", brokerUrl, "--sink", store, "--devices", at("devices"), "--keys", keys, "--cloud-keys", cloud],
    ...["--roster", at("roster"), "--settings", at("settings"), "--name", "payroll"],
  );
  await receiver.says("Receiving as payroll");
  const flags = ["--broker", brokerUrl, "--cloud-keys", cloud, "--camera", "none", "--reader", "none"];
  const start = () => startKiosk(state, ...flags, "--tenant", "acme", "--site", "north");
  const statusThat = (isIt: (status: Status) => unknown, what: string): Promise<Status> =>
    until(() => wire.statuses.findLast((status) => status.state === "online" && isIt(status)), what);
  const order = async (op: string, args: object = {}): Promise<string> => {
    const flagsOfIt = ["--device", source, "--op", op, "--args", JSON.stringify(args), "--keys", keys];
    return JSON.parse(await lintel("command", "--sink", store, ...flagsOfIt, "--json")).id;
  };
  const endOf = (id: string): Promise<Record<string, unknown>> =>
    until(
      () =>
        wire
          .events("up/rec")
          .map(({ data }) => data)
          .find((data) => data.cmd === id && isEnd(data)),
      `the end of ${id}`,
    );
  const orders = new Map<string, string>();
  const done = async (op: string, args: object = {}): Promise<Record<string, unknown>> => {
    const id = await order(op, args);
    orders.set(id, op);
    const end = await endOf(id);
    expect(end, op).toMatchObject({ state: "done" });
    return end;
  };

  // A roster, and a death in the middle of an order: its answer is asked of a receiver that stands still.
  await using first = start();
  let clockNow = first;
  onTestFailed(() => {
    const lines = clockNow.lines.map((line) => JSON.stringify(line)).join("\n");
    process.stderr.write(
      `${lines}\n${clockNow.stderr()}\n${receiver.stderr()}\n${JSON.stringify(wire.statuses.map(({ state, cfg, ros }) => [state, cfg, ros]))}\n${JSON.stringify(wire.events("dn/cfg"))}\n`,
    );
  });
  await statusThat(({ ros }) => (ros?.v ?? 0) > 0, "a roster");
  wire.tell = (channel, { data }) => {
    if (channel === "dn/cmd" && data.op === "time.check") process.kill(receiver.pid, "SIGSTOP");
  };
  const cut = await order("time.check");
  orders.set(cut, "time.check");
  await until(() => wire.events("up/rec").some(({ data }) => data.cmd === cut), "that it was accepted");
  await first.end("SIGKILL");
  process.kill(receiver.pid, "SIGCONT");
  wire.tell = () => {};
  await using clock = start();
  clockNow = clock;
  expect(await endOf(cut)).toMatchObject({ state: "done", out: expect.stringMatching(/"offset":-?\d+/) });

  // Settings: tried between two visits, and kept when the clock has worked with them for half a minute.
  await writeFile(at("settings"), '{"for": "all", "doc": {"siteName": "North Mill"}}\n');
  await clock.line(({ event }) => event === "again");
  const lives = () => clock.lines.filter(({ event }) => event === "ready");
  using page = openPage(String((await until(() => lives()[1], "its second life")).url));
  await until(() => page.shown.some(({ place }) => place.site === "North Mill"), "the new name on the wall");

  const told = { text: "Fire drill at 14:00" };
  const before = wire.statuses.length;
  const gone = person(7);
  const eraseMs = performance.now();
  const [rotated, erased] = await Promise.all([
    ...[done("key.rotate"), done("erase.subject", { sub: gone }), done("message.show", told)],
    ...[done("status"), done("identify", { forS: 2 }), done("volume", { percent: 35 })],
  ]);
  expect(erased?.out).toMatch(/^1\/\d+$/);
  // With all the others at the same time, on a slow machine: a clock that is online has a minute.
  expect(performance.now() - eraseMs).toBeLessThan(60_000);
  expect(wire.statuses.length).toBeGreaterThan(before);
  await until(() => page.shown.some(({ view }) => view.at === "identify" && view.device === device), "its name");
  await until(() => page.shown.at(-1)?.strip.volume === 35, "the volume");
  const isTold = ({ shown }: Page): boolean => {
    const view = shown.at(-1)?.view;
    return view?.at === "idle" && view.bulletins.some(({ text }) => text === told.text);
  };
  await until(() => isTold(page), "the bulletin on the wall");

  // A hold has an end, or there is none.
  const untilDay = new Date(Date.now() + 86_400_000).toISOString();
  const wish = { classes: ["punch"], owner: "dpo", reason: "inspection" };
  const endless = await order("hold.set", wish);
  orders.set(endless, "hold.set");
  expect(await endOf(endless)).toMatchObject({ state: "failed", detail: expect.stringContaining("until") });
  const held = await done("hold.set", { ...wish, until: untilDay });
  await done("hold.lift", { hold: String(held.out) });

  // Wrong settings change nothing.
  const kept = await statusThat(({ cfg }) => (cfg?.v ?? 0) > 0, "settings that hold");
  await writeFile(at("settings"), '{"for": "all", "doc": {"siteName": "", "gate": "4"}}\n');
  const refused = await statusThat(({ cfg }) => cfg?.err === 4004, "settings that are refused");
  expect(refused.cfg).toMatchObject({ v: kept.cfg?.v, h: kept.cfg?.h });
  expect(page.shown.at(-1)?.place.site).toBe("North Mill");

  // Another life of the same process.
  await done("service.restart");
  using pageAgain = openPage(String((await until(() => lives()[2], "its third life")).url));
  await until(() => isTold(pageAgain), "the bulletin once more");
  await statusThat(({ ros, cfg }) => ros !== undefined && cfg?.v === kept.cfg?.v, "the same as before");
  await done("sync");
  expect(lives()).toHaveLength(3);

  expect(await clock.end()).toEqual({ code: 0, signal: null });
  await receiver.end("SIGTERM");
  const listed = JSON.parse(await lintel("command", "--sink", store, "--list", "--json")) as KnownOrder[];
  expect(listed.map(({ id, op, state: end }) => [id, op, end]).sort()).toEqual(
    [...orders].map(([id, op]) => [id, op, id === endless ? "failed" : "done"]).sort(),
  );
  expect(JSON.parse(await lintel("verify", state, "--json"))).toMatchObject({ firstBad: null });
  expect(JSON.parse(await readFile(join(state, "settings.json"), "utf8"))).toMatchObject({ boots: 1 });
  expect(clock.stderr()).toBe("");

  await using sink = openSqliteSink(at("store.sqlite"));
  const { now, roots } = await getRoster(sink.desired);
  const full = wire.statuses.find(({ ros }) => ros?.v === now.v && ros.root === rosterRoot(now.items));
  expect(roots.get(now.v), "the whole roster was there").toBe(full?.ros?.root);
  const [erasure, ...more] = await sink.read.ofType("dev.lintel.erasure.v1");
  expect(more).toEqual([]);
  expect(payloadOf(erasure?.jws)).toMatchObject({ data: { sub: gone, counts: { roster: 1 } } });
  const { clocks } = JSON.parse(await lintel("erase", gone, "--from", store, "--json"));
  expect(clocks).toMatchObject([
    { source, is: "done", certificate: { isProved: true, data: { kept: [{ cls: "punch" }, { cls: "consent" }, {}] } } },
  ]);
  const records = await sink.read.page({ source, epoch: 1 }, 0, 10_000);
  const changeAt = records.findIndex(({ jws }) => payloadOf(jws).type === "dev.lintel.keychange.v1");
  const kids = (part: typeof records) => [...new Set(part.map(({ jws }) => kidOf(jws)))];
  expect(kids(records.slice(changeAt + 1))).toEqual([rotated?.out]);
  expect(kids(records.slice(0, changeAt + 1))).not.toContain(rotated?.out);
  const ends = records.map(({ jws }) => payloadOf(jws).data as { cmd?: string; state?: string }).filter(isEnd);
  expect(ends.map(({ cmd }) => cmd).sort()).toEqual([...orders.keys()].sort());
});

async function temporary(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "lintel-downlink-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 10 }) };
}

/** An erasure's own record names its order too. */
const isEnd = ({ state }: { readonly state?: unknown }): boolean =>
  ["done", "failed", "rejected", "expired"].includes(String(state));

const partOf = (jws: string | null | undefined, index: number): Record<string, unknown> =>
  JSON.parse(Buffer.from(jws?.split(".")[index] ?? "", "base64url").toString("utf8"));
const payloadOf = (jws: string | null | undefined): Record<string, unknown> => partOf(jws, 1);
const kidOf = (jws: string | null): unknown => partOf(jws, 0).kid;
