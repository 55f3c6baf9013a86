import { z } from "zod";
import { activation, common, scale } from "./common.ts";

export const pad = z
  .strictObject({
    kind: z.literal("pad"),
    ...common,
    outputs: z.strictObject({ logits: z.string() }),
    classes: z.int().positive(),
    crops: z
      .array(
        z.strictObject({
          /** Of the detector's box. */
          scale,
          /** max: a square with the longer side. */
          square: z.enum(["none", "max"]).default("none"),
          /** Where the crop reaches beyond the picture: made smaller and shifted inside, edge repeated, mirrored, black. */
          clamp: z.enum(["shift", "edge", "reflect", "black"]),
        }),
      )
      .min(1),
    activation,
    /** Which class is the living face. */
    liveIndex: z.int().min(0),
    /** How the crops become one score; logit averages before the sigmoid, min believes the worst. */
    combine: z.enum(["mean", "logit", "min"]),
    /** Share of this model beside the others; only their ratio counts. */
    weight: z.number().positive().max(100).default(1),
    /** The score is told only once it is the mean of at least this many frames. */
    frames: z.int().positive().max(50),
  })
  .refine((it) => it.liveIndex < it.classes, "liveIndex is beyond the classes");

export type PadSpec = z.infer<typeof pad>;
