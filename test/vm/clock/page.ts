import { setTimeout as delay } from "node:timers/promises";
import { openBrowser } from "../../e2e/browser.ts";

/** The wall's page in a real browser, and what can be read on it. */
export interface Page extends AsyncDisposable {
  readonly says: (words: string) => Promise<boolean>;
  readonly saysNoMore: (words: string) => Promise<boolean>;
}

const patienceMs = 60_000;

export async function openPage(): Promise<Page> {
  const browser = await openBrowser("reduce");
  const page = await browser.context.newPage();
  await page.goto("http://127.0.0.1:8080/", { timeout: patienceMs });
  const becomes = async (words: string, isThere: boolean): Promise<boolean> => {
    for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await delay(100)) {
      const text = (await page.locator("body").innerText()).replace(/\s+/g, " ");
      if (text.includes(words) === isThere) return true;
    }
    return false;
  };
  return {
    says: (words) => becomes(words, true),
    saysNoMore: (words) => becomes(words, false),
    [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose](),
  };
}
