import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { cardHash } from "../../kiosk/core/card.ts";
import { blankMemory, withPeople } from "../../kiosk/core/memory.ts";
import { personId } from "../../kiosk/core/person.ts";
import { defaultPolicy } from "../../kiosk/core/policy.ts";
import type { Journal, JournalUpkeep } from "../../kiosk/core/ports/journal.ts";
import type { Clock } from "../../kiosk/core/ports/senses.ts";
import type { Screen } from "../../kiosk/core/ports/wall.ts";
import { longReceiptCode } from "../../kiosk/core/receipt.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { listen } from "../../kiosk/listen.ts";
import { createStation, type Station } from "../../kiosk/run.ts";
import { readKeyring } from "../../kiosk/store/keyring.ts";
import { openScreen } from "../../kiosk/ui/server.ts";
import { samplePlace } from "../../kiosk/ui/web/samples.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { keyFromJwk } from "../../kiosk/uplink/contract/keys.ts";
import { identityOf, openReceiver } from "../../kiosk/uplink/receiver/receiver.ts";
import { openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { openClockJournal } from "../crash/clockwork.ts";
import { buildPage, openBrowser } from "./browser.ts";

/**
 * From the badge to the proof: a real station on a real journal, the real page in a real browser, a QR read from its
 * picture, and the code taken to the clock's journal and to a receiver's store.
 */

const root = fileURLToPath(new URL("../../", import.meta.url));
const open = new AsyncDisposableStack();
const stop = new AbortController();
let folder = "";
let journal: Journal & JournalUpkeep;
let source = "";
let clock: Clock;
let screen: Screen;
let station: Station;
let page: Page;
let work: Promise<unknown>;

const people = ["Ana Morales", "Bo"].map((displayName, n) => ({
  id: personId(`p_0000000000000000000${n}`),
  displayName,
  badges: [cardHash(`471${n}`)],
  lookAlikes: [],
}));

beforeAll(async () => {
  const file = fileURLToPath(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm"));
  const { buffer, byteOffset, byteLength } = await readFile(file);
  const wasmBinary = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  folder = await mkdtemp(join(tmpdir(), "lintel-receipt-"));
  open.defer(() => rm(folder, { recursive: true, force: true }));
  journal = open.use(await openClockJournal(join(folder, "state")));
  source = eventOfOwn(journal.at(journal.head())?.jws ?? "").source;
  clock = await openSystemClock();
  screen = open.use(await openScreen({ port: 0, dist: open.use(await buildPage()).dist }));
  station = createStation({
    memory: { ...withPeople(blankMemory, people), source },
    // As long as this test needs, whatever the machine does.
    policy: { ...defaultPolicy, thanksMs: 600_000, duplicateWindowMs: 0 },
    ...{ place: samplePlace, clock, journal, screen },
    moment: () => ({ clock: clock.quality(), boot: 1 }),
    ...{ forget: () => undefined, enrolled: () => undefined, observed: () => undefined },
  });
  const at = clock.now();
  for (const room of ["camera", "engine"] as const) station.post({ kind: "room", room, state: { is: "none" }, at });
  for (const room of ["journal", "reader"] as const) station.post({ kind: "room", room, state: { is: "up" }, at });
  station.post({ kind: "ready", at });
  work = Promise.all([
    station.run(stop.signal),
    listen(screen.touches(stop.signal), (touch) => station.post({ kind: "touch", touch, at: clock.now() })),
  ]);
  page = await open.use(await openBrowser("reduce")).context.newPage();
  await page.goto(screen.url, { waitUntil: "domcontentloaded" });
});
afterAll(async () => {
  stop.abort();
  await work;
  await open.disposeAsync();
});

const tap = (badge: string): void => {
  const at = clock.now();
  station.post({ kind: "tap", tap: { badge: cardHash(badge), at }, at });
};

/** What a phone would read, from the picture of the whole wall. */
async function scanned(): Promise<string> {
  const [code, ...others] = await readBarcodes(new Uint8Array(await page.screenshot()), { formats: ["QRCode"] });
  expect(others).toEqual([]);
  return code?.text ?? "";
}

/** What a person would copy by hand. */
const readOut = async (): Promise<string> => (await page.locator(".receipt-code").innerText()).trim();

interface Said {
  readonly exit: number;
  readonly out: string;
}

const lintel = (...args: readonly string[]): Promise<Said> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(root, "provisioning/cli.ts"), ...args], (error, stdout, stderr) => {
      resolve({ exit: Number(error?.code ?? 0), out: `${stdout}${stderr}` });
    });
  });

const ownJournal = (): string => `journal:${join(folder, "state/journal")}`;

/** A receiver's store with everything that the journal has. */
async function receiverStore(name: string): Promise<string> {
  const keys = openKeyRegistry();
  for (const jwk of readKeyring(join(folder, "state/journal"))) {
    const { kid, key } = keyFromJwk(jwk);
    keys.add(identityOf(source), kid, key);
  }
  const file = join(folder, name);
  await using sink = openSqliteSink(file);
  const receiver = openReceiver({ sink, keys, name: "payroll", signer: null });
  const records = journal.read({ epoch: 0, seq: -1 }, 1000);
  await receiver.ingest(records.map(({ jws }) => ({ topic: null, bytes: Buffer.from(jws) })));
  return `sqlite:${file}`;
}

