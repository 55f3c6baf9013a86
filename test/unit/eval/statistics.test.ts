import fc from "fast-check";
import { expect, test } from "vitest";
import { bootstrapPeople, randomFrom } from "../../../provisioning/eval/bootstrap.ts";
import { compareAll } from "../../../provisioning/eval/compare.ts";
import { betaShare, proportionOf } from "../../../provisioning/eval/proportion.ts";
import { openScores, type ScoreCounts } from "../../../provisioning/eval/scores.ts";
import { areaUnder, curveOf, equalErrorRate, ratesAt, thresholdFor } from "../../../provisioning/eval/verification.ts";

test.each([
  // From the tables of Clopper and Pearson, and R's binom.test.
  [0, 10, 0, 0.308_497],
  [1, 10, 0.002_529, 0.445_016],
  [5, 10, 0.187_086, 0.812_914],
  [10, 10, 0.691_503, 1],
  [16, 1_400, 0.006_546, 0.018_494],
])("%i errors of %i trials: the exact interval is the one of the tables", (errors, trials, low, high) => {
  const { interval } = proportionOf(errors, trials);
  expect(interval[0]).toBeCloseTo(low, 5);
  expect(interval[1]).toBeCloseTo(high, 5);
});

test("an interval holds what was seen, and by summing the binomial itself each end is reached in one of forty runs", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(60), (trials, drawn) => {
      const errors = Math.min(drawn, trials);
      const { rate, interval } = proportionOf(errors, trials);
      const [low, high] = interval;
      expect(low).toBeLessThanOrEqual(rate ?? -1);
      expect(high).toBeGreaterThanOrEqual(rate ?? 2);
      if (errors > 0) expect(tail(low, trials, errors, trials)).toBeCloseTo(0.025, 6);
      if (errors < trials) expect(tail(high, trials, 0, errors)).toBeCloseTo(0.025, 6);
    }),
    { numRuns: 200 },
  );
});

/** Chance of `from` to `to` errors, term by term. */
function tail(rate: number, trials: number, from: number, to: number): number {
  let term = (1 - rate) ** trials;
  let sum = 0;
  for (let errors = 0; errors <= to; errors++) {
    if (errors >= from) sum += term;
    term *= (((trials - errors) / (errors + 1)) * rate) / (1 - rate);
  }
  return sum;
}

test("the rule of 3 speaks only where nothing went wrong, and never promises more than certainty", () => {
  expect(proportionOf(0, 300).ruleOfThree).toBe(0.01);
  expect(proportionOf(0, 2).ruleOfThree).toBe(1);
  expect(proportionOf(1, 300).ruleOfThree).toBeNull();
  expect(proportionOf(0, 0)).toMatchObject({ rate: null, interval: [0, 1], ruleOfThree: null });
  // 95 % one-sided, exactly: 1 - 0.05^(1/n) is just below 3/n.
  expect(1 - 0.05 ** (1 / 300)).toBeLessThan(0.01);
});

test("the incomplete beta function is what its simplest cases are", () => {
  expect(betaShare(0.3, 1, 1)).toBeCloseTo(0.3, 12);
  expect(betaShare(0.3, 2, 1)).toBeCloseTo(0.09, 12);
  expect(betaShare(0.5, 40, 40)).toBeCloseTo(0.5, 12);
  expect(betaShare(0, 2, 3)).toBe(0);
  expect(betaShare(1, 2, 3)).toBe(1);
});

const counted = (scores: readonly number[]): ScoreCounts => {
  const counts = openScores();
  for (const score of scores) counts.add(score);
  return counts;
};
/** Two decimals, so that ties are common. */
const someScores = fc.array(
  fc.integer({ min: -100, max: 100 }).map((hundredths) => hundredths / 100),
  { minLength: 1, maxLength: 40 },
);

test("rates, thresholds, area and curve agree with counting pair by pair", () => {
  fc.assert(
    fc.property(someScores, someScores, (genuine, impostors) => {
      const [g, i] = [counted(genuine), counted(impostors)];
      const curve = curveOf(g, i);
      for (const { threshold, falseMatches, falseNonMatches } of curve.points) {
        // Thresholds stand in the middle of their bin; half a bin is nothing to a score of two decimals.
        expect(falseMatches).toBe(impostors.filter((score) => score >= threshold - 5e-7).length);
        expect(falseNonMatches).toBe(genuine.filter((score) => score < threshold - 5e-7).length);
      }
      for (const rate of [0.01, 0.1, 0.5]) {
        const threshold = thresholdFor(i, rate);
        const { falseMatches } = ratesAt(g, i, threshold);
        expect(falseMatches / impostors.length).toBeLessThanOrEqual(rate + 1e-9);
        // One step more lenient would be too many, unless everything is let in already.
        const next = ratesAt(g, i, threshold - 2e-6).falseMatches;
        if (threshold > -1) expect(next / impostors.length).toBeGreaterThan(rate);
      }
      let wins = 0;
      for (const a of genuine) for (const b of impostors) wins += a > b ? 1 : a === b ? 0.5 : 0;
      expect(areaUnder(g, i)).toBeCloseTo(wins / genuine.length / impostors.length, 9);
    }),
    { numRuns: 25 },
  );
});

