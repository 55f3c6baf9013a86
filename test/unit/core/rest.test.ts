import { describe, expect, test } from "vitest";
import type { Effect, Event } from "../../../kiosk/core/event.ts";
import type { Memory } from "../../../kiosk/core/memory.ts";
import { attentionOf, viewOf } from "../../../kiosk/core/show.ts";
import { deadlineOf } from "../../../kiosk/core/station.ts";
import { ana, at, gaze, play, playWith, policy, punches, ready, saved, seen, sight, tap, tick, touch } from "./wall.ts";

/** One visit with a picture that does not seem alive, until it is refused; `fromMs` counts. */
const tried = (fromMs: number): readonly Event[] => [
  ...gaze(fromMs, fromMs + 8_000, { live: 0.1 }),
  touch(fromMs + 8_100, "retry"),
];
const alarms = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.do === "save" && effect.draft.draft === "alarm" ? [effect.draft] : []));
const thrice = () => play(ready(), ...tried(1_000), ...tried(11_000), ...tried(21_000));

describe("faces that resemble somebody and do not seem alive", () => {
  test("SC-14 raise one alarm when they come too often, and then faces rest while badges go on", () => {
    const { memory, effects } = thrice();
    expect(alarms(effects)).toEqual([
      { draft: "alarm", count: 3, windowMs: policy.suspectWindowMs, restMs: policy.restMs, at: at(29_000) },
    ]);
    expect(viewOf(memory, policy)).toMatchObject({ at: "idle", faceRestsUntil: "2026-11-23T09:02:29.000+01:00" });
    const resting = play(memory, ...gaze(31_000, 40_000));
    expect(resting.effects).toEqual([]);
    expect(viewOf(resting.memory, policy).at).toBe("idle");
    expect(attentionOf(resting.memory, policy).effort).toBe("glance");
    expect(punches(play(resting.memory, tap("4711", 41_000)).effects)).toMatchObject([{ person: ana.id, flags: [] }]);
  });

  test("say nothing of it where they are refused, and do not invite another try while faces rest", () => {
    const twice = play(ready(), ...tried(1_000), ...tried(11_000), ...gaze(21_000, 29_000, { live: 0.1 }));
    expect(viewOf(twice.memory, policy)).toMatchObject({ at: "refused", why: "not-live", canRetry: false });
  });

  test("are forgiven after a while", () => {
    const { effects } = play(
      ready(),
      ...tried(1_000),
      ...tried(11_000),
      ...tried(1_000 + policy.suspectWindowMs + 10_000),
    );
    expect(effects.filter(({ do: what }) => what === "save")).toEqual([]);
  });

  test("count nothing where they resemble nobody", () => {
    const stranger = [0, 1, 2, 3].flatMap((n) => [
      ...gaze(1_000 + n * 10_000, 9_000 + n * 10_000, { live: 0.1, match: null }),
      touch(9_100 + n * 10_000, "retry"),
    ]);
    expect(play(ready(), ...stranger).memory.suspicions).toEqual([]);
  });

  test("count where the picture is hidden in the end, or another one is held beside it", () => {
    const hidden = play(
      ready(),
      ...gaze(1_000, 8_900, { live: 0.1 }),
      ...gaze(9_000, 9_100, { problem: "several", live: null }),
    );
    expect(viewOf(hidden.memory, policy)).toMatchObject({ why: "not-live" });
    expect(hidden.memory.suspicions).toHaveLength(1);
  });

  test("are not those of somebody whose light was bad for a moment", () => {
    const { effects, memory } = play(ready(), ...gaze(1_000, 3_000, { live: 0.1 }), seen(3_100), seen(3_200));
    expect(punches(effects)).toHaveLength(1);
    expect(memory.suspicions).toEqual([]);
  });

  test("count where a badge nobody gave out is to hide that a movement failed", () => {
    const unsure = { live: 0.3 };
    const failed = { ...unsure, challenge: { id: 1, state: "failed" as const, progress: 0 } };
    const { memory } = play(ready(), seen(100, unsure), seen(200, unsure), seen(300, failed), tap("9999", 400));
    expect(memory.suspicions).toHaveLength(1);
  });
});

