import fc from "fast-check";
import { expect, test } from "vitest";
import { alignFace, leastSquares } from "../../../kiosk/inference/align.ts";
import { eyeSquare } from "../../../kiosk/inference/eye.ts";
import { yawOf } from "../../../kiosk/inference/landmarks.ts";
import { combined, cropAround } from "../../../kiosk/inference/liveness.ts";
import { readModels } from "../../../kiosk/inference/models.ts";
import { fillTensor, viewOf } from "../../../kiosk/inference/pixels.ts";
import type { InputSpec } from "../../../kiosk/inference/specs/common.ts";

const spec = (changes: Partial<InputSpec>): InputSpec => ({
  name: "input",
  layout: "NCHW",
  width: 2,
  height: 2,
  color: "RGB",
  mean: [0, 0, 0],
  std: [1, 1, 1],
  resize: "stretch",
  padValue: 0,
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

test("beside the picture lies its mirror image or one grey level, if the model was trained so", () => {
  const line = spec({ width: 8, height: 1, color: "GRAY", mean: [0], std: [1], sampling: "bilinear" });
  const picture = { width: 4, height: 1, rgb: Uint8Array.from([10, 20, 30, 40].flatMap((grey) => [grey, grey, grey])) };
  const rect = { x: -2, y: 0, width: 8, height: 1 };
  const rowWith = (border: "edge" | "reflect" | number): readonly number[] => {
    const tensor = new Float32Array(8);
    fillTensor(picture, rect, line, tensor, border);
    return [...tensor].map(Math.round);
  };
  expect(rowWith("edge")).toEqual([10, 10, 10, 20, 30, 40, 40, 40]);
  expect(rowWith("reflect")).toEqual([30, 20, 10, 20, 30, 40, 30, 20]);
  expect(rowWith(0)).toEqual([0, 0, 10, 20, 30, 40, 0, 0]);
  expect(rowWith(99)).toEqual([99, 99, 10, 20, 30, 40, 99, 99]);
});

test.each(["area", "bilinear"] as const)(
  "a grey border is what a picture with that border painted on would give (%s)",
  (sampling) => {
    const random = fc.tuple(
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: 3, max: 30 }),
    );
    const picture = ramp(9, 7);
    const padded = { width: 49, height: 47, rgb: new Uint8Array(49 * 47 * 3).fill(50) };
    for (let y = 0; y < 7; y++) padded.rgb.set(picture.rgb.subarray(y * 27, y * 27 + 27), ((y + 20) * 49 + 20) * 3);
    fc.assert(
      fc.property(random, ([x, y, side]) => {
        const [found, wanted] = [new Float32Array(48), new Float32Array(48)];
        const small = spec({ width: 4, height: 4, sampling });
        // Crops that also reach beyond the painted border would compare with its edge.
        if (x + side > 28 || y + side > 26) return;
        fillTensor(picture, { x, y, width: side, height: side }, small, found, 50);
        fillTensor(padded, { x: x + 20, y: y + 20, width: side, height: side }, small, wanted);
        for (const [at, value] of found.entries()) expect(value).toBeCloseTo(wanted[at] ?? Number.NaN, 3);
      }),
    );
  },
);

test("colours side by side are the same numbers as one plane per colour, in another order", () => {
  const [planes, pixels] = [new Float32Array(12), new Float32Array(12)];
  const changes = { color: "BGR", mean: [1, 2, 3], std: [2, 3, 4] } as const;
  const whole = { x: 0, y: 0, width: 5, height: 3 };
  const asked = { ...changes, mean: [...changes.mean], std: [...changes.std] };
  fillTensor(ramp(5, 3), whole, spec(asked), planes);
  fillTensor(ramp(5, 3), whole, spec({ ...asked, layout: "NHWC" }), pixels);
  for (let pixel = 0; pixel < 4; pixel++) {
    for (let channel = 0; channel < 3; channel++) expect(pixels[pixel * 3 + channel]).toBe(planes[channel * 4 + pixel]);
  }
});

test("a letterboxed picture keeps its shape, stands at the top left and leaves the rest grey", () => {
  const picture = ramp(40, 20);
  const square = spec({ width: 8, height: 8, resize: "letterbox", padValue: 77 });
  const { rect, border } = viewOf(picture, square);
  expect({ rect, border }).toEqual({ rect: { x: 0, y: 0, width: 40, height: 40 }, border: 77 });
  const tensor = new Float32Array(192);
  fillTensor(picture, rect, square, tensor, border);
  expect([...tensor.subarray(0, 8)].map(Math.round)).toEqual([2, 7, 12, 17, 22, 27, 32, 37]);
  expect([...tensor.subarray(32, 64)].every((value) => Math.abs(value - 77) < 1e-3)).toBe(true);
  expect(viewOf(picture, spec({})).rect).toEqual({ x: 0, y: 0, width: 40, height: 20 });
});

