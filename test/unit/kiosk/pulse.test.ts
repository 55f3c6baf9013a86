import { expect, test } from "vitest";
import type { Event } from "../../../kiosk/core/event.ts";
import { createPulse } from "../../../kiosk/pulse.ts";

/** Rounds of a pulse over a station that handles what it is asked, until `stuckAfter`, and an engine that looks since. */
async function beats(rounds: number, stuckAfter: number, lookingSinceMs: number | null): Promise<number> {
  let nowMs = 0;
  let told = 0;
  const end = new AbortController();
  const asked: Event[] = [];
  const pulse = createPulse({
    clock: {
      now: () => ({ utcMs: nowMs, monoMs: nowMs }),
      quality: () => ({ source: "ntp", errorMs: 1, ageS: 1 }),
      sleep: async (ms) => {
        nowMs += ms;
        const event = asked.at(-1);
        if (event !== undefined && nowMs <= stuckAfter) pulse.saw(event);
        if (nowMs >= rounds * 10_000) end.abort();
      },
    },
    post: (event) => void asked.push(event),
    lookingSinceMs: () => lookingSinceMs,
    alive: async () => {
      told += 1;
    },
    everyMs: 10_000,
  });
  await pulse.run(end.signal);
  return told;
}

const never = Number.POSITIVE_INFINITY;

test("as long as the station answers, it is said that the clock lives", async () => {
  expect(await beats(6, never, null)).toBe(5);
});

test("a station that answers no more is not spoken for", async () => {
  expect(await beats(10, 30_000, null)).toBe(3);
});

test("an engine that looks at one picture for longer than any board takes is not spoken for", async () => {
  expect(await beats(6, never, 0)).toBe(1);
});
