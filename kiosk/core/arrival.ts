import { claiming } from "./begin-look.ts";
import { counterBegun } from "./counters.ts";
import type { Flag } from "./draft.ts";
import type { Effect, Step } from "./event.ts";
import { hoursOf } from "./hours.ts";
import type { Claim, Memory } from "./memory.ts";
import { served, withMissed } from "./missed.ts";
import { looking } from "./onlooking.ts";
import { pad } from "./pad.ts";
import type { Policy } from "./policy.ts";
import { waysIn, withFlags } from "./proof.ts";
import { answered, punch, refused } from "./punch.ts";
import { requirementFor, type Standing, standingOf } from "./requirement.ts";
import { areEyesUp } from "./surroundings.ts";
import type { Stamp } from "./time.ts";

/** Somebody showed who they are. Is it enough, what else is wanted, and what did they come for? */

export function arrived(before: Memory, claim: Claim, now: Stamp, policy: Policy): Step {
  const { state } = before;
  // They show something else while they are being looked at.
  const isElse = state.at === "look" && state.claim === null && !claim.proof.methods.includes("face");
  const memory = isElse ? withMissed(before, state, now, policy) : before;
  const standing = standingIn(memory, claim, policy);
  if (standing.is === "enough") return concluded(memory, claim, now, policy);
  if (standing.is === "other") {
    // A face may have been seen that nobody meant to show; everything else is shown on purpose.
    const isOnlySeen = waysIn(claim.proof).every((way) => way === "face");
    return isOnlySeen
      ? [refused(answered(memory, now), "needs-badge", claim.at, now, policy), []]
      : without(memory, claim, "other-way", now, policy);
  }
  const { way } = standing;
  const { camera, reader } = memory.health;
  switch (way) {
    case "face":
      // A clock that was given no camera cannot want faces.
      if (camera.is === "none") return concluded(memory, claim, now, policy);
      return areEyesUp(memory) && memory.rest === null
        ? [{ ...memory, state: claiming(memory.state, claim, now, policy) }, []]
        : without(memory, claim, "face-unavailable", now, policy);
    case "pin":
      return [{ ...memory, state: pad(claim.errand, claim, memory.padDraw, now, policy) }, []];
    case "badge":
    case "qr": {
      const isThere = way === "badge" ? reader.is === "up" : areEyesUp(memory) && policy.passKeys.length > 0;
      if (!isThere) return without(memory, claim, `${way}-missing`, now, policy);
      const untilMs = now.monoMs + policy.padMs;
      return [{ ...memory, state: { at: "also", wants: way, claim, untilMs } }, []];
    }
  }
}

/** What is also wanted does not come. A punch counts all the same, and says so; what is only read needs it. */
export function without(memory: Memory, claim: Claim, flag: Flag, now: Stamp, policy: Policy): Step {
  if (claim.errand !== "punch") return [{ ...answered(memory, now), state: { at: "idle" } }, []];
  return concluded(memory, { ...claim, proof: withFlags(claim.proof, flag) }, now, policy);
}

function standingIn({ people, lookAlikes }: Memory, { person, at, proof, errand }: Claim, policy: Policy): Standing {
  const shown = waysIn(proof);
  // Who punches for others shows two ways that nobody has by looking like somebody.
  if (errand === "override") return standingOf({ accepts: [["badge", "pin"]] }, shown);
  const perm = people.get(person)?.perm;
  const about = { id: person, isLookAlike: lookAlikes.has(person), ...(perm !== undefined && { perm }) };
  return standingOf(requirementFor(about, at, policy), shown);
}

function concluded(given: Memory, claim: Claim, now: Stamp, policy: Policy): Step {
  const [counted, looks] = served(given, claim, now);
  const [after, effects] = errandOf(counted, claim, now, policy);
  return [after, [...effects, ...looks]];
}

/** What they came for. */
function errandOf(before: Memory, claim: Claim, now: Stamp, policy: Policy): Step {
  const { proof, errand, person, at } = claim;
  const isSeen = proof.methods.includes("face");
  const [memory, effects] = understood(isSeen ? before : answered(before, now), claim, now);
  const may = (right: string): boolean => before.people.get(person)?.perm?.includes(right) === true;
  const look = (what: "muster" | "override", role: "supervisor" | "muster" | "anybody"): Step => {
    const [after, more] = looking(memory, { person, role, what }, now, policy);
    return [after, [...effects, ...more]];
  };
  const not = (): Step => [refused(memory, "not-allowed", now, now, policy), effects];
  switch (errand) {
    case "punch": {
      const [after, more] = punch(memory, proof, at, now, policy);
      return [after, [...effects, ...more]];
    }
    case "consent":
    case "rights":
    case "absence": {
      const [after, more] = counterBegun(errand, memory, claim, now, policy);
      return [after, [...effects, ...more]];
    }
    case "alert": {
      if (!may("supervise")) return not();
      const [after, more] = counterBegun("alert", memory, claim, now, policy);
      return [after, [...effects, ...more]];
    }
    case "me":
      return [hoursOf(memory, proof, now, policy), effects];
    case "muster":
      if (may("supervise")) return look("muster", "supervisor");
      if (may("muster")) return look("muster", "muster");
      return policy.muster === "everybody" ? look("muster", "anybody") : not();
    case "override":
      return may("supervise") ? look("override", "supervisor") : not();
  }
}

/** Whoever shows another way right after "that was not me" is the one who was taken for somebody else. */
function understood(memory: Memory, { person, proof }: Claim, now: Stamp): readonly [Memory, readonly Effect[]] {
  const { mistaken } = memory;
  if (mistaken === null || proof.methods.includes("face")) return [memory, []];
  const isOther = now.monoMs < mistaken.untilMs && person !== mistaken.person;
  const doubted = isOther ? new Set([...memory.doubted, person]) : memory.doubted;
  const lookAlikes = isOther ? new Set([...memory.lookAlikes, person]) : memory.lookAlikes;
  const effects: readonly Effect[] = isOther ? [{ do: "alike", persons: [mistaken.person, person] }] : [];
  return [{ ...memory, mistaken: null, doubted, lookAlikes }, effects];
}
