import { describe, expect, test } from "vitest";
import { lastMarkOf } from "../../../kiosk/core/ground.ts";
import type { PunchData, RecordEvent } from "../../../kiosk/core/record.ts";
import { stripOf } from "../../../kiosk/core/show.ts";
import { everything, punchBefore, sue, Wall } from "./visit.ts";
import { ana, at, bo, policy, room, seen } from "./wall.ts";

describe("that was not me", () => {
  const mistaken = (): Wall => {
    const wall = new Wall();
    wall.happen(seen(++wall.ms), seen(++wall.ms));
    return wall.save();
  };

  test("adds to the journal, takes nothing away, and counts nothing for whom it was taken for", () => {
    const wall = mistaken().touch({ touch: "not-me" }, { touch: "not-me" }).save();
    expect(wall.kept).toMatchObject([
      { draft: "punch", person: ana.id },
      { draft: "request", data: { ref: "id-1", kind: "unknown", sub: ana.id, reason: "not-me", by: "self" } },
    ]);
    expect(wall.view()).toMatchObject({ at: "told", what: "not-me", name: "" });
    expect(lastMarkOf(wall.memory, ana.id)).toBeNull();
  });

  test("is believed of the face: it decides nothing any more, and whoever shows a badge next is noted as alike", () => {
    const wall = mistaken().touch({ touch: "not-me" }).save();
    wall.tap("4712");
    expect(wall.effects).toContainEqual({ do: "alike", persons: [ana.id, bo.id] });
    wall.save().wait(10_000);
    wall.happen(seen(++wall.ms, { track: 7 }), seen(++wall.ms, { track: 7 }));
    expect(wall.view()).toMatchObject({ at: "look", alsoWants: "badge" });
  });

  test("is only for as long as the thanks stands", () => {
    const wall = mistaken().wait(10_000).touch({ touch: "not-me" });
    expect(wall.effects).toEqual([]);
  });

  test("that the disk cannot take leaves the punch as it was", () => {
    const wall = mistaken().touch({ touch: "not-me" });
    const [effect] = wall.effects.splice(0);
    if (effect?.do !== "save") throw new Error("nothing was to be saved");
    wall.happen({ kind: "save-failed", draft: effect.draft, code: "disk-full", remedy: "", at: at(++wall.ms) });
    expect(wall.view()).toMatchObject({ at: "thanks", name: "Ana M." });
  });
});

describe("a queue", () => {
  test("goes on while the last thanks still shows, small", () => {
    const wall = new Wall().tap("4711").save().tap("4712");
    expect(stripOf(wall.memory, everything).tail).toMatchObject({ name: "Ana M.", kind: "in" });
    expect(wall.save().view()).toMatchObject({ at: "thanks", name: "Bo" });
    expect(stripOf(wall.memory, everything).tail).toMatchObject({ name: "Ana M." });
    wall.wait(5_000);
    expect(stripOf(wall.memory, everything).tail).toBeNull();
  });

  test("of forty faces passes in less than two minutes", () => {
    const people = Array.from({ length: 40 }, (_, n) => ({
      ...ana,
      id: `p_${String(n).padStart(20, "0")}` as typeof ana.id,
      badges: [],
    }));
    const wall = new Wall(everything, people);
    for (const [track, { id: person }] of people.entries()) {
      const known = wall.kept.length;
      for (let frame = 0; frame < 60 && wall.kept.length === known; frame += 1) {
        wall.ms += 100;
        const match = { person, similarity: 0.9, margin: 0.5, agreeing: frame < 8 ? 0 : 5 };
        wall.happen(seen(wall.ms, { track, match })).save();
      }
    }
    expect(wall.kept).toHaveLength(40);
    expect(wall.ms).toBeLessThan(120_000);
  });
});

describe("an open shift of yesterday", () => {
  const open = () => new Wall(everything, [ana, bo, sue], [punchBefore(ana, "in", 24, 1)]).tap("4711");

  test("is asked about, and the answer becomes a request beside the punch of today", () => {
    const wall = open();
    expect(wall.view()).toMatchObject({
      at: "open-shift",
      sinceLocal: "2026-11-22T08:57:00.000+01:00",
      endLocal: "2026-11-22T17:00:00.000+01:00",
    });
    wall.touch({ touch: "step", by: -1 }, { touch: "step", by: -1 }, { touch: "confirm" }).save();
    expect(wall.kept).toMatchObject([
      {
        draft: "request",
        data: { ref: "before-1", kind: "out", adds: "after", state: "asked", at: "2026-11-22T15:30:00.000Z" },
      },
      { draft: "punch", kind: "in" },
    ]);
    expect(wall.view()).toMatchObject({ at: "thanks", kind: "in" });
  });

  test.each([
    ["nobody knows", (wall: Wall) => wall.touch({ touch: "unknown" }), ["out", "in"]],
    ["nobody says", (wall: Wall) => wall.wait(60_000), ["out", "in"]],
    ["the next one is here", (wall: Wall) => wall.tap("4712"), ["out", "in", "in"]],
    ["it goes on", (wall: Wall) => wall.touch({ touch: "same-shift" }), ["out"]],
  ])("costs no punch where %s", (_, answer, kinds) => {
    const wall = answer(open()).save().save();
    expect(
      wall.kept.map((draft) => (draft.draft === "request" ? draft.data.kind : "kind" in draft && draft.kind)),
    ).toEqual(kinds);
  });

  test("is none in the same night", () => {
    const wall = new Wall(everything, [ana], [punchBefore(ana, "in", 9, 1)]).tap("4711").save();
    expect(wall.kept).toMatchObject([{ kind: "out" }]);
  });
});

