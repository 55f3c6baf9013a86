import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { stillsOf } from "../kiosk/camera/open.ts";
import { openAssets, readAssetManifest } from "../kiosk/host/assets.ts";

const directory = ".cache/assets";

/** The checked file of a clip of the demo's footage. */
export async function clipOf(name: string): Promise<string> {
  const manifest = await readAssetManifest(new URL("../kiosk/camera/footage.json", import.meta.url));
  return openAssets({ manifest, directory }).path(name);
}

/** One 640 x 480 JPEG of the demo's footage: the same picture for everybody in the run. */
export async function frameOf(name: string, atS: number): Promise<Uint8Array> {
  const path = await clipOf(name);
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

/** Different pictures of one person who stands still, 15 a second, as the demo's camera shows them. */
export const visitOf = async (name: string, fromS: number, forS: number): Promise<readonly Uint8Array[]> =>
  stillsOf(await clipOf(name), fromS, forS, 15);
