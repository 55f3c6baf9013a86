/** Everything random in a world comes from one number, so that a world can be lived again. */
export interface Chance {
  /** In [0, 1). */
  readonly draw: () => number;
  /** Whole, in [from, to]. */
  readonly between: (from: number, to: number) => number;
  /** True in so many of a hundred cases. */
  readonly happens: (percent: number) => boolean;
}

/** Mulberry32: small, and good enough to choose misfortunes. */
export function openChance(seed: number): Chance {
  let state = seed >>> 0;
  const draw = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    draw,
    between: (from, to) => from + Math.floor(draw() * (to - from + 1)),
    happens: (percent) => draw() * 100 < percent,
  };
}
