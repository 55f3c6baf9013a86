import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Event } from "../../../kiosk/core/event.ts";
import type { Policy } from "../../../kiosk/core/policy.ts";
import { step } from "../../../kiosk/core/station.ts";
import { followed, type WayEnd, type WayVisit } from "../../../kiosk/core/way-visit.ts";
import { everything, sue, Wall } from "./visit.ts";
import { ana, bo, seen, sight, zed } from "./wall.ts";

/** The real station, and somebody with a watch beside it. */
class Watched extends Wall {
  visit: WayVisit | null = null;
  readonly ends: WayEnd[] = [];

  override happen(...events: readonly Event[]): this {
    for (const event of events) {
      const before = this.memory;
      super.happen(event);
      const [visit, ends] = followed(this.visit ?? null, before, event, this.memory);
      this.visit = visit;
      this.ends?.push(...ends);
    }
    return this;
  }

  /** A face like nobody's, ten times a second. */
  face(forMs: number, track: number, change: Parameters<typeof seen>[1] = { match: null }): this {
    for (const endMs = this.ms + forMs; this.ms < endMs; ) {
      this.ms += 100;
      this.happen(seen(this.ms, { track, ...change }));
    }
    return this;
  }

  pass(ms: number): this {
    this.ms += ms;
    return this;
  }

  gone(forMs = 20_000): this {
    for (const endMs = this.ms + forMs; this.ms < endMs; ) {
      this.ms += 500;
      this.happen(sight(this.ms, null)).wait(0);
    }
    return this;
  }

  told(): readonly string[] {
    return this.ends.map((end) => (end.is === "served" ? `${end.way} ${end.tookMs}` : `${end.way} refused`));
  }
}

const watched = (rules: Partial<Policy> = {}, people = [ana, bo, sue]): Watched =>
  new Watched({ ...everything, duplicateWindowMs: 0, ...rules }, people);

describe("what begins a visit, and how long it took", () => {
  test("a badge begins with its tap, until the punch is durable", () => {
    expect(watched().tap("4711").pass(40).save().told()).toEqual(["badge 41"]);
  });

  test("a face begins with the first sight of it", () => {
    const wall = watched().face(700, 1).face(100, 1, {}).save();
    expect(wall.told()).toEqual(["face 701"]);
  });

  test("a look that goes on beside a badge, a touch or a pass is nobody's wait", () => {
    expect(watched().face(2_000, 1).tap("4711").save().told()).toEqual(["badge 1"]);
    const byPin = watched().face(2_000, 1).touch({ touch: "way", way: "pin" }).digits("300").touch({ touch: "enter" });
    byPin.digits("4711").touch({ touch: "enter" }).checked({ is: "good", person: sue.id, isDuress: false }).save();
    expect(byPin.told()).toEqual(["pin 11"]);
  });

  test("whoever was told that the clock is not sure, and then shows a badge, waited for all of it", () => {
    const wall = watched().face(9_000, 1).tap("4711").save();
    expect(wall.told()).toEqual(["badge 8902"]);
    // The words are gone and they are still looking for their badge.
    const later = watched().face(9_000, 1).wait(7_000).pass(4_000).tap("4711").save();
    expect(later.told()).toEqual(["badge 19902"]);
  });

  test("long after a refusal the next tap is somebody else's", () => {
    const wall = watched().face(9_000, 1).gone(30_000).tap("4711").save();
    expect(wall.told()).toEqual(["badge 1"]);
  });

  test("a movement that was asked for, and a badge that a look-alike is asked for, are waited for by them", () => {
    const moved = watched({ challengeShare: 1 }).face(1_000, 1, {}).tap("4711").save();
    expect(moved.told()).toEqual(["badge 902"]);
    const alike = watched({}, [{ ...ana, lookAlikes: [zed.id] }, bo])
      .face(1_000, 1, {})
      .tap("4711");
    expect(alike.face(8_000, 1, {}).save().told()).toEqual(["badge 8902"]);
  });

  test("a badge that waits for the disk begins when the reader read it", () => {
    const wall = watched().tap("4711").tap("4712").pass(500).save().pass(500).save();
    expect(wall.told()).toEqual(["badge 502", "badge 1002"]);
  });

  test("a badge that must wait for a face it never gets took all of that time", () => {
    const wall = watched({ rules: [{ accepts: [["badge", "face"]] }] });
    const took = wall.tap("4711").face(8_000, 1).save().told();
    expect(took).toEqual(["badge 8001"]);
  });

  test("what is asked about the punch is asked of everybody, and stops the watch", () => {
    const wall = watched({ direction: "manual" }).tap("4711").pass(6_000).touch({ touch: "choose", kind: "in" }).save();
    expect(wall.told()).toEqual(["badge 1"]);
  });
});

