import { sigmoid } from "../activation.ts";
import type { DecoderSpec } from "../specs/detector.ts";
import { type Candidate, gridOf, type Outputs } from "./candidate.ts";

type BlazefaceSpec = Extract<DecoderSpec, { readonly kind: "blazeface" }>;

/**
 * Offsets in pixels of the input from the middle of a cell; sizes in pixels, too: the anchors have no size of their own.
 * Source: Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", arXiv:1907.05047.
 */
export function decodeBlazeface(spec: BlazefaceSpec, outputs: Outputs, threshold: number): readonly Candidate[] {
  const { strides, anchors, keyPoints } = spec;
  const perBox = 4 + 2 * keyPoints;
  const found: Candidate[] = [];
  strides.forEach((stride, layer) => {
    const { columns, rows } = gridOf(stride, outputs);
    const scores = outputs.values(spec.outputs.scores[layer] ?? "");
    const boxes = outputs.values(spec.outputs.boxes[layer] ?? "");
    const perCell = anchors[layer] ?? 0;
    for (let at = 0; at < columns * rows * perCell; at++) {
      const score = sigmoid(scores[at] ?? -Infinity);
      if (!(score >= threshold)) continue;
      const cell = Math.floor(at / perCell);
      const [dx = 0, dy = 0, width = 0, height = 0] = boxes.subarray(at * perBox, at * perBox + 4);
      const x = (((cell % columns) + 0.5) * stride + dx) / outputs.width;
      const y = ((Math.floor(cell / columns) + 0.5) * stride + dy) / outputs.height;
      const halfWidth = width / outputs.width / 2;
      const halfHeight = height / outputs.height / 2;
      const box = { left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight };
      found.push({ score, ...box, five: null });
    }
  });
  return found;
}
