import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { openAssets, readAssetManifest } from "../kiosk/host/assets.ts";

const directory = ".cache/assets";

/** One 640 x 480 JPEG of the demo's footage: the same picture for everybody in the run. */
export async function frameOf(name: string, atS: number): Promise<Uint8Array> {
  const manifest = await readAssetManifest(new URL("../kiosk/camera/footage.json", import.meta.url));
  const path = await openAssets({ manifest, directory }).path(name);
  const filter = "scale=640:480:force_original_aspect_ratio=decrease,pad=640:480:-1:-1";
  const args = [
    "-v",
    "error",
    "-ss",
    String(atS),
    "-i",
    path,
    "-frames:v",
    "1",
    "-vf",
    filter,
    "-q:v",
    "4",
    "-f",
    "mjpeg",
    "-",
  ];
  const { stdout } = await promisify(execFile)("ffmpeg", args, { encoding: "buffer", maxBuffer: 8_000_000 });
  return stdout;
}

/** The checked bytes of a model file. */
export async function modelBytes(file: string): Promise<Uint8Array> {
  const manifest = await readAssetManifest(new URL("../kiosk/inference/models.json", import.meta.url));
  return openAssets({ manifest, directory }).bytes(file);
}
