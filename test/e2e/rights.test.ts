import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DemoAct } from "../../kiosk/core/view.ts";
import { type KioskProcess, startKiosk } from "../process/kiosk.ts";
import { sessionOf } from "../process/session.ts";
import { buildWall, complaintsOf, openBrowser } from "./browser.ts";
import { postDemo } from "./drawer.ts";

/** What somebody may know and do about their own data: the real process, its page under fingers, and a badge. */

const open = new AsyncDisposableStack();
let folder = "";
let page: Page;
let kiosk: KioskProcess;
let session = "";
let complaints: readonly string[] = [];

/** Of a machine that is busy with other tests too. */
const patienceMs = 30_000;
const sam = "demo:1002";

beforeAll(async () => {
  await buildWall();
  folder = await mkdtemp(join(tmpdir(), "lintel-rights-"));
  page = await open.use(await openBrowser("reduce")).context.newPage();
  await page.setViewportSize({ width: 1080, height: 1920 });
  // Who walks up in the footage is Sam too, and is not asked whether they mean it.
  kiosk = startKiosk(join(folder, "state"), "--thanks-ms", "20000", "--duplicate-window-ms", "0");
  const url = await kiosk.url();
  session = await sessionOf(url);
  complaints = complaintsOf(page, url);
  await page.goto(url, { waitUntil: "domcontentloaded" });
  await page.locator('.screen[data-at="idle"]').waitFor({ state: "attached", timeout: 120_000 });
  await demo({ act: "scene", id: "empty" });
}, 180_000);
afterAll(async () => {
  await kiosk?.end("SIGKILL");
  await open.disposeAsync();
  await rm(folder, { recursive: true, force: true });
});

const demo = (what: DemoAct): Promise<number> => postDemo(page, session, what);
/** As a hand does it: a card that comes back within the second never left the reader. */
async function tap(): Promise<void> {
  await demo({ act: "tap", badge: sam });
  await pause(1_200);
}
/** Taken by its first words, as eyes do. */
const touch = (label: string): Promise<void> =>
  page
    .getByRole("button", { name: new RegExp(`^${label}`) })
    .first()
    .click({ timeout: patienceMs });
const says = (words: RegExp): Promise<void> =>
  expect.poll(() => page.locator(".screen").innerText(), { timeout: patienceMs }).toMatch(words);

/** Two touches from the idle wall, and a badge. */
async function myData(): Promise<void> {
  await touch("Something else");
  await touch("My data");
  await says(/What this clock knows about you: who are you/);
  await tap();
  await says(/What this clock knows about you, Sam/);
}

test("what everybody may read is one touch from idle, and nobody has to say who they are", async () => {
  await touch("What this clock keeps");
  const sheet = page.locator("dialog[open]");
  await expect.poll(() => sheet.innerText(), { timeout: patienceMs }).toMatch(/How long things are kept/);
  const text = await sheet.innerText();
  expect(text).toMatch(/Times on this clock\s+35 days/);
  expect(text).toMatch(/Pictures of the camera\s+not kept/);
  await sheet.getByRole("button", { name: "Close" }).click();
});

test("EC-10 a badge shows its owner what is kept of them, and two touches freeze their face", async () => {
  await myData();
  const shown = await page.locator(".screen").innerText();
  for (const item of ["Your name", "Your badges", "Your face"]) expect(shown).toContain(item);
  await touch("Your face");
  await touch("Freeze my face");
  await says(/Your face is frozen/);
  await touch("Back");
  await touch("Your face");
  await says(/frozen, not used/);
  await touch("Use my face again");
  await says(/Your face is used again/);
  await touch("Close");
});

test("a wish holds at once and for the next visit: another language, and no name", async () => {
  await myData();
  await touch("What I can do");
  await touch("My wishes");
  await touch("My name on the wall");
  await says(/My name on the wall\s+no/);
  await touch("Deutsch");
  await says(/Wie du es hier magst/);
  await touch("Schließen");
  await tap();
  await expect.poll(() => page.locator(".screen h1").innerText(), { timeout: patienceMs }).toMatch(/^Guten \p{L}+\.$/u);
  await touch("Nächste Person");
});

test("EC-10 somebody who wants to be forgotten is, and their badge is new to this clock", async () => {
  await touch("Something else|Another way");
  await touch("My data");
  await tap();
  await says(/Was diese Uhr über dich weiß/);
  await touch("Was ich tun kann");
  await touch("Mich löschen");
  await says(/Soll diese Uhr dich vergessen/);
  await says(/Das bleibt, als Nummer ohne Namen/);
  await touch("Ja, lösche mich");
  await says(/erased here|hier gelöscht/);
  await says(/[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4}/);
  await touch("Close|Schließen");
  await tap();
  await says(/This badge is new to this clock/);
  expect(complaints).toEqual([]);
});
