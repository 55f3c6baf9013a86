/**
 * What a site has to keep to, and where each number comes from. Millimetres, brightness on 0..255, shares in [0, 1].
 */

/** The clock's own gate refuses below and above; in between, this is where the passive score was best (docs/accuracy.md). */
export const light = { lumaMin: 90, lumaMax: 200, lumaGoodMin: 110, lumaGoodMax: 180 };
/** A guess of ours, held against no footage: below, a face has no shade to recognise it by. */
export const contrastMin = 20;
/** Our own: so much brighter than the face, and the camera exposes for the window. */
export const behindMax = 60;
/** The clock's gate; below it, hold still or clean the lens. */
export const sharpnessMin = 30;
/** Of the pictures with a face, at least so many must be usable. */
export const goodShareMin = 0.8;
/** Fewer usable pictures say nothing. */
export const goodMin = 5;

/** Three times of a day are three when they are so far apart. */
export const lightsWanted = 3;
export const apartMs = 2 * 3_600_000;

/**
 * Reach from a wheelchair, forwards and sideways with nothing in between: 15 to 48 inches above the floor (ADA 308), and
 * the free floor that a chair needs, 30 by 48 inches (ADA 305). EN 301 549, 8.3, asks for the same of fixed devices.
 */
export const reach = { lowestMm: 380, highestMm: 1_220, floorWideMm: 760, floorDeepMm: 1_220 };

/** A receipt that takes longer is a network that will be complained about. */
export const receiptMs = 10_000;
/** More living people than this turned away, and it is a matter of light before it is one of numbers. */
export const bpcerMax = 0.1;
