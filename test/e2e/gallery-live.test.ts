import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { upright } from "../../kiosk/camera/upright.ts";
import type { Frame } from "../../kiosk/core/ports/senses.ts";
import type { Screen } from "../../kiosk/core/ports/wall.ts";
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
const idle = { at: "idle", faceRestsUntil: null, bulletins: [] } as const satisfies View;
const look = { at: "look", box: null, problem: null, progress: 0, challenge: null, alsoWants: null } as const;
const thanks = {
  at: "thanks",
  name: "Ana M.",
  kind: "in",
  local,
  receipt: "04EN-9T2P-5K80-00G0-000J-3DW6-7XQB-K1M8-4RG0",
  held: false,
  bulletins: [],
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
  screen.show(showing(idle));
  await page.goto(screen.url, { waitUntil: "domcontentloaded" });
  await wall().getByText("Look at the screen to clock in or out.").waitFor();

  screen.show(showing({ ...look, problem: "too-far", progress: 0.2 }));
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
  screen.show(showing(look));
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
  screen.show(showing(idle));
});

test("the preview of a camera on its side stands upright", async () => {
  screen.show(showing(look));
  await page.locator("img.preview").waitFor();
  const half = { width: 320, height: 480, channels: 3 } as const;
  const red = await sharp({ create: { ...half, background: "#e01010" } })
    .png()
    .toBuffer();
  const lying = await sharp({ create: { ...half, width: 640, background: "#1010e0" } })
    .composite([{ input: red, left: 0, top: 0 }])
    .jpeg()
    .toBuffer();
  const frame: Frame = { jpeg: upright(lying, 90), number: 0, at: { utcMs: 0, monoMs: 0 } };
  await expect
    .poll(async () => {
      screen.preview(frame);
      return page.evaluate(() => document.querySelector<HTMLImageElement>("img.preview")?.naturalWidth);
    })
    .toBe(480);
  // What is on the left of a camera on its side is above when it is turned clockwise.
  const shot = await sharp(await page.locator("img.preview").screenshot())
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = shot.info;
  const colourAt = (x: number, y: number) => {
    const at = channels * (Math.round(y * height) * width + Math.round(x * width));
    return (shot.data[at] ?? 0) > (shot.data[at + 2] ?? 0) ? "red" : "blue";
  };
  expect([colourAt(0.5, 0.3), colourAt(0.3, 0.7), colourAt(0.7, 0.7)]).toEqual(["red", "blue", "blue"]);
  screen.show(showing(idle));
});

test("a person's own left is the left of the glass: words, arrow and mirrored picture agree, also where words run from right to left", async () => {
  await page.goto(screen.url, { waitUntil: "domcontentloaded" });
  screen.show(showing({ ...look, challenge: { kind: "turn-left", isReturning: false, progress: 0.5 } }));
  await wall().getByText("Please turn your head to your left.").waitFor();
  // As the camera sees a person who faces it: what is on their left (red) is on the right of its picture.
  const half = { width: 320, height: 480, channels: 3 } as const;
  const red = await sharp({ create: { ...half, background: "#e01010" } })
    .png()
    .toBuffer();
  const jpeg = await sharp({ create: { ...half, width: 640, background: "#1010e0" } })
    .composite([{ input: red, left: 320, top: 0 }])
    .jpeg()
    .toBuffer();
  const redness = async (share: number): Promise<number> => {
    const ring = await page.locator(".ring").boundingBox();
    if (ring === null) return 0;
    const x = Math.round(ring.x + ring.width * share);
    const y = Math.round(ring.y + ring.height * 0.25);
    const shot = await page.screenshot({ clip: { x, y, width: 4, height: 4 } });
    const { channels } = await sharp(shot).stats();
    return (channels[0]?.mean ?? 0) - (channels[2]?.mean ?? 0);
  };
  const middleOf = async (selector: string): Promise<number> => {
    const box = await page.locator(selector).boundingBox();
    return box === null ? Number.NaN : box.x + box.width / 2;
  };
  for (const dir of ["ltr", "rtl"]) {
    await page.evaluate((way) => document.documentElement.setAttribute("dir", way), dir);
    await expect
      .poll(async () => {
        screen.preview({ jpeg, number: 0, at: { utcMs: 0, monoMs: 0 } });
        return redness(0.3);
      })
      .toBeGreaterThan(100);
    expect(await redness(0.7)).toBeLessThan(-100);
    expect(await middleOf(".turn")).toBeLessThan(await middleOf(".ring"));
  }
  screen.show(showing({ ...look, challenge: { kind: "turn-right", isReturning: false, progress: 0.5 } }));
  await wall().getByText("Please turn your head to your right.").waitFor();
  expect(await middleOf(".turn")).toBeGreaterThan(await middleOf(".ring"));
  await page.evaluate(() => document.documentElement.setAttribute("dir", "ltr"));
});

