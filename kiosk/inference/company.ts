import { area, type Face, overlap } from "./detect.ts";
import { cropAround } from "./liveness.ts";
import type { Picture } from "./picture.ts";
import type { PadSpec } from "./specs/pad.ts";

/** Smaller than this share of the followed face's area, a face in the background decides no crop. */
const companyAreaMin = 0.25;

/**
 * Whether another face reaches into what the liveness models are shown: a living stranger beside a photograph makes
 * the photograph look alive, and the other way round.
 */
export function hasCompany(picture: Picture, face: Face, faces: readonly Face[], pads: readonly PadSpec[]): boolean {
  const rivals = faces.filter((other) => other !== face && area(other.box) >= companyAreaMin * area(face.box));
  if (rivals.length === 0) return false;
  const crops = pads.flatMap((pad) => pad.crops.map((crop) => cropAround(picture, face.box, crop)));
  return rivals.some(({ box }) => crops.some((crop) => overlap(box, crop) > 0));
}
