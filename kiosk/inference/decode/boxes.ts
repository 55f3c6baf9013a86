import { probabilityAt } from "../activation.ts";
import type { DecoderSpec } from "../specs/detector.ts";
import type { Candidate, Outputs } from "./candidate.ts";

type BoxesSpec = Extract<DecoderSpec, { readonly kind: "boxes-xyxy-normalised" }>;

/** Boxes that the graph has decoded itself: candidates x classes probabilities, candidates x 4 corners. */
export function decodeBoxes(spec: BoxesSpec, outputs: Outputs, threshold: number): readonly Candidate[] {
  const scores = outputs.values(spec.outputs.scores);
  const boxes = outputs.values(spec.outputs.boxes);
  const found: Candidate[] = [];
  for (let at = 0; at < spec.candidates; at++) {
    const score = probabilityAt(scores, spec.scoreIndex, "none", at * spec.classes, spec.classes);
    // Written so that a score that is no number is no face.
    if (!(score >= threshold)) continue;
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes.subarray(at * 4, at * 4 + 4);
    found.push({ score, left, top, right, bottom, five: null });
  }
  return found;
}
