import { describe, expect, test } from "vitest";
import { directionOf } from "../../../../kiosk/core/attendance/direction.ts";
import { duplicateSinceMs } from "../../../../kiosk/core/attendance/duplicate.ts";
import { leaveAt } from "../../../../kiosk/core/attendance/leave.ts";
import { openShiftOf } from "../../../../kiosk/core/attendance/open-shift.ts";
import { sheetsOf } from "../../../../kiosk/core/attendance/sheet.ts";
import { type ClockStory, wallTrust } from "../../../../kiosk/core/attendance/trust.ts";
import type { ClockQuality, Stamp } from "../../../../kiosk/core/time.ts";
import { berlin, bookFor, lost, markFrom, punch, wall } from "./journal.ts";

const stamp = (text: string, monoMs: number): Stamp => ({ utcMs: wall(text), monoMs });
const clock = (source: ClockQuality["source"], errorMs = 1_000): ClockQuality => ({ source, errorMs, ageS: 60 });
const rtc = clock("rtc", 3_600_000);
const calm: ClockStory = {
  clock: clock("ntp"),
  now: stamp("2026-11-24 08:00", 3_600_000),
  newestSureUtcMs: wall("2026-11-23 17:00"),
  before: stamp("2026-11-24 07:30", 1_800_000),
  isNewBoot: false,
  wasUnclean: false,
};
const newBoot = { isNewBoot: true, before: null } as const;

describe("how far the wall clock may decide", () => {
  test.each<readonly [string, Partial<ClockStory>, string, readonly string[]]>([
    ["synchronised", {}, "minutes", []],
    ["synchronised after a power cut", { ...newBoot, wasUnclean: true }, "minutes", []],
    ["a battery clock, nothing odd", { clock: rtc }, "days", ["coarse"]],
    ["a battery clock after a clean stop", { clock: rtc, ...newBoot }, "days", ["coarse"]],
    ["a battery clock after a power cut", { clock: rtc, ...newBoot, wasUnclean: true }, "nothing", ["power-cut"]],
    ["the process died, the machine did not", { clock: rtc, wasUnclean: true }, "days", ["coarse"]],
    ["set by hand", { clock: clock("manual", 60_000) }, "days", ["coarse"]],
    ["nobody told it", { clock: clock("none", 1e12) }, "nothing", ["no-source"]],
    ["a synchronisation that is too old", { clock: clock("ntp", 20_000) }, "days", ["coarse"]],
    ["one that is far too old", { clock: clock("ntp", 3 * 3_600_000) }, "nothing", ["coarse"]],
    [
      "earlier than a sure record",
      { now: stamp("2026-11-23 16:00", 3_600_000), before: null },
      "nothing",
      ["ran-back"],
    ],
    [
      "earlier than a sure record by less than its error",
      { clock: rtc, now: stamp("2026-11-23 16:30", 3_600_000), before: null },
      "days",
      ["coarse"],
    ],
    [
      "signed time is believed against older records",
      { clock: clock("ack"), now: stamp("2026-11-20 08:00", 3_600_000) },
      "minutes",
      [],
    ],
    ["no record yet", { newestSureUtcMs: null, before: null }, "minutes", []],
    ["somebody set it while it ran", { clock: rtc, now: stamp("2026-11-24 10:30", 3_600_000) }, "nothing", ["jumped"]],
    ["it was synchronised while it ran", { now: stamp("2026-11-24 10:30", 3_600_000) }, "minutes", []],
    ["slewed a little", { clock: rtc, now: stamp("2026-11-24 08:00:01", 3_600_000) }, "days", ["coarse"]],
    [
      "everything at once",
      { clock: clock("none", 1e12), now: stamp("2020-01-01 00:00", 900), ...newBoot, wasUnclean: true },
      "nothing",
      ["no-source", "power-cut"],
    ],
  ])("%s", (_, told, reach, why) => {
    expect(wallTrust({ ...calm, ...told })).toEqual({ reach, why });
  });
});

/** A shift was open when the power went; the clock came back with a date of its own. */
describe.each([
  ["in the future", "2031-05-05 05:05"],
  ["in the past", "2020-01-01 00:00"],
  ["by chance on the same minute", "2026-11-23 08:00"],
])("a random date after a power cut, %s", (_, randomDate) => {
  const open = markFrom(punch("a", "in", "2026-11-23 08:00", { boot: 1 }));
  const now = stamp(randomDate, 42_000);
  const trust = wallTrust({ ...calm, clock: rtc, now, ...newBoot, wasUnclean: true });
  const planned = { startMs: wall("2026-11-23 08:00"), endMs: wall("2026-11-23 17:00") };

  test("decides nothing", () => {
    expect(trust.reach).toBe("nothing");
    expect(trust.why).toContain("power-cut");
  });

  test("the direction follows the order of punches, and the person is asked, in every mode but a fixed gate", () => {
    const question = { last: open, plan: [planned], nowUtcMs: now.utcMs, trust, site: berlin };
    for (const mode of ["manual", "suggested", "schedule", "first-last"] as const) {
      expect(directionOf({ ...question, mode })).toEqual({ kind: "out", inferred: true, ask: true });
    }
    expect(directionOf({ ...question, mode: "fixed-in" })).toMatchObject({ kind: "in", ask: false });
  });

  test("nobody is asked about a second punch, an open shift or a leave", () => {
    expect(duplicateSinceMs({ last: open, now, boot: 2, trust, windowMs: 60_000 })).toBeNull();
    expect(openShiftOf({ last: open, nowUtcMs: now.utcMs, trust, site: berlin, planned })).toBeNull();
    expect(leaveAt([{ f: "2020-01-01T00:00:00Z", t: "2040-01-01T00:00:00Z", k: 1 }], now.utcMs, trust)).toBeNull();
  });

  test("L13 the punch does not land on that date, and is dated once the clock knows", () => {
    const dark = punch("b", "out", randomDate, { boot: 2, mono: 42_000, isWeak: true });
    const late = { at: stamp(randomDate, 60_000), boot: 2, trust };
    const before = sheetsOf(bookFor(punch("a", "in", "2026-11-23 08:00"), dark), berlin, late);
    expect(before.days).toMatchObject([{ day: "2026-11-23", isUnsure: true, workMs: 0 }]);
    const sure = punch("c", "in", "2026-11-23 18:00", { boot: 2, mono: 3_642_000 });
    const after = sheetsOf(bookFor(punch("a", "in", "2026-11-23 08:00"), dark, sure), berlin, {
      at: stamp("2026-11-23 18:00", 3_642_000),
      boot: 2,
      trust: { reach: "minutes", why: [] },
    });
    expect(after.days).toMatchObject([{ day: "2026-11-23", workMs: 9 * 3_600_000 }]);
  });

  test("two punches within that boot are still told from one", () => {
    const dark = markFrom(punch("b", "out", randomDate, { boot: 2, mono: 42_000, isWeak: true }));
    const again = { utcMs: now.utcMs + 86_400_000, monoMs: 50_000 };
    expect(duplicateSinceMs({ last: dark, now: again, boot: 2, trust: lost, windowMs: 60_000 })).toBe(8_000);
  });
});
