import { localText } from "../time.ts";
import type { MonthView } from "./view.ts";

/** Days of the site's calendar, as text: `YYYY-MM-DD`, and `YYYY-MM` for months. Text of this kind sorts as time does. */

/** Nobody plans leave further ahead than this at a wall. */
const aheadDays = 400;
/** Longer absences are talked about, not typed. */
const longestDays = 366;

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

export const monthOf = (day: string): string => day.slice(0, 7);

export const dayIn = (month: string, day: number): string => `${month}-${String(day).padStart(2, "0")}`;

export const daysAfter = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString();

/** How many days a span has, both ends counted. */
export const lengthOf = ({ from, to }: DaySpan): number =>
  Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: "days" }).days + 1;

export const overlaps = (a: DaySpan, b: DaySpan): boolean => a.from <= b.to && b.from <= a.to;

/** First days that may be chosen: from today on. */
export const firstDays = (today: string): DaySpan => ({ from: today, to: daysAfter(today, aheadDays) });

/** Last days that may be chosen after this first one. */
export const lastDays = (from: string): DaySpan => ({ from, to: daysAfter(from, longestDays - 1) });

/** The month before or after, if something of it may be chosen; the same one where not. */
export function monthBeside(month: string, by: -1 | 1, within: DaySpan): string {
  const beside = Temporal.PlainYearMonth.from(month).add({ months: by }).toString();
  return beside < monthOf(within.from) || beside > monthOf(within.to) ? month : beside;
}

export function monthView(month: string, within: DaySpan): MonthView {
  const { daysInMonth: days } = Temporal.PlainYearMonth.from(month);
  const first = dayIn(month, 1);
  const last = dayIn(month, days);
  const from = within.from > first ? within.from : first;
  const to = within.to < last ? within.to : last;
  return {
    month,
    days,
    startsOn: Temporal.PlainDate.from(first).dayOfWeek,
    open: from <= to ? { from: dayNumber(from), to: dayNumber(to) } : null,
    canBefore: monthBeside(month, -1, within) !== month,
    canAfter: monthBeside(month, 1, within) !== month,
  };
}

const dayNumber = (day: string): number => Number(day.slice(8));
