import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Screen } from "../../kiosk/core/ports/wall.ts";
import { openScreen } from "../../kiosk/ui/server.ts";
import { openVisitorWorld } from "../promises/visitor-world.ts";
import { buildPage, complaintsOf, openBrowser } from "./browser.ts";

const open = new AsyncDisposableStack();
let screen: Screen;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  const { dist } = open.use(await buildPage());
  screen = open.use(await openScreen({ port: 0, dist }));
  const { context } = open.use(await openBrowser("reduce"));
  page = await context.newPage();
  await page.setViewportSize({ width: 1280, height: 800 });
  complaints = complaintsOf(page, screen.url);
});
afterAll(() => open.disposeAsync());

const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });

test("a visitor comes and goes with a finger: typed on the wall's keyboard, asked, welcomed, out by number", async () => {
  const world = await openVisitorWorld({ show: screen.show, visitors: { contact: "optional" } });
  const stop = new AbortController();
  const pumping = (async () => {
    for await (const touch of screen.touches(stop.signal)) {
      world.life().station.post({ kind: "touch", touch, at: world.clock.now() });
    }
  })();
  try {
    await page.goto(screen.url);
    world.touch({ act: "open" });
    await button("I am visiting somebody").click();
    for (const letter of ["Z", "o"]) await button(letter).click();
    await button("More letters: ä ö ü").click();
    await button("ë").click();
    await page.getByText("Zoë", { exact: true }).waitFor();
    await button("Erase").click();
    await page.getByText("Zo", { exact: true }).waitFor();
    await button("Go on").click();
    await page.getByRole("heading", { name: "Whom do you visit?" }).waitFor();
    for (const letter of ["J", "u", "r"]) await button(letter).click();
    await button("Jürgen W.").click();
    await button("Without it").click();
    await page.getByText("We keep this for 30 days.").waitFor();
    await button("Yes, ask Jürgen W.").click();
    await page.getByRole("heading", { name: "We are asking Jürgen W." }).waitFor();
    await world.order("visitor.answer", { v: world.records().at(-1)?.v, answer: "wait", note: "minutes-5" });
    await page.getByText("It takes about 5 minutes.").waitFor();
    const number = (await page.locator(".guests-number").innerText()).trim();
    expect(await page.locator(".guests-figure .qr").count()).toBe(1);
    await button("Done").click();
    await world.settle();
    world.touch({ act: "open" });
    await button("I am leaving").click();
    for (const digit of number) await button(digit).click();
    await button("Done").click();
    await page.getByRole("heading", { name: "Goodbye." }).waitFor();
    expect(world.acts()).toEqual(["asked", "in", "out"]);
    // Nothing of the visitor stays in the browser.
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([
      0,
      0,
      "",
    ]);
    expect(await page.evaluate(() => document.body.innerText)).not.toContain("Zo");
    expect(complaints).toEqual([]);
  } finally {
    stop.abort();
    await pumping;
  }
});
