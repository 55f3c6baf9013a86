import { Fault, isFault } from "../../kiosk/core/fault.ts";
import { openAssets } from "../../kiosk/host/assets.ts";
import { openDetector } from "../../kiosk/inference/detect.ts";
import { openEmbedder } from "../../kiosk/inference/embed.ts";
import { openEye } from "../../kiosk/inference/eye.ts";
import { openLandmarks } from "../../kiosk/inference/landmarks.ts";
import { openLiveness } from "../../kiosk/inference/liveness.ts";
import { parseModels } from "../../kiosk/inference/models.ts";
import { type ModelBytes, openModel } from "../../kiosk/inference/session.ts";
import type { ModelSpec } from "../../kiosk/inference/specs.ts";
import { pinOf, type Shelf } from "./shelf.ts";

export interface ModelCheck {
  readonly kind: ModelSpec["kind"];
  readonly file: string;
  /** null where all is well: files as pinned, names, shapes and types as described, and one run without error. */
  readonly trouble: string | null;
  /** Loading and the first run, in milliseconds. */
  readonly openMs: number;
}

export interface ManifestCheck {
  readonly models: readonly ModelCheck[];
  /** Why the models do not make an engine together; null where they do. */
  readonly trouble: string | null;
}

/** Loads every model as the clock would, one after another, and runs each once. */
export async function checkModels(
  shelf: Shelf,
  directory: string,
  leave: { readonly allowNonCommercial: boolean },
): Promise<ManifestCheck> {
  const models: ModelCheck[] = [];
  for (const model of shelf.models) models.push(await checkModel(model, shelf, directory));
  return { models, trouble: await troubleOf(async () => parseModels(shelf.json, leave)) };
}

async function checkModel(model: ModelSpec, shelf: Shelf, directory: string): Promise<ModelCheck> {
  const begun = performance.now();
  const trouble = await troubleOf(async () => openOnce(model, await bytesOf(model, shelf, directory)));
  return { kind: model.kind, file: model.file, trouble, openMs: Math.round(performance.now() - begun) };
}

async function bytesOf(model: ModelSpec, { assets }: Shelf, directory: string): Promise<ModelBytes> {
  const { bytes } = openAssets({ manifest: assets, directory });
  const found = new Map<string, Uint8Array>();
  for (const name of [model.file, ...model.weights]) {
    if (pinOf(name, assets) === null) throw unlisted(name);
    found.set(name, await bytes(name));
  }
  return found;
}

const unlisted = (name: string): Fault =>
  new Fault(
    "config-invalid",
    `${name} has no hash in the manifest`,
    "Add it with `lintel models add`, which writes one.",
  );

/** @throws Fault `model-mismatch`, `model-banned`, `runtime-missing` */
export async function openOnce(model: ModelSpec, bytes: ModelBytes): Promise<void> {
  const opened = await open(model, bytes);
  await opened[Symbol.asyncDispose]();
}

function open(model: ModelSpec, bytes: ModelBytes): Promise<AsyncDisposable> {
  switch (model.kind) {
    case "detector":
      return openDetector(model, bytes);
    case "landmarks":
      return openLandmarks(model, bytes);
    case "embedding":
      return openEmbedder(model, bytes);
    case "pad":
      return openLiveness([model], bytes);
    case "eye":
      return openEye(model, bytes);
    case "pose": {
      const { yaw, pitch, roll } = model.outputs;
      return openModel(
        model,
        bytes,
        [yaw, pitch, roll].map((name) => ({ name, shape: [1, model.bins] })),
      );
    }
  }
}

async function troubleOf(run: () => Promise<unknown>): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    if (!isFault(error)) throw error;
    return `${error.message} (${error.code})`;
  }
}
