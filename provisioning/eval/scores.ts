/**
 * Scores of pairs, counted in bins instead of kept: 20,000 pictures make 200 million pairs. Two million bins are 16 MB
 * and tell scores apart that differ by a millionth, which no threshold here ever needs.
 */
export interface ScoreCounts {
  readonly add: (score: number) => void;
  readonly total: () => number;
  /** From the lowest score up; only bins that hold something. */
  readonly filled: () => Iterable<{ readonly bin: number; readonly count: number }>;
  readonly count: (bin: number) => number;
}

/** Similarities are in [-1, 1]. */
export const bins = 2_000_001;

const binOf = (score: number): number => {
  // NaN must not vanish into a bin: a score that is no number is a bug of whoever made it.
  if (!(score >= -1.001 && score <= 1.001)) throw new RangeError(`a similarity of ${score}`);
  return Math.round((Math.max(-1, Math.min(1, score)) + 1) * 1e6);
};

/** The similarity in the middle of a bin. */
export const scoreOf = (bin: number): number => (bin - 1_000_000) / 1e6;

export function openScores(): ScoreCounts {
  const counts = new Float64Array(bins);
  let total = 0;
  return {
    add: (score) => {
      const bin = binOf(score);
      counts[bin] = (counts[bin] ?? 0) + 1;
      total += 1;
    },
    total: () => total,
    filled: function* () {
      for (let bin = 0; bin < bins; bin++) {
        const count = counts[bin] ?? 0;
        if (count > 0) yield { bin, count };
      }
    },
    count: (bin) => counts[bin] ?? 0,
  };
}
