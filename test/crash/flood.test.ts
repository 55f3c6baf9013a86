import { expect, test } from "vitest";
import { flooded } from "../torture/flood.ts";
import { nothingLost } from "../torture/verdict.ts";

// How quick the page stays is a ratio of one run on an idle machine: bench/rows/flood.ts.
test("10,000 messages of garbage a second change no state, lose no punch and are not kept in memory", {
  timeout: 180_000,
}, async () => {
  const outcome = await flooded({ perS: 10_000, rounds: 1, samples: 60 });
  expect(outcome).toMatchObject(nothingLost);
  expect(outcome.accepted).toBeGreaterThan(100);
  expect(outcome.strayViews).toEqual([]);
  // A receipt that nobody signed is said to be one; nothing else comes of it all.
  expect(outcome.troubles.filter((code) => code !== "receipt-invalid")).toEqual([]);
  const [before, after] = outcome.residentMb;
  expect(after - before).toBeLessThan(50);
  // A busy machine may not bring the flood to its height.
  expect(outcome.perS).toBeGreaterThan(2_000);
});
