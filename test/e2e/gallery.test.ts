import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Screen } from "../../kiosk/core/ports.ts";
import { openScreen } from "../../kiosk/ui/server.ts";
import { samples } from "../../kiosk/ui/web/samples.ts";
import { buildPage, complaintsOf, openBrowser } from "./browser.ts";

const formats = {
  wall: { width: 1080, height: 1920, fontMinPx: 28, touchMinPx: 132 },
  desk: { width: 1280, height: 800, fontMinPx: 18, touchMinPx: 64 },
} as const;
type Format = (typeof formats)[keyof typeof formats];

const open = new AsyncDisposableStack();
let screen: Screen;
let page: Page;
let complaints: string[];
let axe = "";

beforeAll(async () => {
  const { dist } = open.use(await buildPage());
  screen = open.use(await openScreen({ port: 0, dist }));
  const { context } = open.use(await openBrowser("reduce"));
  page = await context.newPage();
  complaints = complaintsOf(page, screen.url);
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
});
afterAll(() => open.disposeAsync());

async function visit(view: string, { width, height }: Format, wish = ""): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.goto(`${screen.url}gallery?view=${view}${wish}`);
  await page.waitForSelector("h1");
  await page.evaluate(() => document.fonts.ready.then(() => true));
}

/** Texts that are cut off at a side, or stand in a box that hides what does not fit. */
const clippedTexts = (): Promise<string[]> =>
  page.evaluate(() => {
    const root = document.querySelector("dialog[open]") ?? document.querySelector("#page");
    const wall = root?.getBoundingClientRect();
    if (root === null || wall === undefined) return ["no page"];
    const clipped: string[] = root.scrollWidth > root.clientWidth ? ["the wall scrolls sideways"] : [];
    for (const element of root.querySelectorAll<HTMLElement>("*")) {
      if (element.closest(".unseen, svg, dialog:not([open])") || element.innerText.trim() === "") continue;
      const { left, right } = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      const tooWide = element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1;
      const tooTall = style.overflowY === "hidden" && element.scrollHeight > element.clientHeight + 1;
      const outside = left < wall.left - 1 || right > wall.right + 1;
      if (tooWide || tooTall || outside) clipped.push(`${element.tagName}.${element.className}: ${element.innerText}`);
    }
    return clipped;
  });

const textsBelow = (minPx: number): Promise<string[]> =>
  page.evaluate((least) => {
    const small: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      const holder = text.parentElement;
      if (holder === null || text.textContent?.trim() === "" || holder.closest(".unseen, script")) continue;
      const sizePx = Number.parseFloat(getComputedStyle(holder).fontSize);
      if (sizePx < least) small.push(`${text.textContent}: ${sizePx} px`);
    }
    return small;
  }, minPx);

/** The demo's drawer is for a person at a desk; everything on the wall itself is for a hand in a glove. */
const targetsBelow = (minPx: number): Promise<string[]> =>
  page.evaluate((least) => {
    const buttons = [...document.querySelectorAll<HTMLElement>("button")].filter((button) => !button.closest(".demo"));
    const low = buttons.filter((button) => button.getBoundingClientRect().height < least - 0.5);
    return low.map((button) => `${button.innerText}: ${button.getBoundingClientRect().height} px`);
  }, minPx);

for (const [name, format] of Object.entries(formats)) {
  for (const { id, title, over } of samples) {
    test(`${title} is whole, large enough and within reach on the ${name}`, async () => {
      complaints.length = 0;
      await visit(id, format);
      expect(await clippedTexts()).toEqual([]);
      expect(await textsBelow(format.fontMinPx)).toEqual([]);
      expect(await targetsBelow(format.touchMinPx)).toEqual([]);
      if (over === undefined) {
        const scrolls = await page.evaluate(() => {
          const stage = document.querySelector("#page");
          return stage === null || stage.scrollHeight > stage.clientHeight + 1;
        });
        expect(scrolls, "needs scrolling at plain text size").toBe(false);
      }
      expect(complaints).toEqual([]);
    });

    test(`${title} wraps and stays whole with text at 200 % and mirrored on the ${name}`, async () => {
      await visit(id, format, "&text=2");
      expect(await clippedTexts()).toEqual([]);
      await visit(id, format, "&dir=rtl");
      expect(await clippedTexts()).toEqual([]);
    });
  }
}

test.each(samples)("$title has no serious barrier for people who see, hear or move otherwise", async ({ id }) => {
  await visit(id, formats.wall);
  await page.evaluate(axe);
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  const serious = results.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id: rule, nodes }) => `${rule}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
});

test("the wall is set in the type it was designed in, from its own server", async () => {
  await visit("idle", formats.wall);
  const loaded = await page.evaluate(() =>
    [...document.fonts].filter(({ status }) => status === "loaded").map(({ family }) => family),
  );
  expect(loaded.map((family) => family.replaceAll('"', ""))).toEqual(expect.arrayContaining(["Fraunces", "Inter"]));
});

test("every view stands in the gallery at a glance", async () => {
  complaints.length = 0;
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${screen.url}gallery`);
  await page.waitForSelector("figure");
  expect(await page.locator("figure").count()).toBe(
    samples.filter(({ over }) => over !== "notice" && over !== "outage").length,
  );
  expect(complaints).toEqual([]);
});

test("nothing moves for people who asked for stillness; for others, nothing moves longer than 240 ms", async () => {
  for (const { id } of samples) {
    await visit(id, formats.desk);
    expect(await page.evaluate(() => document.getAnimations().length), id).toBe(0);
  }
  await using moving = await openBrowser("no-preference");
  const other = await moving.context.newPage();
  for (const { id } of samples) {
    await other.goto(`${screen.url}gallery?view=${id}`, { waitUntil: "domcontentloaded" });
    await other.waitForSelector("h1");
    const tooLong = await other.evaluate(
      () =>
        document.getAnimations().filter((animation) => Number(animation.effect?.getTiming().duration ?? 0) > 240)
          .length,
    );
    expect(tooLong, id).toBe(0);
  }
});
