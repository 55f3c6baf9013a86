import { execFile, execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connectAsync } from "mqtt";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PunchData } from "../../kiosk/core/record.ts";
import type { DemoAct } from "../../kiosk/core/view.ts";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { emptyRoster, openRosterPublisher } from "../../kiosk/uplink/receiver/roster-publisher.ts";
import { signerFrom } from "../../provisioning/receive/signer.ts";
import { tapWire } from "../process/cloud-side.ts";
import { type KioskProcess, startKiosk } from "../process/kiosk.ts";
import { sessionOf } from "../process/session.ts";
import { buildWall, complaintsOf, openBrowser } from "./browser.ts";
import { postDemo } from "./drawer.ts";
import { type HeldCode, openHeldCode } from "./held-code.ts";
import { correctionsIn, punchesIn } from "./written.ts";

/**
 * Every way in, and what somebody may do who is known: the real process, its page under fingers, the desk's own command
 * line, a roster over the wire, codes before a camera, and in the end what stands in the journal.
 */

const open = new AsyncDisposableStack();
let folder = "";
let state = "";
let page: Page;
let kiosk: KioskProcess;
let session = "";
let code: HeldCode;
let complaints: readonly string[] = [];

/** Of a machine that is busy with other tests too. */
const patienceMs = 30_000;
const [alex, sam] = ["demo:1001", "demo:1002"] as const;
const [samsNumber, samsPin, alexsPin] = ["4711", "8264", "7390"];
const office = signerFrom(generateKeyPairSync("ed25519").privateKey);

beforeAll(async () => {
  await buildWall();
  folder = await mkdtemp(join(tmpdir(), "lintel-ways-"));
  state = join(folder, "state");
  await giveTimeService(folder);
  code = await openHeldCode(join(folder, "held.pgm"));
  const passKeys = JSON.parse(lintel("pass", "key", join(folder, "pass.jwk"))) as { keys: object[] };
  const keys = [...passKeys.keys, { ...office.jwk, role: "ros", name: "office" }];
  await writeFile(join(folder, "cloud.json"), JSON.stringify({ keys }));
  const settings = {
    cloudKeys: join(folder, "cloud.json"),
    ways: ["badge", "pin", "qr", "face"],
    rules: [{ groups: ["cash-office"], accepts: [["badge", "face"]] }],
    jobs: [{ code: "weld-7", label: "Welding, line 7" }],
    muster: "everybody",
    // One person comes many times here, and is never asked whether they mean it.
    duplicateWindowMs: 0,
    thanksMs: 20_000,
  };
  await writeFile(join(folder, "settings.json"), JSON.stringify(settings));
  page = await open.use(await openBrowser("reduce")).context.newPage();
  await page.setViewportSize({ width: 1080, height: 1920 });
});
afterAll(async () => {
  await kiosk?.end("SIGKILL");
  await open.disposeAsync();
  await rm(folder, { recursive: true, force: true });
});

/** As on a clock with a network time service; without one, times are not sure, and hours are another test's. */
async function giveTimeService(directory: string): Promise<void> {
  await writeFile(join(directory, "timedatectl"), "#!/bin/sh\necho NTPSynchronized=yes\n", { mode: 0o755 });
  process.env.PATH = `${directory}:${process.env.PATH}`;
}

async function start(...flags: readonly string[]): Promise<void> {
  // The page of a clock that ended would go on asking for it.
  await page.goto("about:blank");
  kiosk = startKiosk(state, "--config", join(folder, "settings.json"), ...flags);
  const url = await kiosk.url();
  session = await sessionOf(url);
  complaints = complaintsOf(page, url);
  await page.goto(url, { waitUntil: "domcontentloaded" });
  await saw("idle", 90_000);
}

const act = (what: DemoAct): Promise<number> => postDemo(page, session, what);
/** As a hand does it: a card that comes back within the second never left the reader. */
async function tap(badge: string): Promise<void> {
  await act({ act: "tap", badge });
  await pause(1_200);
}
const view = (at: string) => page.locator(`.screen[data-at="${at}"]`);
const saw = (at: string, withinMs = patienceMs): Promise<void> =>
  view(at).waitFor({ state: "attached", timeout: withinMs });
/** Taken by its first words, as eyes do. */
const touch = (label: string): Promise<void> =>
  page
    .getByRole("button", { name: new RegExp(`^${label}`) })
    .first()
    .click({ timeout: patienceMs });
const says = (words: RegExp): Promise<void> =>
  expect.poll(() => page.locator(".screen").innerText(), { timeout: patienceMs }).toMatch(words);
const photograph = async (name: string): Promise<void> => {
  const { SHOTS } = process.env;
  if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
};

/** Digits on the pad, and that they are enough. */
async function type(digits: string): Promise<void> {
  for (const digit of digits) await page.locator(".pad button.key", { hasText: digit }).click();
  await touch("Done");
}
async function pad(number: string, pin: string): Promise<void> {
  await says(/Type your number/);
  await type(number);
  await says(/Now type your PIN/);
  await type(pin);
}

