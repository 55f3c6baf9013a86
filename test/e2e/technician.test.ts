import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AuditData } from "../../kiosk/core/record.ts";
import { beforeEverything, openDatabase } from "../../kiosk/store/database.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { type KioskProcess, startKiosk } from "../process/kiosk.ts";
import { sessionOf } from "../process/session.ts";
import { buildWall, complaintsOf, openBrowser } from "./browser.ts";
import { barriers, clippedTexts } from "./look.ts";

/** The technician's page of a real clock: its own credential, one code, figures that live, and nobody's name. */

const open = new AsyncDisposableStack();
let folder = "";
let state = "";
let kiosk: KioskProcess;
let url = "";
let page: Page;
let complaints: readonly string[] = [];
let axe = "";
let operator = "";
const patienceMs = 30_000;
const passphrase = "four words nobody guesses";

beforeAll(async () => {
  await buildWall();
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  folder = await mkdtemp(join(tmpdir(), "lintel-technician-"));
  state = join(folder, "state");
  kiosk = startKiosk(state);
  url = await kiosk.url();
  page = await open.use(await openBrowser("reduce")).context.newPage();
  await page.setViewportSize({ width: 1080, height: 1920 });
  complaints = complaintsOf(page, url);
  await bring();
}, 180_000);
afterAll(async () => {
  await kiosk?.end("SIGKILL");
  await open.disposeAsync();
  await rm(folder, { recursive: true, force: true });
});

const start = (...args: readonly string[]) =>
  spawn(process.execPath, ["provisioning/cli.ts", ...args, "--state", state], {
    env: { ...process.env, XDG_RUNTIME_DIR: join(folder, "runtime") },
  });

async function lintel(stdin: string, ...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const child = start(...args);
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    said.stdout += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said.stderr += chunk.toString("utf8");
  });
  child.stdin.end(stdin);
  await once(child, "close");
  return said;
}

/** The command as it stays open on somebody's terminal. */
async function technician(...flags: readonly string[]) {
  const child = start("technician", "--json", ...flags);
  open.defer(() => void child.kill("SIGKILL"));
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const { code } = JSON.parse(line) as { code: string; url: string };
  const ended = once(child, "close");
  return { code, hangUp: () => child.kill("SIGINT"), ended };
}

const enter = (code: string): Promise<void> => page.getByLabel(/The code that/).pressSequentially(code);
const says = (words: RegExp): Promise<void> =>
  expect.poll(() => page.locator("#page").innerText(), { timeout: patienceMs }).toMatch(words);

/** Before everything: the clock has a technician, and so nobody acts as its demo any more. */
async function bring(): Promise<void> {
  const added = JSON.parse((await lintel("", "operator", "add", "--role", "technician", "--json")).stdout);
  operator = added.operator;
  await lintel(`${added.secret}\n${passphrase}\n`, "operator", "enrol", "--key", join(folder, "key"));
  const refused = await lintel("", "technician");
  expect(refused.stderr).toContain("(session-needed)");
  await lintel(`${passphrase}\n`, "session", "begin", "--key", join(folder, "key"), "--reason", "repair");
}

test("no code, and no token, opens nothing", async () => {
  const session = await sessionOf(url);
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(new URL(path, url), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "sec-fetch-site": "same-origin",
        "lintel-session": session,
        ...headers,
      },
      body: JSON.stringify(body),
    });
  expect((await post("/technician/enter", { code: "00000000" })).status).toBe(403);
  expect((await post("/technician/view", {})).status).toBe(403);
  expect((await post("/technician/view", {}, { "lintel-technician": "" })).status).toBe(403);
});

test("the wall turns to the page; a wrong code says so, the right one opens it, and the look stands in the journal", async () => {
  await page.goto(url, { waitUntil: "domcontentloaded" });
  await page.locator(".screen").waitFor({ state: "attached", timeout: patienceMs });
  const { code, hangUp, ended } = await technician("--wall");
  await page.waitForURL(/\/technician$/, { timeout: patienceMs });
  await says(/For technicians/);
  expect(await barriers(page, axe)).toEqual([]);
  await enter(code === "12345678" ? "87654321" : "12345678");
  await says(/not the code/);
  for (const digit of code) await page.getByRole("button", { name: digit, exact: true }).click();
  await says(/This clock/);
  await says(/As it should be/);
  const text = await page.locator("#page").innerText();
  for (const area of ["storage", "time", "camera", "models", "journal", "services"]) expect(text).toContain(area);
  // The demo's people walk up meanwhile; none of them is here.
  for (const name of ["Ana", "Sam", "Mona"]) expect(text).not.toContain(name);
  expect(await page.locator("img, video, canvas").count()).toBe(0);
  for (const [width, height] of [
    [1080, 1920],
    [1280, 800],
    [800, 480],
  ] as const) {
    await page.setViewportSize({ width, height });
    expect(await barriers(page, axe)).toEqual([]);
    expect(await clippedTexts(page)).toEqual([]);
  }
  const chart = page.getByRole("img", { name: /^Pictures: [1-9]/ });
  await chart.waitFor({ timeout: patienceMs });
  const before = await chart.locator("path").first().getAttribute("d");
  await expect.poll(() => chart.locator("path").first().getAttribute("d"), { timeout: patienceMs }).not.toBe(before);
  hangUp();
  await says(/This page is closed/);
  await page.locator(".screen").waitFor({ state: "attached", timeout: patienceMs });
  await ended;
});

test("a code works once, keys are enough, and leaving ends it for the command as well", async () => {
  const { code, ended } = await technician();
  await page.goto(new URL("/technician", url).href);
  await page.getByLabel(/The code that/).waitFor();
  await page.keyboard.type(code);
  await says(/This clock/);
  const second = await fetch(new URL("/technician/enter", url), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "sec-fetch-site": "same-origin",
      "lintel-session": await sessionOf(url),
    },
    body: JSON.stringify({ code }),
  });
  expect(second.status).toBe(403);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Back to the clock");
  await page.keyboard.press("Enter");
  await page.locator(".screen").waitFor({ state: "attached", timeout: patienceMs });
  await ended;
});

test("every look stands in the journal, by whom and why, and the page complained of nothing", async () => {
  // The browser tells every answer that is no success, and these were asked for.
  expect(complaints.filter((line) => !/403/.test(line))).toEqual([]);
  await page.close();
  await kiosk.end();
  using journal = openDatabase(join(state, "journal.sqlite"), "read");
  const audits = journal.after(beforeEverything, 1_000).filter(({ type }) => type === "audit");
  const looks = audits.map(({ jws }) => eventOf(jws).data as AuditData).filter(({ detail }) => detail === "technician");
  expect(looks.map(({ act, by, reason }) => [act, by, reason])).toEqual([
    ["look", operator, "repair"],
    ["look", operator, "repair"],
  ]);
});
