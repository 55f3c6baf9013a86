import { expect, test } from "vitest";
import { personId } from "../../../kiosk/core/person.ts";
import type { Template } from "../../../kiosk/core/ports.ts";
import { leastSquares } from "../../../kiosk/inference/align.ts";
import { openGallery } from "../../../kiosk/inference/gallery.ts";
import { yawOf } from "../../../kiosk/inference/landmarks.ts";
import { cropAround } from "../../../kiosk/inference/liveness.ts";
import type { InputSpec } from "../../../kiosk/inference/models.ts";
import { fillTensor } from "../../../kiosk/inference/pixels.ts";
import { openTracker } from "../../../kiosk/inference/track.ts";

const spec = (changes: Partial<InputSpec>): InputSpec => ({
  name: "input",
  layout: "NCHW",
  width: 2,
  height: 2,
  color: "RGB",
  mean: [0, 0, 0],
  std: [1, 1, 1],
  resize: "stretch",
  sampling: "area",
  ...changes,
});

/** width x height pixels; red counts from left, green from top, blue is 7. */
function ramp(width: number, height: number) {
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at++) rgb.set([at % width, Math.floor(at / width), 7], at * 3);
  return { width, height, rgb };
}

test.each(["area", "bilinear"] as const)("shrinking by %s keeps straight gradients straight", (sampling) => {
  const tensor = new Float32Array(12);
  fillTensor(ramp(16, 12), { x: 0, y: 0, width: 16, height: 12 }, spec({ sampling }), tensor);
  const rounded = [...tensor].map((value) => Number(value.toFixed(5)));
  expect(rounded).toEqual([3.5, 11.5, 3.5, 11.5, 2.5, 2.5, 8.5, 8.5, 7, 7, 7, 7]);
});

test("area averages every pixel once, also where the scale is no whole number", () => {
  const tensor = new Float32Array(12);
  fillTensor(ramp(7, 5), { x: 0, y: 0, width: 7, height: 5 }, spec({}), tensor);
  expect(((tensor[0] ?? 0) + (tensor[1] ?? 0)) / 2).toBeCloseTo(3, 5);
  expect(((tensor[4] ?? 0) + (tensor[6] ?? 0)) / 2).toBeCloseTo(2, 5);
});

test("BGR puts blue first, grey weighs the channels, and mean and std belong to the channel they stand for", () => {
  const whole = { x: 0, y: 0, width: 2, height: 2 };
  const bgr = new Float32Array(12);
  fillTensor(ramp(2, 2), whole, spec({ color: "BGR", mean: [7, 0, 1], std: [1, 2, 1] }), bgr);
  expect([...bgr]).toEqual([0, 0, 0, 0, 0, 0, 0.5, 0.5, -1, 0, -1, 0]);
  const grey = new Float32Array(4);
  fillTensor(ramp(2, 2), whole, spec({ color: "GRAY", mean: [0], std: [1] }), grey);
  expect(grey[3]).toBeCloseTo(0.299 + 0.587 + 7 * 0.114, 5);
});

test("a crop that reaches beyond the picture repeats the edge", () => {
  const tensor = new Float32Array(12);
  fillTensor(ramp(4, 4), { x: -20, y: 1, width: 4, height: 2 }, spec({}), tensor);
  expect([...tensor.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
});

test("least squares finds the very turn, size and shift that was applied", () => {
  const from = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 3, y: 8 },
  ];
  const to = from.map(({ x, y }) => ({ x: 2 * x - 0.5 * y + 4, y: 0.5 * x + 2 * y - 9 }));
  const { a, b, dx, dy } = leastSquares(from, to);
  for (const [found, wanted] of [
    [a, 2],
    [b, 0.5],
    [dx, 4],
    [dy, -9],
  ] as const) {
    expect(found).toBeCloseTo(wanted, 9);
  }
});

test("a tilted head is not a turned one", () => {
  const upright = { leftEye: { x: -10, y: 0 }, rightEye: { x: 10, y: 0 }, nose: { x: 0, y: 12 } };
  const tilt = ({ x, y }: { x: number; y: number }) => ({ x: 0.8 * x - 0.6 * y, y: 0.6 * x + 0.8 * y });
  const mouth = { leftMouth: { x: 0, y: 0 }, rightMouth: { x: 0, y: 0 } };
  const { leftEye, rightEye, nose } = upright;
  expect(yawOf({ ...upright, ...mouth })).toBe(0);
  const tilted = { leftEye: tilt(leftEye), rightEye: tilt(rightEye), nose: tilt(nose), ...mouth };
  expect(yawOf(tilted)).toBeCloseTo(0, 9);
  expect(yawOf({ ...upright, nose: { x: 5, y: 12 }, ...mouth })).toBeCloseTo(0.5, 9);
});

