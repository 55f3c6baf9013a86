import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fault, isFault } from "../../../kiosk/core/fault.ts";
import { openAssets, readAssetManifest } from "../../../kiosk/host/assets.ts";
import { modelManifestUrl } from "../../../kiosk/inference/models.ts";
import { fetchAssets } from "../../assets.ts";
import type { Context } from "../context.ts";
import type { Step } from "../step.ts";

const patienceMs = 15 * 60_000;

/** The models that faces are recognised with, each file compared with its pinned hash. */
export const models: Step = {
  name: "models",
  would: "fetch the models that are not here",
  check: async (context) => {
    for (const folder of foldersOf(context)) {
      if (!(await isWhole(folder))) continue;
      const { assets } = await context.progress();
      // A dry run must not write; what is noted here is found again by the next run.
      return assets === folder ? sentenceOf(folder) : null;
    }
    return null;
  },
  apply: async (context) => {
    const folders = foldersOf(context);
    const [first] = folders;
    const own = folders.at(-1) ?? first ?? context.places.state;
    for (const folder of folders) if (await isWhole(folder)) return context.note({ assets: folder });
    await fetchAssets({
      manifests: [await readAssetManifest(modelManifestUrl)],
      directory: own,
      onProgress: ({ package: name, step }) => context.talk.say(`Models ${name}: ${step}`),
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(patienceMs)]),
    });
    await context.note({ assets: own });
  },
  prove: async (context) => {
    const { assets } = await context.progress();
    if (assets !== null && (await isWhole(assets))) return sentenceOf(assets);
    throw new Fault("asset-missing", "the models are not where they were put", "Run this again.");
  },
};

const sentenceOf = (folder: string): string => `all models are in ${folder} as they were pinned`;

/** Where models may be, the best first; what is fetched goes into the last. */
function foldersOf({ wish, places: { root, state } }: Context): readonly string[] {
  if (wish.assets !== null) return [wish.assets];
  const packaged = [join(root, "usr/lib/lintel/models")].filter((folder) => existsSync(folder));
  return [...packaged, join(state, "models")];
}

async function isWhole(directory: string): Promise<boolean> {
  const manifest = await readAssetManifest(modelManifestUrl);
  const assets = openAssets({ manifest, directory });
  try {
    for (const { name } of manifest.files) await assets.path(name);
    return true;
  } catch (error) {
    if (isFault(error, "asset-missing", "asset-changed")) return false;
    throw error;
  }
}
