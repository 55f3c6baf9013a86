import type { Candidate } from "./decode/candidate.ts";
import { decoderOf } from "./decode/decoder.ts";
import type { FaceBox, FivePoints } from "./landmarks.ts";
import type { Picture } from "./picture.ts";
import { fillTensor, type Rect, viewOf } from "./pixels.ts";
import { type ModelBytes, openModel } from "./session.ts";
import type { DetectorSpec } from "./specs/detector.ts";

export interface Face {
  /** In pixels, inside the picture. Hand this very box on: it may carry the five points. */
  readonly box: FaceBox;
  /** Detector's confidence, in [0, 1]. */
  readonly score: number;
}

export interface Detector extends AsyncDisposable {
  /** All faces the detector is sure of, largest first. */
  readonly faces: (picture: Picture) => Promise<readonly Face[]>;
}

export async function openDetector(spec: DetectorSpec, bytes: ModelBytes): Promise<Detector> {
  const { input, nmsIou } = spec;
  const { outputs, decode } = decoderOf(spec);
  const model = await openModel(spec, bytes, outputs);
  return {
    faces: async (picture) => {
      const { rect, border } = viewOf(picture, input);
      fillTensor(picture, rect, input, model.input, border);
      const results = await model.run();
      const byName = new Map(outputs.map(({ name }, at) => [name, results[at]]));
      const values = (name: string): Float32Array => byName.get(name) ?? new Float32Array(0);
      const found: Face[] = [];
      for (const candidate of decode({ values, width: input.width, height: input.height })) {
        const face = faceOf(candidate, rect, picture, spec);
        if (face !== null) found.push(face);
      }
      return strongest(found, nmsIou).sort((a, b) => area(b.box) - area(a.box));
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

/** From fractions of what the model saw to pixels, cut off at the picture's border; null where nothing is left. */
function faceOf(candidate: Candidate, seen: Rect, picture: Picture, { has5points, box }: DetectorSpec): Face | null {
  const { score, five } = candidate;
  const across = (fraction: number): number => seen.x + fraction * seen.width;
  const down = (fraction: number): number => seen.y + fraction * seen.height;
  const height = candidate.bottom - candidate.top;
  const middleX = (candidate.left + candidate.right) / 2;
  const middleY = (candidate.top + candidate.bottom) / 2 + box.down * height;
  const halfWidth = ((candidate.right - candidate.left) * box.width) / 2;
  const halfHeight = (height * box.height) / 2;
  const whole = inside(picture, {
    left: across(middleX - halfWidth),
    top: down(middleY - halfHeight),
    right: across(middleX + halfWidth),
    bottom: down(middleY + halfHeight),
  });
  if (!(whole.width >= 1 && whole.height >= 1)) return null;
  return { box: has5points && five !== null ? { ...whole, five: fiveOf(five, across, down) } : whole, score };
}

type Sides = Pick<Candidate, "left" | "top" | "right" | "bottom">;

function inside({ width, height }: Picture, { left, top, right, bottom }: Sides): Rect {
  const x = Math.max(0, left);
  const y = Math.max(0, top);
  return { x, y, width: Math.min(width, right) - x, height: Math.min(height, bottom) - y };
}

type ToPixels = (fraction: number) => number;

function fiveOf(five: readonly number[], across: ToPixels, down: ToPixels): FivePoints {
  const point = (at: number) => ({ x: across(five[2 * at] ?? 0), y: down(five[2 * at + 1] ?? 0) });
  return { leftEye: point(0), rightEye: point(1), nose: point(2), leftMouth: point(3), rightMouth: point(4) };
}

/** Greedy non-maximum suppression: the most certain first, and nothing that overlaps a kept one by more than `iou`. */
export function strongest(faces: readonly Face[], iou: number): Face[] {
  const kept: Face[] = [];
  for (const face of faces.toSorted((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(face.box, other.box) <= iou)) kept.push(face);
  }
  return kept;
}

export const area = ({ width, height }: Rect): number => width * height;

/** Intersection over union, in [0, 1]. */
export function overlap(a: Rect, b: Rect): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (area(a) + area(b) - shared);
}
