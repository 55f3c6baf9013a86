import type { FivePoints, Point } from "./landmarks.ts";
import type { Picture } from "./picture.ts";
import type { Rect } from "./pixels.ts";
import type { EmbeddingSpec } from "./specs/embedding.ts";
import { squared } from "./square.ts";

/**
 * An upright face as the embedding model wants it: width x height x 3, RGB, row-major, 0..255. Whole levels, as the
 * pictures were that such models are trained on: see docs/decisions/0007-evaluation.md.
 */
export interface AlignedFace {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8ClampedArray;
}

/** x' = a x - b y + dx, y' = b x + a y + dy. */
interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly dx: number;
  readonly dy: number;
}

/**
 * Cuts a face out as the embedding model was trained on it, bilinearly; the edge is repeated.
 *
 * By five points it is turned, scaled and shifted onto the reference points: a similarity, not an affine map, because
 * three points and shear cost 24 points of accuracy (docs/accuracy.md). Models trained on plain boxes get the box.
 */
export function alignFace(picture: Picture, box: Rect, points: FivePoints, spec: EmbeddingSpec): AlignedFace {
  const { width, height } = spec.input;
  const map =
    spec.align.method === "box" ? boxMap(box, spec.align, spec.input) : pointsMap(points, spec.align.template);
  const rgb = new Uint8ClampedArray(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      samplePixel(picture, map.xx * x + map.xy * y + map.dx, map.yx * x + map.yy * y + map.dy, rgb, at);
    }
  }
  return { width, height, rgb };
}

/** From the aligned face to the picture: x' = xx x + xy y + dx, y' = yx x + yy y + dy. */
interface AffineMap {
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
  readonly dx: number;
  readonly dy: number;
}

function pointsMap(points: FivePoints, template: readonly (readonly [number, number])[]): AffineMap {
  const { leftEye, rightEye, nose, leftMouth, rightMouth } = points;
  const from = template.map(([x, y]) => ({ x, y }));
  const { a, b, dx, dy } = leastSquares(from, [leftEye, rightEye, nose, leftMouth, rightMouth]);
  return { xx: a, xy: -b, yx: b, yy: a, dx, dy };
}

type BoxAlign = Extract<EmbeddingSpec["align"], { readonly method: "box" }>;

function boxMap(box: Rect, { square, scale }: BoxAlign, { width, height }: EmbeddingSpec["input"]): AffineMap {
  const rect = squared(box, square, scale);
  const xx = rect.width / width;
  const yy = rect.height / height;
  // Pixel centres lie at half coordinates, as everywhere here.
  return { xx, xy: 0, yx: 0, yy, dx: rect.x + 0.5 * xx - 0.5, dy: rect.y + 0.5 * yy - 0.5 };
}

/** The similarity that brings `from` nearest to `to` in the least-squares sense (Umeyama 1991, in two dimensions). */
export function leastSquares(from: readonly Point[], to: readonly Point[]): Similarity {
  const centreFrom = centre(from);
  const centreTo = centre(to);
  let [real, imaginary, norm] = [0, 0, 0];
  from.forEach((point, at) => {
    const px = point.x - centreFrom.x;
    const py = point.y - centreFrom.y;
    const qx = (to[at]?.x ?? 0) - centreTo.x;
    const qy = (to[at]?.y ?? 0) - centreTo.y;
    real += px * qx + py * qy;
    imaginary += px * qy - py * qx;
    norm += px * px + py * py;
  });
  if (norm === 0) throw new RangeError("reference points that are all in one place");
  const a = real / norm;
  const b = imaginary / norm;
  return {
    a,
    b,
    dx: centreTo.x - (a * centreFrom.x - b * centreFrom.y),
    dy: centreTo.y - (b * centreFrom.x + a * centreFrom.y),
  };
}

function centre(points: readonly Point[]): Point {
  let [x, y] = [0, 0];
  for (const point of points) {
    x += point.x;
    y += point.y;
  }
  return { x: x / points.length, y: y / points.length };
}

function samplePixel({ rgb, width, height }: Picture, x: number, y: number, into: Uint8ClampedArray, at: number): void {
  const clampedX = Math.max(0, Math.min(width - 1, x));
  const clampedY = Math.max(0, Math.min(height - 1, y));
  const left = Math.floor(clampedX);
  const top = Math.floor(clampedY);
  const shareRight = clampedX - left;
  const shareBelow = clampedY - top;
  const toRight = left + 1 < width ? 3 : 0;
  const toBelow = top + 1 < height ? width * 3 : 0;
  const start = (top * width + left) * 3;
  for (let channel = 0; channel < 3; channel++) {
    const from = start + channel;
    const above = (rgb[from] ?? 0) * (1 - shareRight) + (rgb[from + toRight] ?? 0) * shareRight;
    const below = (rgb[from + toBelow] ?? 0) * (1 - shareRight) + (rgb[from + toBelow + toRight] ?? 0) * shareRight;
    into[at + channel] = above * (1 - shareBelow) + below * shareBelow;
  }
}
