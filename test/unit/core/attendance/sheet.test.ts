import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Written } from "../../../../kiosk/core/attendance/marks.ts";
import { last14Days, sheetsOf, totalsOf } from "../../../../kiosk/core/attendance/sheet.ts";
import type { Oddity } from "../../../../kiosk/core/attendance/shifts.ts";
import { type WorkDay, workDayOf } from "../../../../kiosk/core/attendance/workday.ts";
import type { PunchKind } from "../../../../kiosk/core/record.ts";
import { berlin, bookFor, correction, lost, nowIs, punch, told, wall } from "./journal.ts";

const minuteMs = 60_000;
const later = nowIs("2026-11-30 12:00");
const sheets = (...events: readonly Written[]) => sheetsOf(bookFor(...events), berlin, later);
/** `in 08:00 out 17:00`, on the day that is said. */
const day = (date: string, text: string): readonly Written[] =>
  [...text.matchAll(/([a-z-]+) (\d\d:\d\d)(\+1)?/g)].map(([, kind, time, next], n) => {
    const on = next === undefined ? date : Temporal.PlainDate.from(date).add({ days: 1 }).toString();
    return punch(`${date}-${n}`, kind as PunchKind, `${on} ${time}`);
  });

describe("a day", () => {
  test.each<readonly [string, string, number, number, readonly Oddity[]]>([
    ["in and out", "in 08:00 out 17:00", 540, 0, []],
    ["with a break", "in 08:00 break-start 12:00 break-end 12:30 out 17:00", 510, 30, []],
    ["out from a break", "in 08:00 break-start 12:00 out 12:30", 240, 30, []],
    ["twice a day", "in 08:00 out 12:00 in 13:00 out 17:00", 480, 0, []],
    ["a job in between", "in 08:00 transfer 10:00 out 17:00", 540, 0, []],
    ["a transfer ends a break", "in 08:00 break-start 12:00 transfer 12:30 out 17:00", 510, 30, []],
    ["in twice: the first holds", "in 08:00 in 08:05 out 17:00", 540, 0, ["in-twice"]],
    ["dozens of ins", "in 08:00 in 09:00 in 10:00 in 11:00 out 12:00", 240, 0, ["in-twice"]],
    ["in ends a forgotten break", "in 08:00 break-start 12:00 in 12:30 out 17:00", 510, 30, ["in-twice"]],
    ["out alone", "out 17:00", 0, 0, ["out-without-in"]],
    ["out twice", "in 08:00 out 17:00 out 17:01", 540, 0, ["out-without-in"]],
    [
      "a break by somebody who never came",
      "break-start 12:00 break-end 12:30 out 17:00",
      270,
      30,
      ["break-without-in"],
    ],
    ["a break that never began", "in 08:00 break-end 12:30 out 17:00", 540, 0, ["break-end-without-start"]],
    ["a job without in", "transfer 10:00 out 17:00", 420, 0, ["transfer-without-in"]],
    ["a night", "in 22:00 break-start 02:00+1 break-end 02:30+1 out 06:00+1", 450, 30, []],
    ["a night over four o'clock twice is one day's", "in 23:00 out 05:00+1", 360, 0, []],
    ["a clock that ran back", "in 08:00 out 07:00", 0, 0, ["time-runs-back"]],
    ["a very long one counts and is shown", "in 08:00 out 08:30+1", 1470, 0, ["open-too-long"]],
  ])("%s", (_, text, workMin, breakMin, oddities) => {
    const { days, undated } = sheets(...day("2026-11-23", text));
    expect(days).toMatchObject([
      { day: "2026-11-23", workMs: workMin * minuteMs, breakMs: breakMin * minuteMs, oddities, isOpen: false },
    ]);
    expect(undated).toEqual([]);
  });

  test.each([
    ["spring, 22:00 to 06:00", "2026-03-28 22:00", "2026-03-29 06:00", 7],
    ["autumn, 22:00 to 06:00", "2026-10-24 22:00", "2026-10-25 06:00", 9],
    ["the first to the second 02:30", "2026-10-25 02:30:00+02:00", "2026-10-25 02:30:00+01:00", 1],
    ["over the left out hour", "2026-03-29 01:59", "2026-03-29 03:01", 2 / 60],
  ])("counts the time that went by when the clocks change: %s", (_, from, until, hours) => {
    const { days } = sheets(punch("a", "in", from), punch("b", "out", until));
    expect(days).toMatchObject([{ workMs: hours * 60 * minuteMs, oddities: [] }]);
    expect(days[0]?.day).toBe(workDayOf(wall(from), berlin));
  });

  test("that nobody ended counts what is known of it when another begins, and says so", () => {
    const forgot = day("2026-11-23", "in 08:00 break-start 12:00 break-end 12:30");
    const { days } = sheets(...forgot, ...day("2026-11-24", "in 08:00 out 17:00"));
    expect(days).toMatchObject([
      { day: "2026-11-23", workMs: 240 * minuteMs, oddities: ["open-too-long"], isUnsure: true },
      { day: "2026-11-24", workMs: 540 * minuteMs, oddities: [], isUnsure: false },
    ]);
  });

  test("shows its job with each span", () => {
    const { days } = sheets(
      punch("a", "in", "2026-11-23 08:00"),
      punch("b", "transfer", "2026-11-23 10:00", { job: "weld" }),
      punch("c", "out", "2026-11-23 17:00"),
    );
    expect(days[0]?.spans.map(({ job, ms }) => [job, (ms ?? 0) / minuteMs])).toEqual([
      [null, 120],
      ["weld", 420],
    ]);
  });
});

