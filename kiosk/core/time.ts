/** One moment, read once: the wall clock for people, the monotonic clock for waiting and for order within a boot. */
export interface Stamp {
  /** Milliseconds since 1970-01-01T00:00:00Z. Evidence, never order. */
  readonly utcMs: number;
  /** Milliseconds since this boot; never goes back. */
  readonly monoMs: number;
}

/** Where the wall clock's truth comes from (UPLINK: `t.src`). */
export type TimeSource = "nts" | "ntp" | "roughtime" | "ack" | "rtc" | "manual" | "none";

/** What we promise about the wall clock at one moment. */
export interface ClockQuality {
  readonly source: TimeSource;
  /** Half-width of the interval the true time lies in, milliseconds. */
  readonly errorMs: number;
  /** Seconds since the clock was last set by `source`. */
  readonly ageS: number;
}

/** RFC 3339 in UTC with milliseconds, as every record's `time`. */
export const utcText = (utcMs: number): string => new Date(utcMs).toISOString();

/** RFC 3339 local time with offset: unambiguous in both daylight-saving folds because the offset is in it. */
export function localText(utcMs: number, timeZone: string): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(utcMs).toZonedDateTimeISO(timeZone);
  return zoned.toString({ timeZoneName: "never", fractionalSecondDigits: 3 });
}
