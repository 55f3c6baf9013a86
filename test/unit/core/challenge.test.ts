import { describe, expect, test } from "vitest";
import type { Memory } from "../../../kiosk/core/memory.ts";
import { attentionOf, viewOf } from "../../../kiosk/core/show.ts";
import type { FaceSeen } from "../../../kiosk/core/sight.ts";
import { ana, bo, doing, gaze, play, playWith, policy, punches, ready, seen, sight, tick, touch } from "./wall.ts";

/** Neither surely alive nor surely not. */
const unsure: Partial<FaceSeen> = { live: 0.3 };
const asked = (memory: Memory) => attentionOf(memory, policy).challenge;
const begun = (change: Partial<FaceSeen> = unsure, draw = 0.5) =>
  play(ready(), seen(100, change, draw), seen(200, change, draw));

describe("a movement is asked", () => {
  test("of somebody who is recognised and may be a picture, and the punch comes when it was done", () => {
    const start = begun();
    expect(start.effects).toEqual([]);
    const challenge = asked(start.memory);
    expect(challenge).toMatchObject({ id: 1, kind: expect.stringMatching(/^turn-/) });
    expect(viewOf(start.memory, policy)).toMatchObject({
      at: "look",
      challenge: { kind: challenge?.kind, isReturning: false, progress: 0 },
    });
    const turned = play(
      start.memory,
      seen(900, { ...unsure, ...doing(1, "waiting"), problem: "turned" }),
      seen(1_500, { ...unsure, ...doing(1, "returning"), problem: "turned" }),
    );
    expect(turned.effects).toEqual([]);
    expect(viewOf(turned.memory, policy)).toMatchObject({ challenge: { isReturning: true, progress: 0.5 } });
    const { effects } = play(turned.memory, seen(2_000, { ...unsure, ...doing(1, "passed") }));
    expect(punches(effects)).toMatchObject([
      { person: ana.id, methods: ["face"], assure: { live: "pass" }, flags: [] },
    ]);
  });

  test.each([
    ["0", 0, "turn-left"],
    ["one step of the low bits", 1 / 65_536, "turn-right"],
    ["the middle", 0.5, "turn-left"],
  ])("to a side that is drawn: %s", (_, draw, kind) => {
    expect(asked(begun(unsure, draw).memory)?.kind).toBe(kind);
  });

  test("at random of those who seem alive, and the side has nothing to do with having been chosen", () => {
    const rules = { ...policy, challengeShare: 0.05 };
    const kinds = Array.from({ length: 400 }, (_, n) => {
      const draw = n / 400;
      const { memory, effects } = playWith(rules, ready(), seen(100, {}, draw), seen(200, {}, draw));
      expect(punches(effects)).toHaveLength(draw < 0.05 ? 0 : 1);
      return asked(memory)?.kind;
    });
    expect(kinds.filter((kind) => kind === "turn-left").length).toBeGreaterThan(4);
    expect(kinds.filter((kind) => kind === "turn-right").length).toBeGreaterThan(4);
  });

  test("once per visit of chance: later draws do not change it", () => {
    const rules = { ...policy, challengeShare: 0.05 };
    const { effects } = playWith(rules, ready(), seen(100, { match: null }, 0.9), seen(200, {}, 0.01));
    expect(punches(effects)).toHaveLength(1);
  });

  test.each([
    ["strangers", { ...unsure, match: null }],
    [
      "faces that resemble nobody enough",
      { ...unsure, match: { person: ana.id, similarity: 0.45, margin: 1, agreeing: 9 } },
    ],
    ["faces that surely are not alive", { live: 0.1 }],
    ["pictures that come back", { repeats: true }],
    ["faces nothing is known about yet", { live: null }],
  ])("never of %s", (_, change) => {
    for (let ms = 100, memory = ready(); ms < 7_900; ms += 100) {
      ({ memory } = play(memory, seen(ms, change, 0)));
      expect(asked(memory)).toBeNull();
    }
  });

  test("where a second face may have lent the score", () => {
    expect(asked(begun({ live: 0.9, company: true }).memory)).not.toBeNull();
  });

  test("of the eyes where the head cannot be asked, and of nothing where neither can: then the badge is offered", () => {
    expect(asked(begun({ ...unsure, able: { turn: false, blink: true } }).memory)?.kind).toBe("blink");
    const { memory, effects } = play(ready(), ...gaze(100, 8_200, { ...unsure, able: { turn: false, blink: false } }));
    expect(effects).toEqual([]);
    expect(viewOf(memory, policy)).toMatchObject({ at: "refused", why: "not-sure" });
    expect(memory.suspicions).toEqual([]);
  });
});

