import { z } from "zod";
import { detector } from "./specs/detector.ts";
import { embedding } from "./specs/embedding.ts";
import { pad } from "./specs/pad.ts";
import { eye, landmarks, pose } from "./specs/points.ts";

/**
 * What a model manifest may say, kind by kind: how each model wants to be fed and what its output means. Every field is
 * explained in docs/models.md; whatever is not listed is refused, so that a misspelt field cannot be overlooked.
 */

const model = z
  .discriminatedUnion("kind", [detector, landmarks, embedding, pad, eye, pose])
  .refine((it) => (it.runtime === "tfjs") === it.weights.length > 0, {
    message: "a TFJS graph has weight files, an ONNX model has none",
    path: ["weights"],
  })
  .refine((it) => it.kind === "detector" || it.input.resize === "stretch", {
    message: "only a detector sees whole pictures; a crop is stretched",
    path: ["input", "resize"],
  });

export const modelList = z.array(model);

export type ModelSpec = z.infer<typeof model>;
