import { without } from "./arrival.ts";
import { type OpenShiftAnswer, openShiftAnswered } from "./attendance/open-shift.ts";
import type { Effect, Step } from "./event.ts";
import { unverified } from "./look.ts";
import type { Memory, State } from "./memory.ts";
import type { OpenShiftAsked } from "./open-shift-asked.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import { waysIn } from "./proof.ts";
import { save } from "./punch.ts";
import type { Stamp } from "./time.ts";
import type { Way } from "./way.ts";

/** What is asked of somebody whom the clock knows, and what holds where they say nothing. */

/** Who is being asked something at this moment, since when, and by what they are known; null where nobody is. */
export function askedIn(state: State): {
  readonly person: PersonId;
  readonly at: Stamp;
  readonly ways: readonly Way[];
  readonly wantsMore: boolean;
} | null {
  switch (state.at) {
    case "look":
    case "pin":
    case "also": {
      const { claim } = state;
      if (claim === null) return null;
      return { person: claim.person, at: claim.at, ways: waysIn(claim.proof), wantsMore: true };
    }
    case "choose":
    case "open-shift":
      return { person: state.proof.person, at: state.since, ways: waysIn(state.proof), wantsMore: false };
    default:
      return null;
  }
}

/** They say nothing more: time is up, they walked away, or the next one is here. No punch is lost by it. */
export function unsaid(memory: Memory, now: Stamp, policy: Policy): Step {
  const { state } = memory;
  switch (state.at) {
    case "look":
      if (state.claim !== null) return unverified(memory, state, state.claim, "face-unverified", now, policy);
      break;
    case "pin":
      if (state.claim !== null) return without(memory, state.claim, "pin-missing", now, policy);
      break;
    case "also":
      return without(memory, state.claim, `${state.wants}-missing`, now, policy);
    case "choose":
      return chosen(memory, state, state.kind, true, now, policy);
    case "open-shift":
      return openAnswered(memory, state, { is: "unknown" }, now, policy);
  }
  return [{ ...memory, state: { at: "idle" } }, []];
}

export const chosen = (
  memory: Memory,
  { proof, since }: Extract<State, { at: "choose" }>,
  kind: Extract<State, { at: "choose" }>["kind"],
  inferred: boolean,
  now: Stamp,
  policy: Policy,
): Step => save(memory, { draft: "punch", ...proof, kind, inferred, at: since }, now, policy);

/** The request for what is missing goes first, so that a cut between the two leaves nothing that contradicts itself. */
export function openAnswered(
  memory: Memory,
  { proof, since, open }: OpenShiftAsked,
  answer: OpenShiftAnswer,
  now: Stamp,
  policy: Policy,
): Step {
  const { kind, correction } = openShiftAnswered(open, answer, since.utcMs);
  const inferred = answer.is === "unknown";
  const [saving, effects] = save(memory, { draft: "punch", ...proof, kind, inferred, at: since }, now, policy);
  if (correction === null) return [saving, effects];
  const asks: Effect = {
    do: "save",
    draft: { draft: "request", person: proof.person, data: correction, at: now },
  };
  return [saving, [asks, ...effects]];
}
