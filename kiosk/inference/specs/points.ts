import { z } from "zod";
import { activation, common, indices, scale, square, unit } from "./common.ts";

/** The models that find points, and the one that looks at the eyes between them. */

export const landmarks = z
  .strictObject({
    kind: z.literal("landmarks"),
    ...common,
    outputs: z.strictObject({ points: z.string() }),
    points: z.union([z.literal(5), z.literal(68), z.literal(106)]),
    /** What x and y count: fractions of the crop, pixels of the input, or -1 to 1 across the crop. */
    coordinates: z.enum(["fraction", "pixels", "centred"]).default("fraction"),
    crop: z.strictObject({ square, scale }),
    /** The second square is cut around the first pass's points; `above` is its share above their middle. */
    secondPass: z.strictObject({ extentScale: scale, above: unit }).nullable(),
    /** Which points make the five, averaged; left and right as in the picture. */
    fivePoints: z.strictObject({
      leftEye: indices,
      rightEye: indices,
      nose: indices,
      leftMouth: indices,
      rightMouth: indices,
    }),
  })
  .refine(
    (it) =>
      Object.values(it.fivePoints)
        .flat()
        .every((at) => at < it.points),
    "there are fewer points than that",
  );

const eyePoints = z.strictObject({ corners: z.tuple([z.int().min(0), z.int().min(0)]), lids: indices });

export const eye = z
  .strictObject({
    kind: z.literal("eye"),
    ...common,
    outputs: z.strictObject({ logits: z.string() }),
    classes: z.int().positive(),
    activation,
    /** Which class is the closed eye. */
    closedIndex: z.int().min(0),
    /** Which landmarks bound each eye; left and right as in the picture. */
    left: eyePoints,
    right: eyePoints,
    /** Side of the square around the middle of the lids, in distances between the corners. */
    crop: z.strictObject({ scale }),
  })
  .refine((it) => it.closedIndex < it.classes, "closedIndex is beyond the classes");

/** May stand in a manifest; nothing of this release loads it, because landmarks tell a turned head as well. */
export const pose = z.strictObject({
  kind: z.literal("pose"),
  ...common,
  outputs: z.strictObject({ yaw: z.string(), pitch: z.string(), roll: z.string() }),
  /** 1: the output is the angle. More: a softmax over so many bins. */
  bins: z.int().positive().max(360),
  degreesPerBin: z.number().positive(),
  firstBinDegrees: z.number(),
});

export type LandmarksSpec = z.infer<typeof landmarks>;
export type EyeSpec = z.infer<typeof eye>;
