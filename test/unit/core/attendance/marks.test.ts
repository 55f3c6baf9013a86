import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attendanceOf, blankAttendance, bookOf, lastOf } from "../../../../kiosk/core/attendance/attendance.ts";
import { askedCorrection, standingOf } from "../../../../kiosk/core/attendance/correction.ts";
import { type Mark, marksMax, type Written } from "../../../../kiosk/core/attendance/marks.ts";
import type { CorrectionData, PunchData, PunchKind } from "../../../../kiosk/core/record.ts";
import { ana, bo, bookFor, correction, marksFor, punch, sup, told, wall } from "./journal.ts";

const seen = (marks: readonly Mark[]) => marks.map(({ kind, utcMs, time }) => [kind, utcMs, time]);
const asked = { state: "asked", reason: "open-shift" } as const;
const missingOut = { ...asked, adds: "after", at: "2026-11-23T16:00:00Z" } as const;
const granted = { by: "supervisor", state: "granted", req: "c1", sup } as const;

describe("what a correction is", () => {
  const basis: CorrectionData = { ref: "a", kind: "out", sub: ana, reason: "x", by: "self" };
  test.each([
    ["a change of mind at the clock holds", {}, "granted"],
    ["another time is asked for", { at: "2026-11-23T16:00:00Z" }, "asked"],
    ["a missing punch is asked for", { adds: "after" }, "asked"],
    ["people cannot grant their own", { state: "granted" }, "asked"],
    ["people may take their own request back", { state: "declined" }, "declined"],
    ["a supervisor's word holds", { by: "supervisor", at: "2026-11-23T16:00:00Z" }, "granted"],
    ["a supervisor may decline", { by: "supervisor", state: "declined" }, "declined"],
    ["a supervisor may leave it to another", { by: "supervisor", state: "asked" }, "asked"],
  ] as const)("%s", (_, more, standing) => {
    expect(standingOf({ ...basis, ...more })).toBe(standing);
  });
});

test("a person who asks says what, when and why, and no longer than the contract allows", () => {
  const wish = { ref: "a", sub: ana, kind: "in", reason: "forgot", atUtcMs: wall("2026-11-23 07:30") } as const;
  const asked = { ref: "a", sub: ana, kind: "in", reason: "forgot", by: "self", state: "asked" };
  expect(askedCorrection({ ...wish, note: "n".repeat(300) })).toEqual({
    ...asked,
    at: "2026-11-23T06:30:00.000Z",
    note: "n".repeat(256),
  });
  expect(askedCorrection({ ...wish, atUtcMs: null })).toEqual(asked);
});

