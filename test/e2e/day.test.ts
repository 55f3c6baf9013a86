import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { openDay, sentTo } from "./day.ts";
import { crowdOf, gather } from "./day-people.ts";

/** An hour of `npm run bench -- day`, with bounds that only a leak can miss. */

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const visits = 240;

test("after an hour of people neither the page nor the process holds more than it did early on", {
  timeout: 300_000,
}, async () => {
  const people = crowdOf();
  await using day = await openDay(people, Date.UTC(2026, 10, 23, 4), collect);
  const { next } = await gather(day, people);
  const gapMs = 3_600_000 / visits;
  const come = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      await next();
      await day.pass(gapMs);
      if (n % 10 === 9) await day.drawn();
    }
    await day.drawn();
  };
  await come(visits / 2);
  const early = await day.weigh();
  await come(visits / 2);
  const late = await day.weigh();
  const { screenfuls, thanked, kept, views } = day.tally();
  expect([...views]).toEqual(
    expect.arrayContaining(["idle", "look", "thanks", "duplicate", "hours", "pin", "refused", "muster", "told"]),
  );
  expect(kept).toBeGreaterThan(0.8 * visits);
  expect(thanked).toBeGreaterThanOrEqual(kept);
  // A socket that is full skips what is old; what is new always comes.
  expect(await sentTo(day.page)).toBeGreaterThan(0.9 * screenfuls);
  expect(late.heapMb / early.heapMb).toBeLessThan(1.3);
  expect(late.pageHeapMb / early.pageHeapMb).toBeLessThan(1.3);
  expect(late.pageNodes / early.pageNodes).toBeLessThan(1.2);
  expect(late.pageListeners / early.pageListeners).toBeLessThan(1.2);
});
