import type { Claim, Memory } from "./memory.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import type { Assurance } from "./record.ts";
import { identifyThreshold, type Thresholds } from "./risk.ts";
import type { FaceSeen } from "./sight.ts";

/** What the frames of one track are enough for, and what they are not. Nothing here outlives the sight it came with. */

/** The 1:N threshold of this site: its own, or what follows from how many people a stranger is compared with. */
const similarityMin = ({ enrolled }: Memory, { similarityMin: own, fpirTarget, thresholds }: Policy): number =>
  own ?? identifyThreshold(enrolled, fpirTarget, thresholds);

/** Whom this face resembles enough, one of several or not, alive or not. */
export function resembled({ problem, match }: FaceSeen, memory: Memory, policy: Policy): PersonId | null {
  if (problem !== null || match === null || match.person === null || !memory.people.has(match.person)) return null;
  const isAlike = match.similarity >= similarityMin(memory, policy) && match.agreeing >= policy.agreeMin;
  return isAlike ? match.person : null;
}

/** Whom it resembles and nobody else: no second identity is near, and nobody is known to look like them. */
export function identified(face: FaceSeen, memory: Memory, policy: Policy): PersonId | null {
  const person = resembled(face, memory, policy);
  if (person === null || face.match === null || memory.lookAlikes.has(person)) return null;
  return face.match.margin >= policy.marginMin ? person : null;
}

/** The claimed person, where this face is theirs (1:1). */
export function verified(
  { problem, claim: seen }: FaceSeen,
  claim: Claim,
  memory: Memory,
  policy: Policy,
): PersonId | null {
  if (problem !== null || seen === null || seen.person !== claim.person) return null;
  const isTheirs = seen.similarity >= policy.thresholds.verify && seen.agreeing >= policy.agreeMin;
  return isTheirs && memory.people.has(claim.person) ? claim.person : null;
}

/** pending: too few frames to say. unsure: alive or not; only a movement can tell. */
export type Verdict = "pending" | "pass" | "unsure" | "fail";

/** What the passive evidence says about a living face. A second face beside it may have lent it the score. */
export function verdictOf({ repeats, live, company }: FaceSeen, { liveMin, liveSure }: Policy): Verdict {
  if (repeats) return "fail";
  if (live === null) return "pending";
  if (live < liveMin) return "fail";
  return live >= liveSure && !company ? "pass" : "unsure";
}

/** Recognisably still the face of `person`; less than a punch would ask for: four fifths of the 1:1 threshold. */
export const isStill = ({ match }: FaceSeen, person: PersonId, { thresholds }: Policy): boolean =>
  match?.person === person && match.similarity >= 0.8 * thresholds.verify;

/** Coarse, and the same for every model: what a gallery of 100,000 or of 1,000 would ask for at one in a hundred. */
export function assuranceOf(similarity: number, thresholds: Thresholds): Assurance["match"] {
  if (similarity >= identifyThreshold(100_000, 0.01, thresholds)) return "high";
  return similarity >= identifyThreshold(1_000, 0.01, thresholds) ? "medium" : "low";
}
