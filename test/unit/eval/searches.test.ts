import fc from "fast-check";
import { expect, test } from "vitest";
import { searchAll } from "../../../provisioning/eval/identification.ts";
import type { Sample } from "../../../provisioning/eval/sample.ts";

const at = (degrees: number): Float32Array =>
  new Float32Array([Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]);
const sample = (person: number, degrees: number): Sample => ({
  person,
  vector: at(degrees),
  enrolled: at(degrees),
});
const rules = (threshold: number, templates: 1 | 3 = 1, margin = 0) => ({
  templates,
  thresholdFor: () => threshold,
  margin,
});

test("people far apart are found, and nobody who is not enrolled is named", () => {
  const samples = [0, 90, 180].flatMap((middle, person) => [sample(person, middle), sample(person, middle + 5)]);
  expect(searchAll(samples, rules(0.9))).toEqual({
    ...{ people: 3, threshold: 0.9, mated: 6, nonMated: 6 },
    ...{ wrongFirst: 0, missedByThreshold: 0, missed: 0, misnamed: 0, falselyAlike: 0, falselyNamed: 0 },
  });
});

test("two look-alikes are named wrongly without a margin and left alone with one", () => {
  const samples = [sample(0, 0), sample(0, 8), sample(1, 9), sample(1, 1), sample(2, 180), sample(2, 181)];
  const bare = searchAll(samples, rules(0.9));
  // Two of the four lie one degree from the other person's template and eight from their own.
  expect(bare).toMatchObject({ wrongFirst: 2, missed: 2, misnamed: 2, falselyAlike: 4, falselyNamed: 4 });
  const careful = searchAll(samples, rules(0.9, 1, 0.08));
  expect(careful).toMatchObject({ missedByThreshold: 2, missed: 4, misnamed: 0, falselyAlike: 4, falselyNamed: 4 });
});

test("who has no picture left to look for is not searched, and one person alone is no gallery", () => {
  expect(searchAll([sample(0, 0), sample(0, 1), sample(1, 90)], rules(0.5))).toBeNull();
  expect(searchAll([], rules(0.5))).toBeNull();
  const three = [0, 1, 2, 3].flatMap((degrees) => [sample(0, degrees), sample(1, 90 + degrees)]);
  expect(searchAll(three, rules(0.5, 3))).toMatchObject({ people: 2, mated: 8, missed: 0, falselyAlike: 0 });
});

test("more is missed and less is taken for somebody the higher the threshold; every misnaming is also a miss", () => {
  const people = fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 0, max: 360 })), { minLength: 8, maxLength: 24 });
  fc.assert(
    fc.property(people, fc.double({ min: -1, max: 0.9, noNaN: true }), (drawn, threshold) => {
      const samples = drawn.map(([person, degrees]) => sample(person, degrees));
      const low = searchAll(samples, rules(threshold, 1, 0.05));
      const high = searchAll(samples, rules(threshold + 0.1, 1, 0.05));
      if (low === null || high === null) return;
      expect(high.missed).toBeGreaterThanOrEqual(low.missed);
      expect(high.falselyNamed).toBeLessThanOrEqual(low.falselyNamed);
      expect(low.falselyNamed).toBeLessThanOrEqual(low.falselyAlike);
      expect(low.missed).toBeGreaterThanOrEqual(low.missedByThreshold);
      expect(low.misnamed).toBeLessThanOrEqual(low.missed);
    }),
    { numRuns: 100 },
  );
});
