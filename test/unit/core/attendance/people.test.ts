import { describe, expect, test } from "vitest";
import { attendanceOf } from "../../../../kiosk/core/attendance/attendance.ts";
import { evidenceOf } from "../../../../kiosk/core/attendance/evidence.ts";
import { type Job, jobGroups, jobNow, mayTransfer, transferTo } from "../../../../kiosk/core/attendance/jobs.ts";
import { leaveAt } from "../../../../kiosk/core/attendance/leave.ts";
import type { CorrectionRequest } from "../../../../kiosk/core/attendance/marks.ts";
import { musterOf, whoIsIn } from "../../../../kiosk/core/attendance/presence.ts";
import { decisionOf, overridePunch, overrideReasons } from "../../../../kiosk/core/attendance/supervisor.ts";
import { personId } from "../../../../kiosk/core/person.ts";
import type { Assurance, Method } from "../../../../kiosk/core/record.ts";
import {
  ana,
  bo,
  bookFor,
  correction,
  daysOnly,
  exact,
  lost,
  markFrom,
  nowIs,
  punch,
  sup,
  told,
  wall,
} from "./journal.ts";

describe("who is in", () => {
  const dark = { boot: 2, mono: 5_000, isWeak: true };
  const zed = personId("p_00000000000000000zed");
  const day = attendanceOf(
    told(
      punch("1", "in", "2026-11-22 06:00", { person: zed, loc: "gate-3" }),
      punch("2", "in", "2026-11-23 08:00"),
      punch("3", "in", "2026-11-23 08:10", { person: sup }),
      punch("4", "break-start", "2026-11-23 12:00", { loc: "canteen" }),
      punch("5", "out", "2026-11-23 12:00", { person: sup }),
      punch("6", "in", "2031-05-05 05:05", { person: bo, ...dark }),
    ),
  );
  const now = nowIs("2026-11-23 12:10", { boot: 3, mono: 0 });

  test("are all whose last punch did not end their work, also where the time is not sure or too long ago", () => {
    expect(whoIsIn(day, now)).toEqual([
      { person: bo, standing: "in", sinceUtcMs: null, loc: "gate-1", job: null, isDoubtful: false },
      {
        person: ana,
        standing: "break",
        sinceUtcMs: wall("2026-11-23 08:00"),
        loc: "canteen",
        job: null,
        isDoubtful: false,
      },
      { person: zed, standing: "in", sinceUtcMs: wall("2026-11-22 06:00"), loc: "gate-3", job: null, isDoubtful: true },
    ]);
  });

  test("does not depend on the wall clock: a lost one makes nobody leave and nobody doubtful", () => {
    const present = whoIsIn(day, { ...now, trust: lost });
    expect(present.map(({ person, isDoubtful }) => [person, isDoubtful])).toEqual([
      [bo, false],
      [ana, false],
      [zed, false],
    ]);
  });

  test("follows a correction that holds, and not one that is only asked for", () => {
    const ask = correction("c", "a", "out", { adds: "after", state: "asked" });
    const inAt = punch("a", "in", "2026-11-23 08:00");
    expect(whoIsIn(attendanceOf(told(inAt, ask)), now)).toHaveLength(1);
    expect(whoIsIn(attendanceOf(told(inAt, correction("c", "a", "out"))), now)).toHaveLength(0);
  });

  test("is counted since they last came", () => {
    const back = attendanceOf(
      told(
        punch("a", "in", "2026-11-23 08:00"),
        punch("b", "out", "2026-11-23 10:00"),
        punch("c", "break-end", "2026-11-23 11:00"),
      ),
    );
    expect(whoIsIn(back, now)).toMatchObject([{ sinceUtcMs: wall("2026-11-23 11:00") }]);
  });

  test("is read aloud by name as the language sorts it, those without a name last", () => {
    const names = new Map([
      [ana, "Östen Ek"],
      [zed, "Zoe"],
    ]);
    const read = (locale: string) =>
      musterOf(whoIsIn(day, now), (person) => names.get(person) ?? "", locale).map(({ name }) => name);
    expect(read("de")).toEqual(["Östen Ek", "Zoe", ""]);
    expect(read("sv")).toEqual(["Zoe", "Östen Ek", ""]);
  });
});