test("an embedding model that was trained on boxes gets the box", async () => {
  const { embedding } = await readModels();
  const box = { x: 10, y: 4, width: 4, height: 8 };
  const zero = { x: 0, y: 0 };
  const five = { leftEye: zero, rightEye: zero, nose: zero, leftMouth: zero, rightMouth: zero };
  const input = spec({ width: 4, height: 4 });
  const boxed = { ...embedding, input, align: { method: "box" as const, square: "none" as const, scale: 1 } };
  const { rgb } = alignFace(ramp(32, 32), box, five, boxed);
  const at = (x: number, y: number) => [rgb[(y * 4 + x) * 3], rgb[(y * 4 + x) * 3 + 1]];
  // Halves go to the even level, as everywhere in the language.
  expect([at(0, 0), at(3, 3)]).toEqual([
    [10, 4],
    [13, 10],
  ]);
});

const spot = fc.record({
  x: fc.double({ min: -50, max: 50, noNaN: true }),
  y: fc.double({ min: -50, max: 50, noNaN: true }),
});

test("least squares agrees with the normal equations, solved by elimination, for any five points", () => {
  fc.assert(
    fc.property(
      fc.array(spot, { minLength: 5, maxLength: 5 }),
      fc.array(spot, { minLength: 5, maxLength: 5 }),
      (from, to) => {
        const spread = Math.max(...from.map(({ x, y }) => Math.hypot(x - (from[0]?.x ?? 0), y - (from[0]?.y ?? 0))));
        // Five points on one spot have no direction; landmarks never do that.
        fc.pre(spread > 1);
        const { a, b, dx, dy } = leastSquares(from, to);
        // Two rows per point: [x -y 1 0] and [y x 0 1] times (a, b, dx, dy).
        const rows = from.flatMap(({ x, y }) => [
          [x, -y, 1, 0],
          [y, x, 0, 1],
        ]);
        const wanted = to.flatMap(({ x, y }) => [x, y]);
        const solved = solve(
          [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => sumOf(rows, (row) => (row[i] ?? 0) * (row[j] ?? 0)))),
          [0, 1, 2, 3].map((i) => sumOf(rows, (row, at) => (row[i] ?? 0) * (wanted[at] ?? 0))),
        );
        for (const [at, value] of [a, b, dx, dy].entries()) expect(value).toBeCloseTo(solved[at] ?? Number.NaN, 5);
      },
    ),
  );
});

const sumOf = (rows: readonly number[][], of: (row: readonly number[], at: number) => number): number =>
  rows.reduce((sum, row, at) => sum + of(row, at), 0);

/** Gauss with pivoting. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at] ?? 0]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    const rest = rows.slice(column).sort((a, b) => Math.abs(b[column] ?? 0) - Math.abs(a[column] ?? 0));
    rows.splice(column, size, ...rest);
    const pivot = rows[column] ?? [];
    for (const [at, row] of rows.entries()) {
      if (at === column) continue;
      const factor = (row[column] ?? 0) / (pivot[column] ?? 1);
      for (let k = 0; k <= size; k++) row[k] = (row[k] ?? 0) - factor * (pivot[k] ?? 0);
    }
  }
  return rows.map((row, at) => (row[size] ?? 0) / (row[at] ?? 1));
}

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

const shifted = (scale: number) => ({ scale, square: "none", clamp: "shift" }) as const;

test("a liveness crop shrinks to fit and is shifted inside the picture", () => {
  const picture = ramp(100, 100);
  expect(cropAround(picture, { x: 0, y: 40, width: 20, height: 20 }, shifted(2))).toEqual({
    x: 0,
    y: 30,
    width: 40,
    height: 40,
  });
  const large = cropAround(picture, { x: 10, y: 10, width: 50, height: 80 }, shifted(2.7));
  expect(large).toEqual({ x: 3.75, y: 0, width: 62.5, height: 100 });
});

test("a liveness crop may be a square around the longer side that reaches beyond the picture", () => {
  const picture = ramp(100, 100);
  const box = { x: 0, y: 40, width: 10, height: 20 };
  expect(cropAround(picture, box, { scale: 2, square: "max", clamp: "black" })).toEqual({
    x: -15,
    y: 30,
    width: 40,
    height: 40,
  });
});

test("several crops make one score: their mean, the mean of their logits, or the worst", () => {
  expect(combined([0.2, 0.6], "mean")).toBeCloseTo(0.4, 9);
  expect(combined([0.2, 0.6], "min")).toBe(0.2);
  expect(combined([0.1, 0.9], "logit")).toBeCloseTo(0.5, 9);
  // Odds of 1/4 and 3/2: their geometric mean is the square root of 3/8.
  expect(combined([0.2, 0.6], "logit")).toBeCloseTo(Math.sqrt(3 / 8) / (1 + Math.sqrt(3 / 8)), 9);
  expect(combined([1, 1], "logit")).toBeCloseTo(1, 5);
});

test("an eye is cut out around the middle of its lids, as large as its corners are apart", () => {
  const points = [
    { x: 10, y: 20 },
    { x: 20, y: 20 },
    { x: 13, y: 17 },
    { x: 17, y: 17 },
    { x: 13, y: 21 },
    { x: 17, y: 21 },
  ];
  const eye = { corners: [0, 1] as [number, number], lids: [2, 3, 4, 5] };
  expect(eyeSquare(points, eye, 1.6)).toEqual({ x: 7, y: 11, width: 16, height: 16 });
  const fallen = points.map(() => ({ x: 5, y: 5 }));
  expect(eyeSquare(fallen, eye, 1.6)).toEqual({ x: 4.5, y: 4.5, width: 1, height: 1 });
});
