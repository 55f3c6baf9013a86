import type { PersonId } from "../core/person.ts";
import type { Likeness } from "../core/ports/engine.ts";
import { identifyThreshold } from "../core/risk.ts";
import type { Gallery } from "./gallery.ts";
import type { EmbeddingSpec } from "./specs/embedding.ts";
import { dot, meanDirection } from "./vector.ts";

/** One frame or photograph that was good enough. Its pixels are gone. */
export interface Taken {
  /** Direction of the mean of the face and its mirror image; length 1. */
  readonly vector: Float32Array;
  /** See `qualityOf`. */
  readonly quality: number;
}

/** What a template is made of, before it belongs to anybody. */
export interface FaceDraft {
  readonly vectors: readonly Float32Array[];
  readonly quality: number;
}

export const framesMin = 3;
const framesMax = 5;

/**
 * The normalised mean, then the three to five frames it was made of, chosen to differ, so that one of them resembles
 * each morning's face.
 */
export function draftOf(taken: readonly Taken[]): FaceDraft {
  const chosen = spread(taken, meanDirection(taken.map(({ vector }) => vector)), framesMax);
  const vectors = chosen.map(({ vector }) => vector);
  return {
    vectors: [meanDirection(vectors), ...vectors],
    quality: chosen.reduce((sum, { quality }) => sum + quality, 0) / chosen.length,
  };
}

/** The most typical one, then always the one that is least like those already chosen. */
function spread(taken: readonly Taken[], mean: Float32Array, count: number): readonly Taken[] {
  const left = taken.toSorted((a, b) => dot(b.vector, mean) - dot(a.vector, mean));
  const chosen = left.splice(0, 1);
  const nearness = ({ vector }: Taken) => Math.max(...chosen.map((other) => dot(vector, other.vector)));
  while (chosen.length < count && left.length > 0) {
    left.sort((a, b) => nearness(a) - nearness(b));
    chosen.push(...left.splice(0, 1));
  }
  return chosen;
}

/** A stranger may be taken for somebody once in a hundred visits: what the default policy allows too. */
const fpirTarget = 0.01;
/** Within this of the threshold, noise can carry one over it: the margin between two identities, as in the policy. */
const alikeMargin = 0.08;

/**
 * Everybody of the gallery whom these vectors resemble so much that their faces alone should decide nothing, or who is
 * most likely the same person; most alike first.
 */
export function likenesses(
  vectors: readonly Float32Array[],
  person: PersonId,
  gallery: Gallery,
  { thresholds }: EmbeddingSpec,
): readonly Likeness[] {
  const same = identifyThreshold(gallery.size(), fpirTarget, thresholds);
  const best = new Map<PersonId, number>();
  for (const vector of vectors) {
    for (const other of gallery.alike(vector, same - alikeMargin)) {
      best.set(other.person, Math.max(other.similarity, best.get(other.person) ?? -1));
    }
  }
  best.delete(person);
  return [...best]
    .toSorted(([, a], [, b]) => b - a)
    .map(([other, similarity]) => ({ person: other, level: similarity >= same ? "same" : "alike" }));
}