describe("jobs", () => {
  const jobs: readonly Job[] = [
    { code: "weld", label: "Welding", group: "Hall 2" },
    { code: "pack", label: "Packing" },
    { code: "cut", label: "Cutting", group: "Hall 2" },
  ];
  const inAt = punch("a", "in", "2026-11-23 08:00");
  const weld = punch("b", "transfer", "2026-11-23 09:00", { job: "weld" });

  test.each([
    ["in", true],
    ["break-end", true],
    ["transfer", true],
    ["break-start", false],
    ["out", false],
  ] as const)("may be changed after %s: %s", (kind, may) => {
    expect(mayTransfer(markFrom(punch("a", kind, "2026-11-23 08:00")))).toBe(may);
  });

  test("may not be changed by somebody who never came", () => expect(mayTransfer(null)).toBe(false));

  test.each([
    ["a job of the list", "pack", { kind: "transfer", job: "pack" }],
    ["one that is not on it", "paint", null],
    ["the one they are at", "weld", null],
  ])("%s", (_, code, transfer) => expect(transferTo(code, jobs, bookFor(inAt, weld))).toEqual(transfer));

  test("last over a break and end with the shift", () => {
    const onBreak = punch("c", "break-start", "2026-11-23 12:00");
    const out = punch("d", "out", "2026-11-23 17:00");
    expect(jobNow(bookFor(inAt, weld, onBreak))).toBe("weld");
    expect(jobNow(bookFor(inAt, weld, onBreak, out))).toBeNull();
  });

  test("stand in groups in the order of the list", () => {
    expect(jobGroups(jobs).map(({ group, jobs: members }) => [group, members.map(({ code }) => code)])).toEqual([
      ["", ["pack"]],
      ["Hall 2", ["weld", "cut"]],
    ]);
  });
});

describe("leave", () => {
  const item = (f: string, t: string, k: number) => ({ f, t, k });
  const november = item("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", 1);
  test.each([
    ["inside", [november], "2026-11-23T08:00:00Z", { flag: "leave", code: 1, kind: "leave" }],
    ["its first moment", [november], "2026-11-01T00:00:00Z", { flag: "leave", code: 1, kind: "leave" }],
    ["its end", [november], "2026-12-01T00:00:00Z", null],
    ["before", [november], "2026-10-31T23:59:59Z", null],
    [
      "remote",
      [item("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", 2)],
      "2026-11-23T08:00:00Z",
      { flag: "leave", code: 2, kind: "remote" },
    ],
    [
      "training",
      [item("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", 3)],
      "2026-11-23T08:00:00Z",
      { flag: "leave", code: 3, kind: "training" },
    ],
    [
      "blocked is only flagged, and comes first",
      [november, item("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", 9)],
      "2026-11-23T08:00:00Z",
      { flag: "leave", code: 9, kind: "blocked" },
    ],
    [
      "a kind we do not know",
      [{ ...november, k: 42 }],
      "2026-11-23T08:00:00Z",
      { flag: "leave", code: 42, kind: "other" },
    ],
    ["a date that cannot be read", [{ ...november, f: "yesterday" }], "2026-11-23T08:00:00Z", null],
    ["no items", [], "2026-11-23T08:00:00Z", null],
  ])("%s", (_, items, at, expected) => {
    expect(leaveAt(items, Date.parse(at), exact)).toEqual(expected);
    expect(leaveAt(items, Date.parse(at), daysOnly)).toEqual(expected);
    expect(leaveAt(items, Date.parse(at), lost)).toBeNull();
  });
});

