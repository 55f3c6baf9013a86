import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { openAssets, readAssetManifest } from "../../kiosk/host/assets.ts";
import { modelFiles, modelManifestUrl, readModels } from "../../kiosk/inference/models.ts";
import { type Networks, openNetworks } from "../../kiosk/inference/networks.ts";

/** What a result says about where it came from. */
export interface About {
  readonly measuredAt: string;
  readonly release: string;
  readonly node: string;
  readonly models: { readonly kind: string; readonly file: string; readonly sha256: string }[];
  readonly spaceId: string;
}

export interface ModelChoice {
  /** A model manifest; the release's own where undefined. */
  readonly manifest: string | undefined;
  readonly assets: string;
}

/** @throws Fault `asset-missing`, `asset-changed`, and those of `readModels` and `openNetworks`. */
export async function openMeasured({ manifest, assets }: ModelChoice): Promise<{
  readonly networks: Networks;
  readonly about: About;
}> {
  const url = manifest === undefined ? modelManifestUrl : pathToFileURL(resolve(manifest));
  // Measuring is research: weights for non-commercial use may be measured, which is not the same as being used.
  const models = await readModels(url, { allowNonCommercial: true });
  const store = openAssets({ manifest: await readAssetManifest(url), directory: assets });
  const bytes = new Map<string, Uint8Array>();
  for (const file of modelFiles(models)) bytes.set(file, await store.bytes(file));
  const listed = [models.detector, models.landmarks, models.embedding, ...models.pads].filter((one) => one !== null);
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  const about: About = {
    measuredAt: new Date().toISOString(),
    release: version,
    node: process.version,
    models: listed.map(({ kind, file }) => ({ kind, file, sha256: hashOf(bytes.get(file)) })),
    spaceId: models.embedding.spaceId,
  };
  return { networks: await openNetworks(models, bytes), about };
}

const hashOf = (bytes: Uint8Array | undefined): string =>
  createHash("sha256")
    .update(bytes ?? new Uint8Array(0))
    .digest("hex");
