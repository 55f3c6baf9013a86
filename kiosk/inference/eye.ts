import { probabilityAt } from "./activation.ts";
import type { FacePoints, Point } from "./landmarks.ts";
import type { Picture } from "./picture.ts";
import { fillTensor, type Rect } from "./pixels.ts";
import { type ModelBytes, openModel } from "./session.ts";
import type { EyeSpec } from "./specs/points.ts";

/** Left and right as in the picture, each from 0 (open) to 1 (closed). */
export interface EyesClosed {
  readonly left: number;
  readonly right: number;
}

/** Believed only against a person's own open eyes: glasses, dark faces and profiles look closed to it. */
export interface Eye extends AsyncDisposable {
  readonly closed: (picture: Picture, points: FacePoints) => Promise<EyesClosed>;
}

export async function openEye(spec: EyeSpec, bytes: ModelBytes): Promise<Eye> {
  const { input, classes, activation, closedIndex } = spec;
  const model = await openModel(spec, bytes, [{ name: spec.outputs.logits, shape: [1, classes] }]);
  const closedness = async (picture: Picture, square: Rect): Promise<number> => {
    fillTensor(picture, square, input, model.input);
    const [logits = new Float32Array(0)] = await model.run();
    return probabilityAt(logits, closedIndex, activation);
  };
  return {
    closed: async (picture, { all }) => ({
      left: await closedness(picture, eyeSquare(all, spec.left, spec.crop.scale)),
      right: await closedness(picture, eyeSquare(all, spec.right, spec.crop.scale)),
    }),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

const nowhere: Point = { x: 0, y: 0 };

/** A square as many times as wide as the eye, around the middle of its lids. */
export function eyeSquare(points: readonly Point[], { corners, lids }: EyeSpec["left"], scale: number): Rect {
  const [outer, inner] = corners.map((at) => points[at] ?? nowhere);
  const width = Math.hypot((outer?.x ?? 0) - (inner?.x ?? 0), (outer?.y ?? 0) - (inner?.y ?? 0));
  // Landmarks that fell together still make a crop, of one pixel.
  const side = Math.max(1, scale * width);
  let [x, y] = [0, 0];
  for (const at of lids) {
    x += (points[at]?.x ?? 0) / lids.length;
    y += (points[at]?.y ?? 0) / lids.length;
  }
  return { x: x - side / 2, y: y - side / 2, width: side, height: side };
}
