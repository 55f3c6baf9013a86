import { expect, test } from "vitest";
import { openTracker } from "../../../kiosk/inference/track.ts";

const along = (axis: number): Float32Array => {
  const vector = new Float32Array(4);
  vector[axis] = 1;
  return vector;
};
const box = { x: 100, y: 100, width: 50, height: 60 };
const rules = { gapMs: 500, idleGapMs: 800, sameTrack: 0.4, keep: 3, matchFrames: 2 };
const seen = (axis: number, live = 1) => ({ vector: along(axis), live, company: false });

test("a track adds up evidence of one face, keeping the newest vectors and the mean liveness", () => {
  const tracker = openTracker(rules);
  const { number } = tracker.place(box, 0);
  for (const live of [0, 0.5, 1, 1]) tracker.add(seen(0, live));
  const track = tracker.place({ ...box, x: 110 }, 400);
  expect(track).toMatchObject({ number, frames: 4, live: 0.625, company: false });
  expect(track.vectors).toHaveLength(3);
});

test("the mean is of the newest frames, once there are enough of them", () => {
  const tracker = openTracker({ ...rules, sameTrack: -1 });
  tracker.place(box, 0);
  expect(tracker.add(seen(0)).mean).toBeNull();
  tracker.add(seen(1));
  expect([...(tracker.add(seen(1)).mean ?? [])]).toEqual([0, 1, 0, 0]);
});

test("one frame in company makes the whole mean doubtful, for as long as it is part of it", () => {
  const tracker = openTracker(rules);
  tracker.place(box, 0);
  tracker.add({ ...seen(0), company: true });
  for (let frame = 0; frame < 10; frame++) expect(tracker.add(seen(0)).company).toBe(true);
  expect(tracker.rest().company).toBe(false);
});

test.each([
  ["after a gap", box, 501],
  ["somewhere else", { ...box, x: 300 }, 100],
  ["at another size in the same place", { ...box, width: 250, height: 300 }, 100],
])("a face %s is a new track with nothing of the old one", (_, next, atMs) => {
  const tracker = openTracker(rules);
  const before = tracker.place(box, 0);
  tracker.add(seen(0));
  const after = tracker.place(next, atMs);
  expect(after.number).toBeGreaterThan(before.number);
  expect(after).toMatchObject({ frames: 0, live: 0, vectors: [], mean: null });
});

test("a head that turns to the side and back stays one track, though its box narrows and moves", () => {
  const tracker = openTracker(rules);
  const { number } = tracker.place(box, 0);
  tracker.add(seen(0));
  const boxes = [44, 38, 34, 33, 34, 39, 45, 50].map((width, at) => ({
    ...box,
    x: 100 + 15 * Math.sin(at / 2),
    width,
  }));
  for (const [at, turned] of boxes.entries()) {
    expect(tracker.place(turned, 125 * (at + 1))).toMatchObject({ number, frames: 1 });
  }
});

test("a track without evidence survives a longer gap, because it has nothing to carry over", () => {
  const tracker = openTracker(rules);
  const { number } = tracker.place(box, 0);
  tracker.add(seen(0));
  expect(tracker.rest()).toMatchObject({ number, frames: 0, live: 0, vectors: [] });
  expect(tracker.place(box, 800).number).toBe(number);
  expect(tracker.place(box, 1601).number).toBeGreaterThan(number);
});

test("somebody else in the very same place is a new track that begins with that one frame", () => {
  const tracker = openTracker(rules);
  const before = tracker.place(box, 0);
  for (let frame = 0; frame < 5; frame++) tracker.add(seen(0));
  const after = tracker.add(seen(1, 0.1));
  expect(after.number).toBeGreaterThan(before.number);
  expect(after).toMatchObject({ frames: 1, live: 0.1 });
});
