import { describe, expect, test } from "vitest";
import type { Event } from "../../../kiosk/core/event.ts";
import { blankMemory, type Memory, withPeople } from "../../../kiosk/core/memory.ts";
import { attentionOf, viewOf } from "../../../kiosk/core/show.ts";
import type { EnrolSeen } from "../../../kiosk/core/sight.ts";
import { deadlineOf } from "../../../kiosk/core/station.ts";
import {
  ana,
  at,
  bo,
  gaze,
  play,
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
} from "./wall.ts";

const begin = (ms: number, session = 1): Event => ({ kind: "enrol-begin", session, at: at(ms) });
const end = (ms: number, kept: boolean, session = 1): Event => ({
  kind: "enrol-end",
  session,
  person: kept ? ana.id : null,
  at: at(ms),
});
const going: EnrolSeen = {
  session: 1,
  state: "going",
  pose: "a-little-left",
  accepted: 2,
  needed: 5,
  problem: "turned",
  box: null,
};
const posed = (ms: number, change: Partial<EnrolSeen> = {}): Event => sight(ms, null, 0.5, { ...going, ...change });
const view = (memory: Memory) => viewOf(memory, policy);
const told = (outcome: string, session = 1) => ({ do: "enrol", session, outcome });

describe("an enrolment", () => {
  test("takes the screen and the eyes, and shows how it goes", () => {
    const begun = play(ready(), begin(100));
    expect(begun.effects).toEqual([]);
    expect(attentionOf(begun.memory, policy)).toEqual({ effort: "enrol", claim: null, challenge: null, codes: false });
    expect(view(begun.memory)).toMatchObject({ at: "enrol", pose: "straight", accepted: 0, isKeeping: false });
    expect(view(play(begun.memory, posed(200)).memory)).toMatchObject({
      at: "enrol",
      pose: "a-little-left",
      accepted: 2,
      needed: 5,
      problem: "turned",
    });
  });

  test("that is done tells the desk once and waits for it to be kept", () => {
    const done = play(ready(), begin(100), posed(200), posed(300, { state: "done" }), posed(400, { state: "done" }));
    expect(done.effects).toEqual([told("ready")]);
    expect(view(done.memory)).toMatchObject({ at: "enrol", isKeeping: true });
    const kept = play(done.memory, end(900, true));
    expect(view(kept.memory)).toEqual({ at: "enrolled", name: "Ana M.", isKept: true });
    expect(view(play(kept.memory, tick(900 + policy.refusedMs)).memory).at).toBe("idle");
  });

  test("that was kept does not punch the person who still stands there", () => {
    const kept = play(ready(), begin(100), posed(200, { state: "done" }), end(900, true));
    const { memory, effects } = play(kept.memory, ...gaze(1_000, 7_800), tick(7_900), ...gaze(8_000, 20_000));
    expect(effects).toEqual([]);
    expect(view(memory).at).toBe("idle");
    const next = play(
      memory,
      ...gaze(20_100, 20_500, { track: 2, match: { person: bo.id, similarity: 0.8, margin: 1, agreeing: 4 } }),
    );
    expect(punches(next.effects)).toMatchObject([{ person: bo.id }]);
  });

  test.each<[string, readonly Event[], string]>([
    ["was not a living head's", [posed(200, { state: "failed" })], "failed"],
    ["was waved away", [touch(200, "dismiss")], "cancelled"],
    ["took too long", [tick(100 + policy.enrolMs)], "timed-out"],
  ])("that %s ends without a template, and says so once", (_, events, outcome) => {
    const { memory, effects } = play(ready(), begin(100), ...events, end(95_000, false));
    expect(effects).toEqual([told(outcome)]);
    expect(view(memory)).toEqual({ at: "enrolled", name: "", isKept: false });
  });

  test.each<[string, Event]>([
    ["the camera is lost", room(200, "camera")],
    ["the engine is lost", room(200, "engine")],
  ])("ends when %s", (_, event) => {
    const { memory, effects } = play(ready(), begin(100), event);
    expect(effects).toEqual([told("interrupted")]);
    expect(view(memory).at).toBe("idle");
  });

  test("gives way to a badge, and the badge is a punch", () => {
    const { memory, effects } = play(ready(), begin(100), posed(200), tap("4712", 300));
    expect(effects).toMatchObject([told("interrupted"), { do: "save", draft: { person: bo.id, methods: ["card"] } }]);
    expect(view(play(memory, end(400, false)).memory).at).toBe("saving");
  });

  test("that is being kept gives way to a badge as well, and nothing is told twice", () => {
    const { memory, effects } = play(
      ready(),
      begin(100),
      posed(200, { state: "done" }),
      tap("4712", 300),
      end(400, true),
    );
    expect(effects).toMatchObject([told("ready"), { do: "save", draft: { person: bo.id } }]);
    expect(view(memory).at).toBe("saving");
  });

  test("that is being kept is not called back with a finger, and does not wait for ever", () => {
    const keeping = play(
      ready(),
      begin(100),
      posed(200, { state: "done" }),
      touch(300, "dismiss"),
      room(400, "camera"),
    );
    expect(keeping.effects).toEqual([told("ready")]);
    expect(view(keeping.memory)).toMatchObject({ at: "enrol", isKeeping: true });
    const deadlineMs = deadlineOf(keeping.memory, policy) ?? 0;
    const over = play(keeping.memory, tick(deadlineMs));
    expect(over.effects).toEqual([]);
    expect(view(over.memory)).toMatchObject({ at: "enrolled", isKept: false });
    expect(view(play(over.memory, end(deadlineMs + 10, true)).memory)).toMatchObject({ at: "enrolled", isKept: true });
  });

  test("is not moved by the sights or the end of another one", () => {
    const begun = play(ready(), begin(100, 2));
    const { memory, effects } = play(begun.memory, posed(200, { state: "done" }), end(300, true));
    expect(effects).toEqual([]);
    expect(view(memory)).toMatchObject({ at: "enrol", accepted: 0, isKeeping: false });
  });

  test("ends when the desk gives up", () => {
    const { memory, effects } = play(ready(), begin(100), end(200, false));
    expect(effects).toEqual([]);
    expect(view(memory)).toMatchObject({ at: "enrolled", isKept: false });
  });
});

