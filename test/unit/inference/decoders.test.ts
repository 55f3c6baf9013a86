import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBlazeface } from "../../../kiosk/inference/decode/blazeface.ts";
import { decodeBoxes } from "../../../kiosk/inference/decode/boxes.ts";
import type { Candidate, Outputs } from "../../../kiosk/inference/decode/candidate.ts";
import { decodeScrfd } from "../../../kiosk/inference/decode/scrfd.ts";
import { decodeSsd, priorsOf } from "../../../kiosk/inference/decode/ssd.ts";
import { decodeYunet } from "../../../kiosk/inference/decode/yunet.ts";
import { type Face, overlap, strongest } from "../../../kiosk/inference/detect.ts";
import { randomOf } from "./random.ts";

/** Every decoder against the formula of its paper, written once more, slowly and without looking at ours. */

const width = 96;
const height = 64;
const seeds = fc.integer({ min: 1, max: 1_000_000_000 });
const runs = { numRuns: 40 };
const outputsOf = (values: Readonly<Record<string, Float32Array>>): Outputs => ({
  values: (name) => values[name] ?? new Float32Array(0),
  width,
  height,
});

/** As in the papers, in pixels of the input: x1, y1, x2, y2 and five points. */
interface Proposal {
  readonly score: number;
  readonly box: readonly number[];
  readonly five?: readonly number[];
}

function expectSame(found: readonly Candidate[], wanted: readonly Proposal[]): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((candidate, at) => {
    const { score, box, five } = wanted[at] as Proposal;
    expect(candidate.score).toBeCloseTo(score, 5);
    const sides = [candidate.left * width, candidate.top * height, candidate.right * width, candidate.bottom * height];
    expectNear(sides, box);
    if (five === undefined) expect(candidate.five).toBeNull();
    else
      expectNear(
        (candidate.five ?? []).map((value, axis) => value * (axis % 2 === 0 ? width : height)),
        five,
      );
  });
}

function expectNear(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, at) => {
    expect(Math.abs(value - (wanted[at] ?? Number.NaN))).toBeLessThan(1e-3 * Math.max(1, Math.abs(value)));
  });
}

test("boxes that the graph has decoded itself are taken as they are, the unsure ones left out", () => {
  const spec = {
    kind: "boxes-xyxy-normalised",
    outputs: { scores: "s", boxes: "b" },
    candidates: 30,
    classes: 2,
    scoreIndex: 1,
  } as const;
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = randomOf(seed);
      const s = random(60, 0, 1);
      const b = random(120, -0.2, 1.2);
      const wanted = Array.from({ length: 30 }, (_, n) => ({
        score: s[2 * n + 1] ?? 0,
        box: [0, 1, 2, 3].map((side) => (b[4 * n + side] ?? 0) * (side % 2 === 0 ? width : height)),
      })).filter(({ score }) => score >= 0.6);
      expectSame(decodeBoxes(spec, outputsOf({ s, b }), 0.6), wanted);
    }),
    runs,
  );
});

