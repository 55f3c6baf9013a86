import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { assetFolder, openAssets, readAssetManifest } from "../../kiosk/host/assets.ts";

/** The release's models, as they were fetched for this checkout, each compared with its pinned hash before it is taken. */

const root = join(import.meta.dirname, "../..");

/**
 * @param into becomes the folder of all models, as `assets` of the settings names one.
 * @throws Fault `asset-missing`, `asset-changed`.
 */
export async function placeModels(into: string): Promise<void> {
  const manifest = await readAssetManifest(new URL("../../kiosk/inference/models.json", import.meta.url));
  const assets = openAssets({ manifest, directory: join(root, ".cache/assets") });
  for (const { name } of manifest.files) {
    const to = join(assetFolder(into, manifest), name);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(await assets.path(name), to);
  }
}
