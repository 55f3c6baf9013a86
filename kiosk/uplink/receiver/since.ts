import type { Range } from "./ending.ts";
import type { Stand } from "./life.ts";

/** Numbers that are not as they should be, and when a receiver first saw that: first, last, UTC milliseconds. */
export type Since = readonly [number, number, number];

/** What is missing, lost or forked now keeps the oldest time of what it overlaps; the rest is news. */
export function agedOf(stand: Stand, before: readonly Since[], nowMs: number): readonly Since[] {
  const ranges: readonly Range[] = [
    ...stand.miss,
    ...stand.lost,
    ...stand.gone,
    ...stand.forks.map((seq): Range => [seq, seq]),
  ];
  return ranges.map(([from, to]) => [from, to, sinceOf([from, to], before) ?? Math.trunc(nowMs)]);
}

/** The oldest time of whatever overlaps these numbers, or null. */
export function sinceOf([from, to]: Range, known: readonly Since[]): number | null {
  const times = known.filter(([first, last]) => first <= to && last >= from).map(([, , ms]) => ms);
  return times.length === 0 ? null : Math.min(...times);
}

export const isSameAge = (a: readonly Since[], b: readonly Since[]): boolean =>
  a.length === b.length && a.every((one, n) => one.every((part, m) => part === b[n]?.[m]));
