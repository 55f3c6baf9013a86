/** The hour at which visitors are signed out, as the wall of the site tells it. */

/**
 * The first moment after `afterUtcMs` at which the site's clocks show `hour`. Where clocks are put back it may come twice
 * in one night, and the first that is left counts; where they are put forward over it, it comes when they have jumped.
 *
 * @param hour `HH:MM`.
 */
export function firstAt(hour: string, afterUtcMs: number, timeZone: string): number {
  const time = Temporal.PlainTime.from(hour);
  const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(afterUtcMs))
    .toZonedDateTimeISO(timeZone)
    .toPlainDate();
  // A change of zone can take a whole day away, so one more is looked at.
  const moments = [0, 1, 2].flatMap((days) => momentsOf(today.add({ days }).toPlainDateTime(time), timeZone));
  return Math.min(...moments.filter((utcMs) => utcMs > afterUtcMs));
}

function momentsOf(local: Temporal.PlainDateTime, timeZone: string): readonly number[] {
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: "earlier" });
  const later = local.toZonedDateTime(timeZone, { disambiguation: "later" });
  const isSkipped = !earlier.toPlainDateTime().equals(local);
  return (isSkipped ? [later] : [earlier, later]).map((moment) => moment.epochMilliseconds);
}

/** The day of the site on which it is. */
export const siteDay = (utcMs: number, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(Math.floor(utcMs)).toZonedDateTimeISO(timeZone).toPlainDate().toString();