describe("a supervisor", () => {
  test.each(overrideReasons)("punches for somebody else, and the record says so and why: %s", (reason) => {
    expect(overridePunch({ sub: ana, sup, kind: "in", reason })).toEqual({
      kind: "in",
      sub: ana,
      sup,
      method: ["supervisor"],
      assure: { match: "none", live: "na", card: "none" },
      dec: "flag",
      why: ["override", reason],
    });
  });
  test("does not override for themselves", () => {
    expect(overridePunch({ sub: sup, sup, kind: "in", reason: "other" })).toBeNull();
  });

  const inAt = punch("a", "in", "2026-11-23 08:00");
  const ask = correction("c1", "a", "out", {
    adds: "after",
    at: "2026-11-23T16:00:00.000Z",
    reason: "open-shift",
    state: "asked",
  });
  const [request] = bookFor(inAt, ask).requests as readonly [CorrectionRequest];
  const decided = (state: "granted" | "declined") => decisionOf(request, { sup, state, note: "spoke to her" });

  test("decides with a record that says all of it again", () => {
    expect(decided("granted")).toEqual({
      ...(ask.data as object),
      by: "supervisor",
      state: "granted",
      req: "c1",
      note: "spoke to her",
      sup,
    });
  });
  test.each([
    ["granted", 2],
    ["declined", 1],
  ] as const)("%s: %i marks", (state, marks) => {
    const book = bookFor(inAt, ask, { ...ask, id: "c2", data: decided(state) });
    expect(book.marks).toHaveLength(marks);
    expect(book.requests).toMatchObject([{ state, decidedBy: sup }]);
  });
  test("does not decide their own, nor anything twice", () => {
    expect(decisionOf(request, { sup: ana, state: "granted" })).toBeNull();
    expect(decisionOf({ ...request, state: "declined" }, { sup, state: "granted" })).toBeNull();
  });
});

describe("how well a punch says who it was", () => {
  const none: Assurance = { match: "none", live: "na", card: "none" };
  const alive: Assurance = { match: "high", live: "pass", card: "none" };
  const card: Assurance = { ...none, card: "static" };
  test.each<readonly [string, readonly Method[], Assurance, readonly string[], string, readonly string[]]>([
    ["a face, very like and alive", ["face"], alive, [], "strong", ["face-alive"]],
    ["a face, like enough", ["face"], { ...alive, match: "medium" }, [], "ordinary", []],
    ["a face that was not looked at for life", ["face"], { ...alive, live: "na" }, [], "ordinary", []],
    ["a face, hardly like", ["face"], { ...alive, match: "low" }, [], "weak", ["low-likeness"]],
    ["a badge", ["card"], card, [], "ordinary", []],
    ["a PIN", ["pin"], none, [], "ordinary", []],
    ["a pass", ["qr"], none, [], "ordinary", []],
    ["a badge and a face", ["card", "face"], { ...alive, match: "medium", card: "static" }, [], "strong", ["two-ways"]],
    ["a badge and a PIN", ["card", "pin"], card, [], "strong", ["two-ways"]],
    ["a badge whose face did not come", ["card"], card, ["face-unverified"], "weak", ["face-unverified"]],
    ["a badge while no face could be seen", ["card"], card, ["face-unavailable"], "weak", ["face-unavailable"]],
    ["a badge held by a picture", ["card"], { ...card, live: "fail" }, ["pad-suspect"], "weak", ["pad-suspect"]],
    ["the same without its flag", ["card"], { ...card, live: "fail" }, [], "weak", ["pad-suspect"]],
    ["a face whose badge did not come", ["face"], alive, ["badge-missing"], "weak", ["badge-missing"]],
    ["a badge whose PIN did not come", ["card"], card, ["pin-missing"], "weak", ["pin-missing"]],
    ["a badge whose pass did not come", ["card"], card, ["qr-missing"], "weak", ["qr-missing"]],
    ["a way of which the rules know nothing", ["pin"], none, ["other-way"], "weak", ["other-way"]],
    ["two ways under force", ["card", "pin"], card, ["duress"], "weak", ["duress"]],
    ["somebody whom the roster does not want here", ["card"], card, ["not-rostered"], "weak", ["not-rostered"]],
    ["several doubts at once", ["card"], card, ["leave", "duress", "pin-missing"], "weak", ["duress", "pin-missing"]],
    ["a supervisor", ["supervisor"], none, ["override", "other"], "weak", ["override", "by-supervisor"]],
    ["by hand", ["manual"], none, [], "weak", ["by-hand"]],
    ["nothing", [], none, [], "weak", ["nothing-shown"]],
    ["leave and clock say nothing about who", ["card"], card, ["leave", "clock-weak"], "ordinary", []],
  ])("%s", (_, method, assure, why, level, reasons) => {
    expect(evidenceOf({ method, assure, why })).toEqual({ level, reasons });
  });
});
