import fc from "fast-check";
import { expect, test } from "vitest";
import { assuranceOf } from "../../../kiosk/core/face-evidence.ts";
import { identifyThreshold, measuredThresholds, type Thresholds } from "../../../kiosk/core/risk.ts";

test.each([
  [1, 0.01, 0.5],
  [2, 0.01, 0.5],
  [10, 0.01, 0.51],
  [50, 0.01, 0.545],
  [100, 0.01, 0.56],
  [1_000, 0.01, 0.6],
  [10_000, 0.01, 0.65],
  [50_000, 0.01, 0.678],
  [100_000, 0.01, 0.69],
  [10_000_000, 0.01, 0.69],
  [1_000, 0.1, 0.56],
  [1_000, 0.001, 0.65],
])("among %i people, a stranger taken for somebody in %d of the cases asks for %d", (people, fpirTarget, expected) => {
  expect(identifyThreshold(people, fpirTarget, measuredThresholds)).toBeCloseTo(expected, 3);
});

test("nobody enrolled, or no measurement, asks for what 1:1 asks for", () => {
  expect(identifyThreshold(0, 0.01, measuredThresholds)).toBe(0.5);
  expect(identifyThreshold(1_000, 0.01, { verify: 0.42, falseMatch: [] })).toBe(0.42);
});

/** Rates falling, cosines rising, as a manifest has them. */
const anyThresholds: fc.Arbitrary<Thresholds> = fc
  .record({
    verify: fc.double({ min: 0.2, max: 0.6, noNaN: true }),
    steps: fc.array(fc.double({ min: 0, max: 0.1, noNaN: true }), { maxLength: 8 }),
  })
  .map(({ verify, steps }) => ({
    verify,
    falseMatch: steps.map((_, n) => [10 ** -(n + 1), 0.3 + steps.slice(0, n + 1).reduce((a, b) => a + b, 0)] as const),
  }));

test("more people, or a lower risk, never asks for less likeness; it is never below 1:1 nor above what was measured", () => {
  const people = fc.integer({ min: 0, max: 1_000_000 });
  const risk = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
  fc.assert(
    fc.property(anyThresholds, people, people, risk, risk, (thresholds, a, b, riskA, riskB) => {
      const few = identifyThreshold(Math.min(a, b), Math.max(riskA, riskB), thresholds);
      const many = identifyThreshold(Math.max(a, b), Math.min(riskA, riskB), thresholds);
      const last = thresholds.falseMatch.at(-1)?.[1] ?? thresholds.verify;
      expect(many).toBeGreaterThanOrEqual(few - 1e-12);
      expect(few).toBeGreaterThanOrEqual(thresholds.verify);
      expect(many).toBeLessThanOrEqual(Math.max(thresholds.verify, last) + 1e-12);
    }),
  );
});

test.each([
  [0.8, "high"],
  [0.69, "high"],
  [0.68, "medium"],
  [0.6, "medium"],
  [0.59, "low"],
] as const)("a similarity of %d is called %s in the record, never a figure", (similarity, level) => {
  expect(assuranceOf(similarity, measuredThresholds)).toBe(level);
});
