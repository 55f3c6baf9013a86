import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DirectionMode, directionOf, standingAfter } from "../../../../kiosk/core/attendance/direction.ts";
import { duplicateSinceMs } from "../../../../kiosk/core/attendance/duplicate.ts";
import {
  isEndPossible,
  type OpenShift,
  openShiftAnswered,
  openShiftOf,
} from "../../../../kiosk/core/attendance/open-shift.ts";
import { plannedAround, type Shift, shiftOf } from "../../../../kiosk/core/attendance/schedule.ts";
import type { WallTrust } from "../../../../kiosk/core/attendance/trust.ts";
import type { PunchKind } from "../../../../kiosk/core/record.ts";
import { ana, berlin, daysOnly, exact, lost, markFrom, punch, type Told, wall } from "./journal.ts";

const last = (kind: PunchKind, at: string, told?: Told) => markFrom(punch("a", kind, at, told));
const dayShift: Shift = { start: "08:00", end: "17:00", days: [1, 2, 3, 4, 5] };
const nightShift: Shift = { start: "22:00", end: "06:00", days: [1, 2, 3, 4, 5, 6, 7] };

describe("the kind of a punch", () => {
  const cases: readonly (readonly [
    string,
    DirectionMode,
    PunchKind | null,
    string,
    string,
    WallTrust,
    string,
    boolean,
  ])[] = [
    ["the first ever", "suggested", null, "", "2026-11-23 08:00", exact, "in", false],
    ["after in", "suggested", "in", "2026-11-23 08:00", "2026-11-23 12:00", exact, "out", false],
    ["after out", "suggested", "out", "2026-11-23 12:00", "2026-11-23 13:00", exact, "in", false],
    ["on a break", "suggested", "break-start", "2026-11-23 12:00", "2026-11-23 12:30", exact, "break-end", false],
    ["after a break", "suggested", "break-end", "2026-11-23 12:30", "2026-11-23 17:00", exact, "out", false],
    ["after a transfer", "suggested", "transfer", "2026-11-23 12:30", "2026-11-23 17:00", exact, "out", false],
    ["at the end of a night", "suggested", "in", "2026-11-23 22:00", "2026-11-24 06:00", exact, "out", false],
    ["a day after a forgotten out", "suggested", "in", "2026-11-23 08:00", "2026-11-24 08:00", exact, "in", false],
    ["the clock is lost", "suggested", "in", "2026-11-23 08:00", "2031-05-05 05:05", lost, "out", true],
    ["each time", "manual", "in", "2026-11-23 08:00", "2026-11-23 17:00", exact, "out", true],
    ["a gate in", "fixed-in", "in", "2026-11-23 08:00", "2026-11-23 17:00", exact, "in", false],
    ["a gate out", "fixed-out", null, "", "2026-11-23 17:00", lost, "out", false],
    ["planned to come", "schedule", "out", "2026-11-22 17:00", "2026-11-23 08:02", exact, "in", false],
    ["planned to go", "schedule", "in", "2026-11-23 08:00", "2026-11-23 16:50", exact, "out", false],
    ["planned to go, and never came", "schedule", null, "", "2026-11-23 17:00", exact, "out", true],
    ["planned to come, and is here", "schedule", "in", "2026-11-23 07:00", "2026-11-23 08:00", exact, "in", true],
    [
      "from a break in the morning",
      "schedule",
      "break-start",
      "2026-11-23 09:00",
      "2026-11-23 09:15",
      exact,
      "break-end",
      false,
    ],
    [
      "to lunch, far from what is planned",
      "schedule",
      "in",
      "2026-11-23 08:00",
      "2026-11-23 12:00",
      exact,
      "out",
      false,
    ],
    ["nothing is planned on Sunday", "schedule", "in", "2026-11-22 08:00", "2026-11-22 12:00", exact, "out", false],
    [
      "a plan, and a clock that is good for days",
      "schedule",
      "in",
      "2026-11-23 08:00",
      "2026-11-23 08:30",
      daysOnly,
      "out",
      false,
    ],
    ["the first of the day", "first-last", "out", "2026-11-22 17:00", "2026-11-23 08:00", exact, "in", false],
    ["the second of the day", "first-last", "in", "2026-11-23 08:00", "2026-11-23 12:00", exact, "out", false],
    ["the third of the day", "first-last", "out", "2026-11-23 12:00", "2026-11-23 13:00", exact, "out", false],
    [
      "before four it is still the day before",
      "first-last",
      "in",
      "2026-11-23 20:00",
      "2026-11-24 03:00",
      exact,
      "out",
      false,
    ],
  ];
  test.each(cases)("%s, %s", (_, mode, kind, at, now, trust, expected, ask) => {
    const nowUtcMs = wall(now);
    const plan = plannedAround([dayShift], nowUtcMs, "Europe/Berlin");
    const mark = kind === null ? null : last(kind, at);
    const answer = directionOf({ mode, last: mark, plan, nowUtcMs, trust, site: berlin });
    expect(answer).toEqual({ kind: expected, inferred: !mode.startsWith("fixed"), ask });
  });

  test("after a punch whose time is not sure is that of the order, and asked", () => {
    const dark = last("in", "2031-05-05 05:05", { isWeak: true });
    const question = { last: dark, plan: [], nowUtcMs: wall("2026-11-23 08:00"), trust: exact, site: berlin };
    expect(directionOf({ ...question, mode: "suggested" })).toEqual({ kind: "out", inferred: true, ask: true });
  });
});

