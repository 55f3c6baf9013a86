import { expect, test } from "vitest";
import type { Effect, Event } from "../../../kiosk/core/event.ts";
import type { FaceSeen } from "../../../kiosk/core/sight.ts";
import { everything, Wall } from "./visit.ts";
import {
  ana,
  at,
  bo,
  doing,
  gaze,
  play,
  playWith,
  policy,
  ready,
  room,
  saved,
  seen,
  sight,
  tap,
  tick,
  touched,
  zed,
} from "./wall.ts";

/** What counts as a face that was missed, and what does not. */

const countedIn = (effects: readonly Effect[]) =>
  effects.flatMap((effect) =>
    effect.do === "served" ? [`${effect.person === ana.id ? "ana" : "other"} ${effect.end}`] : [],
  );
const counted = (...events: readonly Event[]) => countedIn(play(ready(), ...events).effects);

const nobody: Partial<FaceSeen> = { match: null };
const gone = (fromMs: number, toMs: number): readonly Event[] =>
  Array.from({ length: Math.floor((toMs - fromMs) / 100) + 1 }, (_, n) => sight(fromMs + n * 100, null));

test.each<[string, readonly Event[], readonly string[]]>([
  ["a face that is recognised", [seen(100), seen(600)], ["ana known"]],
  ["a badge in the middle of a long look", [...gaze(100, 4_600, nobody), tap("4711", 4_700)], ["ana missed"]],
  ["a badge after the whole look", [...gaze(100, 8_200, nobody), tap("4711", 9_000)], ["ana missed"]],
  [
    "a badge while the face that was refused is still there",
    [...gaze(100, 14_000, nobody), tap("4711", 14_100)],
    ["ana missed"],
  ],
  [
    "a badge soon after the face went",
    [...gaze(100, 5_000, nobody), ...gone(5_100, 8_000), tap("4711", 8_100)],
    ["ana missed"],
  ],
  [
    "a face that is too dark to be known",
    [...gaze(100, 4_600, { ...nobody, problem: "too-dark" }), tap("4711", 4_700)],
    ["ana missed"],
  ],
  [
    "a face like somebody, and not enough",
    [...gaze(100, 4_600, { match: { person: ana.id, similarity: 0.1, margin: 0.5, agreeing: 3 } }), tap("4711", 4_700)],
    ["ana missed"],
  ],
  ["a badge with no face there", [tap("4711", 100)], []],
  ["a badge after a short look", [...gaze(100, 2_000, nobody), tap("4711", 2_100)], []],
  ["a badge long after the face went", [...gaze(100, 5_000, nobody), ...gone(5_100, 12_000), tap("4711", 12_100)], []],
  ["a badge long after it, and nothing seen between", [...gaze(100, 8_200, nobody), tap("4711", 14_000)], []],
  ["the camera went away after it", [...gaze(100, 8_200, nobody), room(8_300, "camera"), tap("4711", 8_400)], []],
  [
    "a face that did not seem alive when it was like somebody",
    [...gaze(100, 600, { live: 0.1 }), ...gaze(700, 6_000, nobody), tap("4711", 6_100)],
    [],
  ],
  ["a face that stands too far away", [...gaze(100, 4_600, { ...nobody, problem: "too-far" }), tap("4711", 4_700)], []],
  ["a face that is turned", [...gaze(100, 4_600, { ...nobody, problem: "turned" }), tap("4711", 4_700)], []],
  ["two faces", [...gaze(100, 4_600, { ...nobody, problem: "several" }), tap("4711", 4_700)], []],
  ["a face that does not seem alive", [...gaze(100, 4_600, { ...nobody, live: 0.1 }), tap("4711", 4_700)], []],
  ["a recording of somebody", [...gaze(100, 4_600, { repeats: true }), tap("4711", 4_700)], []],
  ["a movement that was not made", [...gaze(100, 9_000, { live: 0.3 }), tap("4711", 9_100)], []],
  [
    "a movement that failed",
    [
      seen(100, { live: 0.3 }),
      seen(200, { live: 0.3, ...doing(1, "failed") }),
      ...gaze(300, 6_000, nobody),
      tap("4711", 6_100),
    ],
    [],
  ],
  ["the camera went away meanwhile", [...gaze(100, 7_000, nobody), room(7_100, "camera"), tap("4711", 7_200)], []],
  ["nobody says who they are", [...gaze(100, 8_300, nobody), ...gone(8_400, 16_000), tick(30_000)], []],
  ["a badge that nobody gave out", [...gaze(100, 4_600, nobody), tap("9999", 4_700)], []],
  [
    "only the first badge after it",
    [...gaze(100, 4_600, nobody), tap("4711", 4_700), tap("4712", 4_800)],
    ["ana missed"],
  ],
])("%s", (_what, events, expected) => {
  expect(counted(...events)).toEqual(expected);
});

