import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Fault } from "../core/fault.ts";

/**
 * What the models are and how they want to be fed: read from `models.json`, never hard-coded, because a wrong colour
 * order, alignment or crop costs 6 to 70 points of accuracy without any error (docs/accuracy.md).
 */

export const modelManifestUrl = new URL("./models.json", import.meta.url);

/** The only things a model may be for. What guesses age, gender, feelings or origin has no place on a time clock. */
const allowedKinds = ["detector", "landmarks", "embedding", "pad", "eye", "pose"] as const;
const bannedName = /gender|emotion|expression|ethnic|attract|(?<![a-z])(age|sex|race|mood)(?![a-z])/i;
/** As in FaceAge: a word that only its capital separates. */
const bannedWord = /(Age|Sex|Race|Mood)(?![a-z])/;

const input = z.object({
  name: z.string(),
  layout: z.literal("NCHW"),
  width: z.int().positive().max(1024),
  height: z.int().positive().max(1024),
  color: z.enum(["RGB", "BGR", "GRAY"]),
  /** Per channel in the order of `color`, on 0..255: the model sees (value - mean) / std. */
  mean: z.array(z.number()),
  std: z.array(z.number().positive()),
  resize: z.literal("stretch"),
  /** area averages what one target pixel covers; bilinear takes four neighbours, as the model was trained with. */
  sampling: z.enum(["area", "bilinear"]),
});

const common = {
  file: z.string(),
  whatItIs: z.string().min(1),
  certainty: z.string().min(1),
  commercialUse: z.enum(["yes", "doubtful", "no"]),
  input: input.refine((it) => {
    const channels = it.color === "GRAY" ? 1 : 3;
    return it.mean.length === channels && it.std.length === channels;
  }, "mean and std need one value per channel"),
};

const unit = z.number().min(0).max(1);
const cosine = z.number().min(-1).max(1);
const landmarkIndices = z.array(z.int().min(0).max(67)).min(1);
const point = z.tuple([z.number(), z.number()]);

const detector = z.object({
  kind: z.literal("detector"),
  ...common,
  outputs: z.object({ scores: z.string(), boxes: z.string() }),
  decoder: z.literal("boxes-xyxy-normalised"),
  candidates: z.int().positive(),
  scoreIndex: z.int().min(0).max(1),
  threshold: unit,
  nmsIou: unit,
});

const landmarks = z.object({
  kind: z.literal("landmarks"),
  ...common,
  outputs: z.object({ points: z.string() }),
  points: z.literal(68),
  crop: z.object({ square: z.literal("height"), scale: z.number().positive() }),
  /** The second square is cut around the first pass's points; `above` is its share above their middle. */
  secondPass: z.object({ extentScale: z.number().positive(), above: unit }),
  /** left and right as in the picture. */
  fivePoints: z.object({
    leftEye: landmarkIndices,
    rightEye: landmarkIndices,
    nose: landmarkIndices,
    leftMouth: landmarkIndices,
    rightMouth: landmarkIndices,
  }),
});

const embedding = z.object({
  kind: z.literal("embedding"),
  ...common,
  outputs: z.object({ vector: z.string() }),
  align: z.object({ method: z.literal("similarity-5"), template: z.array(point).length(5) }),
  dimension: z.int().positive().max(4096),
  normalise: z.literal(true),
  metric: z.literal("cosine"),
  spaceId: z.string().min(1),
  /** A match is made from the mean of this many frames. */
  matchFrames: z.int().positive().max(10),
  thresholds: z.object({
    /** Two frames of one track below this are two people. */
    sameTrack: cosine,
    sameEnrolment: cosine,
    verify: cosine,
    identify1k: cosine,
    identify10k: cosine,
  }),
});

const pad = z.object({
  kind: z.literal("pad"),
  ...common,
  outputs: z.object({ logits: z.string() }),
  classes: z.int().min(2),
  crops: z.array(z.object({ scale: z.number().positive(), clamp: z.literal("shift") })).min(1),
  activation: z.literal("softmax"),
  liveIndex: z.int().min(0),
  combine: z.literal("mean"),
  /** The score is told only once it is the mean of at least this many frames. */
  frames: z.int().positive().max(50),
});

export type InputSpec = z.infer<typeof input>;
export type DetectorSpec = z.infer<typeof detector>;
export type LandmarksSpec = z.infer<typeof landmarks>;
export type EmbeddingSpec = z.infer<typeof embedding>;
export type PadSpec = z.infer<typeof pad>;

/** Exactly one model of each kind that this release uses. */
export interface ModelSet {
  readonly detector: DetectorSpec;
  readonly landmarks: LandmarksSpec;
  readonly embedding: EmbeddingSpec;
  readonly pad: PadSpec;
}

const named = z.object({ models: z.array(z.looseObject({ kind: z.string(), file: z.string() })) });
const remedy = "Restore kiosk/inference/models.json from the release, or correct your own replacement.";

/**
 * @param value the parsed JSON of a model manifest.
 * @throws Fault `model-banned` before anything else is looked at; `config-invalid` with the path of what is wrong.
 */
export function parseModels(value: unknown): ModelSet {
  const listed = named.safeParse(value);
  if (!listed.success) throw new Fault("config-invalid", `Model manifest: ${z.prettifyError(listed.error)}`, remedy);
  for (const model of listed.data.models) refuseBanned(model);
  const one = <T>(kind: (typeof allowedKinds)[number], schema: z.ZodType<T>): T => {
    const [model, ...more] = listed.data.models.filter((candidate) => candidate.kind === kind);
    const parsed = schema.safeParse(model);
    if (parsed.success && more.length === 0) return parsed.data;
    const why = parsed.success ? "there is more than one" : z.prettifyError(parsed.error);
    throw new Fault("config-invalid", `Model manifest, ${kind}: ${why}`, remedy);
  };
  return {
    detector: one("detector", detector),
    landmarks: one("landmarks", landmarks),
    embedding: one("embedding", embedding),
    pad: one("pad", pad),
  };
}

/** @throws Fault `model-banned` */
function refuseBanned({ kind, file }: { readonly kind: string; readonly file: string }): void {
  const isAllowed = (allowedKinds as readonly string[]).includes(kind);
  if (isAllowed && !bannedName.test(file) && !bannedWord.test(file)) return;
  throw new Fault(
    "model-banned",
    `A model of kind "${kind}" (${file}) may not be loaded`,
    `Take it out of the manifest: only ${allowedKinds.join(", ")} models are ever used here.`,
  );
}

export async function readModels(url: URL = modelManifestUrl): Promise<ModelSet> {
  return parseModels(JSON.parse(await readFile(url, "utf8")));
}
