import { localText } from "../time.ts";
import type { WeeksView } from "./view.ts";

/** Days of the site's calendar, as text: `YYYY-MM-DD`. Text of this kind sorts as time does. */

/** Nobody plans leave further ahead than this at a wall. */
const aheadDays = 400;
/** Longer absences are talked about, not typed. */
const longestDays = 366;
/** As many weeks as the smallest glass has room for. */
const shownDays = 28;

export interface DaySpan {
  readonly from: string;
  readonly to: string;
}

export const dayAt = (utcMs: number, timeZone: string): string => localText(utcMs, timeZone).slice(0, 10);

/** The 30th of February is none, whoever writes it. */
export function isDay(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

export const daysAfter = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString();

/** How many days a span has, both ends counted. */
export const lengthOf = ({ from, to }: DaySpan): number =>
  Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: "days" }).days + 1;

export const overlaps = (a: DaySpan, b: DaySpan): boolean => a.from <= b.to && b.from <= a.to;

/** First days that may be chosen: from today on. */
export const firstDays = (today: string): DaySpan => ({ from: today, to: daysAfter(today, aheadDays) });

/** Last days that may be chosen after this first one. */
export const lastDays = (from: string): DaySpan => ({ from, to: daysAfter(from, longestDays - 1) });

/** The Monday of the week of this day. */
export const mondayOf = (day: string): string => daysAfter(day, 1 - Temporal.PlainDate.from(day).dayOfWeek);

/** The weeks before or after, if a day of them may be chosen; the same ones where not. */
export function weeksBeside(week: string, by: -1 | 1, within: DaySpan): string {
  const beside = daysAfter(week, by * shownDays);
  return overlaps({ from: beside, to: daysAfter(beside, shownDays - 1) }, within) ? beside : week;
}

export const weeksView = (week: string, within: DaySpan): WeeksView => ({
  days: Array.from({ length: shownDays }, (_, n) => {
    const day = daysAfter(week, n);
    return { day, isOpen: within.from <= day && day <= within.to };
  }),
  canBefore: weeksBeside(week, -1, within) !== week,
  canAfter: weeksBeside(week, 1, within) !== week,
});
