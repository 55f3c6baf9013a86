import { arrived, without } from "./arrival.ts";
import type { Flag, Proof } from "./draft.ts";
import type { Step } from "./event.ts";
import { assuranceOf } from "./face-evidence.ts";
import type { Claim, Look, Memory } from "./memory.ts";
import { withMissed } from "./missed.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import { claimOf, together } from "./proof.ts";
import { answered, refused } from "./punch.ts";
import { suspected } from "./rest.ts";
import type { FaceSeen } from "./sight.ts";
import type { Stamp } from "./time.ts";
import type { RefusedWhy } from "./view.ts";

/**
 * The ways a look can end. One rule stands above all of them: a badge that was read is a punch, whatever becomes of the
 * face; the record then says what a person should look at.
 */

/** It is this person, and this very track was alive. */
export function proven(memory: Memory, look: Look, face: FaceSeen, person: PersonId, at: Stamp, policy: Policy): Step {
  const { claim, errand } = look;
  const similarity = (claim === null ? face.match : face.claim)?.similarity ?? -1;
  const match = assuranceOf(similarity, policy.thresholds);
  const settled: Memory = {
    ...memory,
    missed: null,
    settled: { track: face.track, thanked: person, sinceMs: at.monoMs },
  };
  const alive: Proof = { person, methods: ["face"], assure: { match, live: "pass", card: "none" }, flags: [] };
  const shown = claim === null ? claimOf(alive, at, errand) : { ...claim, proof: together(claim.proof, alive) };
  return arrived(settled, shown, at, policy);
}

/** It had its time, and it was not enough. One blurred frame gets nobody here. */
export function unproven(memory: Memory, look: Look, at: Stamp, policy: Policy): Step {
  if (look.claim !== null) return unverified(memory, look, look.claim, "face-unverified", at, policy);
  const known = withMissed(answered(memory, at), look, at, policy);
  const step: Step = [refused(known, whyNot(look, policy), at, at, policy), []];
  return isSuspicious(look) ? suspected(step, at, policy) : step;
}

/** Nobody is there any more. Taking a picture away after it failed is no way around being counted. */
export function left(memory: Memory, look: Look, at: Stamp, policy: Policy): Step {
  if (look.claim !== null) return unverified(memory, look, look.claim, "face-unverified", at, policy);
  const step: Step = [{ ...withMissed(memory, look, at, policy), state: { at: "idle" } }, []];
  return look.tries.failed.length > 0 ? suspected(step, at, policy) : step;
}

/** The eyes closed in the middle of it. */
export const blinded = (memory: Memory, look: Look, at: Stamp, policy: Policy): Step =>
  look.claim !== null
    ? unverified(memory, look, look.claim, "face-unavailable", at, policy)
    : [{ ...memory, state: { at: "idle" } }, []];

/** What was shown before counts by itself, and the record says why somebody should look at it. */
export function unverified(memory: Memory, look: Look, claim: Claim, flag: Flag, at: Stamp, policy: Policy): Step {
  const isSuspect = isSuspicious(look);
  const { assure } = claim.proof;
  const proof: Proof = isSuspect ? { ...claim.proof, assure: { ...assure, live: "fail" } } : claim.proof;
  const seen = flag === "face-unverified" ? withMissed(memory, look, at, policy) : memory;
  const step = without(seen, { ...claim, proof }, isSuspect ? "pad-suspect" : flag, at, policy);
  return isSuspect ? suspected(step, at, policy) : step;
}

/** Somebody was resembled and did not seem alive; a stranger's picture is not worth an alarm. */
const isSuspicious = ({ isSuspect, tries }: Look): boolean => isSuspect || tries.failed.length > 0;

function whyNot(look: Look, { liveMin }: Policy): RefusedWhy {
  const { face, wantsBadge } = look;
  if (isSuspicious(look)) return "not-live";
  if (face?.problem === "several") return "several";
  if (wantsBadge !== null) return "needs-badge";
  if (face !== null && (face.repeats || (face.live !== null && face.live < liveMin))) return "not-live";
  return "not-sure";
}
