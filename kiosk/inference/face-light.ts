import type { FaceLit } from "../core/sight.ts";
import type { AlignedFace } from "./align.ts";
import type { FaceBox } from "./landmarks.ts";
import type { Picture } from "./picture.ts";
import { luma } from "./pixels.ts";
import type { FaceLight } from "./quality.ts";

/** Every so many pixels are enough for a mean of what is behind somebody. */
const strideBehind = 4;

/**
 * How a face is lit, for whoever fits the clock: what the gate judges by (`lightOf`), and beside it how much light and
 * shade the face has and how bright it is behind. A window behind people shows as `behind` far above `luma`.
 */
export function litOf(picture: Picture, box: FaceBox, aligned: AlignedFace, light: FaceLight): FaceLit {
  return { ...light, contrast: deviationOf(aligned, light.luma), behind: behindOf(picture, box) };
}

function deviationOf({ rgb }: AlignedFace, mean: number): number {
  let squares = 0;
  for (let at = 0; at < rgb.length; at += 3) {
    squares += (luma(rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0) - mean) ** 2;
  }
  return Math.sqrt((3 * squares) / rgb.length);
}

/** The box with half of itself around is the person: hair and shoulders are not the room. */
function behindOf({ width, height, rgb }: Picture, box: FaceBox): number {
  const left = box.x - box.width / 2;
  const right = box.x + 1.5 * box.width;
  const top = box.y - box.height / 2;
  let [sum, count] = [0, 0];
  for (let y = 0; y < height; y += strideBehind) {
    for (let x = 0; x < width; x += strideBehind) {
      if (x >= left && x <= right && y >= top) continue;
      const at = (y * width + x) * 3;
      sum += luma(rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0);
      count += 1;
    }
  }
  return count === 0 ? 0 : sum / count;
}