test.each([
  ["in", "in"],
  ["out", "out"],
  ["break-start", "break"],
  ["break-end", "in"],
  ["transfer", "in"],
  ["unknown", "out"],
] as const)("somebody who pressed %s is %s", (kind, standing) => expect(standingAfter(kind)).toBe(standing));

describe("a second punch", () => {
  const first = { boot: 1, mono: 1_000_000 };
  test.each<readonly [string, Told, number, number, number, WallTrust, number | null]>([
    ["within the window", first, 1, 30_000, 30_000, exact, 30_000],
    ["at its end", first, 1, 60_000, 60_000, exact, null],
    ["the wall clock was set by a day in between", first, 1, 86_400_000, 30_000, exact, 30_000],
    ["the wall clock was put back to the same second", first, 1, 0, 3_600_000, exact, null],
    ["the wall clock is lost", first, 1, 86_400_000, 30_000, lost, 30_000],
    ["after a restart of the machine, by a good wall clock", first, 2, 30_000, -990_000, exact, 30_000],
    ["after a restart, by one that is good for days", first, 2, 30_000, -990_000, daysOnly, null],
    ["after a restart, with the clock lost", first, 2, 30_000, -990_000, lost, null],
    [
      "after a restart, of a punch whose time was not sure",
      { ...first, isWeak: true },
      2,
      30_000,
      -990_000,
      exact,
      null,
    ],
    ["a counter of boots that began anew", first, 1, 30_000, -990_000, lost, null],
    ["a badge that waited for its face", { boot: 9 }, 1, -5_000, 0, exact, 5_000],
  ])("%s", (_, told, boot, wallMs, monoMs, trust, expected) => {
    const mark = last("in", "2026-11-23 08:00", told);
    const now = { utcMs: wall("2026-11-23 08:00") + wallMs, monoMs: 1_000_000 + monoMs };
    expect(duplicateSinceMs({ last: mark, now, boot, trust, windowMs: 60_000 })).toBe(expected);
  });

  test("is none without a first", () => {
    const now = { utcMs: 0, monoMs: 0 };
    expect(duplicateSinceMs({ last: null, now, boot: 1, trust: exact, windowMs: 60_000 })).toBeNull();
  });

  test("within one boot never depends on the wall clock", () => {
    const anyTrust = fc.constantFrom(exact, daysOnly, lost);
    fc.assert(
      fc.property(fc.integer(), fc.nat(120_000), anyTrust, (wallMs, sinceMs, trust) => {
        const mark = last("in", "2026-11-23 08:00", first);
        const now = { utcMs: wall("2026-11-23 08:00") + wallMs, monoMs: 1_000_000 + sinceMs };
        const found = duplicateSinceMs({ last: mark, now, boot: 1, trust, windowMs: 60_000 });
        expect(found).toBe(sinceMs < 60_000 ? sinceMs : null);
      }),
    );
  });
});

