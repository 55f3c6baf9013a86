import type { Output } from "../session.ts";
import type { DetectorSpec } from "../specs/detector.ts";
import { decodeBlazeface } from "./blazeface.ts";
import { decodeBoxes } from "./boxes.ts";
import { type Candidate, gridOf, type Outputs } from "./candidate.ts";
import { decodeScrfd } from "./scrfd.ts";
import { decodeSsd, priorsOf } from "./ssd.ts";
import { decodeYunet } from "./yunet.ts";

/** How the outputs of one detector are read. */
export interface Decoder {
  /** What the graph must give, and how large. */
  readonly outputs: readonly Output[];
  /** @returns every proposal at or above the detector's threshold, in no particular order. */
  readonly decode: (outputs: Outputs) => readonly Candidate[];
}

export function decoderOf({ decoder: spec, input, threshold }: DetectorSpec): Decoder {
  const cells = (stride: number): number => {
    const { columns, rows } = gridOf(stride, input);
    return columns * rows;
  };
  /** The output of each stride, `perCell` rows of `width` numbers. */
  const layers = (names: readonly string[], strides: readonly number[], width: number, perCell: readonly number[]) =>
    names.map((name, layer) => {
      const rows = cells(strides[layer] ?? 1) * (perCell[layer] ?? 1);
      return { name, shape: [1, rows, width] };
    });
  switch (spec.kind) {
    case "boxes-xyxy-normalised": {
      const { outputs, candidates, classes } = spec;
      return {
        outputs: [
          { name: outputs.scores, shape: [1, candidates, classes] },
          { name: outputs.boxes, shape: [1, candidates, 4] },
        ],
        decode: (values) => decodeBoxes(spec, values, threshold),
      };
    }
    case "ssd-priors": {
      const { outputs, classes } = spec;
      const priors = priorsOf(spec, input);
      const count = priors.length / 4;
      return {
        outputs: [
          { name: outputs.scores, shape: [1, count, classes] },
          { name: outputs.boxes, shape: [1, count, 4] },
          ...(outputs.points === undefined ? [] : [{ name: outputs.points, shape: [1, count, 10] }]),
        ],
        decode: (values) => decodeSsd(spec, priors, values, threshold),
      };
    }
    case "yunet": {
      const { outputs, strides } = spec;
      return {
        outputs: [
          ...layers(outputs.classes, strides, 1, []),
          ...layers(outputs.objects, strides, 1, []),
          ...layers(outputs.boxes, strides, 4, []),
          ...layers(outputs.points, strides, 10, []),
        ],
        decode: (values) => decodeYunet(spec, values, threshold),
      };
    }
    case "scrfd": {
      const { outputs, strides } = spec;
      const anchors = strides.map(() => spec.anchors);
      return {
        outputs: [
          ...layers(outputs.scores, strides, 1, anchors),
          ...layers(outputs.boxes, strides, 4, anchors),
          ...layers(outputs.points, strides, 10, anchors),
        ],
        decode: (values) => decodeScrfd(spec, values, threshold),
      };
    }
    case "blazeface": {
      const { outputs, strides, anchors, keyPoints } = spec;
      return {
        outputs: [
          ...layers(outputs.scores, strides, 1, anchors),
          ...layers(outputs.boxes, strides, 4 + 2 * keyPoints, anchors),
        ],
        decode: (values) => decodeBlazeface(spec, values, threshold),
      };
    }
  }
}
