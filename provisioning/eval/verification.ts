import { bins, type ScoreCounts, scoreOf } from "./scores.ts";

/** How often two pictures are judged rightly, threshold by threshold: ISO/IEC 19795-1's view of a comparison (1:1). */

export interface RatesAt {
  /** A pair matches from this similarity on. */
  readonly threshold: number;
  /** Impostor pairs that match. */
  readonly falseMatches: number;
  /** Genuine pairs that do not. */
  readonly falseNonMatches: number;
}

export interface Curve {
  readonly genuine: number;
  readonly impostors: number;
  /** Every threshold at which something changes, the strictest (nothing matches) first. */
  readonly points: readonly RatesAt[];
}

/** At most so many points; where there are more steps, only those that a picture of the curve can show are kept. */
const pointsMax = 4_000;

export function curveOf(genuine: ScoreCounts, impostors: ScoreCounts): Curve {
  const all: RatesAt[] = [{ threshold: 1.000_001, falseMatches: 0, falseNonMatches: genuine.total() }];
  let falseMatches = 0;
  let matches = 0;
  let [lastX, lastY] = [0, 0];
  // With many pairs, a step is kept when it moves one of the logarithmic axes by a thousandth of a decade.
  for (let bin = bins - 1; bin >= 0; bin--) {
    const [impostorsHere, genuineHere] = [impostors.count(bin), genuine.count(bin)];
    if (impostorsHere + genuineHere === 0) continue;
    falseMatches += impostorsHere;
    matches += genuineHere;
    const falseNonMatches = genuine.total() - matches;
    const x = Math.log10(falseMatches + 1);
    const y = Math.log10(falseNonMatches + 1);
    const isStep = Math.abs(x - lastX) + Math.abs(y - lastY) >= 0.002;
    if (all.length > pointsMax / 2 && !isStep && falseNonMatches > 0) continue;
    [lastX, lastY] = [x, y];
    all.push({ threshold: scoreOf(bin), falseMatches, falseNonMatches });
  }
  return { genuine: genuine.total(), impostors: impostors.total(), points: all };
}

/** At this similarity or above, exactly. */
export function ratesAt(genuine: ScoreCounts, impostors: ScoreCounts, threshold: number): RatesAt {
  let [falseMatches, matches] = [0, 0];
  for (const { bin, count } of impostors.filled()) if (scoreOf(bin) >= threshold) falseMatches += count;
  for (const { bin, count } of genuine.filled()) if (scoreOf(bin) >= threshold) matches += count;
  return { threshold, falseMatches, falseNonMatches: genuine.total() - matches };
}

/** The most lenient threshold at which no more than `rate` of the impostor pairs match. */
export function thresholdFor(impostors: ScoreCounts, rate: number): number {
  // A millionth of a pair for the rounding of rates like 0.001.
  const allowed = rate * impostors.total() + 1e-6;
  let falseMatches = 0;
  for (let bin = bins - 1; bin >= 0; bin--) {
    falseMatches += impostors.count(bin);
    if (falseMatches > allowed) return scoreOf(bin + 1);
  }
  return -1;
}

/**
 * The chance that a genuine pair is more alike than an impostor pair, ties counting half: the area under the ROC
 * (Hanley and McNeil, Radiology 143, 1982).
 */
export function areaUnder(genuine: ScoreCounts, impostors: ScoreCounts): number | null {
  if (genuine.total() === 0 || impostors.total() === 0) return null;
  let [impostorsBelow, wins] = [0, 0];
  for (let bin = 0; bin < bins; bin++) {
    const here = impostors.count(bin);
    wins += genuine.count(bin) * (impostorsBelow + here / 2);
    impostorsBelow += here;
  }
  return wins / genuine.total() / impostors.total();
}

/** Where FMR and FNMR are nearest to each other: their mean there. A figure to compare systems by, no working point. */
export function equalErrorRate({ genuine, impostors, points }: Curve): { rate: number; threshold: number } | null {
  if (genuine === 0 || impostors === 0) return null;
  let best = { rate: 1, threshold: 1, gap: Infinity };
  for (const { threshold, falseMatches, falseNonMatches } of points) {
    const [fmr, fnmr] = [falseMatches / impostors, falseNonMatches / genuine];
    const gap = Math.abs(fmr - fnmr);
    if (gap < best.gap) best = { rate: (fmr + fnmr) / 2, threshold, gap };
  }
  return { rate: best.rate, threshold: best.threshold };
}
