import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Fault, isFault } from "../../kiosk/core/fault.ts";
import { type AssetManifest, type AssetPin, openAssets, parseAssetManifest } from "../../kiosk/host/assets.ts";
import { parseModelList } from "../../kiosk/inference/models.ts";
import type { ModelSpec } from "../../kiosk/inference/specs.ts";

/** A manifest as a technician looks at it: the models it describes, and the files they stand in. */
export interface Shelf {
  /** As it stands in the file, for a copy with something added. */
  readonly json: Readonly<Record<string, unknown>> & { readonly models: readonly Readonly<Record<string, unknown>>[] };
  readonly models: readonly ModelSpec[];
  readonly assets: AssetManifest;
}

/** @throws Fault `config-invalid`, `model-banned` */
export async function readShelf(path: string | URL): Promise<Shelf> {
  return shelfOf(await readJson(path));
}

/** @throws Fault `config-invalid`, `model-banned` */
export function shelfOf(value: unknown): Shelf {
  const models = parseModelList(value);
  return { json: value as Shelf["json"], models, assets: parseAssetManifest(value) };
}

async function readJson(path: string | URL): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new Fault("config-invalid", `${path} cannot be read as JSON`, "Name a model manifest.", cause);
  }
}

export type Presence = "as pinned" | "missing" | "changed" | "not listed";

/** How a model's files stand on this machine's disk. */
export async function presenceOf(model: ModelSpec, { assets }: Shelf, directory: string): Promise<Presence> {
  const { bytes } = openAssets({ manifest: assets, directory });
  for (const name of [model.file, ...model.weights]) {
    if (pinOf(name, assets) === null) return "not listed";
    try {
      await bytes(name);
    } catch (error) {
      if (isFault(error, "asset-missing")) return "missing";
      if (isFault(error, "asset-changed")) return "changed";
      throw error;
    }
  }
  return "as pinned";
}

export const pinOf = (name: string, { files, added }: AssetManifest): AssetPin | null =>
  [...files, ...added].find((file) => file.name === name) ?? null;

export const sha256Of = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");
