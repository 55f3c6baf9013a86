import { z } from "zod";
import { activation, common, scale, strides, unit } from "./common.ts";

const decoder = z.discriminatedUnion("kind", [
  /** Boxes as x1, y1, x2, y2 in fractions of the input. */
  z.strictObject({
    kind: z.literal("boxes-xyxy-normalised"),
    outputs: z.strictObject({ scores: z.string(), boxes: z.string() }),
    /** How many boxes there are. */
    candidates: z.int().positive(),
    classes: z.int().positive().default(2),
    scoreIndex: z.int().min(0).max(1),
  }),
  /** Offsets from prior boxes laid out over the picture, as in SSD, RFB and RetinaFace. */
  z.strictObject({
    kind: z.literal("ssd-priors"),
    outputs: z.strictObject({ scores: z.string(), boxes: z.string(), points: z.string().optional() }),
    classes: z.int().positive().default(2),
    scoreIndex: z.int().min(0).max(1),
    activation,
    /** One list per stride, in pixels of the input. */
    minSizes: z.array(z.array(z.number().positive()).min(1)).min(1),
    strides,
    /** For centres and for sizes. */
    variances: z.tuple([z.number().positive(), z.number().positive()]),
    /** Whether priors are cut off at the picture's border. */
    clip: z.boolean().default(false),
  }),
  /** Output names per stride, in the order of `strides`. */
  z.strictObject({
    kind: z.literal("yunet"),
    outputs: z.strictObject({
      classes: z.array(z.string()),
      objects: z.array(z.string()),
      boxes: z.array(z.string()),
      points: z.array(z.string()),
    }),
    strides,
  }),
  z.strictObject({
    kind: z.literal("scrfd"),
    outputs: z.strictObject({
      scores: z.array(z.string()),
      boxes: z.array(z.string()),
      points: z.array(z.string()).default([]),
    }),
    strides,
    /** Per cell. */
    anchors: z.int().positive().max(8),
  }),
  /** Offsets in pixels from square anchors, scores as logits: MediaPipe's BlazeFace. */
  z.strictObject({
    kind: z.literal("blazeface"),
    /** Per layer; boxes hold cx, cy, width, height and then the key points. */
    outputs: z.strictObject({ scores: z.array(z.string()), boxes: z.array(z.string()) }),
    strides,
    /** Per cell, one number per stride. */
    anchors: z.array(z.int().positive().max(16)).min(1),
    /** x, y pairs behind each box; they are not the five points. */
    keyPoints: z.int().min(0).max(20),
  }),
]);

export const detector = z
  .strictObject({
    kind: z.literal("detector"),
    ...common,
    decoder,
    /** Least probability of a face. */
    threshold: unit,
    /** Of two boxes that overlap more than this, the surer one stays. */
    nmsIou: unit,
    /** Whether it tells eyes, nose and mouth as well; then no landmark model is needed. */
    has5points: z.boolean().default(false),
    /**
     * Detectors disagree about where a face ends. Gate, crops and liveness mean one that reaches from the hairline to
     * the chin: multiples of the detector's own width and height, and how far the middle moves down, in its heights.
     */
    box: z
      .strictObject({ width: scale, height: scale, down: z.number().min(-1).max(1) })
      .default({ width: 1, height: 1, down: 0 }),
  })
  .refine((it) => perStride(it.decoder), "the decoder needs as many outputs, sizes and anchors as strides")
  .refine((it) => !it.has5points || givesPoints(it.decoder), "this decoder has no output for the five points");

function perStride(it: z.infer<typeof decoder>): boolean {
  const lists = ((): readonly (readonly unknown[])[] => {
    switch (it.kind) {
      case "boxes-xyxy-normalised":
        return [];
      case "ssd-priors":
        return [it.minSizes];
      case "yunet":
        return Object.values(it.outputs);
      case "scrfd":
        return [it.outputs.scores, it.outputs.boxes, ...(it.outputs.points.length > 0 ? [it.outputs.points] : [])];
      case "blazeface":
        return [it.outputs.scores, it.outputs.boxes, it.anchors];
    }
  })();
  return it.kind === "boxes-xyxy-normalised" || lists.every((list) => list.length === it.strides.length);
}

function givesPoints(it: z.infer<typeof decoder>): boolean {
  if (it.kind === "ssd-priors") return it.outputs.points !== undefined;
  return it.kind === "yunet" || (it.kind === "scrfd" && it.outputs.points.length > 0);
}

export type DecoderSpec = z.infer<typeof decoder>;
export type DetectorSpec = z.infer<typeof detector>;