describe("an open punch of an earlier day", () => {
  test.each<readonly [string, PunchKind, string, string, WallTrust, Shift | null, boolean]>([
    ["yesterday's in", "in", "2026-11-23 08:00", "2026-11-24 08:00", exact, null, true],
    ["yesterday's break", "break-start", "2026-11-23 12:00", "2026-11-24 08:00", exact, null, true],
    ["yesterday's transfer", "transfer", "2026-11-23 12:00", "2026-11-24 08:00", exact, null, true],
    ["last week's", "in", "2026-11-16 08:00", "2026-11-24 08:00", exact, null, true],
    ["yesterday's out", "out", "2026-11-23 17:00", "2026-11-24 08:00", exact, null, false],
    ["today's", "in", "2026-11-24 08:00", "2026-11-24 17:00", exact, null, false],
    ["a night that ends", "in", "2026-11-23 22:00", "2026-11-24 06:05", exact, null, false],
    ["a planned night that ends late", "in", "2026-11-23 22:00", "2026-11-24 09:00", exact, nightShift, false],
    ["a planned night that was over long ago", "in", "2026-11-23 22:00", "2026-11-24 10:30", exact, nightShift, true],
    [
      "a late shift, forgotten, early next day",
      "in",
      "2026-11-23 15:00",
      "2026-11-24 05:00",
      exact,
      { start: "15:00", end: "23:00", days: [1] },
      true,
    ],
    ["the clock is good for days", "in", "2026-11-23 08:00", "2026-11-24 08:00", daysOnly, null, true],
    ["the clock is lost", "in", "2026-11-23 08:00", "2026-11-24 08:00", lost, null, false],
  ])("%s", (_, kind, at, now, trust, shift, isAsked) => {
    const mark = last(kind, at);
    const came = wall(at);
    const planned = shift === null ? null : shiftOf(plannedAround([shift], came, "Europe/Berlin"), came);
    const open = openShiftOf({ last: mark, nowUtcMs: wall(now), trust, site: berlin, planned });
    expect(open !== null).toBe(isAsked);
    if (open !== null)
      expect(open).toMatchObject({ last: mark, sinceUtcMs: came, plannedEndUtcMs: planned?.endMs ?? null });
  });

  test("of a time that is not sure is not asked about", () => {
    const dark = last("in", "2026-11-23 08:00", { isWeak: true });
    expect(
      openShiftOf({ last: dark, nowUtcMs: wall("2026-11-24 08:00"), trust: exact, site: berlin, planned: null }),
    ).toBeNull();
  });

  const nowMs = wall("2026-11-24 08:00");
  const open = openShiftOf({
    last: last("in", "2026-11-23 08:00"),
    nowUtcMs: nowMs,
    trust: exact,
    site: berlin,
    planned: null,
  }) as OpenShift;
  const asked = { ref: "a", kind: "out", sub: ana, reason: "open-shift", by: "self", adds: "after", state: "asked" };

  test("that ended at five is asked of a supervisor, and now begins anew", () => {
    const answer = openShiftAnswered(open, { is: "ended", atUtcMs: wall("2026-11-23 17:00") }, nowMs);
    expect(answer).toEqual({ kind: "in", correction: { ...asked, at: "2026-11-23T16:00:00.000Z" } });
  });
  test("of which nobody knows the end is asked without a time", () => {
    expect(openShiftAnswered(open, { is: "unknown" }, nowMs)).toEqual({ kind: "in", correction: asked });
  });
  test("with an end that cannot be is one nobody knows", () => {
    for (const atUtcMs of [wall("2026-11-23 07:59"), wall("2026-11-24 08:01")]) {
      expect(isEndPossible(open, atUtcMs, nowMs)).toBe(false);
      expect(openShiftAnswered(open, { is: "ended", atUtcMs }, nowMs)).toEqual({ kind: "in", correction: asked });
    }
  });
  test("that still goes on ends now, or its break does", () => {
    expect(openShiftAnswered(open, { is: "same-shift" }, nowMs)).toEqual({ kind: "out", correction: null });
    const onBreak = { ...open, last: last("break-start", "2026-11-23 12:00") };
    expect(openShiftAnswered(onBreak, { is: "same-shift" }, nowMs)).toEqual({ kind: "break-end", correction: null });
  });
});
