import type { PersonId } from "../core/person.ts";
import type { ClaimSeen, Match } from "../core/sight.ts";
import type { Gallery } from "./gallery.ts";
import type { Track } from "./track.ts";

/** 1:N. The newest frames must all name the same person, and their mean too; null while they do not. */
export function matchOf({ vectors, mean }: Track, gallery: Gallery, matchFrames: number): Match | null {
  const newest = vectors.at(-1);
  if (newest === undefined || mean === null) return null;
  const personOf = (vector: Float32Array): PersonId | null => gallery.search(vector)?.person ?? null;
  const person = personOf(newest);
  const before = vectors.findLastIndex((vector) => personOf(vector) !== person);
  const agreeing = vectors.length - 1 - before;
  if (agreeing < matchFrames) return null;
  if (person === null) return { person, similarity: -1, margin: 2, agreeing };
  const nearest = gallery.search(mean);
  return nearest?.person === person ? { ...nearest, agreeing } : null;
}

export interface ClaimRules {
  readonly matchFrames: number;
  /** Cosine below which a frame is not like them at all. */
  readonly sameTrack: number;
}

/**
 * 1:1: the claimed person's templates and nobody else's. Null until enough frames of the track are each like them; told
 * at once where they have no template, because waiting would not help.
 */
export function claimOf(
  { vectors, mean }: Track,
  gallery: Gallery,
  person: PersonId,
  { matchFrames, sameTrack }: ClaimRules,
): ClaimSeen | null {
  if (mean === null) return null;
  const similarity = gallery.similarity(mean, person);
  if (similarity === -1) return { person, similarity, agreeing: 0 };
  const before = vectors.findLastIndex((vector) => gallery.similarity(vector, person) < sameTrack);
  const agreeing = vectors.length - 1 - before;
  return agreeing < matchFrames ? null : { person, similarity, agreeing };
}
