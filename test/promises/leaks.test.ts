import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readConfig } from "../../kiosk/config.ts";
import { cardHash } from "../../kiosk/core/card.ts";
import { bodyOf, type Draft } from "../../kiosk/core/draft.ts";
import { type GuestsMemory, noGuests, type Visit } from "../../kiosk/core/guests/types.ts";
import { blankMemory } from "../../kiosk/core/memory.ts";
import { type Person, personId } from "../../kiosk/core/person.ts";
import { defaultPolicy } from "../../kiosk/core/policy.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openLog, openLogTail } from "../../kiosk/host/log.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { stackOf } from "../../kiosk/host/stack.ts";
import { modelManifestUrl } from "../../kiosk/inference/models.ts";
import { lineOf } from "../../kiosk/say.ts";
import { openScreen } from "../../kiosk/ui/server.ts";
import { openDemoBackend } from "../../kiosk/uplink/sim/backend.ts";
import { shelfOf } from "../../provisioning/models/shelf.ts";
import { telemetry } from "../../provisioning/selfcheck/checks/telemetry.ts";
import { brokers } from "../contract/broker-parts.ts";
import { buildPage, openBrowser } from "../e2e/browser.ts";
import { sessionOf } from "../process/session.ts";
import { openWallWorld } from "./wall-world.ts";
import { watched } from "./watched.ts";

/** Nothing leaks: where a clock connects to, and canaries in everything that it writes. */

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "lintel-leaks-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

const isHere = (address: string): boolean => address.startsWith("127.0.0.1:") || address.startsWith("::1:");

test("EC-8 P17 SC-5 IC-35 a clock that is given a broker speaks to that broker and to nobody else, whatever is touched", async () => {
  const [, openBroker] = brokers[0] ?? [];
  if (openBroker === undefined) throw new Error("no broker");
  await using broker = await openBroker();
  const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
  const state = await folder();
  const { device, publicJwk } = await openSigner(join(state, "state"));
  await using backend = await openDemoBackend({
    broker: { brokerUrl },
    device: { identity: { tenant: "acme", site: "north", device }, jwk: publicJwk },
    stateDir: null,
    clock: await openSystemClock(),
  });
  const key = join(state, "receipts.jwk");
  await writeFile(key, JSON.stringify(backend.receiver.jwk));
  const clock = await watched(join(state, "state"), [
    ...["--camera", "none", "--broker", brokerUrl, "--tenant", "acme", "--site", "north", "--ways", "badge,pin"],
    ...["--receiver", backend.receiver.name, "--receiver-key", key],
  ]);
  const url = await clock.url();
  expect((await fetch(url)).status).toBe(200);
  const session = await sessionOf(url);
  for (const touch of [{ touch: "ways" }, { touch: "way", way: "pin" }, { touch: "errand", errand: "me" }]) {
    const headers = { "content-type": "application/json", origin: new URL(url).origin, "lintel-session": session };
    const { status } = await fetch(new URL("/touch", url), { method: "POST", headers, body: JSON.stringify(touch) });
    expect(status, "the touch is taken").toBe(204);
  }
  await clock.said(({ event }) => event === "receipt");
  await clock.end();
  expect(await clock.destinations()).toEqual([`127.0.0.1:${broker.port}`]);
});

test("EC-8 IC-4 OH-20 IC-30 a demonstration with camera, models, faces and badges, its models and its child processes, leaves the machine for nothing", async () => {
  const clock = await watched(join(await folder(), "state"), ["--camera", "demo"]);
  await clock.said(({ event }) => event === "saved");
  await clock.end();
  expect((await clock.destinations()).filter((address) => !isHere(address))).toEqual([]);
});

const canary = "Canarina Quartz";
const guest = "Zephyrine Canary";
const named: Person = {
  ...{ id: personId("p_0000000000000canary0"), displayName: canary, badges: [cardHash("0004711")], lookAlikes: [] },
  ...{ perm: ["supervise"], leave: [{ f: "2026-11-22T00:00:00Z", t: "2026-11-24T00:00:00Z", k: 1 }] },
};
const visit: Visit = {
  ...{ v: personId("v_0000000000000canary0"), name: guest, host: null, number: "4801", token: "t", stage: "here" },
  ...{ isInvited: false, isWritten: true, sinceUtcMs: 0, dueUtcMs: 0, expUtcMs: 0, reply: null },
};