describe("directions", () => {
  test("are chosen where the site wants it, and what is likely holds without a word", () => {
    const manual = { ...everything, direction: "manual" as const };
    const wall = new Wall(manual).tap("4711");
    expect(wall.view()).toMatchObject({
      at: "choose",
      suggested: "in",
      kinds: ["in", "break-start", "break-end", "out"],
    });
    wall.touch({ touch: "choose", kind: "break-end" }).save();
    expect(wall.kept).toMatchObject([{ kind: "break-end", inferred: false }]);
    const silent = new Wall(manual).tap("4711").wait(20_000).save();
    expect(silent.kept).toMatchObject([{ kind: "in", inferred: true, at: { monoMs: 1_001 } }]);
  });

  test("of a gate that goes one way need no question", () => {
    const gate = { ...everything, direction: "fixed-out" as const };
    expect(new Wall(gate).tap("4711").save().kept).toMatchObject([{ kind: "out", inferred: false }]);
  });
});

describe("one's own hours", () => {
  const before = [punchBefore(ana, "in", 26, 1), punchBefore(ana, "out", 18, 2), punchBefore(ana, "in", 2, 3)];
  const mine = () => new Wall(everything, [ana, bo, sue], before).touch({ touch: "errand", errand: "me" }).tap("4711");

  test("are shown to whoever says who they are, and nothing is punched", () => {
    const view = mine().view();
    if (view.at !== "hours") throw new Error(view.at);
    expect(view).toMatchObject({ name: "Ana M.", standing: "in", total: { workMin: 600 }, canJob: true });
    expect(view.days).toHaveLength(14);
    expect(view.today).toMatchObject({ day: "2026-11-23", workMin: 120, isOpen: true });
    expect(view.days[1]).toMatchObject({ day: "2026-11-22", workMin: 480, marks: [{ kind: "in" }, { kind: "out" }] });
    expect(mine().save().kept).toEqual([]);
  });

  test("of a clock that never knew the time stand with today and say so, rather than nowhere", () => {
    const undatable = (event: RecordEvent, boot: number): RecordEvent => {
      const data = event.data as PunchData;
      const t = { ...data.t, src: "none", err: 315_360_000_000, boot } as const;
      return { ...event, data: { ...data, t, dec: "flag", why: ["clock-weak"] } };
    };
    const lost = [undatable(punchBefore(ana, "in", 8, 1), 3), undatable(punchBefore(ana, "out", 1, 2), 3)];
    const wall = new Wall(everything, [ana, sue], lost).touch({ touch: "errand", errand: "me" }).tap("4711");
    const view = wall.view();
    if (view.at !== "hours") throw new Error(view.at);
    const unsure = { isSure: false };
    expect(view.today).toMatchObject({
      isUnsure: true,
      marks: [
        { kind: "in", ...unsure },
        { kind: "out", ...unsure },
      ],
    });
    expect(view.days[0]).toEqual(view.today);
  });

  test("are one touch from thanks, and end by themselves", () => {
    const wall = new Wall(everything, [ana], []).tap("4711").save().touch({ touch: "errand", errand: "me" });
    expect(wall.view()).toMatchObject({ at: "hours", standing: "in" });
    expect(wall.wait(everything.readMs).view().at).toBe("idle");
  });

  test("lead to another job, which is a punch of its own", () => {
    const wall = mine().touch({ touch: "jobs" });
    expect(wall.view()).toMatchObject({ at: "job", now: null, groups: [{ group: "" }, { group: "Finishing" }] });
    wall.touch({ touch: "pick", id: "nothing" }, { touch: "pick", id: "paint" }).save();
    expect(wall.kept).toMatchObject([{ kind: "transfer", job: "paint", methods: ["card"], inferred: false }]);
    expect(wall.view()).toMatchObject({ at: "thanks", kind: "transfer", job: "Paint shop", choices: [] });
  });

  test("lead to a request for a correction, which changes nothing", () => {
    const wall = mine().touch({ touch: "request" }, { touch: "pick", id: "2026-11-22" });
    expect(wall.view()).toMatchObject({ ask: { what: "mark", marks: [{ id: "before-1" }, { id: "before-2" }] } });
    wall.touch({ touch: "pick", id: "before-2" }, { touch: "choose", kind: "out" });
    expect(wall.view()).toMatchObject({ ask: { what: "time", local: "2026-11-22T14:57:00.000+01:00" } });
    wall.touch({ touch: "step", by: 1 }, { touch: "confirm" }, { touch: "pick", id: "forgot" }).save();
    expect(wall.kept).toMatchObject([
      {
        draft: "request",
        data: { ref: "before-2", kind: "out", at: "2026-11-22T14:12:00.000Z", reason: "forgot", state: "asked" },
      },
    ]);
    expect(wall.view()).toMatchObject({ at: "told", what: "asked", name: "Ana M." });
    expect(lastMarkOf(wall.memory, ana.id)).toMatchObject({ id: "before-3", was: null });
  });

  test("lead to a request for a punch that is missing, beside the one it belongs to", () => {
    const wall = mine().touch(
      { touch: "request" },
      { touch: "pick", id: "2026-11-22" },
      { touch: "missing" },
      { touch: "choose", kind: "break-start" },
      { touch: "unknown" },
      { touch: "pick", id: "forgot" },
    );
    expect(wall.save().kept).toMatchObject([
      { data: { ref: "before-2", kind: "break-start", adds: "after", state: "asked" } },
    ]);
    expect(wall.kept[0]).not.toHaveProperty("data.at");
  });

  test("are left for the next one who punches", () => {
    const wall = mine().touch({ touch: "request" }).tap("4712").save();
    expect(wall.kept).toMatchObject([{ draft: "punch", person: bo.id }]);
  });
});

