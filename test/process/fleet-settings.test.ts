import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFailed, test } from "vitest";
import { openSigner } from "../../kiosk/host/signer.ts";
import { makeVerifier } from "../../kiosk/store/pin-hash.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { brokers } from "../contract/broker-parts.ts";
import { startReceiver } from "../receiver/receiver-process.ts";
import { type Status, tapWire } from "./cloud-side.ts";
import { type KioskProcess, startKiosk } from "./kiosk.ts";
import { punchByPin, until } from "./pin-punch.ts";

/** One real change of the fleet's settings, from the office's file to what a person meets at the wall, and one that was a mistake. */

const person = "p_00000000000000000017";
const hashOf = (doc: object): string => createHash("sha256").update(JSON.stringify(doc)).digest("base64url");

test("EC-1 a setting from the office changes what happens at the wall, outlives kills, and one that loses the broker is taken back", {
  timeout: 240_000,
}, async () => {
  const openMosquitto = brokers.find(([name]) => name === "mosquitto")?.[1];
  if (openMosquitto === undefined) throw new Error("the table of brokers has no mosquitto");
  await using broker = await openMosquitto();
  const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
  const folder = await mkdtemp(join(tmpdir(), "lintel-fleet-settings-"));
  const at = (name: string): string => join(folder, name);
  const state = at("state");
  await mkdir(state, { mode: 0o700 });
  const { device, publicJwk } = await openSigner(state);
  await writeFile(at("devices"), JSON.stringify({ source: `urn:lintel:acme:north:${device}`, jwk: publicJwk }));
  const item = { st: "active", cards: [], dn: "Ada", pin: await makeVerifier("4711", "839201") };
  await writeFile(at("roster"), `${JSON.stringify({ id: person, item })}\n`);
  await writeFile(at("settings"), "");
  // The technician's file: what it says the cloud may change.
  const here = {
    broker: brokerUrl,
    cloudKeys: at("cloud.json"),
    reader: "none",
    ways: ["badge", "pin"],
    thanksMs: 400,
  };
  await writeFile(join(state, "config.json"), JSON.stringify({ ...here, tenant: "acme", site: "north" }));
  await using wire = await tapWire(brokerUrl);
  await using receiver = startReceiver(
    ...["--broker", brokerUrl, "--sink", `sqlite:${at("store.sqlite")}`, "--devices", at("devices")],
    ...[
      "--keys",
      at("keys.json"),
      "--cloud-keys",
      at("cloud.json"),
      "--roster",
      at("roster"),
      "--settings",
      at("settings"),
    ],
  );
  await receiver.says("Receiving as payroll");
  const start = (): KioskProcess => startKiosk(state, "--camera", "none");
  let clock = start();
  onTestFailed(() => {
    const last = wire.statuses.slice(-4).map(({ state: is, cfg, ros }) => [is, cfg, ros]);
    process.stderr.write(
      `${clock.lines.map(({ msg }) => msg).join("\n")}\n${clock.stderr()}\n${JSON.stringify(last)}\n`,
    );
  });
  const statusThat = (isIt: (status: Status) => unknown, what: string): Promise<Status> =>
    until(() => wire.statuses.findLast((status) => status.state === "online" && isIt(status)), what);
  const urlOfLife = async (of: KioskProcess, life: number): Promise<string> =>
    String((await until(() => of.lines.filter(({ event }) => event === "ready")[life], `life ${life}`)).url);
  const again = async (): Promise<string> => {
    await clock.end("SIGKILL");
    clock = start();
    return urlOfLife(clock, 0);
  };
  let thanked = 0;
  const thanks = async (url: string, why: string): Promise<void> => {
    expect(await punchByPin(url), why).toBe("thanks");
    thanked += 1;
  };

  const first = await urlOfLife(clock, 0);
  await statusThat(({ ros }) => (ros?.v ?? 0) > 0, "a roster");
  await thanks(first, "a first punch");
  expect(await punchByPin(first), "as the release has it, a second within a minute is asked about").toBe("duplicate");

  // A user's name belongs to the way to the broker, so this holds as soon as a receipt came under it.
  const wanted = { duplicateWindowMs: 0, brokerUser: "north" };
  await writeFile(at("settings"), `${JSON.stringify({ for: "all", doc: wanted })}\n`);
  const second = await urlOfLife(clock, 1);
  await thanks(second, "nobody is asked any more");
  const held = await statusThat(({ cfg }) => (cfg?.v ?? 0) > 0, "settings that hold");
  expect(held.cfg).toMatchObject({ h: hashOf(wanted) });
  expect(held.cfg?.err).toBeUndefined();

  await thanks(await again(), "a kill forgets nothing");
  await statusThat(
    ({ cfg, sess }) => sess !== held.sess && cfg?.v === held.cfg?.v && cfg?.h === held.cfg?.h,
    "the same after the kill",
  );

  // Somebody mistypes the broker. Nothing answers there.
  const before = clock.lines.length;
  const lost = { ...wanted, broker: "mqtt://127.0.0.1:9" };
  await writeFile(at("settings"), `${JSON.stringify({ for: "all", doc: lost })}\n`);
  const trying = clock;
  await until(() => trying.lines.slice(before).some(({ event }) => event === "again"), "that it is tried");
  await thanks(await urlOfLife(clock, 1), "people punch meanwhile");
  // Ten minutes without a receipt would do the same; so does whoever pulls the plug because it is offline.
  await again();
  await again();
  await again();
  const back = await statusThat(({ cfg }) => cfg?.err === 4004, "that it was taken back");
  expect(back.cfg).toMatchObject({ v: held.cfg?.v, h: held.cfg?.h });
  expect(back.cfg?.failed).toBeGreaterThan(Number(held.cfg?.v));
  await thanks(await urlOfLife(clock, 0), "the setting from before holds still");

  await using sink = openSqliteSink(at("store.sqlite"));
  let kept = 0;
  for (let tries = 0; tries < 200 && kept < thanked; tries += 1) {
    kept = (await sink.read.ofType("dev.lintel.punch.v1")).length;
    await delay(100);
  }
  expect(kept, "every thanks arrived, once").toBe(thanked);
  expect(await clock.end()).toEqual({ code: 0, signal: null });
  await receiver.end("SIGTERM");
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});
