import { pathToFileURL } from "node:url";
import type { Config } from "./config.ts";
import { type Assets, openAssets, readAssetManifest } from "./host/assets.ts";
import { type ModelSet, modelManifestUrl, readModels } from "./inference/models.ts";

interface ModelFiles {
  readonly models: ModelSet;
  readonly weights: Assets;
}

/** The demo's pictures. */
export async function openFootage({ assets: directory }: Config): Promise<Assets> {
  const manifest = await readAssetManifest(new URL("camera/footage.json", import.meta.url));
  return openAssets({ manifest, directory });
}

/** What the models are, and their files: one manifest says both. */
export async function openModelFiles({
  models: file,
  allowNonCommercial,
  assets: directory,
}: Config): Promise<ModelFiles> {
  const url = file === undefined ? modelManifestUrl : pathToFileURL(file);
  const models = await readModels(url, { allowNonCommercial });
  return { models, weights: openAssets({ manifest: await readAssetManifest(url), directory }) };
}
