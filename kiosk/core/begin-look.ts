import { type Claim, type Look, noTries, type State } from "./memory.ts";
import type { Policy } from "./policy.ts";
import type { FaceSeen } from "./sight.ts";
import type { Stamp } from "./time.ts";

/** How a look begins. */

export const beginning = (face: FaceSeen | null, claim: Claim | null, at: Stamp, policy: Policy): Look => ({
  at: "look",
  untilMs: at.monoMs + policy.lookMs,
  seenMs: at.monoMs,
  face,
  draw: 0,
  isDrawn: null,
  asked: null,
  tries: noTries,
  claim,
  errand: claim?.errand ?? "punch",
  wantsBadge: null,
  isSuspect: false,
  unknownMs: 0,
});

/** Whoever was looked at goes on with the same track; what was asked of somebody else is not theirs to do. */
export function claiming(state: State, claim: Claim, now: Stamp, policy: Policy): Look {
  if (state.at !== "look") return beginning(null, claim, now, policy);
  const isTheirs = state.asked?.person === claim.person;
  return {
    ...state,
    ...(isTheirs ? {} : { asked: null, tries: noTries, isSuspect: false }),
    claim,
    seenMs: now.monoMs,
    untilMs: Math.max(now.monoMs + policy.lookMs, isTheirs ? state.untilMs : 0),
    wantsBadge: null,
  };
}
