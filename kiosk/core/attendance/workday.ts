/** The site's day that work belongs to. Not midnight to midnight: a night is not torn in two. */

/** `YYYY-MM-DD`. Sorts as text. */
export type WorkDay = string & { readonly brand: "WorkDay" };

export interface SiteDay {
  /** IANA name. */
  readonly timeZone: string;
  /** `HH:MM` on the wall, when one work-day ends and the next begins. */
  readonly dayStartsAt: string;
}

export const usualDayStart = "04:00";

/**
 * The one work-day whose `[start, next start)` holds this moment.
 *
 * Compares with the starts rather than shifting the local time: where clocks are changed around the start of the day, the
 * same wall time comes twice, and only the first of the two begins a day.
 */
export function workDayOf(utcMs: number, site: SiteDay): WorkDay {
  const at = Temporal.Instant.fromEpochMilliseconds(utcMs).toZonedDateTimeISO(site.timeZone);
  let date = at.toPlainDate();
  while (startOf(date, site) > utcMs) date = date.subtract({ days: 1 });
  for (let next = date.add({ days: 1 }); startOf(next, site) <= utcMs; next = next.add({ days: 1 })) date = next;
  return date.toString() as WorkDay;
}

/** UTC. In a gap the day begins with the first moment after it, in a fold with the first of the two. */
export const startOfWorkDay = (day: WorkDay, site: SiteDay): number => startOf(Temporal.PlainDate.from(day), site);

/** `days` later, or earlier where negative. */
export const shiftedDay = (day: WorkDay, days: number): WorkDay =>
  Temporal.PlainDate.from(day).add({ days }).toString() as WorkDay;

function startOf(date: Temporal.PlainDate, { timeZone, dayStartsAt }: SiteDay): number {
  const plainTime = Temporal.PlainTime.from(dayStartsAt);
  return firstMomentFrom(date.toPlainDateTime(plainTime), timeZone);
}

/** The first moment at which the wall showed this time or a later one. */
function firstMomentFrom(local: Temporal.PlainDateTime, timeZone: string): number {
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: "earlier" });
  if (earlier.toPlainDateTime().equals(local)) return earlier.epochMilliseconds;
  // A gap: `earlier` was read with the offset after it, so the change itself is the next one.
  return earlier.getTimeZoneTransition("next")?.epochMilliseconds ?? earlier.epochMilliseconds;
}