const lastPunch = (): PunchData | undefined => punchesIn(state).at(-1)?.data;
/** What somebody does that ends in a punch: the record of it. */
async function punchAfter(doing: () => Promise<unknown>): Promise<PunchData> {
  const before = punchesIn(state).length;
  await doing();
  await expect.poll(() => punchesIn(state).length, { timeout: patienceMs }).toBe(before + 1);
  const punch = lastPunch();
  if (punch === undefined) throw new Error("a punch that was counted is not there");
  return punch;
}
const next = async (): Promise<void> => {
  await touch("Next person");
  await saw("idle");
};

/** The technician's command, as typed. */
const lintel = (...args: readonly string[]): string =>
  execFileSync(process.execPath, ["provisioning/cli.ts", ...args], { encoding: "utf8" });
/** What is typed unseen comes from a pipe. */
function setPin(person: string, number: string, pin: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const args = ["provisioning/cli.ts", "pin", "set", person, "--number", number, "--state", state];
  const child = execFile(process.execPath, args, (error) => (error === null ? resolve() : reject(error)));
  child.stdin?.end(`${pin}\n`);
  return promise;
}

const known = { alex: "", sam: "" };

test("a badge is enough", { timeout: 120_000 }, async () => {
  await start();
  // Whoever the play sent meanwhile may have been thanked by their face first.
  expect(await act({ act: "scene", id: "empty" })).toBe(204);
  await saw("idle");
  const first = await punchAfter(() => tap(alex));
  await saw("thanks");
  const second = await punchAfter(() => tap(sam));
  await says(/Sam D\./);
  for (const { method, assure } of [first, second]) {
    expect({ method, card: assure.card }).toEqual({ method: ["card"], card: "static" });
  }
  Object.assign(known, { alex: first.sub, sam: second.sub });
  await next();
});

test("number and PIN are touched: the wrong PIN is told so, the right one punches", async () => {
  await setPin(known.sam, samsNumber, samsPin);
  await touch("Another way");
  await touch("PIN");
  await pad(samsNumber, "9999");
  await says(/do not belong together/);
  await photograph("pin-wrong");
  const punch = await punchAfter(() => pad(samsNumber, samsPin));
  expect(punch).toMatchObject({ sub: known.sam, method: ["pin"] });
  await says(/Sam D\./);
  await next();
});

test("who guesses has to wait, in words, and the badge goes on meanwhile", async () => {
  await touch("Another way");
  await touch("PIN");
  for (let tries = 0; tries < 4; tries += 1) {
    await pad("777", `${1470 + tries}`);
    await says(/do not belong together|That was often/);
  }
  await says(/That was often\. Please wait until \d\d:\d\d/);
  await photograph("pin-wait");
  expect(await punchAfter(() => tap(sam))).toMatchObject({ sub: known.sam, method: ["card"] });
  await next();
});

test("“that was not me” stays beside the punch for ever", async () => {
  await punchAfter(() => tap(sam));
  const id = punchesIn(state).at(-1)?.id;
  await touch("That was not me");
  await saw("told");
  expect(correctionsIn(state).at(-1)?.data).toEqual({
    ...{ ref: id, kind: "unknown", sub: known.sam, reason: "not-me", by: "self" },
  });
  await touch("Close");
});

test("own hours are shown to a badge and nothing is punched; what is wrong there can be asked for", async () => {
  const before = punchesIn(state).length;
  await touch("Another way");
  await touch("My hours");
  await says(/Then your hours stand here/);
  await tap(sam);
  await saw("hours");
  await says(/Your hours, Sam D\./);
  await photograph("hours");
  await touch("Something is wrong");
  await says(/Which day/);
  await page.locator(".pick").first().click();
  await says(/Which time/);
  await page.locator(".pick").first().click();
  await says(/What was it/);
  await touch("Break");
  await touch("It was");
  await touch("I forgot");
  await saw("told");
  await says(/It is written down/);
  expect(correctionsIn(state).at(-1)?.data).toMatchObject({
    ...{ kind: "break-start", sub: known.sam, reason: "forgot", by: "self", state: "asked" },
  });
  expect(punchesIn(state)).toHaveLength(before);
  await touch("Close");
});

test("who is in changes to another job, and stands among those who are in", async () => {
  const came = await punchAfter(() => tap(sam));
  if (came.kind !== "in") await punchAfter(() => tap(sam));
  await touch("Change job");
  await saw("job");
  const punch = await punchAfter(() => touch("Welding"));
  expect(punch).toMatchObject({ kind: "transfer", job: "weld-7", sub: known.sam, method: ["card"] });
  await says(/New job.*Welding, line 7/s);
  await next();
  await touch("Another way");
  await touch("Who is in");
  await saw("muster");
  await says(/Sam Duval/);
  await photograph("muster");
  await touch("Close");
});