describe("what is still open", () => {
  const open = bookFor(...day("2026-11-23", "in 08:00"));
  test("counts until now", () => {
    const { days } = sheetsOf(open, berlin, nowIs("2026-11-23 09:30"));
    expect(days).toMatchObject([{ isOpen: true, workMs: 90 * minuteMs, oddities: [] }]);
  });
  test("for too long counts nothing until somebody says when it ended", () => {
    const { days } = sheetsOf(open, berlin, nowIs("2026-11-24 09:30"));
    expect(days).toMatchObject([{ isOpen: true, workMs: 0, oddities: ["open-too-long"], isUnsure: true }]);
  });
  test("counts by the monotonic clock where the wall clock is lost", () => {
    const dark = nowIs("2031-05-05 05:05", { mono: nowIs("2026-11-23 09:30").at.monoMs, trust: lost });
    expect(sheetsOf(open, berlin, dark).days).toMatchObject([{ workMs: 90 * minuteMs }]);
  });
  test("has no length that anybody knows after a power cut", () => {
    const dark = nowIs("2031-05-05 05:05", { boot: 2, mono: 1_000, trust: lost });
    expect(sheetsOf(open, berlin, dark).days).toMatchObject([{ workMs: 0, isOpen: true, isUnsure: true }]);
  });
});

