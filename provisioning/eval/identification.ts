import { dot, meanDirection } from "../../kiosk/inference/vector.ts";
import type { Sample } from "./sample.ts";

/**
 * A search among everybody (1:N) as ISO/IEC 19795-1 counts it. The gallery holds the first pictures of each person, never
 * the one that is being looked for.
 */

export interface SearchRules {
  /** Templates per person: 1, or 3 with their mean beside them, as an enrolment keeps them. */
  readonly templates: 1 | 3;
  /** For a gallery of so many people. */
  readonly thresholdFor: (people: number) => number;
  /** How far the second person must be behind. */
  readonly margin: number;
}

export interface SearchCounts {
  /** People in the gallery when a mated probe is looked for; one fewer for a non-mated one. */
  readonly people: number;
  readonly threshold: number;
  /** Probes whose person is in the gallery. */
  readonly mated: number;
  /** Of those: somebody else was the most alike. */
  readonly wrongFirst: number;
  /** Of those: not named, because of the threshold alone. */
  readonly missedByThreshold: number;
  /** Of those: not named, because of threshold and margin. */
  readonly missed: number;
  /** Of those: named as somebody else, after threshold and margin. */
  readonly misnamed: number;
  /** Probes whose person was taken out of the gallery. */
  readonly nonMated: number;
  /** Of those: somebody reached the threshold. */
  readonly falselyAlike: number;
  /** Of those: named as somebody, after threshold and margin. */
  readonly falselyNamed: number;
}

/**
 * @param onProbe after each of the pictures that are looked for.
 * @returns null with fewer than two people of more pictures than templates.
 */
export function searchAll(
  samples: readonly Sample[],
  rules: SearchRules,
  onProbe: () => void = () => {},
): SearchCounts | null {
  const people = membersOf(samples, rules.templates);
  if (people.length < 2) return null;
  const threshold = rules.thresholdFor(people.length);
  let counts: SearchCounts = {
    ...{ people: people.length, threshold, mated: 0, wrongFirst: 0, missedByThreshold: 0, missed: 0, misnamed: 0 },
    ...{ nonMated: 0, falselyAlike: 0, falselyNamed: 0 },
  };
  const galleries = people.map(({ own }) => galleryOf(own.slice(0, rules.templates)));
  for (const [who, { own }] of people.entries()) {
    for (const probe of own) {
      const { best, second } = strongestOther(probe.vector, galleries, who);
      const mate = likeness(probe.vector, galleryOf(own.filter((one) => one !== probe).slice(0, rules.templates)));
      counts = added(counts, outcomeOf({ mate, best, second, threshold, margin: rules.margin }));
      onProbe();
    }
  }
  return counts;
}

/** People with at least one picture more than templates, so that one is left to look for. */
function membersOf(samples: readonly Sample[], templates: number): readonly { readonly own: readonly Sample[] }[] {
  const byPerson = Map.groupBy(samples, ({ person }) => person);
  return [...byPerson.values()].filter((own) => own.length > templates).map((own) => ({ own }));
}

const galleryOf = (own: readonly Sample[]): readonly Float32Array[] => {
  const vectors = own.map(({ enrolled }) => enrolled);
  return vectors.length > 1 ? [meanDirection(vectors), ...vectors] : vectors;
};

const likeness = (probe: Float32Array, vectors: readonly Float32Array[]): number =>
  vectors.reduce((best, vector) => Math.max(best, dot(probe, vector)), -1);

function strongestOther(probe: Float32Array, galleries: readonly (readonly Float32Array[])[], self: number) {
  let [best, second] = [-1, -1];
  for (const [person, vectors] of galleries.entries()) {
    if (person === self) continue;
    const here = likeness(probe, vectors);
    if (here > best) [best, second] = [here, best];
    else if (here > second) second = here;
  }
  return { best, second };
}

type Outcome = Readonly<
  Record<"wrongFirst" | "missedByThreshold" | "missed" | "misnamed" | "falselyAlike" | "falselyNamed", boolean>
>;

interface Found {
  /** Likeness to the person's own templates. */
  readonly mate: number;
  /** The two other people who are most alike. */
  readonly best: number;
  readonly second: number;
  readonly threshold: number;
  readonly margin: number;
}

function outcomeOf({ mate, best, second, threshold, margin }: Found): Outcome {
  const isFirst = mate > best;
  const isNamed = isFirst && mate >= threshold;
  return {
    wrongFirst: !isFirst,
    missedByThreshold: !isNamed,
    missed: !(isNamed && mate - best >= margin),
    misnamed: !isFirst && best >= threshold && best - Math.max(mate, second) >= margin,
    falselyAlike: best >= threshold,
    falselyNamed: best >= threshold && best - second >= margin,
  };
}

function added(counts: SearchCounts, outcome: Outcome): SearchCounts {
  const one = (is: boolean): number => (is ? 1 : 0);
  return {
    people: counts.people,
    threshold: counts.threshold,
    mated: counts.mated + 1,
    wrongFirst: counts.wrongFirst + one(outcome.wrongFirst),
    missedByThreshold: counts.missedByThreshold + one(outcome.missedByThreshold),
    missed: counts.missed + one(outcome.missed),
    misnamed: counts.misnamed + one(outcome.misnamed),
    nonMated: counts.nonMated + 1,
    falselyAlike: counts.falselyAlike + one(outcome.falselyAlike),
    falselyNamed: counts.falselyNamed + one(outcome.falselyNamed),
  };
}
