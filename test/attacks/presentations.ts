import sharp from "sharp";
import type { Picture } from "../../kiosk/inference/picture.ts";
import { ffmpegJpegs } from "../unit/inference/clips.ts";
import { type Pose, photographed, type Shape, straightPose, usualLens } from "./photo.ts";
import { type Portrait, wallOf } from "./sheets.ts";
import { cameraFit } from "./stage.ts";

/** What somebody holds before the lens, as the camera would compress it. */

const encoded = ({ rgb, width, height }: Picture): Promise<Uint8Array> =>
  sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer();

/** How it is held: a pose, but how near as a share of where a person stands. */
export interface Hold extends Partial<Omit<Pose, "scale">> {
  readonly nearness?: number;
}

export interface Print {
  readonly portrait: Portrait;
  readonly shape?: Shape;
  readonly poses: readonly Hold[];
  /** What else the camera sees, a picture for each pose; a wall by default. */
  readonly behind?: readonly Picture[];
}

/** A print, in a picture for each pose. No two are the same: a sensor has its grain. */
export async function printed({ portrait, shape = { as: "flat" }, poses, behind }: Print): Promise<Uint8Array[]> {
  const wall = wallOf(usualLens);
  const jpegs: Uint8Array[] = [];
  for (const [at, { nearness = 1, ...pose }] of poses.entries()) {
    const held = { ...straightPose, ...pose, scale: portrait.scale * nearness };
    const picture = photographed({ ...portrait, shape }, held, behind?.[at] ?? wall);
    jpegs.push(await encoded(grained(picture, at + 1)));
  }
  return jpegs;
}

function grained({ rgb, width, height }: Picture, seed: number): Picture {
  let state = seed;
  const noisy = rgb.map((value) => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.max(0, Math.min(255, value + (state % 5) - 2));
  });
  return { width, height, rgb: noisy };
}

export interface Recording {
  readonly clip: string;
  readonly fromS: number;
  readonly fps: number;
  readonly count: number;
}

export const live = ({ clip, fromS, fps, count }: Recording): Promise<readonly Uint8Array[]> =>
  filtered(clip, fromS, count, `fps=${fps},${cameraFit}`);

/** A phone that plays a clip: black rim, a screen's stronger light, the pattern of two grids, a lamp in the glass. */
export function onPhone({ clip, fromS, fps, count }: Recording): Promise<readonly Uint8Array[]> {
  const grids = "(0.95+0.05*sin(2.2*X)*sin(2.1*Y))";
  const lamp = "55*exp(-((X-430)*(X-430)+(Y-130)*(Y-130))/7000)";
  const screen = `geq=lum='clip((lum(X,Y)-16)*1.08*${grids}+16+${lamp},16,250)':cb='cb(X,Y)':cr='cr(X,Y)'`;
  const tilted = "perspective=x0=6:y0=4:x1=W-2:y1=0:x2=0:y2=H-3:x3=W-8:y3=H";
  const rim = "scale=536:402,pad=580:450:22:24:black";
  const held = `${rim},${tilted},pad=640:480:30:15:0x9a968c,noise=alls=4:allf=t`;
  return filtered(clip, fromS, count, `fps=${fps},${cameraFit},${screen},${held}`);
}

/** A tablet so near that its rim is outside the picture: nothing around the face gives it away. */
export function onTablet({ clip, fromS, fps, count }: Recording): Promise<readonly Uint8Array[]> {
  const screen = "eq=gamma=1.1:contrast=1.05,noise=alls=4:allf=t";
  return filtered(clip, fromS, count, `fps=${fps},${cameraFit},${screen}`);
}

const filtered = (clip: string, fromS: number, count: number, filter: string): Promise<readonly Uint8Array[]> =>
  ffmpegJpegs(["-ss", `${fromS}`, "-i", clip, "-vf", filter, "-frames:v", `${count}`]);

/** Hands that try to hold still, and hands that do not. */
export const still = (count: number): readonly Hold[] =>
  Array.from({ length: count }, (_, at) => ({
    x: Math.sin(at),
    y: Math.cos(1.3 * at),
    roll: 0.3 * Math.sin(0.7 * at),
  }));

export const wobbled = (count: number): readonly Hold[] =>
  Array.from({ length: count }, (_, at) => ({
    ...{ yaw: 12 * Math.sin(0.9 * at), pitch: 6 * Math.sin(0.5 * at), roll: 6 * Math.sin(0.6 * at) },
    ...{ x: 14 * Math.sin(0.8 * at), y: 10 * Math.cos(0.7 * at) },
  }));

/** As a share of how near a person stands. */
export const approaching = (count: number): readonly Hold[] =>
  Array.from({ length: count }, (_, at) => ({ nearness: 0.75 + (0.6 * at) / count, x: Math.sin(at) }));
