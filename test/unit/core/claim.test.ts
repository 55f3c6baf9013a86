import { describe, expect, test } from "vitest";
import type { Event } from "../../../kiosk/core/event.ts";
import type { Memory } from "../../../kiosk/core/memory.ts";
import type { Policy } from "../../../kiosk/core/policy.ts";
import { attentionOf, viewOf } from "../../../kiosk/core/show.ts";
import type { ClaimSeen, FaceSeen } from "../../../kiosk/core/sight.ts";
import { deadlineOf } from "../../../kiosk/core/station.ts";
import {
  ana,
  at,
  bo,
  doing,
  gaze,
  playWith,
  policy,
  punches,
  ready,
  room,
  saved,
  seen,
  sight,
  tap,
  tick,
  touch,
  zed,
} from "./wall.ts";

const rules: Policy = { ...policy, badge: "with-face" };
const play = (memory: Memory, ...events: readonly Event[]) => playWith(rules, memory, ...events);
const like = (similarity = 0.7, change: Partial<ClaimSeen> = {}): Partial<FaceSeen> => ({
  match: null,
  claim: { person: ana.id, similarity, agreeing: 3, ...change },
});
const claimed = (events: readonly Event[] = []) => play(ready(), tap("4711", 1_000), ...events);

describe("a badge that wants its face", () => {
  test("says so, and the engine compares with nobody else", () => {
    const { memory, effects } = claimed();
    expect(effects).toEqual([]);
    expect(viewOf(memory, rules)).toMatchObject({ at: "look", alsoWants: "face" });
    expect(attentionOf(memory, policy)).toEqual({ effort: "look", claim: ana.id, challenge: null, codes: false });
  });

  test("is a punch by both at the moment of the badge, once the face is theirs and alive", () => {
    const { memory, effects } = claimed([seen(1_500, like())]);
    const punch = {
      person: ana.id,
      methods: ["card", "face"],
      assure: { match: "high", live: "pass", card: "static" },
      flags: [],
      at: at(1_000),
    };
    expect(punches(effects)).toMatchObject([punch]);
    const thanked = play(memory, saved(effects[0], 1, 1_600), tick(7_000), seen(7_100), seen(7_200));
    expect(viewOf(thanked.memory, rules).at).toBe("idle");
    expect(thanked.effects).toEqual([]);
  });

  test("goes on with the track that was being looked at", () => {
    const { effects } = play(ready(), seen(500, { match: null }), tap("4711", 1_000), seen(1_100, like()));
    expect(punches(effects)).toMatchObject([{ methods: ["card", "face"] }]);
  });

  test("may be asked for a movement like anybody else", () => {
    const asked = claimed([seen(1_500, { ...like(), live: 0.3 })]);
    expect(asked.effects).toEqual([]);
    expect(attentionOf(asked.memory, policy)).toMatchObject({ claim: ana.id, challenge: { id: 1 } });
    const { effects } = play(asked.memory, seen(3_000, { ...like(), live: 0.3, ...doing(1, "passed") }));
    expect(punches(effects)).toMatchObject([{ methods: ["card", "face"] }]);
  });

  test("is not asked for what was asked of the face of somebody else", () => {
    const other = play(
      ready(),
      seen(500, { live: 0.3, match: { person: bo.id, similarity: 0.8, margin: 1, agreeing: 3 } }),
    );
    const asked = play(
      other.memory,
      seen(600, { live: 0.3, match: { person: bo.id, similarity: 0.8, margin: 1, agreeing: 3 } }),
    );
    expect(attentionOf(asked.memory, policy).challenge?.id).toBe(1);
    const mine = play(asked.memory, tap("4711", 1_000));
    expect(attentionOf(mine.memory, policy)).toMatchObject({ claim: ana.id, challenge: null });
    expect(play(mine.memory, seen(1_100, { ...like(), live: 0.3, ...doing(1, "passed") })).effects).toEqual([]);
  });
});

const byCardAlone = (why: string, live = "na") => [
  { person: ana.id, methods: ["card"], assure: { match: "none", live, card: "static" }, flags: [why], at: at(1_000) },
];