test("the curve only ever rises: who lets in more of one lets in more of the other", () => {
  fc.assert(
    fc.property(someScores, someScores, (genuine, impostors) => {
      const { points } = curveOf(counted(genuine), counted(impostors));
      points.slice(1).forEach((point, at) => {
        const before = points[at];
        expect(point.threshold).toBeLessThan(before?.threshold ?? 2);
        expect(point.falseMatches).toBeGreaterThanOrEqual(before?.falseMatches ?? Infinity);
        expect(point.falseNonMatches).toBeLessThanOrEqual(before?.falseNonMatches ?? -1);
      });
      expect(points.at(-1)).toMatchObject({ falseMatches: impostors.length, falseNonMatches: 0 });
    }),
    { numRuns: 25 },
  );
});

test("a score that is no similarity is a bug and says so", () => {
  expect(() => openScores().add(Number.NaN)).toThrow(RangeError);
  expect(() => openScores().add(2)).toThrow(RangeError);
});

test("four genuine and four impostor pairs by hand", () => {
  const genuine = counted([0.9, 0.8, 0.7, 0.2]);
  const impostors = counted([0.6, 0.1, 0, -0.3]);
  expect(thresholdFor(impostors, 0.25)).toBeCloseTo(0.100_001, 6);
  expect(ratesAt(genuine, impostors, 0.5)).toMatchObject({ falseMatches: 1, falseNonMatches: 1 });
  expect(areaUnder(genuine, impostors)).toBe(15 / 16);
  expect(equalErrorRate(curveOf(genuine, impostors))?.rate).toBe(0.25);
  expect(areaUnder(genuine, openScores())).toBeNull();
  expect(equalErrorRate(curveOf(openScores(), impostors))).toBeNull();
});

/** People on a circle: pictures of one person are near each other. */
const circle = (people: number, pictures: number) => {
  const random = randomFrom(7);
  const rows = Array.from({ length: people * pictures }, (_, at) => {
    const person = Math.floor(at / pictures);
    const angle = (2 * Math.PI * person) / people + (random() - 0.5) * 0.9;
    return { person, vector: [Math.cos(angle), Math.sin(angle)] as const };
  });
  return { people: rows.map(({ person }) => person), descriptions: rows.map(({ vector }) => vector) };
};
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, at) => sum + x * (b[at] ?? 0), 0);

test("pictures that were not described are failures to enrol, and count against the system where all pairs are counted", () => {
  const { people, descriptions } = circle(6, 4);
  const whole = compareAll({ name: "all", descriptions, similarity: dot }, people, () => {});
  expect(whole.genuine.total()).toBe(36);
  expect(whole.impostors.total()).toBe((24 * 23) / 2 - 36);
  expect(whole.points[0]?.tarOfAll).toBe(whole.points[0]?.tar);
  const holes = descriptions.map((vector, at) => (at === 0 ? null : vector));
  const part = compareAll({ name: "part", descriptions: holes, similarity: dot }, people, () => {});
  expect(part.fte).toMatchObject({ errors: 1, trials: 24 });
  expect(part.genuine.total()).toBe(33);
  const [point] = part.points;
  const matched = 33 - (point?.fnmr.errors ?? 0);
  expect(point?.tarOfAll).toBeCloseTo(matched / 36, 12);
});

test("the interval over people holds the figure, is the same in every run, and is wider than pairs would have it", () => {
  const { people, descriptions } = circle(12, 6);
  const run = () => compareAll({ name: "one", descriptions, similarity: dot }, people, () => {}).points[0];
  const point = run();
  expect(run()).toEqual(point);
  const [low, high] = point?.tarInterval ?? [2, -1];
  expect(low).toBeLessThanOrEqual(point?.tar ?? -1);
  expect(high).toBeGreaterThanOrEqual(point?.tar ?? 2);
  const [fewest, most] = point?.fnmr.interval ?? [0, 1];
  expect(high - low).toBeGreaterThan(most - fewest);
});

test("drawing one person twice counts their pairs twice, and never makes them an impostor of themselves", () => {
  // With two people a draw holds one of them twice in half the cases: no impostor pair is left, and it is passed over.
  const intervals = bootstrapPeople({
    pictures: [2, 2],
    impostors: [{ score: 0.5, a: 0, b: 1 }],
    genuine: [
      { score: 0.9, a: 0, b: 0 },
      { score: 0.1, a: 1, b: 1 },
    ],
    rates: [0.1],
    replicates: 100,
    seed: 1,
  });
  const [interval] = intervals;
  // Where both are drawn, half of the pairs match.
  expect(interval === null || (interval?.[0] === 0.5 && interval[1] === 0.5)).toBe(true);
});
