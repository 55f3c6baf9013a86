import type { DecoderSpec } from "../specs/detector.ts";
import { type Candidate, gridOf, type Outputs } from "./candidate.ts";

type ScrfdSpec = Extract<DecoderSpec, { readonly kind: "scrfd" }>;

/**
 * Distances, in cells, from the cell's own corner to the four sides of the box; several anchors share a cell and stand
 * side by side. Scores are probabilities already.
 * Source: Guo et al., "Sample and Computation Redistribution for Efficient Face Detection", arXiv:2105.04714.
 */
export function decodeScrfd(spec: ScrfdSpec, outputs: Outputs, threshold: number): readonly Candidate[] {
  const found: Candidate[] = [];
  spec.strides.forEach((stride, layer) => {
    const { columns, rows } = gridOf(stride, outputs);
    const read = (names: readonly string[]): Float32Array => outputs.values(names[layer] ?? "");
    const scores = read(spec.outputs.scores);
    const boxes = read(spec.outputs.boxes);
    const points = spec.outputs.points.length > 0 ? read(spec.outputs.points) : null;
    const toX = stride / outputs.width;
    const toY = stride / outputs.height;
    for (let at = 0; at < columns * rows * spec.anchors; at++) {
      const score = scores[at] ?? 0;
      if (!(score >= threshold)) continue;
      const cell = Math.floor(at / spec.anchors);
      const column = cell % columns;
      const row = Math.floor(cell / columns);
      const [left = 0, up = 0, right = 0, down = 0] = boxes.subarray(at * 4, at * 4 + 4);
      const five =
        points === null
          ? null
          : Array.from(points.subarray(at * 10, at * 10 + 10), (offset, axis) =>
              axis % 2 === 0 ? (column + offset) * toX : (row + offset) * toY,
            );
      found.push({
        score,
        left: (column - left) * toX,
        top: (row - up) * toY,
        right: (column + right) * toX,
        bottom: (row + down) * toY,
        five,
      });
    }
  });
  return found;
}
