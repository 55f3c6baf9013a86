import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

/** What a careful eye would find on a drawn wall, in words; nothing found is an empty list. */

export interface Glass {
  readonly width: number;
  readonly height: number;
  readonly fontMinPx: number;
  readonly touchMinPx: number;
}

export const glasses = {
  wall: { width: 1080, height: 1920, fontMinPx: 28, touchMinPx: 132 },
  desk: { width: 1280, height: 800, fontMinPx: 18, touchMinPx: 64 },
  small: { width: 800, height: 480, fontMinPx: 16, touchMinPx: 64 },
} as const satisfies Readonly<Record<string, Glass>>;

/** Texts that are cut off at a side, or stand in a box that hides what does not fit. */
export const clippedTexts = (page: Page): Promise<string[]> =>
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

export const textsBelow = (page: Page, minPx: number): Promise<string[]> =>
  page.evaluate((least) => {
    const small: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      const holder = text.parentElement;
      if (holder === null || text.textContent?.trim() === "" || holder.closest(".unseen, script")) continue;
      const sizePx = Number.parseFloat(getComputedStyle(holder).fontSize);
      if (sizePx < least - 0.01) small.push(`${text.textContent}: ${sizePx} px`);
    }
    return small;
  }, minPx);

/** The demo's drawer is for a person at a desk; everything on the wall itself is for a hand in a glove. */
export const targetsBelow = (page: Page, minPx: number): Promise<string[]> =>
  page.evaluate((least) => {
    const buttons = [...document.querySelectorAll<HTMLElement>("button")].filter((button) => !button.closest(".demo"));
    return buttons.flatMap((button) => {
      const { width, height } = button.getBoundingClientRect();
      return height < least - 0.5 || width < Math.min(least, 64) - 0.5
        ? [`${button.innerText}: ${width} x ${height} px`]
        : [];
    });
  }, minPx);

/**
 * Targets above the middle of the glass, where nobody reaches who sits. The receipt has its twin in the foot, and a list
 * of many things to pick begins as low as it can.
 */
export const targetsOutOfReach = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".screen button:not(.receipt, .pick)")].flatMap((button) => {
      const { top, bottom } = button.getBoundingClientRect();
      return (top + bottom) / 2 < innerHeight / 2 ? [button.innerText] : [];
    }),
  );

/**
 * Texts of too little contrast, from the colours that were computed: 4.5 for everything, 7 for the sentence of a view,
 * which is its result (WCAG 1.4.3 and 1.4.6). Text on the preview's picture is not drawn anywhere.
 */
export const paleTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    if (canvas === null) return ["no canvas"];
    const rgba = (colour: string): readonly number[] => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = (colour: readonly number[]): number => {
      const [red = 0, green = 0, blue = 0] = colour.map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const groundOf = (element: Element | null): readonly number[] => {
      for (let at = element; at !== null; at = at.parentElement) {
        const colour = rgba(getComputedStyle(at).backgroundColor);
        if (colour[3] === 255) return colour;
      }
      return [255, 255, 255, 255];
    };
    const pale: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      const holder = text.parentElement;
      if (holder === null || text.textContent?.trim() === "" || holder.closest(".unseen, script")) continue;
      const [a, b] = [light(rgba(getComputedStyle(holder).color)), light(groundOf(holder))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const wanted = holder.closest("h1, h2, .what") ? 7 : 4.5;
      if (ratio < wanted) pale.push(`${text.textContent}: ${ratio.toFixed(2)}`);
    }
    return pale;
  });

/** @param axe the source of axe-core, which the page cannot load by itself. */
export async function barriers(page: Page, axe: string): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      resultTypes: ["violations"],
    }),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