describe("nobody is turned away from paid time for a face", () => {
  test.each<[string, readonly Event[], string]>([
    ["nobody comes into view", [tick(2_200)], "face-unverified"],
    ["whoever was there leaves", [seen(1_500, like(0.3)), sight(2_000, null), sight(2_800, null)], "face-unverified"],
    ["the face is another's for all its time", gaze(1_100, 9_000, like(0.3)), "face-unverified"],
    ["too few frames agree", gaze(1_100, 9_000, like(0.9, { agreeing: 2 })), "face-unverified"],
    ["the same badge is read again", [seen(1_100, like(0.3)), tap("4711", 1_200)], "face-unverified"],
    ["the camera is lost", [seen(1_100, like(0.3)), room(1_200, "camera")], "face-unavailable"],
    ["the engine is begun anew", [seen(1_100, like(0.3)), room(1_200, "engine", "starting")], "face-unavailable"],
    ["the movement is not made in time", gaze(1_100, 13_400, { ...like(), live: 0.3 }), "face-unverified"],
    [
      "nothing can be asked",
      gaze(1_100, 9_000, { ...like(), live: 0.3, able: { turn: false, blink: false } }),
      "face-unverified",
    ],
  ])("%s: the punch is taken and flagged", (_, events, why) => {
    expect(punches(claimed(events).effects)).toMatchObject(byCardAlone(why));
  });

  test.each<[string, readonly Event[]]>([
    ["it does not seem alive", gaze(1_100, 9_000, { ...like(), live: 0.1 })],
    ["the camera repeats itself", gaze(1_100, 9_000, { ...like(), repeats: true })],
    [
      "it does not move as a head does",
      [
        seen(1_500, { ...like(), live: 0.3 }),
        seen(2_000, { ...like(), live: 0.3, ...doing(1, "failed") }),
        seen(3_000, { ...like(), live: 0.3, ...doing(2, "failed") }),
      ],
    ],
  ])("the face is theirs and %s: flagged so, and counted", (_, events) => {
    const { memory, effects } = claimed(events);
    expect(punches(effects)).toMatchObject(byCardAlone("pad-suspect", "fail"));
    expect(memory.suspicions).toHaveLength(1);
  });

  test.each<[string, readonly Event[]]>([
    ["the camera is away", [room(500, "camera")]],
    ["the engine is starting", [room(500, "engine", "starting")]],
  ])("%s: flagged at once", (_, events) => {
    expect(punches(play(ready(), ...events, tap("4711", 1_000)).effects)).toMatchObject(
      byCardAlone("face-unavailable"),
    );
  });

  test("a clock that was given no camera does not ask for faces", () => {
    const none = play(ready(), room(10, "camera", "none"), room(10, "engine", "none"), tap("4711", 1_000));
    expect(punches(none.effects)).toMatchObject([{ methods: ["card"], flags: [] }]);
  });
});

describe("two badges", () => {
  test("never become one: the first is taken as it stands, the second is next", () => {
    const both = claimed([seen(1_500, like(0.3)), tap("4712", 1_600)]);
    expect(punches(both.effects)).toMatchObject([{ person: ana.id, flags: ["face-unverified"] }]);
    const next = play(both.memory, saved(both.effects[0], 1, 1_650));
    expect(attentionOf(next.memory, policy).claim).toBe(bo.id);
    const { effects } = play(
      next.memory,
      seen(2_000, { match: null, claim: { person: bo.id, similarity: 0.8, agreeing: 3 } }),
    );
    expect(punches(effects)).toMatchObject([{ person: bo.id, methods: ["card", "face"], at: at(1_600) }]);
  });

  test("of which the second is unknown: the first is a punch, the second is answered with words", () => {
    const both = claimed([tap("9999", 1_600)]);
    expect(punches(both.effects)).toHaveLength(1);
    expect(viewOf(play(both.memory, saved(both.effects[0], 1, 1_650)).memory, rules)).toMatchObject({
      why: "badge-unknown",
    });
  });

  test("that waited for the disk are both punches", () => {
    const busy = play(ready(), tap("4711", 1_000), tick(2_200), tap("4712", 2_210), tap("4711", 2_220));
    expect(punches(busy.effects)).toHaveLength(1);
    const freed = play(busy.memory, saved(busy.effects[0], 1, 2_300));
    // Bo's face had no time before the next badge; Ana's second one is a question.
    expect(punches(freed.effects)).toMatchObject([{ person: bo.id, flags: ["face-unverified"] }]);
    const last = play(freed.memory, saved(freed.effects[0], 2, 2_400), tick(3_600));
    expect(viewOf(last.memory, rules)).toMatchObject({ at: "duplicate", name: "Ana M." });
  });
});

