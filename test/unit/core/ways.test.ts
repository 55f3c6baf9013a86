import { describe, expect, test } from "vitest";
import { attentionOf } from "../../../kiosk/core/show.ts";
import { everything, Wall } from "./visit.ts";
import { ana, bo, policy, seen } from "./wall.ts";

const byPin = (wall: Wall, number = "4711", pin = "80325"): Wall =>
  wall
    .touch({ touch: "way", way: "pin" })
    .digits(number)
    .touch({ touch: "enter" })
    .digits(pin)
    .touch({ touch: "enter" });

describe("other ways", () => {
  test("stand beside each other, one touch from idle, and nobody's face is looked at there", () => {
    const wall = new Wall().touch({ touch: "ways" });
    expect(wall.view()).toMatchObject({ at: "ways", ways: ["badge", "pin", "face"], errand: "punch" });
    wall.happen(seen(++wall.ms), seen(++wall.ms));
    expect(wall.view().at).toBe("ways");
    expect(attentionOf(wall.memory, everything).effort).toBe("glance");
  });

  test("are one touch from a look, and the face is not taken when they are left", () => {
    const wall = new Wall();
    wall.happen(seen(++wall.ms, { progress: 0.2, match: null }));
    expect(wall.view()).toMatchObject({ at: "look", ways: ["badge", "pin"] });
    wall.touch({ touch: "ways" }, { touch: "dismiss" });
    wall.happen(seen(++wall.ms));
    expect(wall.view().at).toBe("idle");
  });

  test("end by themselves, and later for somebody who reads", () => {
    const wall = new Wall().touch({ touch: "ways" }, { touch: "more-time" }).wait(everything.padMs);
    expect(wall.view().at).toBe("ways");
    expect(wall.wait(30_000).view().at).toBe("idle");
  });

  test("lead to the camera as well", () => {
    const wall = new Wall().touch({ touch: "ways" }, { touch: "way", way: "face" });
    wall.happen(seen(++wall.ms), seen(++wall.ms));
    expect(wall.save().view()).toMatchObject({ at: "thanks", name: "Ana M." });
  });

  test("that are not offered lead nowhere", () => {
    const wall = new Wall(policy).touch({ touch: "way", way: "pin" });
    expect(wall.view().at).toBe("idle");
  });
});

describe("number and PIN", () => {
  test("punch, and the record says how", () => {
    const wall = byPin(new Wall());
    expect(wall.view()).toMatchObject({ at: "pin", isChecking: true, count: 0, number: "" });
    expect(wall.effects).toMatchObject([
      { do: "check-pin", ticket: 1, question: { who: { number: "4711" }, pin: "80325" } },
    ]);
    expect(JSON.stringify(wall.memory)).not.toContain("80325");
    wall.checked({ is: "good", person: ana.id, isDuress: false }).save();
    expect(wall.view()).toMatchObject({ at: "thanks", name: "Ana M.", kind: "in" });
    expect(wall.kept).toMatchObject([{ methods: ["pin"], flags: [], assure: { match: "none", card: "none" } }]);
  });

  test("show the number and hide the PIN, and can be taken back digit by digit", () => {
    const wall = new Wall().touch({ touch: "way", way: "pin" }).digits("47");
    expect(wall.view()).toMatchObject({ step: "number", number: "47", count: 2, canEnter: false });
    wall.touch({ touch: "enter" }).digits("11").touch({ touch: "erase" });
    expect(wall.view()).toMatchObject({ step: "number", number: "471", canEnter: true });
    wall.touch({ touch: "enter" }).digits("803");
    expect(wall.view()).toMatchObject({ step: "pin", number: "", count: 3, canEnter: false });
    wall.touch({ touch: "erase" }, { touch: "erase" }, { touch: "erase" }, { touch: "erase" });
    expect(wall.view()).toMatchObject({ step: "number", number: "471" });
    expect(wall.touch({ touch: "back" }).view().at).toBe("ways");
  });

  test("that do not belong together are asked for again, and too many tries are told how long to wait", () => {
    const wall = byPin(new Wall()).checked({ is: "wrong" });
    expect(wall.view()).toMatchObject({ at: "pin", step: "number", problem: "wrong", count: 0 });
    byPin(wall).checked({ is: "wait", forMs: 60_000 });
    expect(wall.view()).toMatchObject({ problem: "wait", waitUntil: expect.stringContaining("2026-11-23T08:58") });
    expect(wall.view()).toMatchObject({ ways: ["badge", "face"] });
  });

  test("typed under force look the same on the wall, and the record says so", () => {
    const usual = byPin(new Wall()).checked({ is: "good", person: ana.id, isDuress: false }).save();
    const forced = byPin(new Wall()).checked({ is: "good", person: ana.id, isDuress: true }).save();
    expect(forced.view()).toEqual(usual.view());
    expect(forced.kept).toMatchObject([{ flags: ["duress"] }]);
  });

  test("are checked while a badge waits its turn, and neither is lost", () => {
    const wall = byPin(new Wall()).tap("4712");
    expect(wall.view()).toMatchObject({ isChecking: true });
    wall.checked({ is: "good", person: ana.id, isDuress: false }).save().save();
    expect(wall.kept).toMatchObject([{ person: ana.id }, { person: bo.id }]);
  });

  test("whose check never ends are given back to whoever waits", () => {
    const wall = byPin(new Wall()).tap("4712").wait(16_000);
    expect(wall.save().view()).toMatchObject({ at: "thanks", name: "Bo" });
    expect(wall.checked({ is: "good", person: ana.id, isDuress: false }).view()).toMatchObject({ name: "Bo" });
  });

  test("stand in another order each time where the site wants it", () => {
    const scrambled = { ...everything, scramblePad: true };
    const orders = [0, 0.123, 0.5, 0.999_999_9].map((padDraw) => {
      const wall = new Wall(scrambled);
      wall.memory = { ...wall.memory, padDraw };
      const view = wall.touch({ touch: "way", way: "pin" }).view();
      return view.at === "pin" ? view.order : [];
    });
    for (const order of orders) expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(orders.map(String)).size).toBe(4);
  });
});