describe("a time that is not sure", () => {
  const dark = (id: string, kind: PunchKind, mono: number) =>
    punch(id, kind, "2031-05-05 05:05", { boot: 2, mono, isWeak: true });

  test("is shown by itself where no clock can say the day", () => {
    const { days, undated } = sheets(dark("a", "in", 0), dark("b", "out", 8 * 60 * minuteMs));
    expect(days).toEqual([]);
    expect(undated.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  test("does not lose the hours where the other end is sure and the boot is the same", () => {
    const { days } = sheets(
      dark("a", "in", 0),
      punch("b", "out", "2026-11-23 17:00", { boot: 2, mono: 480 * minuteMs }),
    );
    expect(days).toMatchObject([{ day: "2026-11-23", workMs: 480 * minuteMs }]);
  });

  test("counts nothing over a power cut, stands on the day of its shift, and says so", () => {
    const { days, undated } = sheets(punch("a", "in", "2026-11-23 08:00"), dark("b", "out", 1_000));
    expect(days).toMatchObject([{ day: "2026-11-23", workMs: 0, isUnsure: true, isOpen: false }]);
    expect(days[0]?.marks).toHaveLength(2);
    expect(undated).toEqual([]);
  });
});

describe("corrections on the sheet", () => {
  const ask = { state: "asked", adds: "after", at: "2026-11-23T16:00:00Z" } as const;
  const forgot = day("2026-11-23", "in 08:00");
  test("that are asked for stand beside what still stands", () => {
    const { days } = sheets(...forgot, correction("c1", "2026-11-23-0", "out", ask));
    expect(days).toMatchObject([{ workMs: 0, requests: [{ id: "c1", kind: "out", state: "asked" }] }]);
  });
  test("that are granted count, and are not asked any more", () => {
    const grant = { ...ask, state: "granted", by: "supervisor", req: "c1" } as const;
    const { days } = sheets(
      ...forgot,
      correction("c1", "2026-11-23-0", "out", ask),
      correction("c2", "2026-11-23-0", "out", grant),
    );
    expect(days).toMatchObject([{ workMs: 540 * minuteMs, requests: [], oddities: [] }]);
  });
  test("of a punch that was somebody else's count nothing and are shown", () => {
    const book = [...day("2026-11-23", "in 08:00 out 17:00 in 18:00"), correction("c", "2026-11-23-2", "unknown")];
    expect(sheets(...book).days).toMatchObject([{ workMs: 540 * minuteMs, oddities: ["not-theirs"], isOpen: false }]);
  });
});

describe("first and last", () => {
  const firstLast = (now: typeof later, ...events: readonly Written[]) =>
    sheetsOf(bookFor(...events), berlin, now, "first-last").days;
  test("counts from the first to the last of the day, whatever was pressed", () => {
    const pressed = day("2026-11-23", "in 08:00 out 12:00 out 12:01 in 13:00 out 17:00");
    expect(firstLast(later, ...pressed)).toMatchObject([{ workMs: 540 * minuteMs, oddities: [], isOpen: false }]);
  });
  test("counts one alone until now on its own day, and nothing later", () => {
    const alone = day("2026-11-23", "in 08:00");
    expect(firstLast(nowIs("2026-11-23 09:00"), ...alone)).toMatchObject([{ workMs: 60 * minuteMs, isOpen: true }]);
    expect(firstLast(later, ...alone)).toMatchObject([{ workMs: 0, isOpen: false, oddities: ["open-too-long"] }]);
  });
});

test("the last 14 days are 14, empty ones too, and add up", () => {
  const days = last14Days(
    sheets(
      ...day("2026-11-09", "in 08:00 out 17:00"),
      ...day("2026-11-23", "in 08:00 out 17:00"),
      ...day("2026-11-24", "in 08:00 break-start 12:00 break-end 12:30 out 17:00"),
    ),
    "2026-11-24" as WorkDay,
  );
  expect([days.length, days[0]?.day, days.at(-1)?.day]).toEqual([14, "2026-11-11", "2026-11-24"]);
  expect(totalsOf(days)).toEqual({ workMs: 1050 * minuteMs, breakMs: 30 * minuteMs, days: 2, isUnsure: false });
});

test("whatever was pressed and whenever: every mark is somewhere, once, and nothing counts less than nothing or overlaps", () => {
  const pressed = fc.record({
    kind: fc.constantFrom<PunchKind>("in", "out", "break-start", "break-end", "transfer", "unknown"),
    minutes: fc.integer({ min: 0, max: 3_000 }),
    isWeak: fc.boolean(),
    reboots: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(pressed, { maxLength: 30 }), fc.boolean(), (list, isFirstLast) => {
      let utcMs = wall("2026-10-24 20:00");
      let boot = 1;
      let monoMs = 0;
      const startMs = utcMs;
      const events = list.map(({ kind, minutes, isWeak, reboots }, n) => {
        utcMs += minutes * minuteMs;
        boot += reboots ? 1 : 0;
        monoMs = reboots ? 0 : monoMs + minutes * minuteMs;
        return punch(`e${n}`, kind, new Date(utcMs).toISOString().replace("Z", "+00:00"), {
          boot,
          mono: monoMs,
          isWeak,
        });
      });
      const book = bookFor(...told(...events));
      const now = { at: { utcMs, monoMs }, boot, trust: later.trust };
      const { days, undated } = sheetsOf(book, berlin, now, isFirstLast ? "first-last" : "pairs");
      const shown = [...days.flatMap(({ marks }) => marks), ...undated].map(({ id }) => id);
      expect(shown.toSorted()).toEqual(events.map(({ id }) => id).toSorted());
      const { workMs, breakMs } = totalsOf(days);
      expect(days.flatMap(({ spans }) => spans).every(({ ms }) => ms === null || ms >= 0)).toBe(true);
      // Here the true time of everything is known: more cannot have been worked than went by.
      expect(workMs + breakMs).toBeLessThanOrEqual(utcMs - startMs);
    }),
    { numRuns: 300 },
  );
}, 120_000);
