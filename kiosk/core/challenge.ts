import type { Verdict } from "./face-evidence.ts";
import type { Look, Memory, Movement } from "./memory.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import type { ChallengeKind, FaceSeen } from "./sight.ts";
import type { Stamp } from "./time.ts";

/**
 * Asking for a movement that a picture cannot make and a recording cannot foresee. It is asked of one person on one
 * track; whoever was asked once in a visit has to do it, however alive the frames look afterwards.
 */

export const movementOf = (kind: ChallengeKind): Movement => (kind === "blink" ? "blink" : "turn");

/** True where the frames alone do not do: nobody knows, chance has chosen this visit, or a movement was asked already. */
export const mustMove = ({ isDrawn, tries }: Look, verdict: Verdict): boolean =>
  verdict === "unsure" || isDrawn === true || tries.asked > 0;

export const mayAsk = ({ tries }: Look, { challengesMax }: Policy): boolean => tries.asked < challengesMax;

/** @returns null where this face can do nothing that is left to ask for; that may change with the next sight. */
export function ask(
  memory: Memory,
  look: Look,
  face: FaceSeen,
  person: PersonId,
  at: Stamp,
  policy: Policy,
): readonly [Memory, Look] | null {
  const kind = kindFor(face, look);
  if (kind === null || !mayAsk(look, policy)) return null;
  const id = memory.challenges + 1;
  const untilMs = at.monoMs + policy.challengeMs;
  const asking: Look = {
    ...look,
    asked: { challenge: { id, kind }, track: face.track, person, untilMs },
    tries: { ...look.tries, asked: look.tries.asked + 1 },
    untilMs: Math.max(look.untilMs, untilMs),
  };
  return [{ ...memory, challenges: id }, asking];
}

/** Movements of one kind that were not done in time are not asked for again: not everybody can turn the head, or is seen to blink. */
function kindFor({ able }: FaceSeen, { tries, draw }: Look): ChallengeKind | null {
  const { failed, timedOut } = tries;
  if (able.turn && !timedOut.includes("turn")) return sideOf(draw);
  // A cut-out with holes for the eyes blinks: it may not make good for a turn that was tried and was no head's.
  const blinkServes = able.blink && !timedOut.includes("blink") && !failed.includes("turn");
  return blinkServes ? "blink" : null;
}

/** From the low bits: the high ones may have chosen the visit, and then they would always choose the same side. */
const sideOf = (draw: number): ChallengeKind => (Math.floor(draw * 65_536) % 2 === 0 ? "turn-left" : "turn-right");

/**
 * What was asked of another track, or of somebody else, is asked of nobody any more; nor is it once a second face as large
 * came into the picture, because then the movement may be that one's.
 */
export function bound(look: Look, face: FaceSeen, person: PersonId | null): Look {
  const { asked } = look;
  const isTheirs = asked?.track === face.track && (person === null || person === asked.person);
  return asked === null || (isTheirs && face.problem !== "several") ? look : { ...look, asked: null };
}
