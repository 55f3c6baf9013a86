import type { DetectorSpec } from "./models.ts";
import type { Picture } from "./picture.ts";
import { fillTensor, type Rect } from "./pixels.ts";
import { type Model, openModel } from "./session.ts";

export interface Face {
  /** In pixels, inside the picture. */
  readonly box: Rect;
  /** Detector's confidence, in [0, 1]. */
  readonly score: number;
}

export interface Detector extends AsyncDisposable {
  /** All faces the detector is sure of, largest first. */
  readonly faces: (picture: Picture) => Promise<readonly Face[]>;
}

export async function openDetector(spec: DetectorSpec, bytes: Uint8Array): Promise<Detector> {
  const { file, input, candidates } = spec;
  const outputs = [
    { name: spec.outputs.scores, shape: [1, candidates, 2] },
    { name: spec.outputs.boxes, shape: [1, candidates, 4] },
  ];
  const model = await openModel({ file, bytes, input, outputs });
  return {
    faces: (picture) => facesIn(picture, spec, model),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

async function facesIn(picture: Picture, spec: DetectorSpec, model: Model): Promise<readonly Face[]> {
  const { width, height } = picture;
  fillTensor(picture, { x: 0, y: 0, width, height }, spec.input, model.input);
  const [scores = none, boxes = none] = await model.run();
  const found: Face[] = [];
  for (let at = 0; at < spec.candidates; at++) {
    const score = scores[at * 2 + spec.scoreIndex] ?? 0;
    if (score < spec.threshold) continue;
    const box = boxWithin(picture, boxes.subarray(at * 4, at * 4 + 4));
    if (box.width >= 1 && box.height >= 1) found.push({ box, score });
  }
  return strongest(found, spec.nmsIou).sort((a, b) => area(b.box) - area(a.box));
}

const none = new Float32Array(0);

/** @param corners x1, y1, x2, y2 as fractions of the picture, possibly beyond it. */
function boxWithin({ width, height }: Picture, corners: Float32Array): Rect {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners;
  const left = Math.max(0, x1 * width);
  const top = Math.max(0, y1 * height);
  return { x: left, y: top, width: Math.min(width, x2 * width) - left, height: Math.min(height, y2 * height) - top };
}

/** Greedy non-maximum suppression: the most certain first, and nothing that overlaps a kept one by more than `iou`. */
function strongest(faces: readonly Face[], iou: number): Face[] {
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
