import { z } from "zod";

/** What the descriptions of all kinds of models share. */

/** A plain name: a manifest never points out of the asset folder. */
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "a plain file name, no folder");
export const unit = z.number().min(0).max(1);
export const scale = z.number().positive().max(10);
export const indices = z.array(z.int().min(0).max(999)).min(1);
export const strides = z.array(z.int().positive().max(256)).min(1);

const input = z
  .strictObject({
    /** As the graph calls it. */
    name: z.string().min(1),
    /** NCHW: one plane per colour, as ONNX graphs mostly want. NHWC: the colours of a pixel side by side, as TFJS does. */
    layout: z.enum(["NCHW", "NHWC"]),
    width: z.int().positive().max(1024),
    height: z.int().positive().max(1024),
    color: z.enum(["RGB", "BGR", "GRAY"]),
    /** Per channel in the order of `color`, on 0..255: the model sees (value - mean) / std. */
    mean: z.array(z.number()),
    std: z.array(z.number().positive()),
    /** letterbox keeps the shape: the picture stands at the top left and the rest has `padValue`. */
    resize: z.enum(["stretch", "letterbox"]),
    /** Grey level beside a letterboxed picture, on 0..255. */
    padValue: z.number().min(0).max(255).default(0),
    /** area averages what one target pixel covers; bilinear takes four neighbours, as the model was trained with. */
    sampling: z.enum(["area", "bilinear"]),
  })
  .refine((it) => {
    const channels = it.color === "GRAY" ? 1 : 3;
    return it.mean.length === channels && it.std.length === channels;
  }, "mean and std need one value per channel");

export const common = {
  runtime: z.enum(["onnx", "tfjs"]).default("onnx"),
  /** The ONNX file, or the JSON of a TFJS graph model. */
  file: fileName,
  /** The .bin files of a TFJS graph, in the order of its JSON. */
  weights: z.array(fileName).default([]),
  whatItIs: z.string().min(1),
  /** How sure we are of that. */
  certainty: z.string().min(1),
  licence: z.string().min(1),
  /** Where the file came from. */
  source: z.string().min(1),
  /** no: research or private use only; loaded only where the operator allows it expressly. */
  commercialUse: z.enum(["yes", "doubtful", "no"]),
  input,
};

/** How numbers become a probability: over all classes, each for itself, or they already are one. */
export const activation = z.enum(["softmax", "sigmoid", "none"]);

/** height and max: a square with that side of the box. none: the box as it is. */
export const square = z.enum(["height", "max", "none"]);

export type InputSpec = z.infer<typeof input>;
export type Activation = z.infer<typeof activation>;
