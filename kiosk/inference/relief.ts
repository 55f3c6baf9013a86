import type { Point } from "./landmarks.ts";
import { planarResidual } from "./planarity.ts";

/**
 * Three marks by which a turned head differs from a turned sheet. The landmark network knows faces and sees a little nose
 * in every sheet, so none of them is enough by itself (docs/attacks.md has the distributions).
 */
export interface Relief {
  /** What the best homography leaves, in eye distances: a flat sheet leaves next to nothing. */
  readonly residual: number;
  /**
   * How far the tip of the nose left the line from its root to its base, in face heights and per unit of yaw. That line
   * stays straight on a sheet, even on one that is bent round an upright pole or folded along the nose.
   */
  readonly nose: number;
  /** The same way in pixels, as a share of what the homography leaves: a bent sheet moves its edges more than its nose. */
  readonly noseShare: number;
  /**
   * Distance of the eyes after the turn over what a head that turned so far keeps; below 1 it came nearer to edge-on than
   * its yaw explains. A sheet has no nose that runs ahead, so it must be turned twice as far.
   */
  readonly breadth: number;
}

/**
 * @param straight and `turned` 68 points each, in iBUG's order.
 * @param yaw by how much it turned, as `yawOf` counts; not 0.
 */
export function reliefOf(straight: readonly Point[], turned: readonly Point[], yaw: number): Relief {
  const before = marksOf(straight);
  const after = marksOf(turned);
  const residualPx = planarResidual(straight, turned) ?? 0;
  const shift = (after.noseAside / after.height - before.noseAside / before.height) * Math.sign(yaw);
  const narrowing = after.eyes / after.height / (before.eyes / before.height);
  return {
    residual: residualPx / after.eyes,
    nose: shift / Math.abs(yaw),
    noseShare: residualPx > 0 ? (shift * after.height) / residualPx : 0,
    breadth: narrowing * Math.hypot(1, yaw / yawAt45),
  };
}

/** A head's yaw grows as the tangent of its angle: it is no more than this at 45 degrees on the people we measured. */
const yawAt45 = 0.75;

interface Marks {
  readonly eyes: number;
  /** From between the eyes to between the corners of the mouth: a turn leaves it as it is. */
  readonly height: number;
  /** Tip of the nose beside the line from root to base; above 0 to the picture's right on an upright face. */
  readonly noseAside: number;
}

function marksOf(points: readonly Point[]): Marks {
  const leftEye = middle(points, [36, 37, 38, 39, 40, 41]);
  const rightEye = middle(points, [42, 43, 44, 45, 46, 47]);
  const eyes = middle(points, [36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47]);
  const mouth = middle(points, [48, 54]);
  const [root, tip, base] = [middle(points, [27]), middle(points, [30]), middle(points, [33])];
  const [x, y] = [base.x - root.x, base.y - root.y];
  return {
    eyes: Math.hypot(rightEye.x - leftEye.x, rightEye.y - leftEye.y),
    height: Math.hypot(mouth.x - eyes.x, mouth.y - eyes.y),
    noseAside: ((tip.x - root.x) * y - (tip.y - root.y) * x) / Math.hypot(x, y),
  };
}

function middle(points: readonly Point[], indices: readonly number[]): Point {
  let [x, y] = [0, 0];
  for (const at of indices) {
    x += (points[at]?.x ?? 0) / indices.length;
    y += (points[at]?.y ?? 0) / indices.length;
  }
  return { x, y };
}