test("a second punch a moment later is still a question, and keeps what its badge and face proved", () => {
  const first = claimed([seen(1_500, like())]);
  const again = play(first.memory, saved(first.effects[0], 1, 1_600), tick(7_000), tap("4711", 8_000), tick(9_200));
  expect(viewOf(again.memory, rules)).toMatchObject({ at: "duplicate" });
  const meant = play(again.memory, touch(9_500, "choose", "out"));
  expect(punches(meant.effects)).toMatchObject([{ kind: "out", methods: ["card"], flags: ["face-unverified"] }]);
});

test("a commit that answers late does not wipe out a badge that waits for its face", () => {
  const late = claimed([tick(2_200), tick(7_200), tap("4712", 8_000)]);
  const after = play(late.memory, saved(late.effects[0], 1, 8_100));
  expect(attentionOf(after.memory, policy).claim).toBe(bo.id);
  expect(punches(play(after.memory, tick(9_200)).effects)).toMatchObject([{ person: bo.id }]);
});

test("a punch that waited for its face is given as long on the disk as any other", () => {
  const { memory } = claimed(gaze(1_100, 9_000, like(0.3)));
  expect(memory.state.at).toBe("saving");
  expect(deadlineOf(memory, rules)).toBe(9_000 + rules.saveMs);
});

describe("people who look alike", () => {
  const pair = () => ready(undefined, [ana, bo, zed]);
  const usual = (memory: Memory, ...events: readonly Event[]) => playWith(policy, memory, ...events);

  test.each([
    ["of whom it was noted", { person: zed.id, similarity: 0.9, margin: 0.5, agreeing: 3 }],
    ["of the other one", { person: ana.id, similarity: 0.9, margin: 0.5, agreeing: 3 }],
    ["between which no margin decides", { person: ana.id, similarity: 0.9, margin: 0.01, agreeing: 3 }],
  ])("are never punched by face alone: %s", (_, match) => {
    const look = usual(pair(), ...gaze(100, 7_900, { match }));
    expect(look.effects).toEqual([]);
    expect(viewOf(look.memory, policy)).toMatchObject({ at: "look", alsoWants: "badge", challenge: null });
    const over = usual(look.memory, ...gaze(8_000, 8_200, { match }));
    expect(viewOf(over.memory, policy)).toMatchObject({ at: "refused", why: "needs-badge", canRetry: false });
    expect(over.effects).toEqual([]);
  });

  test("are asked for the badge until the end, also when the last frame is blurred, but not the next one who comes", () => {
    const look = usual(pair(), ...gaze(100, 7_900), seen(8_000, { problem: "blurred", match: null }));
    expect(viewOf(usual(look.memory, tick(8_100)).memory, policy)).toMatchObject({ why: "needs-badge" });
    const next = usual(look.memory, seen(8_050, { track: 2, match: null }));
    expect(viewOf(next.memory, policy)).toMatchObject({ alsoWants: null });
  });

  test("are punched by badge and face, with the frames that were already seen", () => {
    const { memory, effects } = usual(pair(), ...gaze(100, 1_000), tap("4711", 1_050));
    expect(effects).toEqual([]);
    expect(viewOf(memory, policy)).toMatchObject({ at: "look", alsoWants: "face" });
    expect(punches(usual(memory, seen(1_150, like())).effects)).toMatchObject([
      { person: ana.id, methods: ["card", "face"] },
    ]);
  });

  test("tap their own badges: the other's is the other's claim, to be verified with the face that is there", () => {
    const { memory } = usual(pair(), ...gaze(100, 1_000), tap("4713", 1_050));
    expect(attentionOf(memory, policy).claim).toBe(zed.id);
    expect(usual(memory, seen(1_150, like())).effects).toEqual([]);
  });

  test("leave a note behind when one of them goes: the other's face still decides nothing", () => {
    const { effects } = usual(
      ready(undefined, [bo, zed]),
      ...gaze(100, 1_000, { match: { person: zed.id, similarity: 0.9, margin: 1, agreeing: 5 } }),
    );
    expect(effects).toEqual([]);
  });

  test("do not make others wait: a badge of somebody else is a punch as ever", () => {
    expect(punches(usual(pair(), ...gaze(100, 1_000), tap("4712", 1_050)).effects)).toMatchObject([
      { person: bo.id, methods: ["card"], flags: [] },
    ]);
  });
});
