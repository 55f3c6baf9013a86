import { describe, expect, test } from "vitest";
import type { ChallengeSeen, Pose } from "../../../kiosk/core/sight.ts";
import { type EnrolFacts, openGuidedEnrolment } from "../../../kiosk/inference/guided.ts";

const box = { x: 0.4, y: 0.4, width: 0.25, height: 0.3 };
const ann = new Float32Array([1, 0, 0, 0]);
const ben = new Float32Array([0, 1, 0, 0]);

type Does = Partial<Omit<EnrolFacts, "atMs">> & {
  readonly face?: Float32Array;
  readonly moves?: ChallengeSeen["state"];
};

/** One enrolment, a person who follows or does not, and frames a tenth of a second apart. */
function begin(turn: "turn-left" | "turn-right" = "turn-left") {
  let atMs = 10_000;
  let lastId = 0;
  const guided = openGuidedEnrolment({ session: 7, turn }, { sameEnrolment: 0.5, liveMin: 0.2 }, () => --lastId);

  const frame = ({ face = ann, moves = "waiting", ...facts }: Does = {}) => {
    atMs += 100;
    const asked = guided.challenge();
    const isWanted = guided.wants({
      ...{ atMs, track: 1, box, problem: null, yaw: 0, areEyesClosed: false, isEvidence: true, live: 0.9 },
      ...{ repeats: false, able: { turn: true, blink: false } },
      challenge: asked && { id: asked.id, state: moves, progress: 0 },
      ...facts,
    });
    if (isWanted) guided.take({ vector: face, quality: 80 });
    return guided.seen();
  };
  const frames = (count: number, does: Does = {}) => Array.from({ length: count }, () => frame(does)).at(-1);
  /** Until something is true, for at most `seconds`. */
  const until = (isSo: () => boolean, does: Does = {}, seconds = 60) => {
    for (let at = 0; at < seconds * 10 && !isSo(); at++) frame(does);
    return guided.seen();
  };
  const pose = (): Pose => guided.seen().pose;
  const still = (does: Does = {}) => {
    until(() => pose() === "a-little-left", does);
    until(() => pose() === "a-little-right", { ...does, yaw: 0.15 });
    until(() => guided.seen().accepted === 4, { ...does, yaw: -0.15 });
    return until(() => guided.challenge() !== null, does, 2);
  };
  return { guided, frame, frames, until, pose, still };
}

test("straight, a little to each side, the movement, and once more straight: then it is done", () => {
  const { guided, until, pose, still } = begin("turn-right");
  expect(guided.seen()).toMatchObject({ session: 7, state: "going", pose: "straight", accepted: 0, needed: 5 });
  still();
  expect(pose()).toBe("turn-right");
  expect(guided.challenge()).toMatchObject({ kind: "turn-right" });
  until(() => pose() === "straight", { yaw: -0.6, problem: "turned", isEvidence: false, moves: "passed" }, 1);
  expect(guided.frames()).toBeNull();
  expect(until(() => guided.seen().state !== "going")).toMatchObject({ state: "done", accepted: 5, problem: null });
  expect(guided.frames()).toHaveLength(5);
});

test("frames are at least 400 ms apart, and a frame that is no evidence is none", () => {
  const { frame, frames } = begin();
  expect(frame().accepted).toBe(1);
  expect(frames(3)?.accepted).toBe(1);
  expect(frame({ isEvidence: false }).accepted).toBe(1);
  expect(frame().accepted).toBe(2);
});

test.each([
  ["too dark", { problem: "too-dark" }, "too-dark"],
  ["not alone", { problem: "several" }, "several"],
  ["turned while straight is asked", { yaw: 0.2 }, "turned"],
  ["with eyes surely closed", { areEyesClosed: true }, "eyes-closed"],
  ["with landmarks that are nonsense", { yaw: Number.NaN }, "turned"],
] as const)("a face %s is told so and not taken", (_, does, problem) => {
  const { frames } = begin();
  expect(frames(20, does)).toMatchObject({ accepted: 0, problem, state: "going" });
});

test("who cannot turn a little is taken straight after six seconds", () => {
  const { until, pose, frames } = begin();
  until(() => pose() === "a-little-left");
  expect(frames(55)).toMatchObject({ pose: "a-little-left", accepted: 2 });
  expect(frames(15)).toMatchObject({ accepted: 3, pose: "a-little-right" });
});

