import { expect, test } from "vitest";
import { usualPace } from "../../../kiosk/uplink/pace.ts";
import { openStallWatch } from "../../../kiosk/uplink/stall.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What is advised in the hours of a receiver that never answers. */
function silence(hours: number): { readonly asks: number; readonly rewindsAtMin: readonly number[] } {
  const watch = openStallWatch(usualPace, 0);
  const rewindsAtMin: number[] = [];
  let asks = 0;
  for (let nowMs = 0; nowMs <= hours * hourMs; nowMs += 1000) {
    const advice = watch.look(nowMs, true);
    if (advice === "rewind") rewindsAtMin.push(nowMs / minuteMs);
    if (advice === "ask") asks += 1;
  }
  return { asks, rewindsAtMin };
}

test("no receipt: asked every minute, sent again after 10, then 20, 40 ... minutes", () => {
  const { asks, rewindsAtMin } = silence(3);
  expect(rewindsAtMin).toEqual([10, 30, 70, 150]);
  expect(asks).toBeGreaterThan(150);
});

test("sent again at least every six hours, for ever", () => {
  const { rewindsAtMin } = silence(48);
  const waits = rewindsAtMin.slice(1).map((at, n) => at - (rewindsAtMin[n] ?? 0));
  expect(Math.max(...waits)).toBe(360);
  expect(waits.at(-1)).toBe(360);
});

test("a receipt starts the count anew", () => {
  const watch = openStallWatch(usualPace, 0);
  expect(watch.look(9 * minuteMs, true)).toBe("ask");
  watch.progress(9 * minuteMs);
  expect(watch.look(9 * minuteMs + 59_000, true)).toBe("wait");
  expect(watch.look(18 * minuteMs, true)).toBe("ask");
  expect(watch.look(19 * minuteMs, true)).toBe("rewind");
});

test("while nothing is owed, silence is no stall", () => {
  const watch = openStallWatch(usualPace, 0);
  for (let nowMs = 0; nowMs < hourMs; nowMs += 1000) expect(watch.look(nowMs, false)).toBe("wait");
  expect(watch.look(hourMs, true)).toBe("wait");
});
