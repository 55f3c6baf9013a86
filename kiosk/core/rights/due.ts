/**
 * The one month that the law gives to answer (GDPR 12(3), counted as Regulation 1182/71 counts): it ends with the last
 * moment of the same date of the next month, or of that month's last day where it has no such date, in the site's zone.
 * Weekends and holidays would give the office longer; we do not take it.
 *
 * @returns the first moment that is too late, epoch milliseconds.
 */
export function dueOf(askedUtcMs: number, timeZone: string): number {
  const asked = Temporal.Instant.fromEpochMilliseconds(Math.floor(askedUtcMs))
    .toZonedDateTimeISO(timeZone)
    .toPlainDate();
  return asked.add({ months: 1 }).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
}

/** As it stands in records: the last whole second in which an answer is in time. */
export const dueText = (dueUtcMs: number): string => new Date(dueUtcMs - 1_000).toISOString();
