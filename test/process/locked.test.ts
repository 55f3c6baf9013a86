import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import type { Strip } from "../../kiosk/core/view.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { makeVerifier } from "../../kiosk/store/pin-hash.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { brokers } from "../contract/broker-parts.ts";
import { startReceiver } from "../receiver/receiver-process.ts";
import { runLintel } from "../run-lintel.ts";
import { openPinned } from "../unit/inference/clips.ts";
import { lintel, openPage, tapWire } from "./cloud-side.ts";
import { type KioskProcess, startKiosk } from "./kiosk.ts";
import { punchByPin, until } from "./pin-punch.ts";
import { sessionOf } from "./session.ts";

/** A clock that its cloud no longer trusts: clock, camera, broker, receiver and command line, each the real one. */

test("AR-10 S10 P20 IC-25 a clock that is locked from afar counts on, sends nothing, uses no face and says so, over a restart, until it is released", {
  timeout: 240_000,
}, async () => {
  const openMosquitto = brokers.find(([name]) => name === "mosquitto")?.[1];
  if (openMosquitto === undefined) throw new Error("the table of brokers has no mosquitto");
  await using broker = await openMosquitto();
  const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
  const folder = mkdtempSync(join(tmpdir(), "lintel-locked-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  const at = (name: string): string => join(folder, name);
  const [state, store, cloud] = [at("state"), `sqlite:${at("store.sqlite")}`, at("cloud.json")];
  const { device, publicJwk } = await openSigner(state);
  const source = `urn:lintel:acme:north:${device}`;
  writeFileSync(at("devices"), JSON.stringify({ source, jwk: publicJwk }));
  const item = { st: "active", cards: [], dn: "Ada", pin: await makeVerifier("4711", "839201") };
  writeFileSync(at("roster"), `${JSON.stringify({ id: "p_00000000000000000017", item })}\n`);
  const { footage } = await openPinned();
  const here = { broker: brokerUrl, cloudKeys: cloud, tenant: "acme", site: "north", thanksMs: 400 };
  const settings = { ...here, reader: "none", ways: ["face", "badge", "pin"], duplicateWindowMs: 0, visitors: true };
  writeFileSync(at("kiosk.json"), JSON.stringify({ ...settings, alert: true }));
  await using wire = await tapWire(brokerUrl);
  await using receiver = startReceiver(
    ...["--broker", brokerUrl, "--sink", store, "--devices", at("devices"), "--keys", at("keys.json")],
    ...["--cloud-keys", cloud, "--roster", at("roster")],
  );
  await receiver.says("Receiving as payroll");
  // Nobody is in this part of the film: what stands on the wall is the clock's own doing.
  const camera = `replay:${await footage.path("cap13_edit2.mp4")}`;
  const start = () => startKiosk(state, "--config", at("kiosk.json"), "--camera", camera);
  await using first = start();
  let clock: KioskProcess = first;
  onTestFailed(() => {
    process.stderr.write(`${clock.lines.map(({ msg }) => msg).join("\n")}\n${clock.stderr()}\n${receiver.stderr()}\n`);
  });
  const records = () => wire.events("up/rec") as readonly { type: string; data: Record<string, unknown> }[];
  const punches = () => records().filter(({ type }) => type === "dev.lintel.punch.v1").length;
  const order = async (op: string): Promise<string> =>
    JSON.parse(
      await lintel("command", "--sink", store, "--device", source, "--op", op, "--keys", at("keys.json"), "--json"),
    ).id;
  const status = (isIt: (lock: string | undefined) => boolean, what: string) =>
    until(() => (isIt(wire.statuses.at(-1)?.lock) ? wire.statuses.at(-1) : null), what);
  const url = await first.url();
  await until(() => wire.statuses.some(({ ros }) => (ros?.v ?? 0) > 0), "a roster");
  await stripThat(url, (strip) => strip.camera === "on", "a camera that sees");
  expect(programsOf(first)).toContain("ffmpeg");
  expect(await punchByPin(url)).toBe("thanks");
  await until(() => punches() === 1, "the first punch at the office");

  // Locked: from this moment on nothing that anybody did leaves the clock.
  const locked = await order("lock");
  await first.line(({ event, cause }) => event === "locked" && cause === "order");
  await status((lock) => lock === "order", "a status that says so");
  await stripThat(url, (strip) => strip.locked === "order" && strip.camera === "off", "a wall that says so");
  expect(programsOf(first), "no camera runs behind it").toEqual([]);
  const sentBefore = records().length;
  expect(await punchByPin(url), "paid time goes on").toBe("thanks");
  expect(await punchByPin(url)).toBe("thanks");
  await delay(3_000);
  expect(records().length, "nothing was sent").toBe(sentBefore);

  // The power is cut, and what was locked is locked.
  await first.end("SIGKILL");
  await using second = start();
  clock = second;
  const again = await second.url();
  const strip = await stripThat(
    again,
    ({ locked: by, waiting }) => by === "order" && waiting >= 2,
    "a wall that says so",
  );
  expect(strip.camera).toBe("off");
  expect(await punchByPin(again)).toBe("thanks");
  await delay(3_000);
  expect(records().length, "nothing was sent").toBe(sentBefore);
  expect(second.lines.some(({ event }) => event === "ready")).toBe(true);

  // Released: everything comes, once and in order, with what became of the orders.
  const released = await order("unlock");
  await status((lock) => lock === undefined, "a status without a lock");
  await until(() => punches() >= 4, "all four punches");
  await stripThat(again, (now) => now.locked === null && now.camera === "on", "a camera that sees again");
  await until(() => records().some(({ data }) => data.cmd === released && data.state === "done"), "the answer");
  expect(await second.end()).toEqual({ code: 0, signal: null });
  await receiver.end("SIGTERM");
  await using sink = openSqliteSink(at("store.sqlite"));
  expect(await sink.read.ofType("dev.lintel.punch.v1")).toHaveLength(4);
  const acts = (await sink.read.ofType("dev.lintel.audit.v1")).map(({ jws }) => dataOf(jws));
  expect(acts.filter(({ act }) => act === "lock" || act === "unlock")).toMatchObject([
    { act: "lock", by: "cloud", ref: locked, detail: "order" },
    { act: "unlock", by: "cloud", ref: released, detail: "order" },
  ]);
  expect(JSON.parse(await lintel("verify", state, "--json"))).toMatchObject({ firstBad: null });
});

test("IC-25 P20 the camera is switched off and on beside the clock: no face is looked for, badges count, the wall says so, over a restart", {
  timeout: 120_000,
}, async () => {
  const state = mkdtempSync(join(tmpdir(), "lintel-camera-off-"));
  onTestFinished(() => rmSync(state, { recursive: true, force: true, maxRetries: 10 }));
  await using first = startKiosk(state);
  const url = await first.url();
  await stripThat(url, ({ camera }) => camera === "on", "a camera that sees");
  const off = await runLintel("camera", "off", "--state", state);
  expect(off.code, off.stderr).toBe(0);
  await stripThat(url, ({ camera }) => camera === "off", "a wall that says so");
  const seen = first.lines.length;
  await tapBadge(url);
  await first.line(({ event, msg }) => event === "saved" && msg.includes("by card"));
  expect(first.lines.slice(seen).filter(({ msg }) => msg.includes("by face"))).toEqual([]);
  expect(await first.end()).toEqual({ code: 0, signal: null });

  // The same person may come again at once.
  await using second = startKiosk(state, "--duplicate-window-ms", "0");
  const again = await second.url();
  await stripThat(again, ({ camera }) => camera === "off", "a camera that is still off");
  expect((await runLintel("camera", "on", "--state", state)).code).toBe(0);
  await stripThat(again, ({ camera }) => camera === "on", "a camera that sees again");
  await second.line(({ event, msg }) => event === "saved" && msg.includes("by face"), 60_000);
});

test("S3 IC-28 a housing that is opened rests the faces until a supervisor released it, and badges count meanwhile", {
  timeout: 120_000,
}, async () => {
  const state = mkdtempSync(join(tmpdir(), "lintel-opened-"));
  onTestFinished(() => rmSync(state, { recursive: true, force: true, maxRetries: 10 }));
  const key = join(state, "switch");
  writeFileSync(key, "closed");
  await using clock = startKiosk(state, "--housing", `sim:${key}`, "--on-opened", "lock");
  const url = await clock.url();
  await stripThat(url, ({ camera }) => camera === "on", "a camera that sees");
  await until(() => existsSync(join(state, "housing.json")), "a housing that was seen closed");
  writeFileSync(key, "open");
  await clock.line(({ event }) => event === "opened");
  await stripThat(url, ({ locked, camera }) => locked === "housing" && camera === "off", "a wall that says so");
  const refused = await runLintel("people", "list", "--state", state);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("clock-locked")]);
  await tapBadge(url);
  await clock.line(({ event, msg }) => event === "saved" && msg.includes("by card"));
  expect((await runLintel("unlock", "--state", state)).code).toBe(0);
  await stripThat(url, ({ locked, camera }) => locked === null && camera === "on", "a clock that is open again");
  expect(await clock.end()).toEqual({ code: 0, signal: null });
  expect(JSON.parse(await lintel("verify", state, "--json"))).toMatchObject({ firstBad: null });
});

async function tapBadge(url: string): Promise<void> {
  const headers = { "content-type": "application/json", origin: new URL(url).origin };
  const { status } = await fetch(new URL("/demo", url), {
    method: "POST",
    headers: { ...headers, "lintel-session": await sessionOf(url) },
    body: JSON.stringify({ act: "tap", badge: "demo:1002" }),
  });
  expect(status).toBe(204);
}

/** What a clock has running beside itself. */
const programsOf = ({ child: { pid } }: KioskProcess): readonly string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter((one) => one !== "")
    .map((one) => readFileSync(`/proc/${one}/comm`, "utf8").trim());

async function stripThat(url: string, isIt: (strip: Strip) => boolean, what: string): Promise<Strip> {
  using page = openPage(url);
  // Not before it was found: the page closes with this function.
  return await until(() => page.shown.map(({ strip }) => strip).find(isIt), what);
}

const dataOf = (jws: string | null): Record<string, unknown> =>
  JSON.parse(Buffer.from(jws?.split(".")[1] ?? "", "base64url").toString("utf8")).data;