describe("SSD priors", () => {
  const spec = {
    kind: "ssd-priors",
    outputs: { scores: "s", boxes: "b", points: "p" },
    classes: 2,
    scoreIndex: 1,
    activation: "softmax",
    minSizes: [
      [10, 16, 24],
      [32, 48],
    ],
    strides: [8, 16],
    variances: [0.1, 0.2],
    clip: false,
  } as const;
  const shaped = { ...spec, minSizes: spec.minSizes.map((sizes) => [...sizes]), strides: [...spec.strides] };
  const withVariances = { ...shaped, variances: [0.1, 0.2] as [number, number] };

  test("lie row by row around the middles of their cells, the small ones first", () => {
    const priors = priorsOf(withVariances, { width, height });
    expect(priors).toHaveLength((12 * 8 * 3 + 6 * 4 * 2) * 4);
    const [x = 0, y = 0, w = 0, h = 0] = priors.subarray(4 * 3 * 13, 4 * 3 * 13 + 4);
    expectNear([x * width, y * height, w * width, h * height], [12, 12, 10, 10]);
    const clipped = priorsOf({ ...withVariances, minSizes: [[200], [300]], clip: true }, { width, height });
    expect(Math.max(...clipped)).toBe(1);
  });

  test("what the paper's equation encodes is decoded to the very same box and points", () => {
    const priors = priorsOf(withVariances, { width, height });
    const count = priors.length / 4;
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomOf(seed);
        const truths = random(count * 4, 4, 40);
        const spots = random(count * 10, -10, 100);
        const s = random(count * 2, -3, 3);
        const b = new Float32Array(count * 4);
        const p = new Float32Array(count * 10);
        const wanted: Proposal[] = [];
        for (let n = 0; n < count; n++) {
          // Prior and truth as centre and size in pixels; equation 2 of the paper, divided by the variances.
          const d = [0, 1, 2, 3].map((i) => (priors[n * 4 + i] ?? 0) * (i % 2 === 0 ? width : height));
          const g = [...truths.subarray(n * 4, n * 4 + 4)];
          const at = (list: readonly number[], i: number): number => list[i] ?? 0;
          b[n * 4] = (at(g, 0) - at(d, 0)) / at(d, 2) / 0.1;
          b[n * 4 + 1] = (at(g, 1) - at(d, 1)) / at(d, 3) / 0.1;
          b[n * 4 + 2] = Math.log(at(g, 2) / at(d, 2)) / 0.2;
          b[n * 4 + 3] = Math.log(at(g, 3) / at(d, 3)) / 0.2;
          const five = [...spots.subarray(n * 10, n * 10 + 10)];
          for (const [axis, value] of five.entries()) {
            p[n * 10 + axis] = (value - at(d, axis % 2)) / at(d, 2 + (axis % 2)) / 0.1;
          }
          const no = Math.exp(s[n * 2] ?? 0);
          const yes = Math.exp(s[n * 2 + 1] ?? 0);
          const [gx, gy, gw, gh] = [at(g, 0), at(g, 1), at(g, 2), at(g, 3)];
          const box = [gx - gw / 2, gy - gh / 2, gx + gw / 2, gy + gh / 2];
          if (yes / (yes + no) >= 0.7) wanted.push({ score: yes / (yes + no), box, five });
        }
        expectSame(decodeSsd(withVariances, priors, outputsOf({ s, b, p }), 0.7), wanted);
      }),
      runs,
    );
  });
});

test("YuNet: the geometric mean of both scores, centres in cells, sizes as exponentials, five points", () => {
  const strides = [8, 16, 32];
  const names = (what: string) => strides.map((stride) => `${what}_${stride}`);
  const outputs = { classes: names("cls"), objects: names("obj"), boxes: names("bbox"), points: names("kps") };
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = randomOf(seed);
      const values: Record<string, Float32Array> = {};
      const wanted: Proposal[] = [];
      for (const s of strides) {
        const [rows, columns] = [height / s, width / s];
        const cls = random(rows * columns, -0.1, 1.1);
        const obj = random(rows * columns, -0.1, 1.1);
        const bbox = random(rows * columns * 4, -2, 2);
        const kps = random(rows * columns * 10, -3, 3);
        Object.assign(values, { [`cls_${s}`]: cls, [`obj_${s}`]: obj, [`bbox_${s}`]: bbox, [`kps_${s}`]: kps });
        for (let r = 0, n = 0; r < rows; r++) {
          for (let c = 0; c < columns; c++, n++) {
            const clamp = (v = 0) => Math.min(1, Math.max(0, v));
            const score = Math.sqrt(clamp(cls[n]) * clamp(obj[n]));
            const b = (i: number): number => bbox[n * 4 + i] ?? 0;
            const [cx, cy] = [(c + b(0)) * s, (r + b(1)) * s];
            const [w, h] = [Math.exp(b(2)) * s, Math.exp(b(3)) * s];
            const five = Array.from({ length: 10 }, (_, i) => ((kps[n * 10 + i] ?? 0) + (i % 2 ? r : c)) * s);
            if (score >= 0.6) wanted.push({ score, box: [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], five });
          }
        }
      }
      expectSame(decodeYunet({ kind: "yunet", outputs, strides }, outputsOf(values), 0.6), wanted);
    }),
    runs,
  );
});

