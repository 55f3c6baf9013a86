import fc from "fast-check";
import { expect, test } from "vitest";
import {
  giniOf,
  isOftenMissed,
  missedAtLeast,
  noLooks,
  spreadOf,
  windowLooks,
  withLook,
  worstServed,
} from "../../../kiosk/core/served.ts";

const looks = fc.array(fc.constantFrom("known", "missed"), { maxLength: 200 });
const tally = fc.record({ known: fc.nat(39), missed: fc.nat(39) });
const rates = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });

test("a tally is two small whole numbers, however many looks there were", () => {
  fc.assert(
    fc.property(looks, (ends) => {
      const { known, missed } = ends.reduce(withLook, noLooks);
      expect([known, missed].every((n) => Number.isInteger(n) && n >= 0)).toBe(true);
      expect(known + missed).toBeLessThan(windowLooks);
    }),
  );
});

test("whoever was missed long ago and is known since is forgotten to have been missed", () => {
  const bad = Array.from({ length: 30 }, () => "missed" as const).reduce(withLook, noLooks);
  expect(isOftenMissed(bad)).toBe(true);
  const good = Array.from({ length: 160 }, () => "known" as const).reduce(withLook, bad);
  expect(good.missed).toBe(0);
});

test("one more miss never serves anybody better, and the bound stays below the rate", () => {
  fc.assert(
    fc.property(tally, ({ known, missed }) => {
      const bound = missedAtLeast({ known, missed });
      expect(missedAtLeast({ known, missed: missed + 1 })).toBeGreaterThanOrEqual(bound);
      expect(bound).toBeGreaterThanOrEqual(0);
      expect(bound).toBeLessThanOrEqual(known + missed === 0 ? 0 : missed / (known + missed) + 1e-12);
    }),
  );
});

// The lower ends are those of Wilson's interval (1927) at z = 1.96.
test.each([
  [{ known: 0, missed: 2 }, 0.3424, false],
  [{ known: 0, missed: 3 }, 0.4385, true],
  [{ known: 10, missed: 10 }, 0.2993, true],
  [{ known: 16, missed: 4 }, 0.0807, false],
  [{ known: 20, missed: 0 }, 0, false],
])("%o is missed at least %d", (one, bound, isOften) => {
  expect(missedAtLeast(one)).toBeCloseTo(bound, 4);
  expect(isOftenMissed(one)).toBe(isOften);
});

test("the worst served come first, and nobody for fewer than three misses", () => {
  const never = { known: 0, missed: 3 };
  const often = { known: 10, missed: 10 };
  const seldom = { known: 30, missed: 4 };
  expect(worstServed([seldom, { known: 0, missed: 2 }, often, never, noLooks])).toEqual([never, often, seldom]);
});

test("a Gini coefficient is half the mean difference over the mean", () => {
  fc.assert(
    fc.property(rates, (values) => {
      const n = values.length;
      const sum = values.reduce((a, b) => a + b, 0);
      const differences = values.flatMap((a) => values.map((b) => Math.abs(a - b))).reduce((a, b) => a + b, 0);
      expect(giniOf(values)).toBeCloseTo(sum === 0 ? 0 : differences / (2 * n * sum), 9);
    }),
  );
  expect(giniOf([0.2, 0.2, 0.2])).toBeCloseTo(0, 12);
  expect(giniOf([0, 0, 0, 0.4])).toBeCloseTo(0.75, 12);
});

test("nothing is said of a group in which a number would be somebody's", () => {
  const five = Array.from({ length: 5 }, () => ({ known: 4, missed: 1 }));
  expect(spreadOf(five)).toEqual({ people: 5, mean: 0.2, gini: 0 });
  expect(spreadOf(five.slice(1))).toEqual({ people: 4, mean: null, gini: null });
  // Four looks are no rate.
  expect(spreadOf([...five, { known: 0, missed: 4 }]).people).toBe(5);
});