test("the side counts: left as the person feels it is the picture's right, where yaw is above 0", () => {
  const { until, pose, frames } = begin();
  until(() => pose() === "a-little-left");
  expect(frames(10, { yaw: -0.15 })?.accepted).toBe(2);
  expect(frames(1, { yaw: 0.15 })?.accepted).toBe(3);
});

describe("the movement", () => {
  test("is asked for only once the straight look is known", () => {
    const { guided, still, frames } = begin();
    still({ able: { turn: false, blink: false } });
    expect(frames(10, { able: { turn: false, blink: false } })?.pose).toBe("straight");
    expect(guided.challenge()).toBeNull();
    expect(frames(1)?.pose).toBe("turn-left");
  });

  test("without it no number of good frames is enough", () => {
    const { guided, still, frames } = begin();
    still();
    expect(frames(300)).toMatchObject({ state: "going", accepted: 4 });
    expect(guided.frames()).toBeNull();
  });

  test("that ran out of time twice becomes a blink where eyes are seen clearly, and stays a turn where not", () => {
    const clear = begin();
    clear.still();
    const first = clear.guided.challenge()?.id;
    clear.frames(85);
    expect(clear.guided.challenge()?.kind).toBe("turn-left");
    expect(clear.guided.challenge()?.id).not.toBe(first);
    clear.frames(85, { able: { turn: true, blink: true } });
    expect(clear.pose()).toBe("blink");
    expect(clear.frames(2, { able: { turn: true, blink: true }, moves: "passed" })?.pose).toBe("straight");
    const glasses = begin();
    glasses.still();
    glasses.frames(170);
    expect(glasses.pose()).toBe("turn-left");
  });

  test("made twice as a picture makes it ends the enrolment", () => {
    const { still, frame, until, guided } = begin();
    still();
    frame({ moves: "failed" });
    expect(guided.seen().state).toBe("going");
    expect(until(() => guided.seen().state !== "going", { moves: "failed" }, 2).state).toBe("failed");
    expect(guided.frames()).toBeNull();
  });

  test("begins anew when somebody steps between, and that is nobody's failure", () => {
    const { guided, still, frame } = begin();
    still();
    const before = guided.challenge()?.id;
    for (let time = 0; time < 5; time++) {
      guided.miss("several", box);
      expect(guided.seen().problem).toBe("several");
      expect(frame({ challenge: { id: before ?? 0, state: "failed", progress: 0 } }).state).toBe("going");
    }
    expect(guided.challenge()?.id).not.toBe(before);
  });
});

describe("the face", () => {
  test("of somebody else is not taken, and three of them end it", () => {
    const { frames } = begin();
    frames(1);
    expect(frames(4, { face: ben })).toMatchObject({ state: "going", accepted: 1, problem: "another-face" });
    expect(frames(4, { face: ben })).toMatchObject({ state: "going", problem: "another-face" });
    expect(frames(4, { face: ben })).toMatchObject({ state: "failed", accepted: 1 });
  });

  test("that was away begins again with nothing, and must still be the same face", () => {
    const { frames, guided } = begin();
    frames(5);
    guided.miss("nobody", null);
    expect(guided.seen()).toMatchObject({ problem: "nobody", box: null, accepted: 2 });
    expect(frames(4, { track: 2, face: ben })).toMatchObject({ accepted: 0, problem: "another-face" });
    expect(frames(5, { track: 2 })).toMatchObject({ accepted: 1 });
  });

  test.each([
    ["that does not seem alive", { live: 0.1 }],
    ["of a camera that repeats itself", { repeats: true }],
  ])("%s fails at the end, whatever it did", (_, does) => {
    const { guided, still, frames, until } = begin();
    still(does);
    frames(1, { ...does, moves: "passed" });
    expect(until(() => guided.seen().state !== "going", does).state).toBe("failed");
    expect(guided.frames()).toBeNull();
  });

  test("is not done before its passive liveness is known", () => {
    const { still, frames } = begin();
    still({ live: null });
    frames(1, { live: null, moves: "passed" });
    expect(frames(10, { live: null })).toMatchObject({ state: "going", accepted: 5 });
    expect(frames(1)?.state).toBe("done");
  });
});
