import type { Picture } from "./picture.ts";
import { fillTensor, type Rect } from "./pixels.ts";
import { type ModelBytes, openModel } from "./session.ts";
import type { LandmarksSpec } from "./specs/points.ts";
import { squared } from "./square.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Left and right as in the picture, in pixels. */
export interface FivePoints {
  readonly leftEye: Point;
  readonly rightEye: Point;
  readonly nose: Point;
  readonly leftMouth: Point;
  readonly rightMouth: Point;
}

export interface FacePoints {
  readonly five: FivePoints;
  /** Every point of the model in its own order, in pixels: 68 of iBUG's scheme for the release's own model. */
  readonly all: readonly Point[];
}

/** A detector's box, and the five points where the detector tells them itself. */
export interface FaceBox extends Rect {
  readonly five?: FivePoints;
}

export interface Landmarks extends AsyncDisposable {
  /** @param box of a face as the detector gave it, in pixels. */
  readonly points: (picture: Picture, box: FaceBox) => Promise<FacePoints>;
}

/** @param spec null where the detector gives the five points. */
export async function openLandmarks(spec: LandmarksSpec | null, bytes: ModelBytes): Promise<Landmarks> {
  if (spec === null) return { points: async (_, box) => pointsOf(box), [Symbol.asyncDispose]: async () => {} };
  const { input } = spec;
  const model = await openModel(spec, bytes, [{ name: spec.outputs.points, shape: [1, spec.points * 2] }]);
  const pass = async (picture: Picture, crop: Rect): Promise<readonly Point[]> => {
    fillTensor(picture, crop, input, model.input);
    const [output = new Float32Array(0)] = await model.run();
    const across = fractionOf(spec, input.width);
    const down = fractionOf(spec, input.height);
    return Array.from({ length: spec.points }, (_, at) => ({
      x: crop.x + across(output[2 * at] ?? 0) * crop.width,
      y: crop.y + down(output[2 * at + 1] ?? 0) * crop.height,
    }));
  };
  return {
    points: async (picture, box) => {
      const rough = await pass(picture, squared(box, spec.crop.square, spec.crop.scale));
      // The second look is cut around the face itself instead of the detector's box: 0.4 ms for a third of the misses.
      const all = spec.secondPass === null ? rough : await pass(picture, secondSquare(rough, spec.secondPass));
      return { five: fiveOf(all, spec), all };
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

function pointsOf({ five }: FaceBox): FacePoints {
  if (five === undefined) throw new Error("without a landmark model the detector's own box is needed, points and all");
  return { five, all: [five.leftEye, five.rightEye, five.nose, five.leftMouth, five.rightMouth] };
}

/** From the model's own coordinates to fractions of the crop. */
function fractionOf({ coordinates }: LandmarksSpec, sizePx: number): (value: number) => number {
  switch (coordinates) {
    case "fraction":
      return (value) => value;
    case "pixels":
      return (value) => value / sizePx;
    case "centred":
      return (value) => (value + 1) / 2;
  }
}

type SecondPass = NonNullable<LandmarksSpec["secondPass"]>;

function secondSquare(points: readonly Point[], { extentScale, above }: SecondPass): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const side = Math.max(1, extentScale * Math.max(right - left, bottom - top));
  // Landmarks begin at the brows: more of the square belongs above their middle, for the forehead.
  const y = (top + bottom) / 2 - above * side;
  return { x: (left + right) / 2 - side / 2, y, width: side, height: side };
}

function fiveOf(points: readonly Point[], { fivePoints }: LandmarksSpec): FivePoints {
  const middle = (indices: readonly number[]): Point => {
    let [x, y] = [0, 0];
    for (const at of indices) {
      x += points[at]?.x ?? 0;
      y += points[at]?.y ?? 0;
    }
    return { x: x / indices.length, y: y / indices.length };
  };
  return {
    leftEye: middle(fivePoints.leftEye),
    rightEye: middle(fivePoints.rightEye),
    nose: middle(fivePoints.nose),
    leftMouth: middle(fivePoints.leftMouth),
    rightMouth: middle(fivePoints.rightMouth),
  };
}

/**
 * How far the head is turned: where the nose stands between the eyes, along the line through them, so that a tilted head
 * is not a turned one. 0 is frontal, below 0 to the picture's left; about 30 degrees per unit, nonsense beyond 1.
 */
export function yawOf({ leftEye, rightEye, nose }: FivePoints): number {
  const across = { x: rightEye.x - leftEye.x, y: rightEye.y - leftEye.y };
  const squared = across.x ** 2 + across.y ** 2;
  if (squared === 0) return Infinity;
  const along = ((nose.x - leftEye.x) * across.x + (nose.y - leftEye.y) * across.y) / squared;
  return 2 * along - 1;
}
