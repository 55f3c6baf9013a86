import { bootstrapPeople, type PairScore } from "./bootstrap.ts";
import { type Proportion, proportionOf } from "./proportion.ts";
import { openScores, type ScoreCounts } from "./scores.ts";
import { areaUnder, type Curve, curveOf, equalErrorRate, ratesAt, thresholdFor } from "./verification.ts";

/** One recognition system's answers about one set: every pair of pictures once. */
export interface System<T> {
  readonly name: string;
  /** Null where the system could not describe the picture: its failure to enrol. */
  readonly descriptions: readonly (T | null)[];
  readonly similarity: (a: T, b: T) => number;
}

/** True match rate at one false match rate, and how sure that is. */
export interface WorkingPoint {
  readonly fmrTarget: number;
  readonly threshold: number;
  readonly fmr: Proportion;
  readonly fnmr: Proportion;
  /** 1 - FNMR. */
  readonly tar: number;
  /** 95 % over people; null with fewer than ten who have two pictures, and where nothing was missed: nothing to draw from. */
  readonly tarInterval: readonly [low: number, high: number] | null;
  /** The same where every genuine pair with a picture that was not described counts as missed. */
  readonly tarOfAll: number;
  /** Whether at least 30 false matches carry it (ISO/IEC 19795-1, rule of 30). */
  readonly isWellSupported: boolean;
}

export interface Compared {
  readonly name: string;
  readonly pictures: number;
  readonly fte: Proportion;
  readonly genuine: ScoreCounts;
  readonly impostors: ScoreCounts;
  readonly curve: Curve;
  readonly auc: number | null;
  readonly eer: { readonly rate: number; readonly threshold: number } | null;
  readonly points: readonly WorkingPoint[];
}

const fmrTargets = [1e-2, 1e-3, 1e-4] as const;
const replicates = 1_000;
const seed = 19_795;
/** Fewer people drawn anew say nothing about others. */
const peopleMin = 10;
/** Pairs kept for the intervals; with more of them there are no intervals over people. */
const keptMax = 2_000_000;
/** In a replicate the impostor pairs that matter may be up to so many times rarer than in the set itself. */
const reserve = 2;

/** @param people per picture, the number of its person. */
export function compareAll<T>(
  system: System<T>,
  people: readonly number[],
  onPictures: (count: number) => void,
): Compared {
  const { name, descriptions } = system;
  const genuine = openScores();
  const impostors = openScores();
  for (const [a, b, score] of pairs(system, people, onPictures))
    (people[a] === people[b] ? genuine : impostors).add(score);
  const all = genuinePairs(people);
  const missing = all - genuine.total();
  const curve = curveOf(genuine, impostors);
  const intervals = impostors.total() > 0 ? intervalsOf(system, people, impostors) : [];
  const points = fmrTargets.flatMap((fmrTarget, at): readonly WorkingPoint[] => {
    if (genuine.total() === 0 || impostors.total() === 0) return [];
    const threshold = thresholdFor(impostors, fmrTarget);
    const { falseMatches, falseNonMatches } = ratesAt(genuine, impostors, threshold);
    return [
      {
        fmrTarget,
        threshold,
        fmr: proportionOf(falseMatches, impostors.total()),
        fnmr: proportionOf(falseNonMatches, genuine.total()),
        tar: 1 - falseNonMatches / genuine.total(),
        tarInterval: falseNonMatches === 0 ? null : (intervals[at] ?? null),
        tarOfAll: 1 - (falseNonMatches + missing) / all,
        isWellSupported: falseMatches >= 30,
      },
    ];
  });
  const fte = proportionOf(descriptions.filter((one) => one === null).length, descriptions.length);
  const auc = areaUnder(genuine, impostors);
  return {
    name,
    pictures: descriptions.length,
    fte,
    genuine,
    impostors,
    curve,
    auc,
    eer: equalErrorRate(curve),
    points,
  };
}

/** Every pair of described pictures once. */
function* pairs<T>(
  { descriptions, similarity }: System<T>,
  people: readonly number[],
  onPictures: (count: number) => void,
): Generator<readonly [a: number, b: number, score: number]> {
  for (let a = 0; a < people.length; a++) {
    onPictures(a + 1);
    const first = descriptions[a] ?? null;
    if (first === null) continue;
    for (let b = a + 1; b < people.length; b++) {
      const second = descriptions[b] ?? null;
      if (second !== null) yield [a, b, similarity(first, second)];
    }
  }
}

function genuinePairs(people: readonly number[]): number {
  const sizes = new Map<number, number>();
  for (const person of people) sizes.set(person, (sizes.get(person) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
}

function intervalsOf<T>(system: System<T>, people: readonly number[], impostors: ScoreCounts) {
  const rate = Math.min(1, reserve * Math.max(...fmrTargets));
  if (rate * impostors.total() > keptMax) return [];
  const from = thresholdFor(impostors, rate);
  const kept: { readonly genuine: PairScore[]; readonly impostors: PairScore[] } = { genuine: [], impostors: [] };
  for (const [a, b, score] of pairs(system, people, () => {})) {
    const pair = { score, a: people[a] ?? 0, b: people[b] ?? 0 };
    if (pair.a === pair.b) kept.genuine.push(pair);
    else if (score >= from) kept.impostors.push(pair);
    if (kept.genuine.length > keptMax) return [];
  }
  const pictures = new Array<number>(Math.max(...people) + 1).fill(0);
  for (const [at, person] of people.entries()) {
    if (system.descriptions[at] != null) pictures[person] = (pictures[person] ?? 0) + 1;
  }
  if (pictures.filter((count) => count > 1).length < peopleMin) return [];
  return bootstrapPeople({ ...kept, pictures, rates: fmrTargets, replicates, seed });
}
