import type { Compared } from "./compare.ts";
import type { SystemResult } from "./result.ts";
import { type ScoreCounts, scoreOf } from "./scores.ts";

const curvePointsMax = 400;
/** Similarities from -1 to 1. */
const histogramSteps = 100;

/** What a result tells of one system. */
export function systemResult({ name, fte, genuine, impostors, auc, eer, points, curve }: Compared): SystemResult {
  return {
    name,
    fte,
    genuinePairs: genuine.total(),
    impostorPairs: impostors.total(),
    auc,
    eer,
    points,
    curve: curveResult(curve),
    histogram: { genuine: histogramOf(genuine), impostors: histogramOf(impostors) },
  };
}

/** Few enough to print: of the steps that look alike on logarithmic axes, one. */
function curveResult({ points, genuine, impostors }: Compared["curve"]): SystemResult["curve"] {
  const kept: (readonly [number, number, number])[] = [];
  let [lastX, lastY] = [-1, -1];
  // Begins fine and gets coarser until the points are few enough.
  for (let step = 0.005; kept.length === 0 || kept.length > curvePointsMax; step *= 1.5) {
    kept.length = 0;
    [lastX, lastY] = [-1, -1];
    for (const { threshold, falseMatches, falseNonMatches } of points) {
      const x = Math.log10(falseMatches + 1);
      const y = Math.log10(falseNonMatches + 1);
      if (Math.abs(x - lastX) + Math.abs(y - lastY) < step && threshold !== points.at(-1)?.threshold) continue;
      [lastX, lastY] = [x, y];
      kept.push([Math.min(1, threshold), share(falseMatches, impostors), share(falseNonMatches, genuine)]);
    }
  }
  return kept.map(([threshold, fmr, fnmr]): [number, number, number] => [threshold, fmr, fnmr]);
}

function histogramOf(scores: ScoreCounts): readonly number[] {
  const shares = new Array<number>(histogramSteps).fill(0);
  for (const { bin, count } of scores.filled()) {
    const at = Math.min(histogramSteps - 1, Math.floor(((scoreOf(bin) + 1) / 2) * histogramSteps));
    shares[at] = (shares[at] ?? 0) + count / scores.total();
  }
  return shares.map((value) => Math.min(1, value));
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
