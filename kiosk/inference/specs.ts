import { z } from "zod";

/**
 * What a model manifest may say, kind by kind: how each model wants to be fed and what its output means. Every field is
 * explained in docs/models.md; whatever is not listed here is refused, so that a misspelt field cannot be overlooked.
 */

/** A plain name: a manifest never points out of the asset folder. */
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "a plain file name, no folder");
const unit = z.number().min(0).max(1);
const scale = z.number().positive().max(10);
const indices = z.array(z.int().min(0).max(999)).min(1);
const strides = z.array(z.int().positive().max(256)).min(1);

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

const common = {
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
const activation = z.enum(["softmax", "sigmoid", "none"]);

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

const detector = z
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

/** height and max: a square with that side of the box. none: the box as it is. */
const square = z.enum(["height", "max", "none"]);

const landmarks = z
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

const point = z.tuple([z.number(), z.number()]);

const thresholds = z.strictObject({
  /** 1:1, after a badge or a code. */
  verify: z.number(),
  /** False match rate and the score two different people reach that rarely; the rarest last. */
  falseMatch: z.array(z.tuple([z.number().positive().max(1), z.number()])).min(1),
  /** Two frames of one track that are less alike than this are two people. */
  sameTrack: z.number(),
  /** Two frames of one enrolment likewise. */
  sameEnrolment: z.number(),
});

const embedding = z
  .strictObject({
    kind: z.literal("embedding"),
    ...common,
    outputs: z.strictObject({ vector: z.string() }),
    align: z.discriminatedUnion("method", [
      /** Turned, scaled and shifted until the five points lie on these, in pixels of the input. */
      z.strictObject({ method: z.literal("similarity-5"), template: z.array(point).length(5) }),
      /** The detector's box, as for models that were trained on boxes. */
      z.strictObject({ method: z.literal("box"), square, scale }),
    ]),
    dimension: z.int().positive().max(4096),
    /** At an enrolment the face and its mirror image are averaged. */
    flip: z.boolean(),
    /** What the thresholds are given in. Vectors always get length 1 first, so that one follows from the other. */
    metric: z.enum(["cosine", "euclidean"]),
    /** Names the model and how it is fed: templates of another space are never compared. */
    spaceId: z.string().min(1),
    /** A match is made from the mean of this many frames. */
    matchFrames: z.int().positive().max(10),
    thresholds,
  })
  .transform(({ metric, ...rest }) => (metric === "cosine" ? rest : { ...rest, thresholds: cosines(rest.thresholds) }))
  .refine(({ thresholds: { verify, sameTrack, sameEnrolment, falseMatch } }) => {
    const all = [verify, sameTrack, sameEnrolment, ...falseMatch.map(([, cosine]) => cosine)];
    return all.every((cosine) => cosine >= -1 && cosine <= 1);
  }, "a threshold is no cosine (or no distance from 0 to 2)")
  .refine(
    ({ thresholds: { falseMatch } }) =>
      falseMatch.every(([rate, cosine], at) => {
        const before = falseMatch[at - 1];
        return before === undefined || (rate < before[0] && cosine > before[1]);
      }),
    "falseMatch goes from the most frequent to the rarest, each needing more likeness than the one before",
  );

/** Between vectors of length 1 the distance d and the cosine c tell the same: d² = 2 - 2c. */
function cosines(distances: z.infer<typeof thresholds>): z.infer<typeof thresholds> {
  // A distance beyond 2 cannot be; it becomes a cosine beyond -1 and is refused as such. So is one below 0.
  const cosine = (distance: number): number => (distance < 0 ? Number.NaN : 1 - distance ** 2 / 2);
  return {
    verify: cosine(distances.verify),
    falseMatch: distances.falseMatch.map(([rate, distance]) => [rate, cosine(distance)]),
    sameTrack: cosine(distances.sameTrack),
    sameEnrolment: cosine(distances.sameEnrolment),
  };
}

const pad = z
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

const eyePoints = z.strictObject({ corners: z.tuple([z.int().min(0), z.int().min(0)]), lids: indices });

const eye = z
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
const pose = z.strictObject({
  kind: z.literal("pose"),
  ...common,
  outputs: z.strictObject({ yaw: z.string(), pitch: z.string(), roll: z.string() }),
  /** 1: the output is the angle. More: a softmax over so many bins. */
  bins: z.int().positive().max(360),
  degreesPerBin: z.number().positive(),
  firstBinDegrees: z.number(),
});

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

export type InputSpec = z.infer<typeof input>;
export type Activation = z.infer<typeof activation>;
export type DecoderSpec = z.infer<typeof decoder>;
export type DetectorSpec = z.infer<typeof detector>;
export type LandmarksSpec = z.infer<typeof landmarks>;
export type EmbeddingSpec = z.infer<typeof embedding>;
export type PadSpec = z.infer<typeof pad>;
export type EyeSpec = z.infer<typeof eye>;
export type ModelSpec = z.infer<typeof model>;