test("a liveness crop shrinks to fit and is shifted inside the picture", () => {
  const picture = ramp(100, 100);
  expect(cropAround(picture, { x: 0, y: 40, width: 20, height: 20 }, 2)).toEqual({
    x: 0,
    y: 30,
    width: 40,
    height: 40,
  });
  const large = cropAround(picture, { x: 10, y: 10, width: 50, height: 80 }, 2.7);
  expect(large).toEqual({ x: 3.75, y: 0, width: 62.5, height: 100 });
});

const along = (axis: number): Float32Array => {
  const vector = new Float32Array(4);
  vector[axis] = 1;
  return vector;
};
const box = { x: 100, y: 100, width: 50, height: 60 };
const rules = { gapMs: 500, idleGapMs: 800, sameTrack: 0.4, keep: 3 };

test("a track adds up evidence of one face, keeping the newest vectors and the mean liveness", () => {
  const tracker = openTracker(rules);
  const { number } = tracker.place(box, 0);
  for (const live of [0, 0.5, 1, 1]) tracker.add({ vector: along(0), live });
  const track = tracker.place({ ...box, x: 110 }, 400);
  expect(track).toMatchObject({ number, frames: 4, live: 0.625 });
  expect(track.vectors).toHaveLength(3);
});

test.each([
  ["after a gap", box, 501],
  ["somewhere else", { ...box, x: 300 }, 100],
  ["at another size in the same place", { ...box, width: 250, height: 300 }, 100],
])("a face %s is a new track with nothing of the old one", (_, next, atMs) => {
  const tracker = openTracker(rules);
  const before = tracker.place(box, 0);
  tracker.add({ vector: along(0), live: 1 });
  const after = tracker.place(next, atMs);
  expect(after.number).toBeGreaterThan(before.number);
  expect(after).toMatchObject({ frames: 0, live: 0, vectors: [] });
});

test("a track without evidence survives a longer gap, because it has nothing to carry over", () => {
  const tracker = openTracker(rules);
  const { number } = tracker.place(box, 0);
  tracker.add({ vector: along(0), live: 1 });
  expect(tracker.rest()).toMatchObject({ number, frames: 0, live: 0, vectors: [] });
  expect(tracker.place(box, 800).number).toBe(number);
  expect(tracker.place(box, 1601).number).toBeGreaterThan(number);
});

test("somebody else in the very same place is a new track that begins with that one frame", () => {
  const tracker = openTracker(rules);
  const before = tracker.place(box, 0);
  for (let frame = 0; frame < 5; frame++) tracker.add({ vector: along(0), live: 1 });
  const after = tracker.add({ vector: along(1), live: 0.1 });
  expect(after.number).toBeGreaterThan(before.number);
  expect(after).toMatchObject({ frames: 1, live: 0.1 });
});

const template = (person: string, ...vectors: readonly Float32Array[]): Template => ({
  person: personId(person),
  spaceId: "space",
  vectors,
  consentId: "c",
  createdMs: 0,
});

test("a person's best template counts, and the margin is the distance to the next person, not to the next template", () => {
  const gallery = openGallery("space", 4);
  const ann = template("p_0000000000000000000a", along(0), along(1));
  const ben = template("p_0000000000000000000b", along(2));
  gallery.set([ann, ben]);
  const face = new Float32Array([0.1, 0.8, 0.5, 0.3]);
  expect(gallery.nearest(face)).toBe(ann.person);
  const standing = gallery.standing(face, ann.person);
  expect(standing.similarity).toBeCloseTo(0.8, 5);
  expect(standing.margin).toBeCloseTo(0.3, 5);
  gallery.set([ben]);
  expect(gallery.nearest(face)).toBe(ben.person);
  expect(gallery.standing(face, ben.person).margin).toBe(2);
});

test("a template that is not of length one is refused", () => {
  const gallery = openGallery("space", 4);
  const long = template("p_0000000000000000000a", new Float32Array([2, 0, 0, 0]));
  expect(() => gallery.set([long])).toThrow(/template/);
});
