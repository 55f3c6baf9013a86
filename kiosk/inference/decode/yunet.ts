import type { DecoderSpec } from "../specs/detector.ts";
import { type Candidate, gridOf, type Outputs } from "./candidate.ts";

type YunetSpec = Extract<DecoderSpec, { readonly kind: "yunet" }>;

/**
 * One proposal per cell and stride. The score is the geometric mean of "a face's class" and "an object is here"; the
 * centre is counted in cells from the cell's corner, the size as an exponential of cells.
 * Source: Wu, Peng, Yu, "YuNet: a tiny millisecond-level face detector", 2023; OpenCV's FaceDetectorYN.
 */
export function decodeYunet(spec: YunetSpec, outputs: Outputs, threshold: number): readonly Candidate[] {
  const found: Candidate[] = [];
  spec.strides.forEach((stride, layer) => {
    const { columns, rows } = gridOf(stride, outputs);
    const read = (names: readonly string[]): Float32Array => outputs.values(names[layer] ?? "");
    const classes = read(spec.outputs.classes);
    const objects = read(spec.outputs.objects);
    const boxes = read(spec.outputs.boxes);
    const points = read(spec.outputs.points);
    const toX = stride / outputs.width;
    const toY = stride / outputs.height;
    for (let at = 0; at < columns * rows; at++) {
      const score = Math.sqrt(unit(classes[at]) * unit(objects[at]));
      if (!(score >= threshold)) continue;
      const column = at % columns;
      const row = Math.floor(at / columns);
      const [dx = 0, dy = 0, dw = 0, dh = 0] = boxes.subarray(at * 4, at * 4 + 4);
      const x = (column + dx) * toX;
      const y = (row + dy) * toY;
      const halfWidth = (Math.exp(dw) * toX) / 2;
      const halfHeight = (Math.exp(dh) * toY) / 2;
      const five = Array.from(points.subarray(at * 10, at * 10 + 10), (offset, axis) =>
        axis % 2 === 0 ? (column + offset) * toX : (row + offset) * toY,
      );
      found.push({
        score,
        left: x - halfWidth,
        top: y - halfHeight,
        right: x + halfWidth,
        bottom: y + halfHeight,
        five,
      });
    }
  });
  return found;
}

const unit = (value = Number.NaN): number => Math.max(0, Math.min(1, value));
