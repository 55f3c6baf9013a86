import type { Flag } from "./draft.ts";
import type { Step } from "./event.ts";
import { assuranceOf } from "./face-evidence.ts";
import { type Claim, type Look, type Memory, noTries } from "./memory.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import { answered, byBadge, punch, refused } from "./punch.ts";
import { suspected } from "./rest.ts";
import type { FaceSeen } from "./sight.ts";
import type { Stamp } from "./time.ts";
import type { RefusedWhy } from "./view.ts";

/**
 * How a look begins and the ways it can end. One rule stands above all of them: a badge that was read is a punch,
 * whatever becomes of the face; the record then says what a person should look at.
 */

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
  wantsBadge: null,
  isSuspect: false,
});

/** It is this person, and this very track was alive. */
export function proven(memory: Memory, look: Look, face: FaceSeen, person: PersonId, at: Stamp, policy: Policy): Step {
  const { claim } = look;
  const similarity = (claim === null ? face.match : face.claim)?.similarity ?? -1;
  const match = assuranceOf(similarity, policy.thresholds);
  const settled: Memory = { ...memory, settled: { track: face.track, thanked: person, sinceMs: at.monoMs } };
  return claim === null
    ? punch(
        settled,
        { person, methods: ["face"], assure: { match, live: "pass", card: "none" }, flags: [] },
        at,
        at,
        policy,
      )
    : punch(
        settled,
        { person, methods: ["card", "face"], assure: { match, live: "pass", card: "static" }, flags: [] },
        claim.at,
        at,
        policy,
      );
}

/** It had its time, and it was not enough. One blurred frame gets nobody here. */
export function unproven(memory: Memory, look: Look, at: Stamp, policy: Policy): Step {
  if (look.claim !== null) return flagged(memory, look, look.claim, "face-unverified", at, policy);
  const step: Step = [refused(answered(memory, at), whyNot(look, policy), at, at, policy), []];
  return isSuspicious(look) ? suspected(step, at, policy) : step;
}

/** Nobody is there any more. Taking a picture away after it failed is no way around being counted. */
export function left(memory: Memory, look: Look, at: Stamp, policy: Policy): Step {
  if (look.claim !== null) return flagged(memory, look, look.claim, "face-unverified", at, policy);
  const step: Step = [{ ...memory, state: { at: "idle" } }, []];
  return look.tries.failed.length > 0 ? suspected(step, at, policy) : step;
}

/** The eyes closed in the middle of it. */
export const blinded = (memory: Memory, look: Look, at: Stamp, policy: Policy): Step =>
  look.claim !== null
    ? flagged(memory, look, look.claim, "face-unavailable", at, policy)
    : [{ ...memory, state: { at: "idle" } }, []];

/** The badge counts by itself, and the record says why somebody should look at it. */
export function flagged(memory: Memory, look: Look, claim: Claim, flag: Flag, at: Stamp, policy: Policy): Step {
  const isSuspect = isSuspicious(look);
  const proof = byBadge(claim.person, [isSuspect ? "pad-suspect" : flag]);
  const step = punch(answered(memory, at), proof, claim.at, at, policy);
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
