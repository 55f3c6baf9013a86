import { spawn } from "node:child_process";
import { extname } from "node:path";
import { type Command, usualMode } from "../../kiosk/camera/commands.ts";
import { mjpegParser } from "../../kiosk/camera/mjpeg.ts";
import { Fault, isFault } from "../../kiosk/core/fault.ts";
import { defaultPolicy } from "../../kiosk/core/policy.ts";
import type { Attention, FaceProblem } from "../../kiosk/core/sight.ts";
import { examine } from "../../kiosk/inference/examine.ts";
import { openGallery } from "../../kiosk/inference/gallery.ts";
import type { Networks } from "../../kiosk/inference/networks.ts";
import { decodePicture, type Picture } from "../../kiosk/inference/picture.ts";
import { defaultGate, lookProblem, placeProblem, reachOf } from "../../kiosk/inference/quality.ts";
import { openWatcher } from "../../kiosk/inference/watcher.ts";
import { pictureKinds } from "./folder.ts";
import { readPicture } from "./pictures.ts";

/** One person, or one attack, before the camera once (ISO/IEC 30107-3). */
export interface Presentation {
  /** The highest mean passive score the track reached; null where there was none: a non-response. */
  readonly score: number | null;
  /** What stood in the way most often; null with a score. */
  readonly reason: FaceProblem | "no-face" | "unreadable" | "too-short" | null;
  /** Of the face, where there was one: mean brightness, 0 to 255, and width as the gate means it. */
  readonly luma: number | null;
  readonly widthShare: number | null;
}

/** A clip as the camera would have shown it, or one picture, whose single score stands for its mean. */
export const present = (networks: Networks, path: string, signal: AbortSignal): Promise<Presentation> =>
  pictureKinds.has(extname(path).toLowerCase()) ? presentStill(networks, path) : presentClip(networks, path, signal);

const nothing = { score: null, luma: null, widthShare: null } as const;

async function presentStill(networks: Networks, path: string): Promise<Presentation> {
  const read = await readPicture(path).catch((error: unknown) => {
    if (isFault(error, "frame-torn")) return null;
    throw error;
  });
  if (read === null) return { ...nothing, reason: "unreadable" };
  const { picture } = read;
  const [face] = await networks.detector.faces(picture);
  if (face === undefined) return { ...nothing, reason: "no-face" };
  const { yaw, light } = await examine(networks, picture, face.box);
  const { width, height } = picture;
  const { box } = face;
  const part = { x: box.x / width, y: box.y / height, width: box.width / width, height: box.height / height };
  const widthShare = reachOf(part, picture);
  const reason =
    placeProblem(part, widthShare, defaultGate.widthMin, defaultGate) ?? lookProblem(yaw, light, defaultGate);
  const score = reason === null ? await networks.liveness.score(picture, box) : null;
  return { score, reason, luma: light.luma, widthShare };
}

const looking: Attention = { effort: "look", claim: null, challenge: null, codes: false };
/** Light and size change slowly: measured at every so many frames. */
const measureEvery = 8;

async function presentClip(networks: Networks, path: string, signal: AbortSignal): Promise<Presentation> {
  const { spaceId, dimension } = networks.models.embedding;
  const watcher = openWatcher(networks, openGallery(spaceId, dimension), defaultGate);
  const reasons = new Map<NonNullable<Presentation["reason"]>, number>();
  const lumas: number[] = [];
  const widths: number[] = [];
  let score: number | null = null;
  let number = 0;
  for await (const jpeg of framesOf(path, signal)) {
    const monoMs = (number * 1000) / usualMode.framesPerS;
    const { face } = await watcher.observe(jpeg, { utcMs: monoMs, monoMs }, looking);
    const live = face?.live ?? null;
    if (live !== null) score = Math.max(score ?? 0, live);
    const reason = face === null ? "no-face" : (face.problem ?? "too-short");
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    if (face !== null && number % measureEvery === 0) {
      const conditions = await conditionsOf(networks, await decodePicture(jpeg));
      lumas.push(...conditions.lumas);
      widths.push(...conditions.widths);
    }
    number += 1;
  }
  const [worst] = [...reasons].sort(([, a], [, b]) => b - a);
  const reason = score !== null ? null : (worst?.[0] ?? "unreadable");
  return { score, reason, luma: medianOf(lumas), widthShare: medianOf(widths) };
}

async function conditionsOf(networks: Networks, picture: Picture) {
  const [face] = await networks.detector.faces(picture);
  if (face === undefined) return { lumas: [], widths: [] };
  const { light } = await examine(networks, picture, face.box);
  return { lumas: [light.luma], widths: [reachOf({ width: face.box.width / picture.width }, picture)] };
}

/** A clip's pictures one after the other. */
async function* framesOf(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { program, args } = clipCommand(path);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"], signal });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  child.once("error", (cause: NodeJS.ErrnoException) => {
    failed.reject(signal.aborted ? signal.reason : toolMissing(cause));
  });
  const parser = mjpegParser();
  try {
    // Reading waits while a picture is looked at, so ffmpeg does too: no more than a pipe full is ever held.
    const chunks = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    for (;;) {
      const { done, value } = await Promise.race([chunks.next(), failed.promise]);
      if (done === true) return;
      yield* parser.push(value);
    }
  } finally {
    child.kill("SIGKILL");
  }
}

/**
 * At most the camera's rate and no longer than the kiosk looks at anybody; no picture twice, each whole and as high as
 * the camera's on its short side.
 */
function clipCommand(path: string): Command {
  const { heightPx, framesPerS } = usualMode;
  const size = `scale='if(gt(iw,ih),-2,${heightPx})':'if(gt(iw,ih),${heightPx},-2)'`;
  return {
    program: "ffmpeg",
    args: [
      // A file of that very name, whatever protocol its name looks like.
      ...[
        "-nostdin",
        "-hide_banner",
        "-loglevel",
        "error",
        "-i",
        `file:${path}`,
        "-t",
        `${defaultPolicy.lookMs / 1000}`,
      ],
      ...["-an", "-vf", size, "-fpsmax", `${framesPerS}`, "-q:v", "3", "-f", "mpjpeg", "pipe:1"],
    ],
  };
}

const toolMissing = (cause: unknown): Fault =>
  new Fault(
    "tool-missing",
    "The program ffmpeg cannot be started",
    "Install ffmpeg (provisioning/setup.sh does).",
    cause,
  );

export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
