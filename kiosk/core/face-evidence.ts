import type { Person, PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import type { Assurance } from "./record.ts";
import type { FaceSeen } from "./sight.ts";
import type { RefusedWhy } from "./view.ts";

/** What the evidence of one track is enough for, and what it is not. */

/** From here on the record says "high": above the threshold that even a gallery of 10,000 people would ask for. */
const highSimilarity = 0.7;
/** Three frames of one person hardly ever fall below this, of two people hardly ever reach it (docs/accuracy.md). */
const sameFaceSimilarity = 0.4;

/** The person this face surely is: alive and alike in the same frames of the same track, and still one of us. */
export function sureOf(
  { problem, match, live }: FaceSeen,
  people: ReadonlyMap<PersonId, Person>,
  policy: Policy,
): PersonId | null {
  const isAlive = live !== null && live >= policy.liveMin;
  if (problem !== null || !isAlive || match === null || match.person === null) return null;
  const isAlike =
    match.similarity >= policy.similarityMin && match.margin >= policy.marginMin && match.agreeing >= policy.agreeMin;
  return isAlike && people.has(match.person) ? match.person : null;
}

/** True where this is recognisably still the face of `person`; less than a punch would ask for. */
export const isStill = ({ match }: FaceSeen, person: PersonId): boolean =>
  match?.person === person && match.similarity >= sameFaceSimilarity;

export const assuranceOf = ({ match }: FaceSeen): Assurance["match"] =>
  match !== null && match.similarity >= highSimilarity ? "high" : "medium";

/** Why a look that ran into its deadline was not enough. */
export function whyNot(face: FaceSeen | null, policy: Policy): RefusedWhy {
  if (face?.problem === "several") return "several";
  if (face !== null && face.live !== null && face.live < policy.liveMin) return "not-live";
  return "not-sure";
}
