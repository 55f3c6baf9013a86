/** What one picture of a face offers, all from parts that looked at it anyway. */
export interface FaceFacts {
  /** Width of the face as the gate means it (`reachOf`), in [0, 1]. */
  readonly reach: number;
  /** Mean brightness, 0..255, and variance of the Laplacian, both of the aligned face (`lightOf`). */
  readonly luma: number;
  readonly sharpness: number;
  /** See `yawOf`. */
  readonly yaw: number;
  /** The detector's confidence, in [0, 1]. */
  readonly score: number;
}

/**
 * How good a frame of a face is for being recognised, in [0, 100].
 *
 * Five measures in the spirit of ISO/IEC 29794-5 (size, illumination, sharpness, pose, detection), combined as their
 * geometric mean so that one that is useless makes the whole useless. It is our own measure and not that standard's: it
 * orders the frames of one clock, and must not be compared with another vendor's number. It never falls when a face
 * comes nearer, gets sharper, straighter or more certain, or when its brightness moves towards the best range.
 */
export function qualityOf({ reach, luma, sharpness, yaw, score }: FaceFacts): number {
  const parts = [
    share(reach, 0.08, 0.25),
    Math.min(share(luma, 40, 120), share(luma, 240, 170)),
    // Edges count by their order of magnitude: from 50 to 100 is a step, from 250 to 300 is nothing.
    share(Math.log(Math.max(1, sharpness)), Math.log(12), Math.log(150)),
    share(Math.abs(yaw), 0.5, 0.05),
    share(score, 0.5, 0.98),
  ];
  return 100 * parts.reduce((product, part) => product * part, 1) ** (1 / parts.length);
}

/** 0 at `worst` and beyond, 1 at `best` and beyond, straight in between; whatever is no number is worthless. */
function share(value: number, worst: number, best: number): number {
  const part = (value - worst) / (best - worst);
  return part > 0 ? Math.min(1, part) : 0;
}