describe("what was done counts only", () => {
  const passed = { ...unsure, ...doing(1, "passed") };
  test.each([
    ["on the track it was asked of", { ...passed, track: 2 }],
    ["for the challenge that was asked", { ...unsure, ...doing(7, "passed") }],
    [
      "for the person it was asked of",
      { ...passed, match: { person: bo.id, similarity: 0.9, margin: 0.5, agreeing: 3 } },
    ],
    [
      "while the face is as alike as a punch asks for",
      { ...passed, match: { person: ana.id, similarity: 0.45, margin: 0.5, agreeing: 3 } },
    ],
    ["with a face that can be seen", { ...passed, problem: "turned" as const }],
    ["for a face that does not surely seem dead", { ...passed, live: 0.1 }],
    ["before a camera that does not repeat itself", { ...passed, repeats: true }],
    ["with no second face as large", { ...passed, problem: "several" as const }],
  ])("%s", (_, change) => {
    expect(play(begun().memory, seen(1_000, change)).effects).toEqual([]);
  });

  test("after all, when the face is seen well again", () => {
    const { effects } = play(begun().memory, seen(1_000, { ...passed, problem: "blurred" }), seen(1_100, passed));
    expect(punches(effects)).toHaveLength(1);
  });

  test("when nobody as large stood beside it in between", () => {
    const beside = play(begun().memory, seen(900, { ...unsure, problem: "several" }), seen(1_000, passed));
    expect(beside.effects).toEqual([]);
    expect(asked(beside.memory)?.id).toBe(2);
  });

  test("and whoever was asked has to do it, however alive the frames look afterwards", () => {
    const late = play(begun().memory, ...gaze(300, 5_000, { live: 0.9 }));
    expect(late.effects).toEqual([]);
    const other = play(begun().memory, ...gaze(300, 5_000, { live: 0.9, track: 2 }));
    expect(other.effects).toEqual([]);
    expect(asked(other.memory)?.id).toBe(2);
  });
});

describe("a movement that was not done", () => {
  test("as a head would is asked once more under a new number, then the visit is refused and counted", () => {
    const again = play(begun().memory, seen(1_000, { ...unsure, ...doing(1, "failed") }, 1 / 65_536));
    expect(asked(again.memory)).toEqual({ id: 2, kind: "turn-right" });
    const { memory, effects } = play(again.memory, seen(2_000, { ...unsure, ...doing(2, "failed") }));
    expect(effects).toEqual([]);
    expect(viewOf(memory, policy)).toMatchObject({ at: "refused", why: "not-live", canRetry: true });
    expect(memory.suspicions).toHaveLength(1);
  });

  test("as a head would is not made good by a blink", () => {
    const noTurn = { ...unsure, able: { turn: false, blink: true } };
    const again = play(
      begun().memory,
      seen(1_000, { ...noTurn, ...doing(1, "failed") }),
      ...gaze(1_100, 3_000, noTurn),
    );
    expect(asked(again.memory)).toBeNull();
    const { memory, effects } = play(again.memory, ...gaze(3_100, 8_200, noTurn));
    expect(effects).toEqual([]);
    expect(viewOf(memory, policy)).toMatchObject({ at: "refused", why: "not-live" });
  });

  test("in time is replaced by the eyes, once; then the badge is offered and nobody is suspected", () => {
    const slow = play(begun().memory, ...gaze(300, 6_300, unsure));
    expect(asked(slow.memory)).toEqual({ id: 2, kind: "blink" });
    const blinked = play(slow.memory, seen(7_000, { ...unsure, ...doing(2, "passed") }));
    expect(punches(blinked.effects)).toHaveLength(1);
    const { memory, effects } = play(slow.memory, ...gaze(6_400, 12_300, unsure));
    expect(effects).toEqual([]);
    expect(viewOf(memory, policy)).toMatchObject({ at: "refused", why: "not-sure" });
    expect(memory.suspicions).toEqual([]);
  });

  test("in time ends the look where the eyes cannot be asked, also when no picture comes any more", () => {
    const noBlink = { ...unsure, able: { turn: true, blink: false } };
    const slow = play(begun(noBlink).memory, ...gaze(300, 6_100, noBlink));
    expect(viewOf(play(slow.memory, tick(6_200)).memory, policy)).toMatchObject({ at: "refused", why: "not-sure" });
  });

  test("because somebody else took the place is asked of the next, within the number that a visit is given", () => {
    const second = play(begun().memory, seen(1_000, { ...unsure, track: 2 }));
    expect(asked(second.memory)?.id).toBe(2);
    const third = play(second.memory, seen(2_000, { ...unsure, track: 3 }));
    expect(viewOf(third.memory, policy)).toMatchObject({ at: "refused", why: "not-sure" });
  });

  test("because the picture was taken away is counted all the same, once it had failed", () => {
    const failed = play(
      begun().memory,
      seen(1_000, { ...unsure, ...doing(1, "failed") }),
      sight(1_100, null),
      sight(2_300, null),
    );
    expect(viewOf(failed.memory, policy).at).toBe("idle");
    expect(failed.memory.suspicions).toHaveLength(1);
    const gone = play(begun().memory, sight(1_000, null), sight(2_300, null));
    expect(gone.memory.suspicions).toEqual([]);
  });

  test("is a new number in the next visit: what was seen of the last one counts for nothing", () => {
    const refused = play(
      begun().memory,
      seen(1_000, { ...unsure, ...doing(1, "failed") }),
      seen(2_000, { ...unsure, ...doing(2, "failed") }),
      touch(3_000, "retry"),
    );
    const { memory, effects } = play(
      refused.memory,
      seen(3_100, unsure),
      seen(3_200, { ...unsure, ...doing(2, "passed") }),
    );
    expect(punches(effects)).toEqual([]);
    expect(asked(memory)?.id).toBe(3);
  });
});

test("the time of a look goes on while a movement is being done", () => {
  const late = play(ready(), ...gaze(100, 7_000, { match: null }), seen(7_500, unsure), ...gaze(7_600, 12_000, unsure));
  expect(viewOf(late.memory, policy).at).toBe("look");
  expect(punches(play(late.memory, seen(13_000, { ...unsure, ...doing(1, "passed") })).effects)).toHaveLength(1);
});
