import type { PersonId } from "./person.ts";

/**
 * How well the camera serves each person: how often it knew their face, and how often it looked and did not know it. The
 * second, over both, is their own false reject rate; it is what a clock owes somebody, and is paid with a new enrolment.
 * Two small numbers and no times, so that nobody can read in them who was where when. Pure.
 */

/** How one visit's look at a face came out (missed.ts says what counts as which). */
export type LookEnd = "known" | "missed";

/** Looks of one person since their face was enrolled; whole numbers, together fewer than `windowLooks`. */
export interface FaceTally {
  readonly known: number;
  readonly missed: number;
}

export const noLooks: FaceTally = { known: 0, missed: 0 };

/** With so many looks both numbers are halved, downwards: what is long ago fades, and neither number ever grows large. */
export const windowLooks = 40;

export function withLook({ known, missed }: FaceTally, end: LookEnd): FaceTally {
  const counted = { known, missed, [end]: (end === "known" ? known : missed) + 1 };
  if (counted.known + counted.missed < windowLooks) return counted;
  return { known: Math.floor(counted.known / 2), missed: Math.floor(counted.missed / 2) };
}

/** Fewer misses than this are anybody's bad morning. */
const missedMin = 3;
/** Missed in one of five looks at least, as far as the numbers can say. */
const oftenAt = 0.2;
/** Fewer looks than this say nothing about a person's rate. */
const looksMin = 5;
/** A spread over fewer people than this would be about each of them. */
const groupMin = 5;

/**
 * Their false reject rate is at least this: the lower end of Wilson's interval at 95 %, in [0, 1]. Three misses in three
 * looks weigh more than four in twenty, one in one less: whoever gave up on the camera early is not forgotten for it.
 */
export function missedAtLeast({ known, missed }: FaceTally): number {
  const n = known + missed;
  if (n === 0) return 0;
  const z = 1.96;
  const share = missed / n;
  const middle = share + z ** 2 / (2 * n);
  const reach = z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return Math.max(0, (middle - reach) / (1 + z ** 2 / n));
}

/** Whether a new enrolment is worth offering to them. */
export const isOftenMissed = (tally: FaceTally): boolean =>
  tally.missed >= missedMin && missedAtLeast(tally) >= oftenAt;

/** Whom to enrol anew first: everybody with three misses or more, the surest and largest rate in front. */
export const worstServed = <T extends FaceTally>(tallies: readonly T[]): readonly T[] =>
  tallies
    .filter(({ missed }) => missed >= missedMin)
    .toSorted((a, b) => missedAtLeast(b) - missedAtLeast(a) || b.missed - a.missed);

/** One of them, as whoever enrols sees it. */
export interface ServedLine extends FaceTally {
  readonly person: PersonId;
  readonly displayName: string;
  readonly isOften: boolean;
}

/** How unequally people are served, without anybody's number. */
export interface Spread {
  /** People with enough looks. */
  readonly people: number;
  /** Mean of their false reject rates, in [0, 1]; null where they are too few to speak of. */
  readonly mean: number | null;
  /**
   * Gini coefficient of these rates; null as before. To be read with the mean: where hardly anybody is missed at all, the
   * one who is makes it high.
   */
  readonly gini: number | null;
}

export function spreadOf(tallies: readonly FaceTally[]): Spread {
  const rates = tallies
    .filter(({ known, missed }) => known + missed >= looksMin)
    .map(({ known, missed }) => missed / (known + missed));
  if (rates.length < groupMin) return { people: rates.length, mean: null, gini: null };
  const sum = rates.reduce((total, rate) => total + rate, 0);
  return { people: rates.length, mean: sum / rates.length, gini: giniOf(rates) };
}

/**
 * Gini coefficient of values that are not negative: half the mean difference between any two, over the mean. 0: all alike,
 * also where all are nothing; (n - 1) / n: one has everything.
 */
export function giniOf(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  if (sum === 0) return 0;
  const weighted = values.toSorted((a, b) => a - b).reduce((total, value, index) => total + (index + 1) * value, 0);
  const n = values.length;
  return Math.max(0, (2 * weighted) / (n * sum) - (n + 1) / n);
}
