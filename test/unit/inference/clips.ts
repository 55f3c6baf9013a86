import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Frame } from "../../../kiosk/core/ports/senses.ts";
import { type Assets, openAssets, readAssetManifest } from "../../../kiosk/host/assets.ts";
import { fetchAssets, manifestUrls } from "../../../provisioning/assets.ts";

/** The pinned models and clips: fetched if this machine has never had them, else offline. */
export async function openPinned(): Promise<{ readonly models: Assets; readonly footage: Assets }> {
  const directory = fileURLToPath(new URL("../../../.cache/assets", import.meta.url));
  const manifests = await Promise.all(manifestUrls.map(readAssetManifest));
  await fetchAssets({ manifests, directory, signal: AbortSignal.timeout(110_000) });
  const [models, footage] = manifests.map((manifest) => openAssets({ manifest, directory }));
  if (models === undefined || footage === undefined) throw new Error("two manifests expected");
  return { models, footage };
}

export interface Cut {
  /** Seconds into the clip. */
  readonly fromS: number;
  readonly fps: number;
  readonly count: number;
  /** An ffmpeg filter after the frames were picked; 640 px wide by default, as the replay camera shows them. */
  readonly filter?: string;
}

/** JPEGs of a stretch of a clip, by the real ffmpeg. */
export function jpegsOf(path: string, cut: Cut): Promise<readonly Uint8Array[]> {
  const filter = `fps=${cut.fps},${cut.filter ?? "scale=640:-2"}`;
  return ffmpegJpegs(["-ss", String(cut.fromS), "-i", path, "-vf", filter, "-frames:v", String(cut.count)]);
}

/** @param args inputs and filters. */
export async function ffmpegJpegs(args: readonly string[]): Promise<readonly Uint8Array[]> {
  const output = ["-c:v", "mjpeg", "-q:v", "3", "-f", "image2pipe", "pipe:1"];
  const { stdout } = await promisify(execFile)("ffmpeg", ["-v", "error", "-nostdin", ...args, ...output], {
    encoding: "buffer",
    maxBuffer: 64 * 1024 * 1024,
  });
  const starts: number[] = [];
  const startMarker = Buffer.from([0xff, 0xd8, 0xff]);
  for (let at = stdout.indexOf(startMarker); at >= 0; at = stdout.indexOf(startMarker, at + 1)) starts.push(at);
  return starts.map((start, at) => stdout.subarray(start, starts[at + 1] ?? stdout.length));
}

/** Frames as a camera at `fps` would hand them over, the first at `fromMs`. */
export function framesOf(jpegs: readonly Uint8Array[], { fromMs = 0, fps = 8 } = {}): readonly Frame[] {
  return jpegs.map((jpeg, number) => {
    const monoMs = fromMs + (number * 1000) / fps;
    return { jpeg, number, at: { utcMs: 1_780_000_000_000 + monoMs, monoMs } };
  });
}
