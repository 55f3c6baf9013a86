import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Screen } from "../../kiosk/core/ports/wall.ts";
import type { Screenful, Touch, View } from "../../kiosk/core/view.ts";
import { openScreen } from "../../kiosk/ui/server.ts";
import { samplePlace, sampleStrip } from "../../kiosk/ui/web/samples.ts";
import { buildPage, openBrowser } from "./browser.ts";
import { pageWeight } from "./page-weight.ts";

/** What the page does beside drawing: languages, darkness, voice, keys, switches, and how heavy it is. */

const open = new AsyncDisposableStack();
let dist = "";
let screen: Screen;
let page: Page;

beforeAll(async () => {
  dist = open.use(await buildPage()).dist;
  screen = open.use(await openScreen({ port: 0, dist }));
  page = await open.use(await openBrowser("reduce")).context.newPage();
  await page.setViewportSize({ width: 1080, height: 1920 });
  // A voice for English and none for anything else, as on many a machine.
  await page.addInitScript(() => {
    const said: string[] = [];
    const speech = {
      getVoices: () => [{ lang: "en-GB", localService: true, name: "Tin" }],
      speak: ({ text }: { text: string }) => said.push(text),
      cancel: () => undefined,
    };
    Object.defineProperty(globalThis, "speechSynthesis", { value: speech });
    Object.defineProperty(globalThis, "SpeechSynthesisUtterance", {
      value: class {
        text: string;
        constructor(text: string) {
          this.text = text;
        }
      },
    });
    Object.defineProperty(globalThis, "said", { value: said });
  });
});
afterAll(() => open.disposeAsync());
beforeEach(async () => {
  screen.show(showing(idle));
  await page.goto(screen.url, { waitUntil: "domcontentloaded" });
  await wall().waitFor();
});

const local = "2026-11-23T08:57:03.120+01:00";
const idle = { at: "idle", faceRestsUntil: null, bulletins: [] } as const satisfies View;
const look = {
  ...{ at: "look", box: null, problem: "too-far", progress: 0.1, challenge: null, alsoWants: null },
} as const satisfies View;
const notSure = { at: "refused", why: "not-sure", local, canRetry: true } as const satisfies View;
const thanks = {
  ...{ at: "thanks", name: "Ana M.", kind: "in", local, held: false, bulletins: [], saved: true, received: null },
  ...{ receipt: "04EN-9T2P-5K80-00G0-000J-3DW6-7XQB-K1M8-4RG0", choices: ["break-start"], changed: false },
} as const satisfies View;

