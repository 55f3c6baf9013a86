/**
 * An interval for figures made of pairs. Pairs that share a person stand or fall together, so people are drawn anew, not
 * pairs: in each replicate a person counts as often as they were drawn, a genuine pair as often as its person, an
 * impostor pair as often as both of its people together, and the threshold is set anew from the impostor pairs so drawn.
 * Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3 (percentile interval), with people
 * as the unit, as in Bolle, Ratha and Pankanti, Computer Vision and Image Understanding 93, 2004 (subsets bootstrap).
 */

export interface PairScore {
  readonly score: number;
  /** Indices of people; the same twice in a genuine pair. */
  readonly a: number;
  readonly b: number;
}

export interface BootstrapInput {
  /** Pictures of each person that became a template. */
  readonly pictures: readonly number[];
  /** All impostor pairs from some similarity on, low enough for twice the highest rate that is asked. */
  readonly impostors: readonly PairScore[];
  /** All genuine pairs. */
  readonly genuine: readonly PairScore[];
  readonly rates: readonly number[];
  readonly replicates: number;
  readonly seed: number;
}

/** @returns for each rate the middle 95 % of the replicates' true match rates; null where too few people repeat. */
export function bootstrapPeople(input: BootstrapInput): readonly (readonly [low: number, high: number] | null)[] {
  const { pictures, rates, replicates, seed } = input;
  const impostors = input.impostors.toSorted((x, y) => y.score - x.score);
  const genuine = input.genuine.toSorted((x, y) => x.score - y.score);
  const random = randomFrom(seed);
  const found: number[][] = rates.map(() => []);
  const drawn = new Float64Array(pictures.length);
  for (let replicate = 0; replicate < replicates; replicate++) {
    drawn.fill(0);
    for (let draw = 0; draw < pictures.length; draw++) {
      const who = Math.floor(random() * pictures.length);
      drawn[who] = (drawn[who] ?? 0) + 1;
    }
    const { genuineTotal, impostorTotal } = totals(pictures, drawn);
    if (genuineTotal === 0 || impostorTotal === 0) continue;
    rates.forEach((rate, at) => {
      const threshold = thresholdOf(impostors, drawn, rate * impostorTotal);
      let missed = 0;
      for (const { score, a } of genuine) {
        if (score > threshold) break;
        missed += drawn[a] ?? 0;
      }
      found[at]?.push(1 - missed / genuineTotal);
    });
  }
  return found.map((values) => (values.length < replicates / 2 ? null : middleOf(values)));
}

function totals(pictures: readonly number[], drawn: Float64Array) {
  let [genuineTotal, all, squares] = [0, 0, 0];
  pictures.forEach((count, who) => {
    const weight = drawn[who] ?? 0;
    genuineTotal += (weight * count * (count - 1)) / 2;
    all += weight * count;
    squares += (weight * count) ** 2;
  });
  return { genuineTotal, impostorTotal: (all ** 2 - squares) / 2 };
}

/** The highest similarity that must not match any more; -1 where all may. */
function thresholdOf(descending: readonly PairScore[], drawn: Float64Array, allowed: number): number {
  let weight = 0;
  for (const { score, a, b } of descending) {
    weight += (drawn[a] ?? 0) * (drawn[b] ?? 0);
    if (weight > allowed + 1e-6) return score;
  }
  return descending.at(-1)?.score ?? -1;
}

function middleOf(values: number[]): readonly [number, number] {
  const sorted = values.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

/** The same numbers for the same seed on every machine (mulberry32): whoever repeats a run gets the same interval. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
