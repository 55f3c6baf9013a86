import { type Command, type Mode, usualMode } from "./commands.ts";

/** What a pretended camera can see. */
export type SceneSource =
  | { readonly file: string; readonly startS: number }
  /** One picture, held before the lens; `crop` in its own pixels. */
  | { readonly still: string; readonly crop: Rect }
  | { readonly empty: true };

export interface Rect {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface Scene {
  readonly id: string;
  readonly durationS: number;
  readonly source: SceneSource;
}

/** The same program and the same pipe as a real camera, reading a file in real time instead of a sensor. */
export function sceneCommand({ source, durationS }: Scene, mode: Mode = usualMode): Command {
  const { framesPerS } = mode;
  const fit = `${fillOf(mode)},fps=${framesPerS}`;
  const filter = "crop" in source ? `crop=${cropOf(source.crop)},${fit}` : fit;
  return {
    program: "ffmpeg",
    args: [
      ...[...quietly, "-re", ...inputOf(source, mode)],
      ...["-t", `${durationS}`, "-an", "-vf", filter, "-q:v", "4", "-f", "mpjpeg", "pipe:1"],
    ],
  };
}

/** Pictures of a stretch of a clip, as fast as they can be had: for enrolling from footage. */
export const stillsCommand = (file: string, startS: number, durationS: number, perS: number): Command => ({
  program: "ffmpeg",
  args: [
    ...[...quietly, "-ss", `${startS}`, "-t", `${durationS}`, "-i", file],
    ...["-an", "-vf", `fps=${perS},${fillOf(usualMode)}`, "-q:v", "3", "-f", "mpjpeg", "pipe:1"],
  ],
});

const quietly = ["-nostdin", "-hide_banner", "-loglevel", "error"];

/** Fills the picture as a camera would: nothing is stretched, what does not fit is cut off. */
const fillOf = ({ widthPx, heightPx }: Mode): string =>
  `scale=${widthPx}:${heightPx}:force_original_aspect_ratio=increase,crop=${widthPx}:${heightPx}`;

function inputOf(source: SceneSource, mode: Mode): readonly string[] {
  if ("file" in source) return ["-ss", `${source.startS}`, "-i", source.file];
  if ("still" in source) return ["-loop", "1", "-framerate", `${mode.framesPerS}`, "-i", source.still];
  return emptyRoom(mode);
}

/** A wall in evening light, and nobody: drawn, so that no picture of a room has to be fetched. */
const emptyRoom = ({ widthPx, heightPx, framesPerS }: Mode): readonly string[] => {
  const shade = `gradients=size=${widthPx}x${heightPx}:rate=${framesPerS}:c0=0xC9BFA9:c1=0x8F8672:x0=0:y0=0:x1=0:y1=${heightPx}:speed=0.00001`;
  // The grain of a sensor. ffmpeg's noise shifts packed RGB towards green, so it is laid on YUV.
  return ["-f", "lavfi", "-i", `${shade},format=yuv420p,noise=alls=4:allf=t`];
};

const cropOf = ({ leftPx, topPx, widthPx, heightPx }: Rect): string => `${widthPx}:${heightPx}:${leftPx}:${topPx}`;