const showing = (view: View, more: Partial<Screenful> = {}): Screenful => ({
  ...{ view, strip: sampleStrip, place: samplePlace },
  ...more,
});
const wall = () => page.locator(".screen");
const langNow = () => page.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dir}`);

/** In a browser of its own, whose time is ours to move; the clock's beats come in real time all the same. */
async function atOwnTime(act: (forward: (ms: number) => Promise<void>) => Promise<void>): Promise<void> {
  await using own = await openBrowser("reduce");
  const usual = page;
  page = await own.context.newPage();
  try {
    await page.clock.install();
    await page.goto(screen.url, { waitUntil: "domcontentloaded" });
    await wall().waitFor();
    await act((ms) => page.clock.fastForward(ms));
  } finally {
    page = usual;
  }
}

test("a stranger changes the language with one touch, keeps it through the visit, and leaves the wall as it was", async () => {
  await page.getByRole("button", { name: "العربية" }).click();
  await expect.poll(langNow).toBe("ar rtl");
  expect(await wall().innerText()).toContain("انظر إلى الشاشة");
  // The clock itself goes on as the site has it.
  expect(await wall().locator(".clock-time").innerText()).toMatch(/^\d\d:\d\d$/);
  screen.show(showing(look));
  await wall().getByText("اقترب قليلًا.").waitFor();
  screen.show(showing(notSure));
  await wall().getByText("لم نتأكد من أنك أنت.").waitFor();
  // Trying again passes over idle.
  screen.show(showing(idle));
  screen.show(showing(look));
  await wall().getByText("اقترب قليلًا.").waitFor();
  screen.show(showing(thanks));
  await wall().getByText("صباح الخير").waitFor();
  screen.show(showing(idle));
  await expect.poll(langNow).toBe("en ltr");
});

test("the next person in a queue is met in the site's language, whatever the last one chose", async () => {
  screen.show(showing(look));
  await page.getByRole("button", { name: "Deutsch" }).click();
  await wall().getByText("Bitte etwas näher kommen.").waitFor();
  screen.show(showing(thanks));
  await wall().getByText("Guten Morgen").waitFor();
  screen.show(showing({ ...thanks, received: { by: "payroll", local } }));
  await wall().getByText("Angekommen bei payroll").waitFor();
  screen.show(showing({ ...thanks, name: "Bo", local: "2026-11-23T08:58:03.120+01:00" }));
  await wall().getByText("Good morning, Bo").waitFor();
});

test("a language that nobody stays for is gone after twenty seconds", () =>
  atOwnTime(async (forward) => {
    await page.getByRole("button", { name: "中文" }).click();
    await expect.poll(langNow).toBe("zh-Hans ltr");
    await forward(21_000);
    await expect.poll(langNow).toBe("en ltr");
  }));

test("a person is greeted in their own language, and their touch comes before it", async () => {
  screen.show(showing(thanks, { lang: "hi-IN" }));
  await wall().getByText("सुप्रभात").waitFor();
  screen.show(showing(idle));
  await expect.poll(langNow).toBe("en ltr");
  await page.getByRole("button", { name: "Español" }).click();
  screen.show(showing(thanks, { lang: "hi-IN" }));
  await wall().getByText("Buenos días").waitFor();
  screen.show(showing(thanks, { lang: "xx" }));
  screen.show(showing(idle));
  await expect.poll(langNow).toBe("en ltr");
});

test("an idle wall goes dark when nobody comes, and wakes at a touch and at a face", () =>
  atOwnTime(async (forward) => {
    const ease = { speech: false, scanMs: null, darkAfterMin: 10 };
    const groundAfter = async (ms: number): Promise<string | null> => {
      await forward(ms);
      // So long a leap looks like a clock that stands still, until it is heard again.
      screen.show(showing(idle, { ease, strip: { ...sampleStrip, waiting: ms } }));
      await page.locator('.screen[data-at="idle"]').waitFor();
      return wall().getAttribute("data-ground");
    };
    expect(await groundAfter(9 * 60_000)).toBe("paper");
    await expect.poll(() => groundAfter(61_000)).toBe("dark");
    await page.mouse.click(500, 500);
    expect(await groundAfter(1)).toBe("paper");
    expect(await groundAfter(9 * 60_000)).toBe("paper");
    await expect.poll(() => groundAfter(61_000)).toBe("dark");
    screen.show(showing(look, { ease }));
    await wall().getByText("Come a little closer.").waitFor();
    expect(await groundAfter(1)).toBe("paper");
  }));

test("everything can be reached and chosen from a keyboard, in the direction of the words", async () => {
  screen.show(showing(notSure));
  await wall().getByText("We could not be sure").waitFor();
  const touched = screen.touches(AbortSignal.timeout(10_000))[Symbol.asyncIterator]();
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.innerText ?? "");
  await page.keyboard.press("ArrowDown");
  expect(await focused()).toBe("Try the camera again");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  expect(await focused()).toBe("More time");
  await page.keyboard.press("Enter");
  expect((await touched.next()).value).toEqual({ touch: "more-time" } satisfies Touch);
  await page.keyboard.press("ArrowLeft");
  expect(await focused()).toBe("Close");
  await page.keyboard.press("Space");
  expect((await touched.next()).value).toEqual({ touch: "dismiss" } satisfies Touch);
  screen.show(showing(notSure, { lang: "ar" }));
  await expect.poll(langNow).toBe("ar rtl");
  await page.keyboard.press("ArrowLeft");
  expect(await focused()).toBe("وقت أطول");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
  expect(outline).toBe("solid");
});

test("one switch is enough: what can be touched is offered in turn, and rests when nobody chooses", async () => {
  screen.show(showing(notSure, { ease: { speech: false, scanMs: 150, darkAfterMin: 0 } }));
  await wall().getByText("We could not be sure").waitFor();
  const touched = screen.touches(AbortSignal.timeout(20_000))[Symbol.asyncIterator]().next();
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.innerText ?? "");
  await expect.poll(focused, { interval: 20 }).toBe("Try the camera again");
  await page.keyboard.press("Enter");
  expect((await touched).value).toEqual({ touch: "retry" } satisfies Touch);
  const seen = new Set<string>();
  await expect.poll(async () => seen.add(await focused()).size, { interval: 20 }).toBeGreaterThanOrEqual(3);
  // Three rounds of three, and then it stands still.
  await page.waitForTimeout(150 * 9 + 500);
  const rests = await focused();
  await page.waitForTimeout(500);
  expect(await focused()).toBe(rests);
});

test("the wall speaks where it is asked to, says each sentence once, and is silent without a voice for the language", async () => {
  const said = () => page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
  const ease = { speech: true, scanMs: null, darkAfterMin: 0 };
  screen.show(showing(look));
  await page.waitForTimeout(700);
  expect(await said()).toEqual([]);
  screen.show(showing(look, { ease }));
  await expect.poll(said).toEqual(["Come a little closer."]);
  screen.show(showing({ ...look, progress: 0.2 }, { ease }));
  screen.show(showing(thanks, { ease }));
  await expect.poll(said).toEqual(["Come a little closer.", "Good morning, Ana M. In 08:57. Saved on this clock."]);
  screen.show(showing(idle, { ease }));
  screen.show(showing(look, { ease, lang: "ar" }));
  await wall().getByText("اقترب قليلًا.").waitFor();
  await page.waitForTimeout(700);
  expect((await said()).length).toBe(2);
});

test("the pad takes fingers and keys, and of a PIN nothing but how much of it stands there", async () => {
  const pin = {
    ...{ at: "pin", step: "pin", number: "", count: 3, canEnter: true, isChecking: false, problem: null },
    ...{ order: [7, 1, 4, 0, 9, 2, 6, 3, 8, 5], waitUntil: null, errand: "punch", ways: [], canSkip: true },
  } as const satisfies View;
  screen.show(showing(pin));
  await wall().getByText("Now type your PIN.").waitFor();
  expect(await page.locator(".typed").innerText()).toBe("•••");
  await page.getByRole("img", { name: "3 typed" }).waitFor();
  expect(await page.locator(".key").allInnerTexts()).toEqual(["7", "1", "4", "0", "9", "2", "6", "3", "8", "5"]);
  const touched = screen.touches(AbortSignal.timeout(10_000))[Symbol.asyncIterator]();
  await page.getByRole("button", { name: "9", exact: true }).click();
  await page.keyboard.press("4");
  await page.keyboard.press("Backspace");
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Go on without it" }).click();
  const seen: (Touch | undefined)[] = [];
  for (let count = 0; count < 5; count += 1) seen.push((await touched.next()).value ?? undefined);
  expect(seen).toEqual([
    { touch: "digit", digit: 9 },
    { touch: "digit", digit: 4 },
    { touch: "erase" },
    { touch: "enter" },
    { touch: "without" },
  ]);
});

test("the page weighs at most 120 KB on its way, in whatever language, without its letters", async () => {
  const { bytes, languages } = await pageWeight(dist);
  expect(languages).toBe(5);
  expect(bytes).toBeGreaterThan(40_000);
  expect(bytes).toBeLessThanOrEqual(120 * 1024);
});

test("a language comes when it is wanted, and stays", async () => {
  const asked: string[] = [];
  await using own = await openBrowser("reduce");
  const other = await own.context.newPage();
  other.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await other.goto(screen.url);
  const german = other.getByRole("button", { name: "Deutsch" });
  await german.waitFor();
  expect(asked.filter((path) => /(german|spanish|hindi|arabic)-[^/]*\.js$/.test(path))).toEqual([]);
  await german.click();
  await other.locator("html[lang=de]").waitFor();
  expect(asked.filter((path) => /german-[^/]*\.js$/.test(path))).toHaveLength(1);
});

test("only letters that stand on the wall are loaded", async () => {
  await using own = await openBrowser("reduce");
  const other = await own.context.newPage();
  const fonts = new Set<string>();
  other.on("request", (request) => {
    if (request.url().endsWith(".woff2")) fonts.add(request.url().split("/").at(-1) ?? "");
  });
  await other.goto(screen.url);
  await expect.poll(() => [...fonts].some((name) => name.startsWith("noto-sans-sc"))).toBe(true);
  await other.evaluate(() => document.fonts.ready.then(() => true));
  // The names of six languages, and not the whole of their writing.
  expect([...fonts].filter((name) => name.startsWith("noto-sans-sc")).length).toBeLessThanOrEqual(3);
  expect([...fonts].filter((name) => name.includes("latin-ext"))).toEqual([]);
});