const formats = [
  { width: 1080, height: 1920 },
  { width: 1280, height: 800 },
] as const;

let early = "";
let code = "";

test("the QR on the thanks screen is read from the picture of either wall, and is the code that stands beside it", async () => {
  early = await receiverStore("early.sqlite");
  tap("4710");
  await page.locator('.screen[data-at="thanks"]').waitFor();
  for (const format of formats) {
    await page.setViewportSize(format);
    await expect.poll(scanned, { timeout: 20_000 }).toMatch(/^([0-9A-Z]{4}-){8}[0-9A-Z]{4}$/);
    code = await scanned();
    expect(await readOut()).toBe(code.replaceAll("-", " "));
    const box = await page.locator(".qr").boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(180);
  }
  expect(code).toBe(longReceiptCode({ ...journal.head(), source }));
});

test("L3 the scanned code finds its punch in the clock's journal and in a receiver's store, before and after a checkpoint", async () => {
  const before = await lintel("receipt", code, "--from", ownJournal());
  expect(before).toMatchObject({ exit: 0 });
  expect(before.out).toMatch(/^Here: punch "in" .*\nNo checkpoint covers it yet/);
  await journal.checkpoint(clock.now());
  for (const place of [ownJournal(), await receiverStore("payroll.sqlite")]) {
    // As somebody reads it out over a telephone.
    const spoken = code.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l");
    const { exit, out } = await lintel("receipt", spoken, "--from", place);
    expect(out).toMatch(/^Here: punch "in" .*\nProved: number \d+ of the \d+ records under root/);
    expect(exit).toBe(0);
  }
});

test("L3 L2 its proof holds in a verifier that is not ours to trust, and a changed one does not", async () => {
  const { out } = await lintel("receipt", code, "--from", ownJournal(), "--json");
  const { proof } = JSON.parse(out).proved;
  const { index, size, path, root: signed } = proof;
  expect(eventOfOwn(proof.checkpoint.jws).data).toMatchObject({ size, root: signed });
  const hash = String(proof.record.rh);
  const other = `${hash.startsWith("A") ? "B" : "A"}${hash.slice(1)}`;
  const cases = [hash, other].map((each, id) =>
    JSON.stringify({ id, kind: "inclusion", input: { hash: each, index, size, path, root: signed } }),
  );
  const verifier = join(root, "docs/examples/verify_more.py");
  const verdicts = execFileSync("python3", [verifier], { input: `${cases.join("\n")}\n`, encoding: "utf8" });
  const [good, bad] = verdicts.trim().split("\n");
  expect(JSON.parse(good ?? "")).toEqual({ id: 0, ok: {} });
  expect(JSON.parse(bad ?? "")).toEqual({ id: 1, code: 2002 });
});

test("after a change the wall shows the code of the change, and either code leads to both records", async () => {
  await page.getByRole("button", { name: "I am leaving" }).click();
  await page.getByText("changed").waitFor();
  await expect.poll(scanned, { timeout: 20_000 }).not.toBe(code);
  const changed = await scanned();
  await journal.checkpoint(clock.now());
  const ofChange = await lintel("receipt", changed, "--from", ownJournal());
  expect(ofChange.out).toMatch(/^Here: correction "out" .*\nProved.*\nBelongs to it: punch "in" .*\nProved/);
  const ofPunch = await lintel("receipt", code, "--from", ownJournal());
  expect(ofPunch.out).toMatch(/^Here: punch "in" .*\nProved.*\nBelongs to it: correction "out" .*\nProved/);
});

test("a touch keeps it there, and the next badge has a receipt of its own", async () => {
  await page.getByRole("button", { name: "Your receipt" }).click();
  await page.getByText("It stays for a while").waitFor();
  const first = await scanned();
  tap("4711");
  await page.getByText("Bo").first().waitFor();
  await expect.poll(scanned, { timeout: 20_000 }).not.toBe(first);
  await page.getByText("Touch to keep it here").waitFor();
});

test("a wrong code, one of another clock, and one that has not come yet each end in words", async () => {
  const wrong = `${code.slice(0, -2)}${code.at(-2) === "A" ? "B" : "A"}0`;
  const otherClock = longReceiptCode({ ...journal.head(), source: "urn:lintel:acme:blr-01:k00000000000000000000" });
  const cases: readonly (readonly [string, string, number, RegExp])[] = [
    [wrong, ownJournal(), 1, /Another record stands at its place/],
    [otherClock, ownJournal(), 1, /a clock that is not known here/],
    [code, early, 1, /has not come here yet/],
    ["4F7K-Q2M9", early, 2, /no receipt code/],
    ["hello", early, 2, /no receipt code/],
  ];
  for (const [text, place, exit, words] of cases) {
    const said = await lintel("receipt", text, "--from", place);
    expect(said.out).toMatch(words);
    expect(said.exit).toBe(exit);
  }
}, 180_000);
