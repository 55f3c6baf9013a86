import { describe, expect, test } from "vitest";
import {
  hintOf,
  nearestMoment,
  plannedAround,
  type Shift,
  shiftOf,
} from "../../../../kiosk/core/attendance/schedule.ts";
import { wall } from "./journal.ts";

const day: Shift = { start: "08:00", end: "17:00", days: [1, 2, 3, 4, 5] };
const night: Shift = { start: "22:00", end: "06:00", days: [5, 6] };
const plan = (shifts: readonly Shift[], at: string) => plannedAround(shifts, wall(at), "Europe/Berlin");
const graceMs = 5 * 60_000;

describe("what is planned around a moment", () => {
  test.each<readonly [string, readonly Shift[], string, readonly (readonly [string, string])[]]>([
    [
      "a Monday: its own and Tuesday's",
      [day],
      "2026-11-23 12:00",
      [
        ["2026-11-23 08:00", "2026-11-23 17:00"],
        ["2026-11-24 08:00", "2026-11-24 17:00"],
      ],
    ],
    ["a Sunday between", [day], "2026-11-22 12:00", [["2026-11-23 08:00", "2026-11-23 17:00"]]],
    [
      "a night belongs to the day on which it starts",
      [night],
      "2026-11-28 03:00",
      [
        ["2026-11-27 22:00", "2026-11-28 06:00"],
        ["2026-11-28 22:00", "2026-11-29 06:00"],
      ],
    ],
    [
      "a whole day",
      [{ start: "06:00", end: "06:00", days: [1] }],
      "2026-11-23 12:00",
      [["2026-11-23 06:00", "2026-11-24 06:00"]],
    ],
    [
      "the hour that is left out",
      [{ start: "02:30", end: "10:00", days: [7] }],
      "2026-03-29 12:00",
      [["2026-03-29 03:30", "2026-03-29 10:00"]],
    ],
    [
      "the hour that comes twice",
      [{ start: "02:30", end: "10:00", days: [7] }],
      "2026-10-25 12:00",
      [["2026-10-25 02:30:00+02:00", "2026-10-25 10:00"]],
    ],
    ["nobody", [], "2026-11-23 12:00", []],
  ])("%s", (_, shifts, at, expected) => {
    expect(plan(shifts, at)).toEqual(expected.map(([start, end]) => ({ startMs: wall(start), endMs: wall(end) })));
  });

  test.each([
    ["spring", "2026-03-28 23:00", 7],
    ["autumn", "2026-10-24 23:00", 9],
    ["any other night", "2026-11-28 23:00", 8],
  ])("a night from 22:00 to 06:00 has as many hours as it has: %s", (_, at, hours) => {
    const shift = shiftOf(plan([{ ...night, days: [6] }], at), wall(at));
    expect(((shift?.endMs ?? 0) - (shift?.startMs ?? 0)) / 3_600_000).toBe(hours);
  });
});

describe("a hint", () => {
  test.each<readonly [string, "in" | "out", readonly Shift[], string, string, string | null]>([
    ["in time", "in", [day], "2026-11-23 08:03", "none", "2026-11-23 08:00"],
    ["late", "in", [day], "2026-11-23 08:06", "late", "2026-11-23 08:00"],
    ["early", "in", [day], "2026-11-23 07:30", "early", "2026-11-23 08:00"],
    ["leaves early", "out", [day], "2026-11-23 15:00", "early", "2026-11-23 17:00"],
    ["leaves late", "out", [day], "2026-11-23 18:00", "late", "2026-11-23 17:00"],
    ["leaves a night in time", "out", [night], "2026-11-28 06:01", "none", "2026-11-28 06:00"],
    ["nothing is planned", "in", [], "2026-11-23 08:00", "none", null],
  ])("%s", (_, kind, shifts, at, hint, planned) => {
    const expected = { hint, plannedUtcMs: planned === null ? null : wall(planned) };
    expect(hintOf(kind, plan(shifts, at), wall(at), graceMs)).toEqual(expected);
  });
});

test.each([
  ["2026-11-23 08:10", "in", "2026-11-23 08:00"],
  ["2026-11-23 12:30", "in", "2026-11-23 08:00"],
  ["2026-11-23 12:31", "out", "2026-11-23 17:00"],
  ["2026-11-23 23:00", "out", "2026-11-23 17:00"],
])("at %s the nearest planned moment is %s at %s", (at, kind, planned) => {
  expect(nearestMoment(plan([day], at), wall(at))).toEqual({ kind, utcMs: wall(planned) });
});
