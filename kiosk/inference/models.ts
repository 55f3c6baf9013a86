import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { Fault } from "../core/fault.ts";
import type { DetectorSpec } from "./specs/detector.ts";
import type { EmbeddingSpec } from "./specs/embedding.ts";
import type { PadSpec } from "./specs/pad.ts";
import type { EyeSpec, LandmarksSpec } from "./specs/points.ts";
import { type ModelSpec, modelList } from "./specs.ts";

/**
 * What the models are and how they want to be fed: read from `models.json`, never hard-coded, because a wrong colour
 * order, alignment or crop costs 6 to 70 points of accuracy without any error (docs/accuracy.md).
 */

export const modelManifestUrl = new URL("./models.json", import.meta.url);

/** The models of one engine. */
export interface ModelSet {
  readonly detector: DetectorSpec;
  /** null only where the detector itself gives the five points. */
  readonly landmarks: LandmarksSpec | null;
  readonly embedding: EmbeddingSpec;
  /** At least one; their scores are fused by weight. */
  readonly pads: readonly PadSpec[];
  /** Without one no blink can be asked for. */
  readonly eye: EyeSpec | null;
}

export interface ModelLeave {
  /** The operator's word that this clock is not run for business: opens models whose weights forbid that. */
  readonly allowNonCommercial?: boolean;
}

/**
 * @param value the parsed JSON of a model manifest.
 * @throws Fault `model-banned` before anything else is looked at; `config-invalid` with the path of what is wrong;
 *   `model-licence` for weights that forbid commercial use, unless that is allowed expressly.
 */
export function parseModels(value: unknown, leave: ModelLeave = {}): ModelSet {
  const models = parseModelList(value);
  refuseUnlicensed(models, leave);
  const detector = onlyOne(
    models.filter((model) => model.kind === "detector"),
    "detector",
  );
  const embedding = onlyOne(
    models.filter((model) => model.kind === "embedding"),
    "embedding",
  );
  const landmarks = oneAtMost(
    models.filter((model) => model.kind === "landmarks"),
    "landmarks",
  );
  const eye = oneAtMost(
    models.filter((model) => model.kind === "eye"),
    "eye",
  );
  const pads = models.filter((model) => model.kind === "pad");
  if (pads.length === 0) throw invalid("there is no model of kind pad");
  if (landmarks === null && !detector.has5points) {
    throw invalid("there is no model of kind landmarks, and the detector gives no five points");
  }
  checkEye(eye, landmarks);
  return { detector, landmarks, embedding, pads, eye };
}

/** Every model of a manifest, each right by itself. @throws Fault `model-banned`, `config-invalid` */
export function parseModelList(value: unknown): readonly ModelSpec[] {
  const listed = named.safeParse(value);
  if (!listed.success) throw invalid(z.prettifyError(listed.error));
  for (const model of listed.data.models) refuseBanned(model);
  const parsed = modelList.safeParse(listed.data.models);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  return parsed.data;
}

const unreadable = "Name a JSON file with --models, or restore kiosk/inference/models.json from the release.";

/** @throws Fault `config-invalid` for a file that cannot be read as JSON; else as `parseModels`. */
export async function readModels(url: URL = modelManifestUrl, leave: ModelLeave = {}): Promise<ModelSet> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(url, "utf8"));
  } catch (cause) {
    throw new Fault("config-invalid", `the model manifest ${fileURLToPath(url)} cannot be read`, unreadable, cause);
  }
  return parseModels(value, leave);
}

/** The names of all files these models are made of, each once: what `ModelBytes` must hold. */
export function modelFiles({ detector, landmarks, embedding, pads, eye }: ModelSet): readonly string[] {
  const specs = [detector, landmarks, embedding, ...pads, eye].filter((spec) => spec !== null);
  return [...new Set(specs.flatMap(({ file, weights }) => [file, ...weights]))];
}

const named = z.object({ models: z.array(z.looseObject({ kind: z.string(), file: z.string() })) });
type Named = z.infer<typeof named>["models"][number];

/** The only things a model may be for. What guesses age, gender, feelings or origin has no place on a time clock. */
const allowedKinds = ["detector", "landmarks", "embedding", "pad", "eye", "pose"] as const;
const bannedName = /gender|emotion|expression|ethnic|attract|(?<![a-z])(age|sex|race|mood)(?![a-z])/i;
/** As in FaceAge: a word that only its capital separates. */
const bannedWord = /(Age|Sex|Race|Mood)(?![a-z])/;

/** Whether a file, an output or a kind by its own name guesses what nobody here may guess. */
export const isBannedName = (name: string): boolean => bannedName.test(name) || bannedWord.test(name);

/** @throws Fault `model-banned` */
function refuseBanned(model: Named): void {
  const isAllowed = (allowedKinds as readonly string[]).includes(model.kind);
  const names = [model.file, ...texts(model.weights), ...texts(model.outputs), ...texts(model.decoder)];
  if (!isAllowed || names.some(isBannedName)) throw banned(model.kind, model.file);
}

export const banned = (kind: string, file: string): Fault =>
  new Fault(
    "model-banned",
    `A model of kind "${kind}" (${file}) may not be loaded`,
    `Take it out of the manifest: only ${allowedKinds.join(", ")} models are ever used here, and none that guesses age, gender, feelings or origin.`,
  );

/** All strings in a value, however deep. */
function texts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

function refuseUnlicensed(models: readonly ModelSpec[], { allowNonCommercial = false }: ModelLeave): void {
  const unlicensed = models.find(({ commercialUse }) => commercialUse === "no");
  if (unlicensed === undefined || allowNonCommercial) return;
  throw new Fault(
    "model-licence",
    `The weights of ${unlicensed.file} may not be used commercially (${unlicensed.licence})`,
    "Choose another model, or start with --allow-non-commercial if this clock serves research or a private home.",
  );
}

function onlyOne<T>(models: readonly T[], kind: string): T {
  const model = oneAtMost(models, kind);
  if (model === null) throw invalid(`there is no model of kind ${kind}`);
  return model;
}

function oneAtMost<T>([model, ...more]: readonly T[], kind: string): T | null {
  if (more.length > 0) throw invalid(`there is more than one model of kind ${kind}`);
  return model ?? null;
}

function checkEye(eye: EyeSpec | null, landmarks: LandmarksSpec | null): void {
  if (eye === null) return;
  const needed = [eye.left, eye.right].flatMap(({ corners, lids }) => [...corners, ...lids]);
  if (landmarks !== null && needed.every((at) => at < landmarks.points)) return;
  throw invalid("the eye model needs landmarks that the landmark model does not give");
}

const invalid = (why: string): Fault =>
  new Fault(
    "config-invalid",
    `Model manifest: ${why}`,
    "Restore kiosk/inference/models.json from the release, or correct your own replacement.",
  );
