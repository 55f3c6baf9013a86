import type { FacePoints, Point } from "./landmarks.ts";
import type { Rect } from "./pixels.ts";

/** What one picture tells of how a followed face moves. */
export interface Motion {
  readonly atMs: number;
  /** Which appearance: a movement belongs to one unbroken track. */
  readonly track: number;
  /** In pixels, like the points. */
  readonly box: Rect;
  readonly picture: { readonly width: number; readonly height: number };
  readonly points: FacePoints;
  /** As `yawOf` gives it: above 0 to the picture's right. */
  readonly yaw: number;
  /** How closed each eye is, in [0, 1], left and right as in the picture; null where nobody looked. */
  readonly eyes: { readonly left: number; readonly right: number } | null;
  /** Length 1; only for frames that passed the quality gate. */
  readonly vector: Float32Array | null;
}

/** Beyond this the landmarks themselves have come off the face (glasses under blur, a full profile). */
const yawMax = 1.2;
/** A face does not come so much nearer from one look to the next; points that fell on something else do. */
const growthMax = 1.6;
/** Share of the box's size that points may lie outside it. A chin below the box is ordinary, an eye a face away is not. */
const outsideMax = 0.5;

/**
 * Whether the landmarks can be those of a face at all. What is not neither passes nor fails a movement.
 * @param before the last plausible motion of the same track, if any.
 */
export function isPlausible(motion: Motion, before: Motion | null): boolean {
  if (!(Math.abs(motion.yaw) <= yawMax)) return false;
  if (!motion.points.all.every((point) => isAround(motion.box, point))) return false;
  const size = eyeDistance(motion);
  if (!(size > 0)) return false;
  if (before === null || before.track !== motion.track) return true;
  // A turned head's eyes come nearer to each other, so the height of the face decides together with them.
  const growth = Math.max(size, faceHeight(motion)) / Math.max(eyeDistance(before), faceHeight(before));
  return growth <= growthMax && growth >= 1 / growthMax;
}

function eyeDistance({ points: { five } }: Pick<Motion, "points">): number {
  return Math.hypot(five.rightEye.x - five.leftEye.x, five.rightEye.y - five.leftEye.y);
}

/** From between the eyes to between the corners of the mouth: hardly changed by turning. */
function faceHeight({ points: { five } }: Pick<Motion, "points">): number {
  const { leftEye, rightEye, leftMouth, rightMouth } = five;
  const across = leftMouth.x + rightMouth.x - leftEye.x - rightEye.x;
  const down = leftMouth.y + rightMouth.y - leftEye.y - rightEye.y;
  return Math.hypot(across, down) / 2;
}

function isAround({ x, y, width, height }: Rect, point: Point): boolean {
  const besideX = Math.abs(point.x - x - width / 2);
  const besideY = Math.abs(point.y - y - height / 2);
  // Written so that a coordinate that is no number is not around.
  return besideX <= width * (0.5 + outsideMax) && besideY <= height * (0.5 + outsideMax);
}