test("a supervisor whom the roster names punches for somebody with badge and PIN, and nobody else may", async () => {
  await setPin(known.alex, "4712", alexsPin);
  const { device, demoBroker } = await kiosk.line(({ event }) => event === "ready");
  const v = Math.floor(Date.now() / 1_000);
  const item = (dn: string, perm: string) => ({
    v,
    text: JSON.stringify({ st: "active", cards: [], dn, perm: [perm] }),
  });
  const items = new Map([
    [known.alex, item("Alex Rivera", "supervise")],
    [known.sam, item("Sam Duval", "cash-office")],
  ]);
  const { pages } = openRosterPublisher({ issuer: "office", signer: office.signer });
  const identity = { tenant: "demo", site: "riverside", device: String(device) };
  const client = await connectAsync(String(demoBroker));
  await using wire = await tapWire(String(demoBroker));
  for (const { topic, bytes } of pages(identity, emptyRoster, { v, items, gone: new Map() })) {
    await client.publishAsync(topic, Buffer.from(bytes), { qos: 1 });
  }
  await expect.poll(() => wire.statuses.some(({ ros }) => ros?.v === v), { timeout: patienceMs }).toBe(true);
  await client.endAsync();

  await touch("Another way");
  await touch("Supervisor");
  await tap(sam);
  await says(/Now type your PIN/);
  await type(samsPin);
  await says(/This is for supervisors/);
  await touch("Close");

  await touch("Another way");
  await touch("Supervisor");
  await tap(alex);
  await says(/Now type your PIN/);
  await type(alexsPin);
  await says(/For whom/);
  await photograph("override");
  await touch("Sam Duval");
  await touch("Badge forgotten");
  const punch = await punchAfter(() => touch("Out"));
  expect(punch).toMatchObject({
    ...{ kind: "out", sub: known.sam, sup: known.alex, method: ["supervisor"], dec: "flag" },
    why: expect.arrayContaining(["override", "badge-forgotten"]),
  });
  await says(/Written down for Sam/);
  await touch("Close");
});

test("where a rule wants the face too, both stand in the record, and one touch goes on without it", async () => {
  await saw("idle");
  // Somebody stands there whose face is not Sam's.
  await act({ act: "scene", id: "painting" });
  await saw("look");
  await tap(sam);
  await says(/Your badge is read/);
  await photograph("badge-wants-face");
  const without = await punchAfter(() => touch("Go on without it"));
  expect(without).toMatchObject({ sub: known.sam, method: ["card"], dec: "flag" });
  expect(without.why).toContain("face-unverified");
  await act({ act: "scene", id: "empty" });
  await next();
  // One leaves before the other comes, or it is one visit.
  await pause(2_500);
  const both = await punchAfter(async () => {
    await act({ act: "scene", id: "sam" });
    await saw("also");
    await tap(sam);
  });
  expect([...both.method].sort()).toEqual(["card", "face"]);
  expect(both).toMatchObject({ sub: known.sam, assure: { live: "pass", card: "static" } });
  expect(complaints).toEqual([]);
  expect(await kiosk.end()).toEqual({ code: 0, signal: null });
});

test("AR-4 B6 a pass before the camera punches once; shown again it was used, and a web address is nothing at all", async () => {
  await start("--camera", code.camera, "--reader", "none");
  const before = punchesIn(state).length;
  const address = "https://example.com/lintel?token=never-opened";
  await code.hold(address);
  await expect.poll(() => view("idle").count(), { timeout: 4_000 }).toBe(1);
  await pause(3_000);
  expect(await view("idle").count()).toBe(1);
  expect(punchesIn(state)).toHaveLength(before);

  const pass = lintel("pass", "make", known.alex, "--key", join(folder, "pass.jwk")).trim();
  const punch = await punchAfter(() => code.hold(pass));
  expect(punch).toMatchObject({ sub: known.alex, method: ["qr"], assure: { match: "none", card: "none" } });
  await says(/Alex R\./);
  await code.hold(null);
  await next();
  // It is one code as long as it lies there; shown again is after it was gone.
  await pause(3_500);
  await code.hold(pass);
  await saw("refused");
  await says(/This pass was shown before/);
  await photograph("pass-used");
  expect(punchesIn(state)).toHaveLength(before + 1);

  await code.hold(null);
  await touch("Another way");
  await touch("PIN");
  await says(/Type your number/);
  // The page asks every clock once whether it is a demo.
  expect(complaints.filter((one) => !one.includes("404"))).toEqual([]);
  expect(await kiosk.end()).toEqual({ code: 0, signal: null });
});

test("the journal proves itself, and nothing that was typed or shown stands in it or in the log", async () => {
  expect(verifyJournal(state).firstBad).toBeNull();
  const said = JSON.stringify(kiosk.lines) + kiosk.stderr();
  const written = JSON.stringify([punchesIn(state), correctionsIn(state)]);
  expect(said + written).not.toMatch(/example\.com|Duval|Rivera|demo:100/);
  expect(written).not.toMatch(new RegExp(`"(${samsPin}|${alexsPin}|${samsNumber})"`));
  const kept = readdirSync(join(state, "pins")).map((name) => readFileSync(join(state, "pins", name)));
  expect(kept.length).toBeGreaterThan(0);
  for (const bytes of kept) {
    for (const digits of [samsPin, alexsPin, samsNumber]) expect(bytes.includes(`"${digits}"`)).toBe(false);
  }
});
