import type { Picture } from "../../kiosk/inference/picture.ts";

/**
 * A photograph held before a pinhole camera: the only attack whose physics fits in a hundred lines, so it is computed
 * instead of played.
 */

/** How a sheet is bent; `radius` and distances in pixels of the photograph. */
export type Shape =
  | { readonly as: "flat" }
  /** Round a pole that stands upright or lies across; convex towards the camera, or hollow. */
  | {
      readonly as: "bent";
      readonly radius: number;
      readonly round: "upright" | "across";
      readonly is: "convex" | "hollow";
    }
  /** Along the line of the nose, both halves going back by this slope: 0.5 is about 27 degrees each. */
  | { readonly as: "folded"; readonly slope: number };

export interface Held {
  readonly picture: Picture;
  /** What part of it is printed; the middle of this is where it is held. In pixels of the photograph. */
  readonly cut: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly shape: Shape;
}

export interface Pose {
  /** Degrees: round the upright axis (above 0 as a head that turns to the picture's right), nodding, and tilting. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  /** Pixels of the camera's picture, from its middle. */
  readonly x: number;
  readonly y: number;
  /** Pixels of the camera's picture per pixel of the photograph, where it is held straight. */
  readonly scale: number;
}

export const straightPose: Pose = { yaw: 0, pitch: 0, roll: 0, x: 0, y: 0, scale: 1 };

export interface Lens {
  readonly width: number;
  readonly height: number;
  /** Pixels; 0.9 of the width is 58 degrees across. */
  readonly focal: number;
}

export const usualLens: Lens = { width: 640, height: 480, focal: 576 };

type Vector = [number, number, number];

/** @param behind what the camera sees where the sheet is not; as large as the lens says. */
export function photographed({ picture, cut, shape }: Held, pose: Pose, behind: Picture, lens = usualLens): Picture {
  const { width, height, focal } = lens;
  const turn = rotation(pose);
  const from = inverse(turn, [-pose.x / pose.scale, -pose.y / pose.scale, -focal / pose.scale]);
  const middleX = cut.x + cut.width / 2;
  const middleY = cut.y + cut.height / 2;
  const rgb = Uint8Array.from(behind.rgb);
  // One ray and one place for all pixels: a sweep makes hundreds of pictures.
  const ray: Vector = [0, 0, 0];
  const place: Place = { u: 0, v: 0 };
  for (let y = 0, at = 0; y < height; y++) {
    const [left, next] = [
      inverse(turn, [-width / 2 / focal, (y - height / 2) / focal, 1]),
      inverse(turn, [1 / focal, 0, 0]),
    ];
    for (let x = 0; x < width; x++, at += 3) {
      ray[0] = left[0] + x * next[0];
      ray[1] = left[1] + x * next[1];
      ray[2] = left[2] + x * next[2];
      if (!meets(shape, from, ray, place)) continue;
      const [u, v] = [place.u + middleX, place.v + middleY];
      const isOnSheet = u >= cut.x && v >= cut.y && u < cut.x + cut.width - 1 && v < cut.y + cut.height - 1;
      if (isOnSheet) sample(picture, u, v, rgb, at);
    }
  }
  return { width, height, rgb };
}

/** In the sheet's own unrolled coordinates, from its middle. */
interface Place {
  u: number;
  v: number;
}

/** Where a ray meets the sheet. @returns false where it passes by. */
function meets(shape: Shape, from: Vector, ray: Vector, place: Place): boolean {
  switch (shape.as) {
    case "flat": {
      const s = -from[2] / ray[2];
      place.u = from[0] + s * ray[0];
      place.v = from[1] + s * ray[1];
      return s > 0;
    }
    case "folded":
      return meetsFold(shape.slope, from, ray, place);
    case "bent": {
      if (shape.round === "upright") return meetsPole(shape, from, ray, place);
      // Lying is standing with x and y exchanged, before and after.
      const isMet = meetsPole(shape, [from[1], from[0], from[2]], [ray[1], ray[0], ray[2]], place);
      const { u, v } = place;
      place.u = v;
      place.v = u;
      return isMet;
    }
  }
}

type Bent = Extract<Shape, { as: "bent" }>;

function meetsPole({ radius, is }: Bent, from: Vector, ray: Vector, place: Place): boolean {
  // The pole stands behind the sheet where that is convex, before it where it is hollow.
  const pole = is === "convex" ? radius : -radius;
  const z = from[2] - pole;
  const a = ray[0] ** 2 + ray[2] ** 2;
  const b = from[0] * ray[0] + z * ray[2];
  const root = b * b - a * (from[0] ** 2 + z * z - radius * radius);
  if (root < 0) return false;
  const s = (-b + (is === "convex" ? -Math.sqrt(root) : Math.sqrt(root))) / a;
  place.u = radius * Math.atan2(from[0] + s * ray[0], Math.abs(from[2] + s * ray[2] - pole));
  place.v = from[1] + s * ray[1];
  return s > 0;
}

function meetsFold(slope: number, from: Vector, ray: Vector, place: Place): boolean {
  let nearest = Infinity;
  for (const side of [-1, 1]) {
    const s = (slope * side * from[0] - from[2]) / (ray[2] - slope * side * ray[0]);
    const x = from[0] + s * ray[0];
    if (s <= 0 || x * side < 0 || s >= nearest) continue;
    nearest = s;
    place.u = x * Math.hypot(1, slope);
    place.v = from[1] + s * ray[1];
  }
  return nearest < Infinity;
}

/** Rows of the matrix that turns the sheet's coordinates (x right, y down, z away) into the camera's. */
function rotation({ yaw, pitch, roll }: Pose): readonly [Vector, Vector, Vector] {
  // Above 0, the right side of the sheet goes back: as a head that looks to the picture's right.
  const [cy, sy] = [Math.cos(radians(yaw)), Math.sin(radians(yaw))];
  const [cp, sp] = [Math.cos(radians(pitch)), Math.sin(radians(pitch))];
  const [cr, sr] = [Math.cos(radians(roll)), Math.sin(radians(roll))];
  return [
    [cr * cy - sr * sp * sy, -sr * cp, -cr * sy - sr * sp * cy],
    [sr * cy + cr * sp * sy, cr * cp, -sr * sy + cr * sp * cy],
    [cp * sy, -sp, cp * cy],
  ];
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

const inverse = ([a, b, c]: readonly [Vector, Vector, Vector], [x, y, z]: Vector): Vector => [
  a[0] * x + b[0] * y + c[0] * z,
  a[1] * x + b[1] * y + c[1] * z,
  a[2] * x + b[2] * y + c[2] * z,
];

function sample({ rgb, width }: Picture, u: number, v: number, into: Uint8Array, at: number): void {
  const left = Math.floor(u);
  const top = Math.floor(v);
  const [right, below] = [u - left, v - top];
  const start = (top * width + left) * 3;
  for (let channel = start; channel < start + 3; channel++) {
    const upper = (rgb[channel] ?? 0) * (1 - right) + (rgb[channel + 3] ?? 0) * right;
    const lower = (rgb[channel + width * 3] ?? 0) * (1 - right) + (rgb[channel + width * 3 + 3] ?? 0) * right;
    into[at + channel - start] = upper * (1 - below) + lower * below;
  }
}