test("a face that may be somebody else's is asked for the badge, and was not missed", () => {
  const alike = { match: { person: zed.id, similarity: 0.8, margin: 0.5, agreeing: 3 } };
  const { effects } = play(ready(undefined, [ana, bo, zed]), ...gaze(100, 9_000, alike), tap("4713", 9_100));
  expect(countedIn(effects)).toEqual([]);
});

test("after an alarm faces rest: nobody is missed", () => {
  const looked = play(ready(), ...gaze(100, 8_200, nobody)).memory;
  expect(countedIn(play(looked, tap("4711", 8_300)).effects)).toEqual(["ana missed"]);
  const resting = { ...looked, rest: { untilMs: 100_000, untilUtcMs: at(100_000).utcMs } };
  expect(countedIn(play(resting, tap("4711", 8_300)).effects)).toEqual([]);
});

test("a look is one person's: the next badge has nothing to do with it", () => {
  const first = play(ready(), ...gaze(100, 4_600, nobody), tap("4711", 4_700));
  const thanked = play(first.memory, saved(first.effects[0], 1, 4_710), tap("4712", 6_500));
  expect([...countedIn(first.effects), ...countedIn(thanked.effects)]).toEqual(["ana missed"]);
});

test("a face that is wanted beside the badge counts once: as known, as missed, or not where it was not shown", () => {
  const rules = { ...policy, badge: "with-face" } as const;
  const of = (...events: readonly Event[]) => countedIn(playWith(rules, ready(), ...events).effects);
  const claimed = (similarity: number): Partial<FaceSeen> => ({
    match: null,
    claim: { person: ana.id, similarity, agreeing: 3 },
  });
  expect(of(tap("4711", 100), ...gaze(200, 500, claimed(0.9)))).toEqual(["ana known"]);
  expect(of(tap("4711", 100), ...gaze(200, 9_000, claimed(0.05)))).toEqual(["ana missed"]);
  expect(of(...gaze(100, 4_600, nobody), tap("4711", 4_700), ...gaze(4_800, 14_000, claimed(0.05)))).toEqual([
    "ana missed",
  ]);
  expect(of(...gaze(100, 4_600, nobody), tap("4711", 4_700), ...gaze(4_800, 5_200, claimed(0.9)))).toEqual([
    "ana known",
  ]);
  expect(of(tap("4711", 100), ...gone(200, 12_000), tick(12_100))).toEqual([]);
});

test("whoever types a PIN after the look is waited for, as long as they type", () => {
  const wall = new Wall(everything);
  wall.happen(...gaze(2_000, 7_000, nobody));
  wall.ms = 7_100;
  wall.touch({ touch: "way", way: "pin" }).wait(9_000);
  wall.digits("300").touch({ touch: "enter" }).wait(9_000);
  wall.digits("4711").touch({ touch: "enter" });
  wall.checked({ is: "good", person: ana.id, isDuress: false });
  expect(countedIn(wall.effects)).toEqual(["ana missed"]);
});

test("whoever goes on to another way before the look was long enough has chosen it", () => {
  const wall = new Wall(everything);
  wall.happen(...gaze(2_000, 3_000, nobody), touched(3_100, { touch: "way", way: "pin" }));
  wall.ms = 3_200;
  wall.digits("300").touch({ touch: "enter" }).digits("4711").touch({ touch: "enter" });
  wall.checked({ is: "good", person: ana.id, isDuress: false });
  expect(countedIn(wall.effects)).toEqual([]);
});
