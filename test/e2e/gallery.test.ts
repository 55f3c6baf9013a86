import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Screen } from "../../kiosk/core/ports/wall.ts";
import { openScreen } from "../../kiosk/ui/server.ts";
import { samples } from "../../kiosk/ui/web/samples.ts";
import { buildPage, complaintsOf, openBrowser } from "./browser.ts";
import {
  barriers,
  clippedTexts,
  type Glass,
  glasses,
  paleTexts,
  targetsBelow,
  targetsOutOfReach,
  textsBelow,
} from "./look.ts";

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

/** The gallery heeds what stands behind its `#` without being loaded again: there are hundreds of walls to look at. */
async function visit(view: string, { width, height }: Glass, wish = ""): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.goto(`${screen.url}gallery#view=${view}${wish}`);
  await page.waitForSelector("h1, h2");
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await page.evaluate(() => document.fonts.ready.then(() => true));
}

const scrolls = (): Promise<boolean> =>
  page.evaluate(() => {
    const stage = document.querySelector("#page");
    return stage === null || stage.scrollHeight > stage.clientHeight + 1;
  });

const languages = ["en", "ar"] as const;

for (const [name, glass] of Object.entries(glasses)) {
  for (const lang of languages) {
    test.each(samples)(
      `$title is whole, large enough, within reach and without barriers on the ${name}, in ${lang}`,
      async ({ id, over }) => {
        complaints.length = 0;
        await visit(id, glass, `&lang=${lang}`);
        expect(await clippedTexts(page)).toEqual([]);
        expect(await textsBelow(page, glass.fontMinPx)).toEqual([]);
        expect(await targetsBelow(page, glass.touchMinPx)).toEqual([]);
        expect(await paleTexts(page)).toEqual([]);
        if (over === undefined) {
          // All of a small panel is within reach of whoever is within reach of any of it.
          if (name !== "small") expect(await targetsOutOfReach(page)).toEqual([]);
          expect(await scrolls(), "needs scrolling at plain text size").toBe(false);
        }
        expect(await barriers(page, axe)).toEqual([]);
        await visit(id, glass, `&lang=${lang}&text=2`);
        expect(await clippedTexts(page), "at 200 %").toEqual([]);
        expect(complaints).toEqual([]);
      },
    );
  }
}

/** Where words are longest, tallest or have no spaces. */
test.each(["es", "de", "hi", "zh-Hans"])(
  "every view is whole on every glass in %s, and with text at twice its size",
  async (lang) => {
    for (const [name, glass] of Object.entries(glasses)) {
      for (const { id, over } of samples) {
        await visit(id, glass, `&lang=${lang}`);
        expect(await clippedTexts(page), `${id} on the ${name}`).toEqual([]);
        if (over === undefined) expect(await scrolls(), `${id} on the ${name} needs scrolling`).toBe(false);
        await visit(id, glass, `&lang=${lang}&text=2`);
        expect(await clippedTexts(page), `${id} on the ${name} at 200 %`).toEqual([]);
      }
    }
  },
  240_000,
);

test("each language is set in letters that came with the page", async () => {
  const letters = { ar: "Noto Sans Arabic", hi: "Noto Sans Devanagari", "zh-Hans": "Noto Sans SC Variable" };
  for (const [lang, family] of Object.entries(letters)) {
    await visit("idle", glasses.wall, `&lang=${lang}`);
    const session = await page.context().newCDPSession(page);
    await session.send("DOM.enable");
    await session.send("CSS.enable");
    const { root } = await session.send("DOM.getDocument");
    const { nodeId } = await session.send("DOM.querySelector", { nodeId: root.nodeId, selector: "h1" });
    const { fonts } = await session.send("CSS.getPlatformFontsForNode", { nodeId });
    expect(
      fonts.filter(({ isCustomFont }) => !isCustomFont),
      lang,
    ).toEqual([]);
    expect(
      await page.evaluate(
        (wanted) => document.fonts.check(`16px "${wanted}"`, document.querySelector("h1")?.innerText),
        family,
      ),
    ).toBe(true);
    await session.detach();
  }
});

test("the wall is set in the type it was designed in, from its own server", async () => {
  await visit("idle", glasses.wall);
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

test("nothing moves for people who asked for stillness; for others, nothing moves longer than 240 ms", {
  timeout: 180_000,
}, async () => {
  for (const { id } of samples) {
    await visit(id, glasses.desk);
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