test("IC-8 P17 a punch, a leave, an alert with visitors and its end leave no name and no card number in log, support text, records or the state folder", async () => {
  const written: string[] = [];
  const tail = openLogTail();
  const log = openLog("json", (line) => void written.push(line), tail);
  const guests: GuestsMemory = { ...noGuests, visits: new Map([[visit.v, visit]]) };
  const world = await openWallWorld({
    people: [named],
    memory: { guests },
    observed: (event) => {
      const line = lineOf(event);
      if (line !== null) log[line.level](line.sentence, line.fields);
    },
  });
  world.tap("0004711");
  await world.at("thanks");
  world.touch({ touch: "dismiss" });
  world.touch({ touch: "errand", errand: "absence" });
  await world.at("ways");
  world.tap("0004711");
  await world.at("absence");
  for (const act of [
    { act: "ask" },
    { act: "kind", k: 1 },
    { act: "day", day: "2026-11-25" },
    { act: "day", day: "2026-11-26" },
    { act: "confirm" },
  ] as const) {
    world.touch({ touch: "absence", act });
  }
  await world.until("asked", () => world.records("leave").length === 1);
  world.touch({ touch: "absence", act: { act: "close" } });
  world.touch({ touch: "alert", act: { act: "open" } });
  world.touch({ touch: "alert", act: { act: "raise" } });
  await world.until("raised", () => world.records("alert").length === 1);
  expect(world.muster().map(({ name }) => name)).toEqual([canary, guest]);
  world.touch({ touch: "alert", act: { act: "end" } });
  await world.at("ways");
  world.tap("0004711");
  await world.at("alert");
  world.touch({ touch: "alert", act: { act: "clear" } });
  await world.until("over", () => world.records("alert").length === 2);

  const canaries = /Canarina|Quartz|Zephyrine|0004711/;
  expect(written.length).toBeGreaterThan(0);
  expect(written.join("\n")).not.toMatch(canaries);
  expect(tail.lines().join("\n")).not.toMatch(canaries);
  expect(tail.lines().join("\n"), "support text has no pseudonym either").not.toContain(named.id);
  for (const type of ["punch", "leave", "alert"]) expect(JSON.stringify(world.records(type))).not.toMatch(canaries);
  for (const name of await readdir(world.state, { recursive: true })) {
    const bytes = await readFile(join(world.state, name)).catch(() => Buffer.alloc(0));
    expect(canaries.test(bytes.toString("latin1")), name).toBe(false);
  }
});

test("P17 a crash names files and lines and quotes nobody, whatever the error, its cause or its name says", () => {
  const error = new TypeError(`cannot read 'face' of ${canary}\n    at ${canary}`, { cause: new Error(canary) });
  error.message = "changed later";
  Object.defineProperty(error, "name", { value: canary });
  for (const thrown of [error, new AggregateError([new Error(canary)], canary), canary, { name: canary }]) {
    expect(stackOf(thrown)).not.toContain("Canarina");
  }
  expect(stackOf(error)).toContain("leaks.test.ts:");
});

test("SC-13 IC-30 the page keeps nothing in its browser: no cookie, no storage, no database, no cache, no worker", async () => {
  await using built = await buildPage();
  await using screen = await openScreen({ port: 0, dist: built.dist });
  await using browser = await openBrowser("reduce");
  const page = await browser.context.newPage();
  await page.goto(`${screen.url}gallery#view=thanks`);
  await page.waitForSelector("h1");
  await page.goto(screen.url);
  await page.waitForLoadState("networkidle");
  expect(await browser.context.cookies()).toEqual([]);
  const kept = await page.evaluate(`(async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    caches: "caches" in globalThis ? (await caches.keys()).length : 0,
    workers: (await navigator.serviceWorker?.getRegistrations())?.length ?? 0,
    cookie: document.cookie,
  }))()`);
  expect(kept).toEqual({ local: 0, session: 0, databases: 0, caches: 0, workers: 0, cookie: "" });
});

test("OH-18 IC-26 AR-6 AR-8 a record of somebody's time names the clock that took it, and no other place", () => {
  const proof = { person: personId(`p_${"a".repeat(20)}`), methods: ["card"], flags: [] } as const;
  const assure = { match: "none", live: "na", card: "static" } as const;
  const at = { utcMs: Date.UTC(2026, 10, 23, 8), monoMs: 1 };
  const draft: Draft = { draft: "punch", kind: "in", inferred: true, ...proof, assure, at };
  const { data } = bodyOf(draft, { ...defaultPolicy, loc: "gate-2" }, blankMemory.moment);
  expect(data).toMatchObject({ loc: "gate-2" });
  expect(JSON.stringify(data)).not.toMatch(/"(geo|lat|lon|pos|ip|ssid)"/);
});

test("SC-12 IC-10 AR-13 every figure that is measured stands on the list of those about the machine", async () => {
  const config = readConfig(["--state", await folder()], {});
  expect(await telemetry.look({ config, pid: null, inside: null })).toMatchObject({ is: "holds" });
});

test("L16 SC-4 a manifest that names a model of another kind, or one for moods, age or descent, is refused", async () => {
  const manifest = JSON.parse(await readFile(modelManifestUrl, "utf8"));
  const [first, ...others] = manifest.models;
  expect(shelfOf(manifest).models.map(({ kind }) => kind)).not.toContain("emotion");
  const banned = expect.objectContaining({ code: "model-banned" });
  for (const changed of [{ kind: "emotion" }, { kind: "age" }, { file: "fr_emotion.onnx" }, { file: "gender.onnx" }]) {
    const other = { ...manifest, models: [{ ...first, ...changed }, ...others] };
    expect(() => shelfOf(other), JSON.stringify(changed)).toThrow(banned);
  }
});