describe("the marks of a person", () => {
  test("stand in the journal's order, whatever the clock said", () => {
    const marks = marksFor(punch("a", "in", "2031-05-05 05:05"), punch("b", "out", "2026-11-23 17:00"));
    expect(marks.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  test.each(["reject", "duplicate"] as const)("are not made of attempts that were no punch: %s", (dec) => {
    const attempt = punch("a", "in", "2026-11-23 08:00");
    expect(marksFor({ ...attempt, data: { ...(attempt.data as PunchData), dec } })).toEqual([]);
  });

  test("keep two punches of the same second: the place tells them apart", () => {
    expect(marksFor(punch("a", "out", "2026-11-23 12:00"), punch("b", "in", "2026-11-23 12:00"))).toHaveLength(2);
  });

  test("have the kind that was chosen last and the moment of the punch, and say what the punch said", () => {
    const [mark] = marksFor(punch("a", "in", "2026-11-23 08:00"), correction("c", "a", "out"));
    expect(mark).toMatchObject({ kind: "out", utcMs: wall("2026-11-23 08:00"), time: "sure", was: { kind: "in" } });
  });

  test.each<readonly [string, readonly Written[], readonly (readonly [PunchKind, number | null, string])[]]>([
    [
      "a missing punch that is asked for changes nothing",
      [correction("c1", "a", "out", missingOut)],
      [["in", wall("2026-11-23 08:00"), "sure"]],
    ],
    [
      "one that is granted stands after the punch it belongs to, with the time that was claimed",
      [correction("c1", "a", "out", missingOut), correction("c2", "a", "out", { ...missingOut, ...granted })],
      [
        ["in", wall("2026-11-23 08:00"), "sure"],
        ["out", wall("2026-11-23 17:00"), "claimed"],
      ],
    ],
    [
      "one that nobody knows the time of has none",
      [correction("c2", "a", "out", { by: "supervisor", adds: "after" })],
      [
        ["in", wall("2026-11-23 08:00"), "sure"],
        ["out", null, "unsure"],
      ],
    ],
    [
      "one that is declined changes nothing",
      [
        correction("c1", "a", "out", missingOut),
        correction("c2", "a", "out", { ...missingOut, ...granted, state: "declined" }),
      ],
      [["in", wall("2026-11-23 08:00"), "sure"]],
    ],
    [
      "a forgotten beginning stands before",
      [correction("c2", "a", "in", { by: "supervisor", adds: "before", at: "2026-11-23T06:00:00Z" })],
      [
        ["in", wall("2026-11-23 07:00"), "claimed"],
        ["in", wall("2026-11-23 08:00"), "sure"],
      ],
    ],
    [
      "two that were added stand in the order in which they were granted",
      [
        correction("c2", "a", "break-start", { by: "supervisor", adds: "after", at: "2026-11-23T11:00:00Z" }),
        correction("c3", "a", "break-end", { by: "supervisor", adds: "after", at: "2026-11-23T11:30:00Z" }),
      ],
      [
        ["in", wall("2026-11-23 08:00"), "sure"],
        ["break-start", wall("2026-11-23 12:00"), "claimed"],
        ["break-end", wall("2026-11-23 12:30"), "claimed"],
      ],
    ],
    [
      "another time that is granted is a claimed one",
      [correction("c2", "a", "in", { by: "supervisor", at: "2026-11-23T06:30:00Z" })],
      [["in", wall("2026-11-23 07:30"), "claimed"]],
    ],
    [
      "a time that cannot be read is none",
      [correction("c2", "a", "in", { by: "supervisor", at: "2026-99-99T06:30:00Z" })],
      [["in", wall("2026-11-23 08:00"), "sure"]],
    ],
    [
      "a correction of somebody else's punch changes nothing",
      [correction("c2", "b", "out"), correction("c3", "nowhere", "out")],
      [["in", wall("2026-11-23 08:00"), "sure"]],
    ],
  ])("%s", (_, corrections, expected) => {
    const others = punch("b", "in", "2026-11-23 08:01", { person: bo });
    expect(seen(marksFor(punch("a", "in", "2026-11-23 08:00"), others, ...corrections))).toEqual(expected);
  });

  test("say where the person stands by the newest that was theirs", () => {
    const notMine = correction("c", "b", "unknown", { reason: "not-me" });
    const book = bookFor(punch("a", "in", "2026-11-23 08:00"), punch("b", "out", "2026-11-23 09:00"), notMine);
    expect(lastOf(book)).toMatchObject({ id: "a", kind: "in" });
  });
});

describe("a request", () => {
  test("keeps what was asked, by whom it was decided, and the punch as it was", () => {
    const first = punch("a", "in", "2026-11-23 08:00");
    const ask = correction("c1", "a", "out", { ...missingOut, note: "left at five" });
    expect(bookFor(first, ask).requests).toMatchObject([
      { id: "c1", kind: "out", claimedUtcMs: wall("2026-11-23 17:00"), state: "asked", note: "left at five" },
    ]);
    const answer = correction("c2", "a", "out", { ...missingOut, ...granted });
    expect(bookFor(first, ask, answer).requests).toMatchObject([{ id: "c1", state: "granted", decidedBy: sup }]);
  });

  test("is decided once, and by nobody else's word", () => {
    const ask = correction("c1", "a", "out", missingOut);
    const grant = correction("c2", "a", "out", { ...missingOut, ...granted });
    const back = { state: "declined", req: "c1" } as const;
    const first = punch("a", "in", "2026-11-23 08:00");
    expect(bookFor(first, ask, grant, correction("c3", "a", "out", back)).requests).toMatchObject([
      { state: "granted" },
    ]);
    const bos = correction("c3", "a", "out", { ...back, sub: bo });
    expect(bookFor(first, ask, bos).requests).toMatchObject([{ state: "asked" }]);
    expect(bookFor(first, ask, correction("c3", "a", "out", back)).requests).toMatchObject([{ state: "declined" }]);
  });

  test("about a punch that is too old to be known here is kept all the same", () => {
    expect(bookFor(correction("c1", "gone", "out", missingOut)).requests).toHaveLength(1);
  });
});

describe("a clock that does not know the time", () => {
  const dark = (id: string, kind: PunchKind, mono: number, more = {}) =>
    punch(id, kind, "2031-05-05 05:05", { boot: 2, mono, isWeak: true, ...more });

  test("takes the punch, and the mark says so", () => {
    expect(marksFor(dark("a", "in", 1_000))).toMatchObject([{ kind: "in", time: "unsure" }]);
  });

  test("that comes to know it in the same boot dates what it took before", () => {
    const later = punch("b", "out", "2026-11-23 17:00", { boot: 2, mono: 3_600_000 + 1_000 });
    expect(seen(marksFor(dark("a", "in", 1_000), later))).toEqual([
      ["in", wall("2026-11-23 16:00"), "reckoned"],
      ["out", wall("2026-11-23 17:00"), "sure"],
    ]);
  });

  test("also by somebody else's punch, or by a time fix", () => {
    const others = punch("b", "in", "2026-11-23 17:00", { boot: 2, mono: 3_601_000, person: bo });
    expect(marksFor(dark("a", "in", 1_000), others)).toMatchObject([{ time: "reckoned" }]);
    const fix: Written = {
      ...others,
      type: "dev.lintel.timefix.v1",
      data: { boot: 2, mono: 3_601_000, utc: "2026-11-23T16:00:00.000Z", err: 50, src: "ack" },
    };
    expect(seen(marksFor(dark("a", "in", 1_000), fix, dark("c", "out", 7_201_000)))).toEqual([
      ["in", wall("2026-11-23 16:00"), "reckoned"],
      ["out", wall("2026-11-23 18:00"), "reckoned"],
    ]);
  });

  test.each([
    ["another boot", { boot: 3, mono: 3_601_000 }],
    ["a counter of boots that began anew", { boot: 2, mono: 0 }],
  ])("says nothing about %s", (_, told) => {
    const long = dark("a", "in", 3_600_000);
    expect(marksFor(long, punch("b", "out", "2026-11-23 17:00", told))[0]).toMatchObject({ time: "unsure" });
  });

  test("does not move the newest sure time", () => {
    const { newestSureUtcMs } = attendanceOf(told(punch("a", "in", "2026-11-23 08:00"), dark("b", "out", 1_000)));
    expect(newestSureUtcMs).toBe(wall("2026-11-23 08:00"));
  });
});

const anyKind = fc.constantFrom<PunchKind>("in", "out", "break-start", "break-end", "transfer", "unknown");
const anyEvent = fc.oneof(
  fc.record({ what: fc.constant("punch"), kind: anyKind, who: fc.boolean(), minute: fc.nat(59), weak: fc.boolean() }),
  fc.record({ what: fc.constant("correction"), kind: anyKind, ref: fc.nat(12), adds: fc.boolean() }),
);
const anyJournal = fc.array(anyEvent, { maxLength: 40 }).map((events) =>
  told(
    ...events.map((event, n) =>
      "who" in event
        ? punch(`e${n}`, event.kind, `2026-11-23 10:${String(event.minute).padStart(2, "0")}`, {
            person: event.who ? ana : bo,
            isWeak: event.weak,
            mono: n * 1_000,
          })
        : correction(`e${n}`, `e${event.ref}`, event.kind, {
            by: "supervisor",
            ...(event.adds ? ({ adds: "after" } as const) : {}),
          }),
    ),
  ),
);

test("EC-3 one event at a time gives the same as all at once, and what was known before is not touched", () => {
  fc.assert(
    fc.property(anyJournal, fc.nat(40), (events, cut) => {
      const whole = attendanceOf(events);
      let grown = blankAttendance;
      for (const event of events) grown = attendanceOf([event], grown);
      expect(grown).toEqual(whole);
      const early = attendanceOf(events.slice(0, cut));
      const before = structuredClone(early);
      attendanceOf(events.slice(cut), early);
      expect(early).toEqual(before);
    }),
    { numRuns: 150 },
  );
}, 120_000);

test("as many as are kept, all at once or in pieces: the newest, and each id once among them", () => {
  // Now and then an id comes back, sooner and later than what is kept reaches.
  const anyStep = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(marksMax + 200) });
  const anyIds = fc
    .array(anyStep, { minLength: 2 * marksMax, maxLength: 3 * marksMax, size: "max" })
    .map((steps) => steps.map((back, n) => Math.max(0, n - back)));
  fc.assert(
    fc.property(anyIds, fc.nat(3 * marksMax), (ids, cut) => {
      const events = told(...ids.map((id) => punch(`e${id}`, "in", "2026-11-23 08:00")));
      let kept: readonly string[] = [];
      for (const { id } of events) kept = kept.includes(id) ? kept : [...kept, id].slice(-marksMax);
      const inPieces = attendanceOf(events.slice(cut), attendanceOf(events.slice(0, cut)));
      expect(bookOf(attendanceOf(events), ana).marks.map(({ id }) => id)).toEqual(kept);
      expect(bookOf(inPieces, ana).marks.map(({ id }) => id)).toEqual(kept);
    }),
    { numRuns: 20, endOnFailure: true },
  );
});

test("what a clock that was put back writes down again counts once", () => {
  const life = [
    punch("a", "in", "2026-11-23 08:00"),
    correction("c1", "a", "out", missingOut),
    correction("c2", "a", "out", { ...missingOut, ...granted }),
  ];
  expect(bookFor(...life, ...life)).toEqual(bookFor(...life));
});

test("no punch is ever dropped but for the bound on what is kept in memory", () => {
  fc.assert(
    fc.property(anyJournal, (events) => {
      const attendance = attendanceOf(events);
      const ids = new Set([ana, bo].flatMap((person) => bookOf(attendance, person).marks.map(({ id }) => id)));
      const punches = events.filter(({ type }) => type === "dev.lintel.punch.v1");
      expect(punches.filter(({ id }) => !ids.has(id))).toEqual([]);
    }),
  );
  const many = told(...Array.from({ length: marksMax + 20 }, (_, n) => punch(`p${n}`, "in", "2026-11-23 08:00")));
  const { marks } = bookOf(attendanceOf(many), ana);
  expect([marks.length, marks.at(-1)?.id]).toEqual([marksMax, `p${marksMax + 19}`]);
}, 120_000);