test("a movement is asked for aloud as well, with the badge beside it, and not while the person stands wrong", async () => {
  const said = page.getByRole("status");
  const turn = { kind: "turn-left", isReturning: false, progress: 0.3 } as const;
  // A head that turns is "turned", and that is what was asked for.
  screen.show(showing({ ...look, problem: "turned", challenge: turn }));
  await expect.poll(() => said.textContent()).toBe("Please turn your head to your left.");
  await wall().getByText("or tap your badge, it counts the same").waitFor();
  await wall().getByText("Tap it below the screen").waitFor();
  screen.show(showing({ ...look, problem: "several", challenge: turn }));
  await expect.poll(() => said.textContent()).toBe("One person at a time, please.");
  expect(await page.locator(".turn").count()).toBe(0);
  screen.show(showing({ ...look, challenge: { ...turn, isReturning: true } }));
  await expect.poll(() => said.textContent()).toBe("Good. Now look straight again.");
  screen.show(showing({ ...look, challenge: { ...turn, kind: "blink" } }));
  await expect.poll(() => said.textContent()).toBe("Please blink.");
});

test("a face that wants its badge, and a badge that wants its face, each say what is still to do and nothing else", async () => {
  screen.show(showing({ ...look, progress: 1, alsoWants: "badge" }));
  await wall().getByText("Please tap your badge as well.").waitFor();
  await wall().getByText("Tap it below the screen").waitFor();
  expect(await wall().getByText("it counts the same").count()).toBe(0);
  screen.show(showing({ ...look, alsoWants: "face" }));
  await wall().getByText("Thank you. Now look at the screen.").waitFor();
  expect(await wall().getByText("Tap it below the screen").count()).toBe(0);
  screen.show(showing({ ...look, problem: "too-far", alsoWants: "face" }));
  await wall().getByText("Come a little closer.").waitFor();
});

test("an enrolment says what to do, what helps and what is kept, and stops at one touch", async () => {
  const enrol = {
    at: "enrol",
    pose: "a-little-left",
    accepted: 2,
    needed: 5,
    problem: null,
    box: null,
    isKeeping: false,
  } as const;
  screen.show(showing(enrol));
  await wall().getByText("Turn your head a little to your left.").waitFor();
  await wall().getByText("No picture.").waitFor();
  await page.getByRole("img", { name: "2 of 5 done" }).waitFor();
  screen.show(showing({ ...enrol, problem: "eyes-closed" }));
  const said = page.getByRole("status");
  await expect.poll(() => said.textContent()).toBe("Turn your head a little to your left. Please keep your eyes open.");
  const touched = screen.touches(AbortSignal.timeout(5_000))[Symbol.asyncIterator]().next();
  expect(await page.getByRole("button").count()).toBe(1);
  await page.getByRole("button", { name: "Stop" }).click();
  expect((await touched).value).toEqual({ touch: "dismiss" } satisfies Touch);
  screen.show(showing({ ...enrol, accepted: 5, isKeeping: true }));
  await wall().getByText("One moment.").waitFor();
  expect(await page.getByRole("button").count()).toBe(0);
  screen.show(showing({ at: "enrolled", name: "Ana M.", isKept: true }));
  await expect.poll(() => said.textContent()).toBe("Done, Ana M. This clock knows you now.");
  screen.show(showing({ at: "enrolled", name: "Ana M.", isKept: false }));
  await wall().getByText("That did not work. Nothing was kept.").waitFor();
});