describe("what ends one in vain", () => {
  test("a card that nobody knows is refused, once, when its owner is gone; and no refusal where the next one is known", () => {
    expect(watched().tap("9999").gone().told()).toEqual(["badge refused"]);
    expect(watched().tap("9999").pass(2_000).tap("4711").save().told()).toEqual(["badge 2002"]);
    const twice = watched().tap("9999").pass(900).tap("9999").gone();
    expect(twice.told()).toEqual(["badge refused"]);
  });

  test("a pad that was typed on and given up is a refusal; one that was only opened is not", () => {
    const typed = watched().touch({ touch: "way", way: "pin" }).digits("300");
    expect(typed.wait(20_000).gone().told()).toEqual(["pin refused"]);
    expect(watched().touch({ touch: "way", way: "pin" }).wait(20_000).gone().told()).toEqual([]);
  });

  test("a stranger who is looked at has tried nothing; who asked for the camera by hand has", () => {
    expect(watched().face(9_000, 1).gone().told()).toEqual([]);
    const asked = watched().touch({ touch: "way", way: "face" }).face(9_000, 1).gone();
    expect(asked.told()).toEqual(["face refused"]);
  });

  test("a face that does not seem alive is refused; a full disk is nobody's way, and neither is another errand", () => {
    expect(watched().face(9_000, 1, { live: 0 }).gone().told()).toEqual(["face refused"]);
    const full = watched().tap("4711").wait(6_000).gone();
    expect(full.told()).toEqual([]);
    const hours = watched({ ownHours: true }).touch({ touch: "errand", errand: "me" });
    expect(hours.pass(3_000).tap("4711").wait(40_000).gone().told()).toEqual([]);
    expect(hours.tap("4711").save().told()).toEqual(["badge 1"]);
  });
});

describe("what is no visit of any way", () => {
  test("another errand, whatever becomes of it", () => {
    const hours = () => watched({ ownHours: true }).touch({ touch: "errand", errand: "me" });
    expect(hours().touch({ touch: "way", way: "pin" }).digits("300").wait(20_000).gone().told()).toEqual([]);
    expect(hours().touch({ touch: "way", way: "face" }).face(9_000, 1).gone().told()).toEqual([]);
  });

  test("what a disk kept waiting; the next try begins anew", () => {
    const wall = watched().tap("4711").pass(6_000).wait(0);
    expect(wall.view()).toMatchObject({ at: "refused", why: "not-saved" });
    expect(wall.pass(2_000).tap("4711").told()).toEqual([]);
    wall.effects.shift();
    expect(wall.save().told()).toEqual(["badge 1"]);
  });

  test("another job, and what a supervisor punches for somebody", () => {
    const wall = watched().tap("4711").save().touch({ touch: "jobs" }, { touch: "pick", id: "press" }).save();
    expect([wall.kept.map((draft) => draft.draft === "punch" && draft.kind), wall.told()]).toEqual([
      ["in", "transfer"],
      ["badge 1"],
    ]);
    const other = watched().touch({ touch: "errand", errand: "override" }).tap("4714").digits("80325");
    other.touch({ touch: "enter" }).checked({ is: "good", person: sue.id, isDuress: false }).save();
    other.touch(
      { touch: "pick", id: bo.id },
      { touch: "pick", id: "badge-forgotten" },
      { touch: "choose", kind: "in" },
    );
    expect([other.save().kept.length, other.told()]).toEqual([2, []]);
  });
});

test("a badge that is confirmed by the face is the face's: whoever keeps it to themselves does not come so", () => {
  const wall = watched({ rules: [{ accepts: [["badge", "face"]] }] }).tap("4711");
  const claim = { person: ana.id, similarity: 0.8, agreeing: 3 };
  expect(wall.face(100, 1, { claim }).save().told()).toEqual(["face 101"]);
});

test("any day: no time below nothing, none longer than the day, and never more ends than something to end", () => {
  const deed = fc.oneof(
    fc.record({ do: fc.constant("tap" as const), badge: fc.constantFrom("4711", "4712", "9999") }),
    fc.record({ do: fc.constant("face" as const), track: fc.nat(3), known: fc.boolean(), ms: fc.nat(10_000) }),
    fc.record({ do: fc.constant("pad" as const), good: fc.boolean() }),
    fc.record({ do: fc.constant("save" as const) }),
    fc.record({ do: fc.constant("gone" as const) }),
    fc.record({ do: fc.constant("dismiss" as const) }),
    fc.record({ do: fc.constant("wait" as const), ms: fc.nat(30_000) }),
  );
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 40 }), fc.constantFrom(0, 1), (deeds, challengeShare) => {
      const wall = watched({ challengeShare });
      const beganMs = wall.ms;
      for (const one of deeds) {
        if (one.do === "tap") wall.tap(one.badge);
        else if (one.do === "face") wall.face(one.ms, one.track, one.known ? {} : { match: null });
        else if (one.do === "save") wall.save();
        else if (one.do === "gone") wall.gone(2_000);
        else if (one.do === "dismiss") wall.touch({ touch: "dismiss" });
        else if (one.do === "wait") wall.wait(one.ms);
        else if (one.do === "pad") {
          wall.touch({ touch: "way", way: "pin" }).digits("300").touch({ touch: "enter" });
          wall.digits("4711").touch({ touch: "enter" });
          wall.checked(one.good ? { is: "good", person: sue.id, isDuress: false } : { is: "wrong" });
        }
      }
      wall.save().gone(60_000);
      const served = wall.ends.filter((end) => end.is === "served");
      for (const { tookMs } of served) {
        expect(tookMs).toBeGreaterThanOrEqual(0);
        expect(tookMs).toBeLessThanOrEqual(wall.ms - beganMs);
      }
      const punches = wall.kept.filter(({ draft }) => draft === "punch");
      expect(served.length).toBeLessThanOrEqual(punches.length);
      expect(wall.visit, "nobody stays for ever").toBeNull();
    }),
    { numRuns: 200 },
  );
});

test("the station itself is asked, and is not changed by being watched", () => {
  const wall = watched();
  const alone = step(wall.memory, seen(5_000), wall.rules);
  const [visit] = followed(null, wall.memory, seen(5_000), alone[0]);
  expect([visit?.sinceMs, step(wall.memory, seen(5_000), wall.rules)]).toEqual([5_000, alone]);
});