test.each([true, false])(
  "SCRFD: distances from the cell's corner to the four sides, two anchors a cell (points: %s)",
  (hasPoints) => {
    const strides = [8, 16];
    const names = (what: string) => strides.map((stride) => `${what}${stride}`);
    const outputs = { scores: names("s"), boxes: names("b"), points: hasPoints ? names("k") : [] };
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomOf(seed);
        const values: Record<string, Float32Array> = {};
        const wanted: Proposal[] = [];
        for (const s of strides) {
          const centres: [number, number][] = [];
          for (let y = 0; y < height; y += s) for (let x = 0; x < width; x += s) centres.push([x, y], [x, y]);
          const score = random(centres.length, 0, 1);
          const distance = random(centres.length * 4, 0, 4);
          const kps = random(centres.length * 10, -4, 4);
          Object.assign(values, { [`s${s}`]: score, [`b${s}`]: distance, [`k${s}`]: kps });
          for (const [n, [x, y]] of centres.entries()) {
            const d = (i: number): number => (distance[n * 4 + i] ?? 0) * s;
            const box = [x - d(0), y - d(1), x + d(2), y + d(3)];
            const five = Array.from({ length: 10 }, (_, i) => (i % 2 ? y : x) + (kps[n * 10 + i] ?? 0) * s);
            if ((score[n] ?? 0) < 0.5) continue;
            wanted.push(hasPoints ? { score: score[n] ?? 0, box, five } : { score: score[n] ?? 0, box });
          }
        }
        expectSame(decodeScrfd({ kind: "scrfd", outputs, strides, anchors: 2 }, outputsOf(values), 0.5), wanted);
      }),
      runs,
    );
  },
);

test("BlazeFace: pixels from the middle of the cell, sizes in pixels, scores as logits", () => {
  const spec = {
    kind: "blazeface" as const,
    outputs: { scores: ["s16", "s32"], boxes: ["b16", "b32"] },
    strides: [16, 32],
    anchors: [2, 6],
    keyPoints: 6,
  };
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = randomOf(seed);
      const values: Record<string, Float32Array> = {};
      const wanted: Proposal[] = [];
      for (const [layer, stride] of [16, 32].entries()) {
        const middles: [number, number][] = [];
        for (let y = stride / 2; y < height; y += stride) {
          for (let x = stride / 2; x < width; x += stride) {
            for (let n = 0; n < (spec.anchors[layer] ?? 0); n++) middles.push([x, y]);
          }
        }
        const s = random(middles.length, -3, 3);
        const b = random(middles.length * 16, -30, 60);
        Object.assign(values, { [`s${stride}`]: s, [`b${stride}`]: b });
        for (const [n, [x, y]] of middles.entries()) {
          const score = 1 / (1 + Math.exp(-(s[n] ?? 0)));
          const [dx = 0, dy = 0, w = 0, h = 0] = b.subarray(n * 16);
          const box = [x + dx - w / 2, y + dy - h / 2, x + dx + w / 2, y + dy + h / 2];
          if (score >= 0.5) wanted.push({ score, box });
        }
      }
      expectSame(decodeBlazeface(spec, outputsOf(values), 0.5), wanted);
    }),
    runs,
  );
});

test("a score that is no number is no face", () => {
  const s = new Float32Array(2).fill(Number.NaN);
  const spec = {
    kind: "boxes-xyxy-normalised",
    outputs: { scores: "s", boxes: "b" },
    classes: 2,
    scoreIndex: 1,
  } as const;
  expect(decodeBoxes({ ...spec, candidates: 1 }, outputsOf({ s, b: new Float32Array(4) }), 0)).toEqual([]);
});

const pixelBox = fc
  .tuple(fc.nat(12), fc.nat(12), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }))
  .map(([x, y, w, h]) => ({ x, y, width: w, height: h }));

test("how much two boxes overlap is what counting their pixels gives", () => {
  const has = (box: { x: number; y: number; width: number; height: number }, x: number, y: number): boolean =>
    x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
  fc.assert(
    fc.property(pixelBox, pixelBox, (a, b) => {
      let [both, either] = [0, 0];
      for (let x = 0; x < 21; x++) {
        for (let y = 0; y < 21; y++) {
          both += has(a, x, y) && has(b, x, y) ? 1 : 0;
          either += has(a, x, y) || has(b, x, y) ? 1 : 0;
        }
      }
      expect(overlap(a, b)).toBeCloseTo(both / either, 9);
      expect(overlap(b, a)).toBe(overlap(a, b));
    }),
  );
});

test("suppression leaves what crossing out by hand leaves", () => {
  const faces = fc.array(fc.record({ box: pixelBox, score: fc.double({ min: 0, max: 1, noNaN: true }) }), {
    maxLength: 24,
  });
  fc.assert(
    fc.property(faces, fc.double({ min: 0, max: 0.9, noNaN: true }), (all: readonly Face[], iou) => {
      // Take the surest, cross out what overlaps it, and again, until nothing is left.
      let left = [...all].sort((a, b) => b.score - a.score);
      const wanted: Face[] = [];
      while (left[0] !== undefined) {
        const best = left[0];
        wanted.push(best);
        left = left.slice(1).filter((face) => overlap(face.box, best.box) <= iou);
      }
      expect(strongest(all, iou)).toEqual(wanted);
    }),
  );
});