test("while faces rest the wall invites to the badge only, and says until when", async () => {
  screen.show(showing({ ...idle, faceRestsUntil: "2026-11-23T14:32:00+01:00" }));
  await wall().getByText("Please use your badge until 14:32.").waitFor();
  await wall().getByText("Until then this clock goes by badges alone.").waitFor();
  // It is not off, so the foot does not say so.
  await wall().getByText("Camera on").waitFor();
  screen.show(showing({ at: "refused", why: "needs-badge", local, canRetry: false }));
  await wall().getByText("Please tap your badge.").waitFor();
  await wall().getByText("08:57").first().waitFor();
  screen.show(showing(idle));
});

test("words of the office stand on the wall as plain text, each in its own direction, and hurt nothing", async () => {
  const text = '<img src=x onerror="document.title = 1"> & <b>tomorrow</b>';
  screen.show(
    showing({
      ...idle,
      bulletins: [
        { id: "b2", text },
        { id: "b1", text: "غدًا في الساعة 09:00" },
      ],
    }),
  );
  await wall().getByText(text).waitFor();
  expect(await wall().locator(".bulletins img, .bulletins b").count()).toBe(0);
  const directions = () =>
    wall()
      .locator(".bulletins li")
      .evaluateAll((items) => items.map((item) => getComputedStyle(item).direction));
  expect(await directions()).toEqual(["ltr", "rtl"]);
  await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
  expect(await directions()).toEqual(["ltr", "rtl"]);
  await page.evaluate(() => document.documentElement.setAttribute("dir", "ltr"));
  screen.show(showing({ ...thanks, bulletins: [{ id: "p1", text: "Your badge is ready." }] }));
  await wall().getByText("Your badge is ready.").waitFor();
  screen.show(showing({ ...thanks, name: "Bo", local: "2026-11-23T08:58:03.120+01:00" }));
  await wall().getByText("Good morning, Bo").waitFor();
  expect(await wall().getByText("Your badge is ready.").count()).toBe(0);
});

test("a clock that somebody looks for says its name, and is a clock again with the next view", async () => {
  screen.show(showing({ at: "identify", device: "k3v8m2q7x4w9t1v6r3s5" }));
  await wall().getByText("this is the clock you look for").waitFor();
  for (const name of ["Riverside Works", "Gate 2", "k3v8m2q7x4w9t1v6r3s5"]) {
    await wall().locator(".rows").getByText(name).waitFor();
  }
  await wall().getByText("Tap it below the screen").waitFor();
  screen.show(showing({ ...look, progress: 0.2 }));
  await wall().getByText("Look at the screen.").waitFor();
  screen.show(showing(idle));
});

test("a receipt that is touched asks to stay", async () => {
  screen.show(showing(thanks));
  const touched = screen.touches(AbortSignal.timeout(5_000))[Symbol.asyncIterator]().next();
  await page.getByRole("button", { name: "Your receipt" }).click();
  expect((await touched).value).toEqual({ touch: "hold" } satisfies Touch);
  screen.show(showing({ ...thanks, held: true }));
  await wall().getByText("It stays for a while").waitFor();
  screen.show(showing(idle));
});

test("a lost clock is said after two seconds, and forgotten when it is back", async () => {
  await page.goto("about:blank");
  const first = await openScreen({ port: 0, dist });
  const port = Number(new URL(first.url).port);
  first.show(showing(idle));
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
  screen.show(showing(idle));
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
  screen.show(showing(idle));
  await wall().getByText("Look at the screen").waitFor();
  expect(await page.locator(".demo").count()).toBe(0);
  screen.show(showing(idle, { simulated: true }));
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
