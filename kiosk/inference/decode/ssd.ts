import { probabilityAt } from "../activation.ts";
import type { DecoderSpec } from "../specs/detector.ts";
import { type Candidate, gridOf, type Outputs } from "./candidate.ts";

type SsdSpec = Extract<DecoderSpec, { readonly kind: "ssd-priors" }>;

/** Four numbers each: centre x, centre y, width, height, as fractions of the input. */
export function priorsOf({ strides, minSizes, clip }: SsdSpec, size: Pick<Outputs, "width" | "height">): Float32Array {
  const priors: number[] = [];
  strides.forEach((stride, layer) => {
    const { columns, rows } = gridOf(stride, size);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (const sidePx of minSizes[layer] ?? []) {
          const x = ((column + 0.5) * stride) / size.width;
          const y = ((row + 0.5) * stride) / size.height;
          priors.push(x, y, sidePx / size.width, sidePx / size.height);
        }
      }
    }
  });
  return Float32Array.from(clip ? priors.map((value) => Math.max(0, Math.min(1, value))) : priors);
}

/**
 * Offsets from prior boxes, in units of the prior's size and of the variances (Liu et al., SSD, arXiv:1512.02325,
 * equation 2, solved for the box): centres move linearly, sizes by an exponential. Key points move like centres.
 *
 * @param priors as `priorsOf` gives them, made once.
 */
export function decodeSsd(
  spec: SsdSpec,
  priors: Float32Array,
  outputs: Outputs,
  threshold: number,
): readonly Candidate[] {
  const { classes, scoreIndex, activation } = spec;
  const [forCentre, forSize] = spec.variances;
  const scores = outputs.values(spec.outputs.scores);
  const boxes = outputs.values(spec.outputs.boxes);
  const points = spec.outputs.points === undefined ? null : outputs.values(spec.outputs.points);
  const found: Candidate[] = [];
  for (let at = 0; at < priors.length / 4; at++) {
    const score = probabilityAt(scores, scoreIndex, activation, at * classes, classes);
    if (!(score >= threshold)) continue;
    const [priorX = 0, priorY = 0, priorWidth = 0, priorHeight = 0] = priors.subarray(at * 4, at * 4 + 4);
    const [dx = 0, dy = 0, dw = 0, dh = 0] = boxes.subarray(at * 4, at * 4 + 4);
    const x = priorX + dx * forCentre * priorWidth;
    const y = priorY + dy * forCentre * priorHeight;
    const width = priorWidth * Math.exp(dw * forSize);
    const height = priorHeight * Math.exp(dh * forSize);
    const five =
      points === null
        ? null
        : Array.from(points.subarray(at * 10, at * 10 + 10), (offset, axis) =>
            axis % 2 === 0 ? priorX + offset * forCentre * priorWidth : priorY + offset * forCentre * priorHeight,
          );
    found.push({
      score,
      left: x - width / 2,
      top: y - height / 2,
      right: x + width / 2,
      bottom: y + height / 2,
      five,
    });
  }
  return found;
}
