import type { Page } from "playwright-core";
import type { Screen } from "../../kiosk/core/ports/wall.ts";
import type { View } from "../../kiosk/core/view.ts";
import { openScreen } from "../../kiosk/ui/server.ts";
import { samplePlace, sampleStrip } from "../../kiosk/ui/web/samples.ts";
import { buildPage, openBrowser } from "../../test/e2e/browser.ts";
import { pageWeight } from "../../test/e2e/page-weight.ts";
import { bound, quantile, type Row } from "../measure.ts";

/** The page in a real browser: how heavy it is, how soon a slow board shows it, and how soon a finger is answered. */
export async function measure(): Promise<readonly Row[]> {
  await using built = await buildPage();
  await using screen = await openScreen({ port: 0, dist: built.dist });
  await using browser = await openBrowser("no-preference");
  const page = await browser.context.newPage();
  await page.setViewportSize({ width: 1080, height: 1920 });
  screen.show(showing(idle));
  return [
    bound("page without its letters, gzipped", (await pageWeight(built.dist)).bytes, 120 * 1024, "B"),
    bound("first paint, processor 6 times as slow, median of 7", await firstPaintMs(page, screen.url), 1_500, "ms"),
    bound("touch to paint of the clock's answer, p95", await touchToPaintMs(page, screen), 100, "ms"),
  ];
}

/** In the page, where this file's types do not reach. */
const firstPaint = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const [paint] = list.getEntriesByName("first-contentful-paint");
    if (paint !== undefined) resolve(paint.startTime);
  }).observe({ type: "paint", buffered: true });
})`;
const touchAndWait = `new Promise((resolve) => {
  const watch = new MutationObserver(() => {
    if (document.querySelector('.screen[data-at="idle"]') === null) return;
    watch.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - startedMs)));
  });
  watch.observe(document.body, { childList: true, subtree: true });
  const startedMs = performance.now();
  document.querySelector(".ways button").click();
})`;

const local = "2026-11-23T08:57:03.120+01:00";
const idle = { at: "idle", faceRestsUntil: null, bulletins: [] } as const satisfies View;
const notSure = { at: "refused", why: "not-sure", local, canRetry: true } as const satisfies View;
const showing = (view: View) => ({ view, strip: sampleStrip, place: samplePlace });

/** All that the kiosk's page can ever ask for; the gallery's own files are nobody's burden. */
/** The wall itself, not an empty page: nothing is painted before the first screen has come. */
async function firstPaintMs(page: Page, url: string): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const paints: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    await page.goto(url, { waitUntil: "domcontentloaded" });
    paints.push(await page.evaluate<number>(firstPaint));
  }
  await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  await session.detach();
  return quantile(paints, 0.5);
}

/** From the finger over the server and back to the frame after the new wall: what a person waits, without the reducer. */
async function touchToPaintMs(page: Page, screen: Screen): Promise<number> {
  const stop = new AbortController();
  const answering = (async () => {
    for await (const _ of screen.touches(stop.signal)) screen.show(showing(idle));
  })();
  const waits: number[] = [];
  for (let round = 0; round < 40; round += 1) {
    screen.show(showing(notSure));
    await page.locator('.screen[data-at="refused"]').waitFor();
    waits.push(await page.evaluate<number>(touchAndWait));
  }
  stop.abort();
  await answering;
  // The first ones warm the compilers.
  return quantile(waits.slice(5), 0.95);
}