describe("while faces rest", () => {
  test("a badge that wants its face is a flagged punch at once", () => {
    const rules = { ...policy, badge: "with-face" as const };
    const { effects } = playWith(rules, thrice().memory, tap("4711", 41_000));
    expect(punches(effects)).toMatchObject([{ methods: ["card"], flags: ["face-unavailable"] }]);
  });

  test("the clock knows when it ends, and looks again then", () => {
    const { memory } = thrice();
    const untilMs = 29_000 + policy.restMs;
    expect(deadlineOf(memory, policy)).toBe(untilMs);
    const early = play(memory, tick(untilMs - 1)).memory;
    expect(attentionOf(early, policy).effort).toBe("glance");
    const over = play(memory, tick(untilMs)).memory;
    expect(viewOf(over, policy)).toMatchObject({ at: "idle", faceRestsUntil: null });
    expect(deadlineOf(over, policy)).toBeNull();
    expect(punches(play(over, seen(untilMs + 100), seen(untilMs + 200)).effects)).toHaveLength(1);
  });

  test("every further alarm of the day doubles it, up to an hour; a day later it begins anew", () => {
    let memory = ready();
    let ms = 1_000;
    const alarmed = (): number => {
      const played = play(memory, ...tried(ms), ...tried(ms + 10_000), ...tried(ms + 20_000));
      const [alarm] = alarms(played.effects);
      ms += 29_000 + (alarm?.restMs ?? 0);
      memory = play(played.memory, sight(ms - 4_000, null), tick(ms)).memory;
      return alarm?.restMs ?? 0;
    };
    expect(Array.from({ length: 6 }, alarmed)).toEqual([300_000, 600_000, 1_200_000, 2_400_000, 3_600_000, 3_600_000]);
    ms += 24 * 3_600_000;
    expect(alarmed()).toBe(policy.restMs);
  });
});

describe("the record of an alarm", () => {
  const [alarm] = thrice().effects.filter(({ do: what }) => what === "save");
  const shown = (memory: Memory): unknown => viewOf(memory, policy);

  test("changes nothing on the screen when it is written", () => {
    const before = play(thrice().memory, tap("9999", 31_000)).memory;
    expect(shown(play(before, saved(alarm, 7, 31_100)).memory)).toEqual(shown(before));
    const thanked = play(before, tap("4711", 32_000));
    const thanks = play(thanked.memory, saved(thanked.effects[0], 8, 32_100)).memory;
    expect(shown(play(thanks, saved(alarm, 7, 32_200)).memory)).toEqual(shown(thanks));
  });

  test("that cannot be written makes the journal as ill as any other, and faces rest all the same", () => {
    if (alarm?.do !== "save") throw new Error("no alarm was to be saved");
    const failed: Event = {
      kind: "save-failed",
      draft: alarm.draft,
      code: "disk-full",
      remedy: "Free space.",
      at: at(29_100),
    };
    const busy = play(thrice().memory, tap("4711", 29_050)).memory;
    expect(shown(play(busy, failed).memory)).toEqual(shown(busy));
    const { memory } = play(thrice().memory, failed);
    expect(memory.health.journal.is).toBe("down");
    expect(attentionOf(memory, policy).effort).toBe("glance");
  });
});

test("a claim whose face does not seem alive counts too; its punch is written first", () => {
  const rules = { ...policy, badge: "with-face" as const, suspectMax: 1 };
  const dead = { match: null, live: 0.1, claim: { person: ana.id, similarity: 0.9, agreeing: 5 } };
  const { effects } = playWith(rules, ready(), tap("4711", 1_000), ...gaze(1_100, 9_000, dead));
  expect(effects).toMatchObject([
    { do: "save", draft: { draft: "punch", flags: ["pad-suspect"] } },
    { do: "save", draft: { draft: "alarm", count: 1 } },
  ]);
});
