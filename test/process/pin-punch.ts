import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import type { Touch, View } from "../../kiosk/core/view.ts";
import { openPage } from "./cloud-side.ts";
import { sessionOf } from "./session.ts";

/** Polls until it is there. */
export async function until<T>(look: () => T | undefined | null | false, what: string, withinMs = 40_000): Promise<T> {
  for (const endMs = performance.now() + withinMs; performance.now() < endMs; await delay(50)) {
    const found = look();
    if (found !== undefined && found !== null && found !== false) return found;
  }
  throw new Error(`never: ${what}`);
}

/** Somebody types number 4711 and PIN 839201 at the clock of this address, and sees what comes of it. */
export async function punchByPin(url: string): Promise<View["at"]> {
  const session = await sessionOf(url);
  using page = openPage(url);
  const headers = { "content-type": "application/json", origin: new URL(url).origin, "lintel-session": session };
  const touch = async (body: Touch): Promise<void> => {
    expect((await fetch(new URL("/touch", url), { method: "POST", headers, body: JSON.stringify(body) })).status).toBe(
      204,
    );
  };
  const view = (isIt: (view: View) => boolean, what: string): Promise<View> =>
    until(() => {
      const now = page.shown.at(-1)?.view;
      return now !== undefined && isIt(now) ? now : null;
    }, what);
  await view(({ at }) => at === "idle", "an idle wall");
  await touch({ touch: "way", way: "pin" });
  for (const [step, typed] of [
    ["number", "4711"],
    ["pin", "839201"],
  ] as const) {
    await view((now) => now.at === "pin" && now.step === step, `the pad for the ${step}`);
    for (const digit of typed) await touch({ touch: "digit", digit: Number(digit) });
    await touch({ touch: "enter" });
  }
  const { at } = await view((now) => now.at === "thanks" || now.at === "duplicate", "what comes of it");
  if (at === "duplicate") await touch({ touch: "dismiss" });
  await view((now) => now.at === "idle", "an idle wall again");
  return at;
}
