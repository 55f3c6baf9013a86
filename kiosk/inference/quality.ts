import type { Box, FaceProblem } from "../core/sight.ts";
import type { AlignedFace } from "./align.ts";
import { luma } from "./pixels.ts";

/** What an aligned face looks like as a photograph. */
export interface FaceLight {
  /** Mean brightness, 0..255. */
  readonly luma: number;
  /** Variance of the Laplacian of the brightness: small where edges are soft. */
  readonly sharpness: number;
}

/**
 * What a face must be like before anything is concluded from it. Widths are fractions of the picture's reference width:
 * its own, but never more than four thirds of its height, so that 16:9 and portrait cameras mean the same distance.
 */
export interface Gate {
  /** A face this wide is in the zone of active involvement: its owner stands at the clock. */
  readonly widthMin: number;
  /** A face once in the zone stays in it down to this width, so that nobody flickers at the border. */
  readonly widthStay: number;
  /** Down to this width a person who stepped back is told to come closer; beyond, they have left. */
  readonly widthSeen: number;
  readonly widthMax: number;
  /** Share of the picture's height: beyond it there is no surrounding left for the liveness model to judge. */
  readonly heightMax: number;
  /** The middle of the face stays this far inside the picture, as a fraction of width and height. */
  readonly marginMin: number;
  /** Largest |yaw| of the landmarks; see `yawOf`. */
  readonly yawMax: number;
  readonly lumaMin: number;
  readonly lumaMax: number;
  readonly sharpnessMin: number;
  /** A second face with this share of the largest one's area makes it unclear who is meant. */
  readonly secondAreaMax: number;
}

/**
 * Distances and light as docs/accuracy.md explains. The sharpness bound lies below everything usable that we measured
 * (49 to 330 on webcam clips enlarged to 640 px) and above a defocused print (16).
 */
export const defaultGate: Gate = {
  widthMin: 0.18,
  widthStay: 0.15,
  widthSeen: 0.1,
  widthMax: 0.55,
  heightMax: 0.85,
  marginMin: 0.2,
  yawMax: 0.25,
  lumaMin: 90,
  lumaMax: 200,
  sharpnessMin: 30,
  secondAreaMax: 0.6,
};

/** A template is looked at for years, a frame for a moment: an enrolment takes nothing that only just passes. */
export const enrolGate = (gate: Gate): Gate => ({
  ...gate,
  widthStay: gate.widthMin,
  lumaMin: gate.lumaMin + 10,
  lumaMax: gate.lumaMax - 10,
  sharpnessMin: 1.3 * gate.sharpnessMin,
});

/** Width of a face as the gate means it. */
export const reachOf = (
  box: Pick<Box, "width">,
  picture: { readonly width: number; readonly height: number },
): number => (box.width * picture.width) / Math.min(picture.width, (picture.height * 4) / 3);

/**
 * What the detector's box alone can tell, before any further work.
 * @param widthMin `gate.widthMin` for a newcomer, `gate.widthStay` for somebody who was in the zone before.
 */
export function placeProblem(box: Box, reach: number, widthMin: number, gate: Gate): FaceProblem | null {
  if (reach < widthMin) return "too-far";
  if (reach > gate.widthMax || box.height > gate.heightMax) return "too-close";
  const middleX = box.x + box.width / 2;
  const middleY = box.y + box.height / 2;
  const inside = Math.min(middleX, 1 - middleX, middleY, 1 - middleY);
  return inside < gate.marginMin ? "off-centre" : null;
}

/** @param yaw see `yawOf`. */
export function lookProblem(yaw: number, light: FaceLight, gate: Gate): FaceProblem | null {
  // Written so that a yaw that is no number counts as turned.
  if (!(Math.abs(yaw) <= gate.yawMax)) return "turned";
  if (light.luma < gate.lumaMin) return "too-dark";
  if (light.luma > gate.lumaMax) return "too-bright";
  return light.sharpness < gate.sharpnessMin ? "blurred" : null;
}

export function lightOf({ width, height, rgb }: AlignedFace): FaceLight {
  const grey = new Float32Array(width * height);
  let sum = 0;
  for (let at = 0, from = 0; at < grey.length; at++, from += 3) {
    const value = luma(rgb[from] ?? 0, rgb[from + 1] ?? 0, rgb[from + 2] ?? 0);
    grey[at] = value;
    sum += value;
  }
  return { luma: sum / grey.length, sharpness: laplacianVariance(grey, width, height) };
}

function laplacianVariance(grey: Float32Array, width: number, height: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at++) {
      const around = (grey[at - 1] ?? 0) + (grey[at + 1] ?? 0) + (grey[at - width] ?? 0) + (grey[at + width] ?? 0);
      const value = around - 4 * (grey[at] ?? 0);
      sum += value;
      squares += value * value;
    }
  }
  const count = (width - 2) * (height - 2);
  return squares / count - (sum / count) ** 2;
}
