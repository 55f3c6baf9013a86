/** Shifts as a site plans them, and what they say about a moment. A plan suggests and hints; it never blocks a punch. */

export interface Shift {
  /** `HH:MM` on the wall. */
  readonly start: string;
  /** `HH:MM`; not after `start`: on the next day. */
  readonly end: string;
  /** ISO days on which it starts: 1 Monday to 7 Sunday. */
  readonly days: readonly number[];
}

export interface PlannedShift {
  readonly startMs: number;
  readonly endMs: number;
}

export interface PlannedMoment {
  readonly kind: "in" | "out";
  readonly utcMs: number;
}

export type Hint = "early" | "late" | "none";

/**
 * The shifts that start on the local day of this moment, the day before and the day after, in order. Wall times: a night in
 * which the clocks change is an hour shorter or longer. In a gap the moment after it counts, in a fold the first of two.
 */
export function plannedAround(shifts: readonly Shift[], utcMs: number, timeZone: string): readonly PlannedShift[] {
  const today = Temporal.Instant.fromEpochMilliseconds(utcMs).toZonedDateTimeISO(timeZone).toPlainDate();
  const planned = [-1, 0, 1].flatMap((days) => {
    const date = today.add({ days });
    return shifts.filter((shift) => shift.days.includes(date.dayOfWeek)).map((shift) => onDate(shift, date, timeZone));
  });
  return planned.sort((a, b) => a.startMs - b.startMs);
}

/** The planned beginning or end that is nearest; of two as near, the earlier. Null where nothing is planned these days. */
export function nearestMoment(plan: readonly PlannedShift[], utcMs: number): PlannedMoment | null {
  const moments = plan.flatMap(({ startMs, endMs }): readonly PlannedMoment[] => [
    { kind: "in", utcMs: startMs },
    { kind: "out", utcMs: endMs },
  ]);
  return nearest(moments, utcMs);
}

/** For somebody who comes or goes now: earlier or later than planned by more than the grace? */
export function hintOf(
  kind: "in" | "out",
  plan: readonly PlannedShift[],
  utcMs: number,
  graceMs: number,
): { readonly hint: Hint; readonly plannedUtcMs: number | null } {
  const moments = plan.map(({ startMs, endMs }): PlannedMoment => ({ kind, utcMs: kind === "in" ? startMs : endMs }));
  const planned = nearest(moments, utcMs);
  if (planned === null) return { hint: "none", plannedUtcMs: null };
  const offMs = utcMs - planned.utcMs;
  const hint = offMs < -graceMs ? "early" : offMs > graceMs ? "late" : "none";
  return { hint, plannedUtcMs: planned.utcMs };
}

/** The shift somebody came for: the one whose beginning is nearest to when they came. */
export const shiftOf = (plan: readonly PlannedShift[], cameUtcMs: number): PlannedShift | null =>
  plan.reduce<PlannedShift | null>(
    (best, shift) =>
      best === null || Math.abs(shift.startMs - cameUtcMs) < Math.abs(best.startMs - cameUtcMs) ? shift : best,
    null,
  );

function nearest(moments: readonly PlannedMoment[], utcMs: number): PlannedMoment | null {
  return moments.reduce<PlannedMoment | null>((best, moment) => {
    if (best === null) return moment;
    const nearerMs = Math.abs(best.utcMs - utcMs) - Math.abs(moment.utcMs - utcMs);
    return nearerMs > 0 || (nearerMs === 0 && moment.utcMs < best.utcMs) ? moment : best;
  }, null);
}

function onDate({ start, end }: Shift, date: Temporal.PlainDate, timeZone: string): PlannedShift {
  const moment = (on: Temporal.PlainDate, time: string): number =>
    on.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds;
  const isOverMidnight = Temporal.PlainTime.compare(end, start) <= 0;
  return { startMs: moment(date, start), endMs: moment(isOverMidnight ? date.add({ days: 1 }) : date, end) };
}