describe("who is in", () => {
  const before = [punchBefore(bo, "in", 1, 1), punchBefore(ana, "in", 40, 2)];

  test("is one touch from idle, without a network, and names stand in full", () => {
    const wall = new Wall(everything, [ana, bo, sue], before).touch({ touch: "errand", errand: "muster" });
    expect(wall.view()).toMatchObject({
      at: "muster",
      count: 2,
      doubtful: 1,
      lines: [
        { name: "Ana Morales", isDoubtful: true },
        { name: "Bo", isDoubtful: false, sinceLocal: "2026-11-23T07:57:00.000+01:00" },
      ],
    });
  });

  test("is for supervisors where the site says so, and for nobody by default", () => {
    const careful = { ...everything, muster: "supervisors" as const };
    const asked = () => new Wall(careful, [ana, bo, sue], before).touch({ touch: "errand", errand: "muster" });
    expect(asked().tap("4714").view().at).toBe("saving");
    expect(asked().tap("4714").save().view()).toMatchObject({ at: "muster", count: 2 });
    expect(asked().tap("4711").view()).toMatchObject({ at: "refused", why: "not-allowed" });
    expect(new Wall(policy).touch({ touch: "errand", errand: "muster" }).view().at).toBe("idle");
  });
});

describe("a supervisor", () => {
  const shown = () => {
    const wall = new Wall().touch({ touch: "errand", errand: "override" });
    expect(wall.view()).toMatchObject({ at: "ways", ways: ["badge", "pin"], errand: "override" });
    return wall.tap("4714").digits("80325").touch({ touch: "enter" });
  };

  test("shows badge and PIN, and punches for somebody else with a reason", () => {
    const wall = shown().checked({ is: "good", person: sue.id, isDuress: false }).save();
    expect(wall.view()).toMatchObject({ ask: { what: "person", people: [{ name: "Ana Morales" }, { name: "Bo" }] } });
    wall.touch({ touch: "pick", id: bo.id }, { touch: "pick", id: "badge-forgotten" }, { touch: "choose", kind: "in" });
    expect(wall.save().kept).toMatchObject([
      { draft: "look", person: sue.id, role: "supervisor", what: "override" },
      { person: bo.id, sup: sue.id, methods: ["supervisor"], flags: ["override", "badge-forgotten"], kind: "in" },
    ]);
    expect(wall.view()).toMatchObject({ at: "told", what: "punched", name: "Bo" });
  });

  test("who is none, or shows one way only, gets no further", () => {
    const other = new Wall().touch({ touch: "errand", errand: "override" }).tap("4711").digits("80325");
    other.touch({ touch: "enter" }).checked({ is: "good", person: ana.id, isDuress: false });
    expect(other.view()).toMatchObject({ at: "refused", why: "not-allowed" });
    expect(
      new Wall().touch({ touch: "errand", errand: "override" }).tap("4714").touch({ touch: "without" }).view().at,
    ).toBe("idle");
  });
});

test("a reader that is away is not waited for", () => {
  const rules = { ...everything, rules: [{ accepts: [["pin", "badge"]] as const }] };
  const wall = new Wall(rules)
    .happen(room(0, "reader", "down"))
    .touch({ touch: "way", way: "pin" })
    .digits("471");
  wall.touch({ touch: "enter" }).digits("8032").touch({ touch: "enter" });
  wall.checked({ is: "good", person: ana.id, isDuress: false }).save();
  expect(wall.kept).toMatchObject([{ methods: ["pin"], flags: ["badge-missing"] }]);
});