describe("an enrolment begins", () => {
  const thanked = () => {
    const first = play(ready(), tap("4711", 100));
    return play(first.memory, saved(first.effects[0], 1, 150)).memory;
  };
  test.each<[string, Memory]>([
    ["an idle clock", ready()],
    ["thanks", thanked()],
    ["a refusal", play(ready(), tap("9999", 100)).memory],
    ["a question", play(thanked(), tap("4711", 1_000)).memory],
    ["a look at whoever stepped up to be enrolled", play(ready(), seen(100, { match: null })).memory],
    ["the end of another one", play(ready(), begin(100), end(200, false)).memory],
  ])("from %s", (_, memory) => {
    expect(view(play(memory, begin(2_000, 5)).memory).at).toBe("enrol");
  });

  test.each<[string, Memory]>([
    ["people are known", withPeople(blankMemory, [ana])],
    ["a punch is being written", play(ready(), tap("4711", 100)).memory],
    ["a correction is being written", play(thanked(), touch(200, "choose", "out")).memory],
    ["a badge waits for its face", playWith({ ...policy, badge: "with-face" }, ready(), tap("4711", 100)).memory],
    ["another one goes on", play(ready(), begin(100)).memory],
    ["the camera is away", play(ready(), room(100, "camera")).memory],
    ["the engine starts", play(ready(), room(100, "engine", "starting")).memory],
  ])("not while %s: the desk hears at once", (_, memory) => {
    const after = play(memory, begin(2_000, 5));
    expect(after.effects).toEqual([told("interrupted", 5)]);
    expect(after.memory).toBe(memory);
  });
});
