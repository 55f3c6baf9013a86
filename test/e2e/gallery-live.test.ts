import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Frame, Screen } from "../../kiosk/core/ports.ts";
import type { DemoAct, DemoState, Screenful, Strip, Touch, View } from "../../kiosk/core/view.ts";
import { openScreen } from "../../kiosk/ui/server.ts";
import { sampleDemo, samplePlace, sampleStrip } from "../../kiosk/ui/web/samples.ts";
import { buildPage, complaintsOf, openBrowser } from "./browser.ts";

const open = new AsyncDisposableStack();
let dist = "";
let page: Page;
let screen: Screen;
const acts: DemoAct[] = [];
let demoState: DemoState = sampleDemo;

beforeAll(async () => {
  dist = open.use(await buildPage()).dist;
  page = await open.use(await openBrowser("reduce")).context.newPage();
  screen = await openScreen({
    port: 0,
    dist,
    demo: {
      state: () => demoState,
      act: (act) => {
        acts.push(act);
        if (act.act === "network") demoState = { ...demoState, network: act.state };
      },
    },
  });
  await page.setViewportSize({ width: 1080, height: 1920 });
});
afterAll(async () => {
  await open.disposeAsync();
  await screen[Symbol.asyncDispose]();
});

const local = "2026-11-23T08:57:03.120+01:00";
const thanks = {
  at: "thanks",
  name: "Ana M.",
  kind: "in",
  local,
  receipt: "4F7K-Q2M9",
  saved: true,
  received: null,
  choices: ["break-start"],
  changed: false,
} as const satisfies View;

const showing = (view: View, strip: Partial<Strip> = {}): Screenful => ({
  view,
  strip: { ...sampleStrip, ...strip },
  place: samplePlace,
});
const wall = () => page.locator(".screen");

test("a punch as a person sees it: idle, look, thanks, received, changed", async () => {
  const complaints = complaintsOf(page, screen.url);
  screen.show(showing({ at: "idle" }));
  await page.goto(screen.url, { waitUntil: "domcontentloaded" });
  await wall().getByText("Look at the screen to clock in or out.").waitFor();

  screen.show(showing({ at: "look", box: null, problem: "too-far", progress: 0.2 }));
  await wall().getByText("Come a little closer.").waitFor();

  screen.show(showing(thanks));
  await wall().getByText("Good morning, Ana M.").waitFor();
  await wall().getByText("On its way").waitFor();
  expect(await wall().getByText("Received by payroll").count()).toBe(0);

  screen.show(showing({ ...thanks, received: { by: "payroll", local } }));
  await wall().getByText("Received by payroll").waitFor();

  const stop = new AbortController();
  const touched = screen.touches(stop.signal)[Symbol.asyncIterator]().next();
  await page.getByRole("button", { name: "Make it a break" }).click();
  expect((await touched).value).toEqual({ touch: "choose", kind: "break-start" } satisfies Touch);
  stop.abort();
  expect(complaints).toEqual([]);
});

test("the preview paints a picture as soon as it was sent, without waiting for another one", async () => {
  screen.show(showing({ at: "look", box: null, problem: null, progress: 0 }));
  await page.locator("img.preview").waitFor();
  const picture = { width: 64, height: 48, channels: 3, background: "#c02020" } as const;
  const jpeg = await sharp({ create: picture }).jpeg().toBuffer();
  const frame: Frame = { jpeg, number: 0, at: { utcMs: 0, monoMs: 0 } };
  await expect
    .poll(async () => {
      screen.preview(frame);
      return page.evaluate(() => document.querySelector<HTMLImageElement>("img.preview")?.naturalWidth);
    })
    .toBe(64);
  screen.show(showing({ at: "idle" }));
});

test("a lost clock is said after two seconds, and forgotten when it is back", async () => {
  await page.goto("about:blank");
  const first = await openScreen({ port: 0, dist });
  const port = Number(new URL(first.url).port);
  first.show(showing({ at: "idle" }));
  await page.goto(first.url, { waitUntil: "domcontentloaded" });
  await wall().getByText("Look at the screen").waitFor();
  await first[Symbol.asyncDispose]();
  await wall().getByText("This screen cannot reach its clock").waitFor({ timeout: 5_000 });
  await using second = await openScreen({ port, dist });
  second.show(showing(thanks));
  await wall().getByText("Good morning, Ana M.").waitFor({ timeout: 5_000 });
  await page.goto("about:blank");
});

test("what the clock keeps is one touch away, and makes way for a thanks", async () => {
  screen.show(showing({ at: "idle" }));
  await page.goto(screen.url, { waitUntil: "domcontentloaded" });
  await page.getByRole("button", { name: "What this clock keeps about you" }).click();
  await page.getByRole("dialog").getByText("The camera looks, and forgets.").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "What this clock keeps about you" }).click();
  screen.show(showing(thanks));
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("the demo's drawer is there only where things are pretended, and works from the keyboard", async () => {
  screen.show(showing({ at: "idle" }));
  await wall().getByText("Look at the screen").waitFor();
  expect(await page.locator(".demo").count()).toBe(0);
  screen.show(showing({ at: "idle" }, { simulated: true }));
  const tab = page.getByRole("button", { name: "Demo" });
  await tab.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Ana's badge" }).click();
  await page.getByRole("button", { name: "Pull it out" }).click();
  await page.getByRole("button", { name: "Plug it in again" }).waitFor();
  expect(acts).toEqual([
    { act: "tap", badge: "ana" },
    { act: "network", state: "cut" },
  ]);
  await page.keyboard.press("Escape");
  await tab.waitFor();
});
