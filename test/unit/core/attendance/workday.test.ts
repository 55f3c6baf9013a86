import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type SiteDay,
  shiftedDay,
  startOfWorkDay,
  type WorkDay,
  workDayOf,
} from "../../../../kiosk/core/attendance/workday.ts";
import { localText } from "../../../../kiosk/core/time.ts";

const site = (timeZone: string, dayStartsAt = "04:00"): SiteDay => ({ timeZone, dayStartsAt });
const ms = (text: string): number => Date.parse(text);

describe("the work-day of a moment", () => {
  test.each([
    ["just before four", "Europe/Berlin", "04:00", "2026-11-23T03:59:59.999+01:00", "2026-11-22"],
    ["at four", "Europe/Berlin", "04:00", "2026-11-23T04:00:00+01:00", "2026-11-23"],
    ["an evening that is tomorrow in UTC", "America/Los_Angeles", "04:00", "2026-11-23T20:00:00-08:00", "2026-11-23"],
    ["a morning that is yesterday in UTC", "Asia/Kolkata", "04:00", "2026-11-24T04:30:00+05:30", "2026-11-24"],
    ["midnight as the beginning", "Asia/Kolkata", "00:00", "2026-11-24T00:00:00+05:30", "2026-11-24"],
    ["an evening as the beginning", "Europe/Berlin", "22:00", "2026-11-23T21:59:00+01:00", "2026-11-22"],
    ["an hour that is left out, before", "Europe/Berlin", "02:30", "2026-03-29T01:59:59+01:00", "2026-03-28"],
    ["an hour that is left out, after", "Europe/Berlin", "02:30", "2026-03-29T03:00:00+02:00", "2026-03-29"],
    [
      "the first 02:45 of an hour that comes twice",
      "Europe/Berlin",
      "02:30",
      "2026-10-25T02:45:00+02:00",
      "2026-10-25",
    ],
    ["the second 02:15 of it", "Europe/Berlin", "02:30", "2026-10-25T02:15:00+01:00", "2026-10-25"],
    ["clocks put back over midnight", "America/Santiago", "00:00", "2026-04-04T23:30:00-04:00", "2026-04-04"],
    ["half an hour of summer", "Australia/Lord_Howe", "01:45", "2026-04-05T01:40:00+10:30", "2026-04-05"],
    [
      "the date that Samoa left out: what is left of its work-day",
      "Pacific/Apia",
      "04:00",
      "2011-12-31T03:00:00+14:00",
      "2011-12-30",
    ],
  ])("%s", (_, timeZone, dayStartsAt, moment, day) => {
    expect(workDayOf(ms(moment), site(timeZone, dayStartsAt))).toBe(day);
  });

  test("begins later by the part that a gap leaves out, and at the first of two where an hour comes twice", () => {
    const berlin = site("Europe/Berlin", "02:30");
    expect(startOfWorkDay("2026-03-29" as WorkDay, berlin)).toBe(ms("2026-03-29T03:00:00+02:00"));
    expect(startOfWorkDay("2026-10-25" as WorkDay, berlin)).toBe(ms("2026-10-25T02:30:00+02:00"));
  });
});

/** Every change of offset, 2020 to 2040. */
function transitionsOf(timeZone: string): readonly number[] {
  const found: number[] = [];
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.from("2020-01-01T00:00Z").toZonedDateTimeISO(timeZone);
  const endMs = ms("2041-01-01T00:00:00Z");
  while (at !== null && at.epochMilliseconds < endMs) {
    at = at.getTimeZoneTransition("next");
    if (at !== null && at.epochMilliseconds < endMs) found.push(at.epochMilliseconds);
  }
  return found;
}

const zones = Intl.supportedValuesOf("timeZone");
const starts = ["00:00", "02:30", "04:00"] as const;
const hourMs = 3_600_000;

/** Null where all is well: a million expectations are slower than what they look at. */
function whatIsWrong(utcMs: number, place: SiteDay): string | null {
  const day = workDayOf(utcMs, place);
  const fromMs = startOfWorkDay(day, place);
  const untilMs = startOfWorkDay(shiftedDay(day, 1), place);
  const where = `${place.timeZone} ${place.dayStartsAt} ${new Date(utcMs).toISOString()} ${day}`;
  if (!(fromMs <= utcMs && utcMs < untilMs)) return `not within its own day: ${where}`;
  if (workDayOf(fromMs, place) !== day) return `its start is not of it: ${where}`;
  if (workDayOf(fromMs - 1, place) >= day) return `the day before does not come before: ${where}`;
  if (workDayOf(untilMs, place) <= day) return `the day after does not come after: ${where}`;
  if (Temporal.Instant.from(localText(utcMs, place.timeZone)).epochMilliseconds !== utcMs) return `ambiguous: ${where}`;
  return null;
}

test("in all zones of the world, around every change of the clocks from 2020 to 2040, every moment has one work-day", () => {
  const wrong: string[] = [];
  let changes = 0;
  for (const [n, timeZone] of zones.entries()) {
    for (const [m, changeMs] of transitionsOf(timeZone).entries()) {
      changes += 1;
      // The beginnings of the day take turns.
      const offsets = [-hourMs, -1, 0, hourMs - 1, hourMs];
      for (const [k, offsetMs] of offsets.entries()) {
        const dayStartsAt = starts[(n + m + k) % starts.length] ?? "04:00";
        const problem = whatIsWrong(changeMs + offsetMs, site(timeZone, dayStartsAt));
        if (problem !== null) wrong.push(problem);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(zones.length).toBeGreaterThan(400);
  expect(changes).toBeGreaterThan(3_000);
}, 240_000);

test("at any moment, in any zone, with any beginning of the day", () => {
  const anywhere = fc.record({
    timeZone: fc.constantFrom(...zones),
    hour: fc.nat(23),
    minute: fc.nat(59),
    utcMs: fc.integer({ min: ms("2020-01-01T00:00:00Z"), max: ms("2040-12-31T00:00:00Z") }),
  });
  fc.assert(
    fc.property(anywhere, ({ timeZone, hour, minute, utcMs }) => {
      const dayStartsAt = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
      expect(whatIsWrong(utcMs, site(timeZone, dayStartsAt))).toBeNull();
    }),
    { numRuns: 400 },
  );
}, 120_000);