describe("who must show what", () => {
  const both = { ...everything, rules: [{ people: [ana.id], accepts: [["badge", "pin"]] as const }] };

  test("a second way is asked for, and both stand in the record", () => {
    const wall = new Wall(both).tap("4711");
    expect(wall.view()).toMatchObject({ at: "pin", step: "pin", canSkip: true });
    wall.digits("80325").touch({ touch: "enter" });
    expect(wall.effects).toMatchObject([{ question: { who: { person: ana.id } } }]);
    wall.checked({ is: "good", person: ana.id, isDuress: false }).save();
    expect(wall.kept).toMatchObject([{ methods: ["card", "pin"], flags: [], at: { monoMs: 1_001 } }]);
  });

  test("the other order is as good", () => {
    const wall = byPin(new Wall(both)).checked({ is: "good", person: ana.id, isDuress: false });
    expect(wall.view()).toMatchObject({ at: "also", wants: "badge", name: "Ana M." });
    wall.tap("4711").save();
    expect(wall.kept).toMatchObject([{ methods: ["pin", "card"], flags: [] }]);
  });

  test.each([
    ["going on without it", (wall: Wall) => wall.touch({ touch: "without" })],
    ["time", (wall: Wall) => wall.wait(30_000)],
    ["the same badge again", (wall: Wall) => wall.tap("4711")],
  ])("%s costs nobody a punch: it is flagged", (_, end) => {
    const wall = new Wall(both).tap("4711");
    expect(end(wall).save().kept).toMatchObject([{ methods: ["card"], flags: ["pin-missing"] }]);
  });

  test("the next person's badge ends the waiting, and both punch", () => {
    const wall = new Wall(both).tap("4711").tap("4712").save().save();
    expect(wall.kept).toMatchObject([
      { person: ana.id, flags: ["pin-missing"] },
      { person: bo.id, flags: [] },
    ]);
  });

  test("the face is compared with whoever said who they are by PIN", () => {
    const rules = { ...everything, rules: [{ accepts: [["pin", "face"]] as const }] };
    const wall = byPin(new Wall(rules)).checked({ is: "good", person: ana.id, isDuress: false });
    expect(wall.view()).toMatchObject({ at: "look", alsoWants: "face" });
    expect(attentionOf(wall.memory, rules).claim).toBe(ana.id);
    wall.happen(seen(++wall.ms, { match: null, claim: { person: ana.id, similarity: 0.9, agreeing: 5 } })).save();
    expect(wall.kept).toMatchObject([{ methods: ["pin", "face"], assure: { live: "pass" }, flags: [] }]);
  });

  test("a way that the rules do not know counts, and is looked at; a face alone is asked for more", () => {
    const rules = { ...everything, rules: [{ accepts: [["pin"]] as const }] };
    expect(new Wall(rules).tap("4711").save().kept).toMatchObject([{ methods: ["card"], flags: ["other-way"] }]);
    const faced = new Wall(rules);
    faced.happen(seen(++faced.ms), seen(++faced.ms));
    expect(faced.view()).toMatchObject({ at: "refused", why: "needs-badge" });
  });

  test("rules hold for people, groups, sites and hours, and the first that fits counts", async () => {
    const { requirementFor } = await import("../../../kiosk/core/requirement.ts");
    const night = { days: [1, 2, 3, 4, 5], from: "22:00", until: "06:00" };
    const rules = [
      { groups: ["cash"], accepts: [["badge", "pin"]] },
      { sites: ["elsewhere"], accepts: [["qr"]] },
      { when: night, accepts: [["badge", "face"]] },
    ] as const;
    const at = (text: string) => ({ utcMs: Date.parse(text), monoMs: 0 });
    const asked = (perm: readonly string[], text: string) =>
      requirementFor({ id: ana.id, perm }, at(text), { ...everything, rules }).accepts;
    expect(asked(["cash"], "2026-11-23T12:00:00+01:00")).toEqual([["badge", "pin"]]);
    // Monday 2 o'clock is Sunday's night, Saturday 2 o'clock is Friday's.
    expect(asked([], "2026-11-23T02:00:00+01:00")).toHaveLength(4);
    expect(asked([], "2026-11-24T02:00:00+01:00")).toEqual([["badge", "face"]]);
    expect(asked([], "2026-11-28T02:00:00+01:00")).toEqual([["badge", "face"]]);
    expect(asked([], "2026-11-28T23:00:00+01:00")).toHaveLength(4);
    expect(asked([], "2026-11-23T12:00:00+01:00")).toEqual([["badge"], ["pin"], ["qr"], ["face"]]);
  });
});
