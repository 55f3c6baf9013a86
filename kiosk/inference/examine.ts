import { type AlignedFace, alignFace } from "./align.ts";
import { type FaceBox, type FacePoints, yawOf } from "./landmarks.ts";
import type { Networks } from "./networks.ts";
import type { Picture } from "./picture.ts";
import { type FaceLight, lightOf } from "./quality.ts";

/** What one picture shows of one face, before anything is concluded about who it is. */
export interface Examined {
  readonly points: FacePoints;
  /** See `yawOf`. */
  readonly yaw: number;
  readonly aligned: AlignedFace;
  readonly light: FaceLight;
}

export async function examine(networks: Networks, picture: Picture, box: FaceBox): Promise<Examined> {
  const points = await networks.landmarks.points(picture, box);
  const aligned = alignFace(picture, box, points.five, networks.models.embedding);
  return { points, yaw: yawOf(points.five), aligned, light: lightOf(aligned) };
}
