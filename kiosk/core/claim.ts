import { arrived } from "./arrival.ts";
import { interrupted } from "./enrolling.ts";
import type { Step } from "./event.ts";
import type { Claim, Memory, State } from "./memory.ts";
import type { Policy } from "./policy.ts";
import type { Tap } from "./ports/senses.ts";
import { claimOf, proofBy, together } from "./proof.ts";
import { answered, refused } from "./punch.ts";
import { askedIn, unsaid } from "./questions.ts";
import { suspected } from "./rest.ts";
import type { Stamp } from "./time.ts";
import type { Errand, Way } from "./way.ts";

/** Badges: a punch by themselves, or a claim that something else then confirms. No tap is lost and no two become one. */

/** More taps than this in the time of one commit are not people. */
const tapsMax = 64;

/**
 * @param now when the tap is handled; it may have waited for the disk since `tap.at`.
 * @param errand what they came for. Whoever had to wait came to punch, whatever somebody else asks of the wall since.
 */
export function onTap(
  memory: Memory,
  tap: Tap,
  now: Stamp,
  policy: Policy,
  errand: Errand = errandIn(memory.state),
): Step {
  const { state } = memory;
  if (isBusy(state)) return [{ ...memory, taps: [...memory.taps, tap].slice(0, tapsMax) }, []];
  // A clock is for punching first.
  if (state.at === "enrol") return after(interrupted(memory, state), (free) => onTap(free, tap, now, policy));
  const person = memory.personByBadge.get(tap.badge);
  const asked = askedIn(state);
  if (asked !== null) {
    // An older tap of the same badge, which had to wait for the disk, is not meant by this question.
    const isTheirs = person === asked.person && tap.at.monoMs >= asked.at.monoMs;
    const claim = isTheirs && asked.wantsMore && !asked.ways.includes("badge") ? claimIn(state) : null;
    if (claim !== null) return arrived(memory, withWay(claim, "badge"), now, policy);
    const ended = unsaid(memory, now, policy);
    // The same badge again will not wait; another one ends the waiting for both, and is next.
    if (isTheirs) return ended;
    return after(ended, (free) =>
      isBusy(free.state) ? [{ ...free, taps: [tap, ...free.taps] }, []] : onTap(free, tap, now, policy),
    );
  }
  if (person === undefined) {
    const step: Step = [refused(answered(memory, now), "badge-unknown", tap.at, now, policy), []];
    const hides = state.at === "look" && state.tries.failed.length > 0;
    return hides ? suspected(step, now, policy) : step;
  }
  return arrived(memory, claimOf(proofBy("badge", person), tap.at, errand), now, policy);
}

/** Taps that waited are answered in order, until one of them makes the disk busy again. */
export function nextTaps([memory, effects]: Step, now: Stamp, policy: Policy): Step {
  const [tap, ...taps] = memory.taps;
  if (tap === undefined || isBusy(memory.state)) return [memory, effects];
  const [next, more] = onTap({ ...memory, taps }, tap, now, policy, "punch");
  return nextTaps([next, [...effects, ...more]], now, policy);
}

/** While the disk is busy, a PIN is checked, or people are not known yet, a tap waits its turn; it is never dropped. */
export const isBusy = (state: State): boolean =>
  state.at === "starting" ||
  state.at === "saving" ||
  (state.at === "thanks" && state.changing) ||
  (state.at === "pin" && state.ticket !== null);

/** What somebody came for who was asked who they are. */
export const errandIn = (state: State): Errand =>
  state.at === "ways" || state.at === "pin" || state.at === "look" ? state.errand : "punch";

export const claimIn = (state: State): Claim | null =>
  state.at === "look" || state.at === "pin" || state.at === "also" ? state.claim : null;

const withWay = (claim: Claim, way: Exclude<Way, "face">): Claim => ({
  ...claim,
  proof: together(claim.proof, proofBy(way, claim.person)),
});

function after([memory, effects]: Step, next: (memory: Memory) => Step): Step {
  const [later, more] = next(memory);
  return [later, [...effects, ...more]];
}
