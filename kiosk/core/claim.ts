import { interrupted } from "./enrolling.ts";
import type { Step } from "./event.ts";
import { beginning, flagged } from "./look.ts";
import type { Claim, Look, Memory, State } from "./memory.ts";
import { noTries } from "./memory.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import type { Tap } from "./ports.ts";
import { answered, byBadge, punch, refused } from "./punch.ts";
import { suspected } from "./rest.ts";
import { areEyesUp } from "./surroundings.ts";
import type { Stamp } from "./time.ts";

/** Badges: a punch by themselves, or a claim that the face then confirms. No tap is lost and no two become one. */

/** More taps than this in the time of one commit are not people. */
const tapsMax = 64;

/** @param now when the tap is handled; it may have waited for the disk since `tap.at`. */
export function onTap(memory: Memory, tap: Tap, now: Stamp, policy: Policy): Step {
  const { state } = memory;
  if (isBusy(state)) return [{ ...memory, taps: [...memory.taps, tap].slice(0, tapsMax) }, []];
  // A clock is for punching first.
  if (state.at === "enrol") return after(interrupted(memory, state), (free) => onTap(free, tap, now, policy));
  if (state.at === "look" && state.claim !== null) return onTapMeanwhile(memory, state, state.claim, tap, now, policy);
  const person = memory.personByBadge.get(tap.badge);
  if (person === undefined) {
    const step: Step = [refused(answered(memory, now), "badge-unknown", tap.at, now, policy), []];
    const hides = state.at === "look" && state.tries.failed.length > 0;
    return hides ? suspected(step, now, policy) : step;
  }
  if (!wantsFace(memory, person, policy)) {
    return punch(answered(memory, now), byBadge(person, []), tap.at, now, policy);
  }
  const isSeen = areEyesUp(memory) && memory.rest === null;
  if (isSeen) return [{ ...memory, state: claiming(state, { person, at: tap.at }, now, policy) }, []];
  return punch(answered(memory, now), byBadge(person, ["face-unavailable"]), tap.at, now, policy);
}

/** Taps that waited are answered in order, until one of them makes the disk busy again. */
export function nextTaps([memory, effects]: Step, now: Stamp, policy: Policy): Step {
  const [tap, ...taps] = memory.taps;
  if (tap === undefined || isBusy(memory.state)) return [memory, effects];
  const [next, more] = onTap({ ...memory, taps }, tap, now, policy);
  return nextTaps([next, [...effects, ...more]], now, policy);
}

/** While the disk is busy, or before people are known, a tap waits its turn; it is never dropped. */
const isBusy = (state: State): boolean =>
  state.at === "starting" || state.at === "saving" || (state.at === "thanks" && state.changing);

/** A clock that was given no camera cannot want faces. */
const wantsFace = ({ lookAlikes, health }: Memory, person: PersonId, policy: Policy): boolean =>
  health.camera.is !== "none" && (policy.badge === "with-face" || lookAlikes.has(person));

/** Whoever was looked at goes on with the same track; what was asked of somebody else is not theirs to do. */
function claiming(state: State, claim: Claim, now: Stamp, policy: Policy): Look {
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

/** The same badge again will not wait for the face; another one ends the waiting for both, and is next. */
function onTapMeanwhile(memory: Memory, look: Look, claim: Claim, tap: Tap, now: Stamp, policy: Policy): Step {
  const ended = flagged(memory, look, claim, "face-unverified", now, policy);
  // An older tap of the same badge, which had to wait for the disk, is not meant by this look.
  const isAgain = memory.personByBadge.get(tap.badge) === claim.person && tap.at.monoMs >= claim.at.monoMs;
  if (isAgain) return ended;
  return after(ended, (free) =>
    isBusy(free.state) ? [{ ...free, taps: [tap, ...free.taps] }, []] : onTap(free, tap, now, policy),
  );
}

function after([memory, effects]: Step, next: (memory: Memory) => Step): Step {
  const [later, more] = next(memory);
  return [later, [...effects, ...more]];
}
