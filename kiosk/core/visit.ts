import { beginning } from "./begin-look.ts";
import { ask, bound, mayAsk, movementOf, mustMove } from "./challenge.ts";
import type { Event, Step } from "./event.ts";
import { identified, isStill, resembled, verdictOf, verified } from "./face-evidence.ts";
import { left, proven, unproven } from "./look.ts";
import type { Look, Memory, Movement } from "./memory.ts";
import { unknownMsAt } from "./missed.ts";
import type { Policy } from "./policy.ts";
import type { FaceSeen, Sight } from "./sight.ts";
import type { Stamp } from "./time.ts";

/** What a sight means: somebody comes, is looked at, and goes. Enrolments have sights of their own (enrolling.ts). */

/** After this long a face that could not be looked at again is somebody new until shown otherwise. */
const trustMs = 10_000;
/** A face not seen for this long has left: its track is no longer a reason to stay quiet. */
const presentMs = 1_500;
/** Thanks stays at least this long before the next person's face may take the screen. */
const thanksAtLeastMs = 1_600;

/** Who stands before the camera, whatever the clock is doing. */
export function noticed(memory: Memory, { face, at }: Sight): Memory {
  if (face !== null) return { ...memory, present: { track: face.track, seenMs: at.monoMs } };
  const gone = memory.present !== null && at.monoMs - memory.present.seenMs > presentMs;
  return gone ? { ...memory, present: null, settled: null } : memory;
}

export function onVisitor(memory: Memory, { sight, draw }: Extract<Event, { kind: "sight" }>, policy: Policy): Step {
  const { state } = memory;
  const { face, at } = sight;
  if (state.at === "look") return onLook(memory, { ...state, face, draw }, at, policy);
  // While faces rest nobody is looked at; a badge brings its own answer.
  if (memory.rest !== null || face === null || !policy.ways.includes("face")) return [memory, []];
  const isNewVisit = face.track !== memory.settled?.track;
  switch (state.at) {
    case "idle":
      return isNewVisit ? [visited(memory, face, draw, at, policy), []] : onLingering(memory, face, draw, at, policy);
    case "thanks":
      // The next person starts while the last thanks still shows.
      return isNewVisit && !state.changing && at.monoMs - state.sinceMs >= thanksAtLeastMs
        ? [visited(memory, face, draw, at, policy), []]
        : [memory, []];
    default:
      return [memory, []];
  }
}

const visited = (memory: Memory, face: FaceSeen, draw: number, at: Stamp, policy: Policy): Memory => ({
  ...memory,
  state: { ...beginning(face, null, at, policy), draw, isDrawn: draw < policy.challengeShare },
});

/** The visit had its answer; but is it still the same person who stands there? If not, it is a visit of its own. */
function onLingering(memory: Memory, face: FaceSeen, draw: number, at: Stamp, policy: Policy): Step {
  const { settled } = memory;
  if (settled === null || settled.thanked === null) return [memory, []];
  if (isStill(face, settled.thanked, policy)) {
    return [{ ...memory, settled: { ...settled, sinceMs: at.monoMs } }, []];
  }
  // Somebody who turns away cannot be told from the next person for a while; a stranger's frames agree on nobody.
  const isDoubtful = face.progress >= 1 || at.monoMs - settled.sinceMs >= trustMs;
  return isDoubtful ? [visited({ ...memory, settled: null }, face, draw, at, policy), []] : [memory, []];
}

/** @param before with this sight's face and draw in it already. */
function onLook(memory: Memory, before: Look, at: Stamp, policy: Policy): Step {
  const { face } = before;
  if (face === null) return waited(memory, before, at, policy);
  const { look, person, verdict } = judged(memory, before, face, at, policy);
  const { asked } = look;
  const answer = asked !== null && face.challenge?.id === asked.challenge.id ? face.challenge.state : "waiting";
  if (answer === "failed") return askedInVain(memory, look, "failed", at, policy);
  const isPossible = person !== null && (verdict === "pass" || verdict === "unsure");
  if (!isPossible || (asked !== null && answer !== "passed")) return waited(memory, look, at, policy);
  // Strangers never come here: nobody is ordered about whom the clock does not know.
  if (asked !== null || !mustMove(look, verdict)) return proven(memory, look, face, person, at, policy);
  if (!mayAsk(look, policy)) return unproven(memory, look, at, policy);
  const asking = ask(memory, look, face, person, at, policy);
  return asking === null ? waited(memory, look, at, policy) : [{ ...asking[0], state: asking[1] }, []];
}

/** What this sight says: who it surely is, whether alive, and what of the look so far still holds. */
function judged(memory: Memory, look: Look, face: FaceSeen, at: Stamp, policy: Policy) {
  const { claim, draw } = look;
  const alike = claim === null ? resembled(face, memory, policy) : verified(face, claim, memory, policy);
  const person = claim === null ? identified(face, memory, policy) : alike;
  const verdict = verdictOf(face, policy);
  const isLookAlike = claim === null && alike !== null && memory.lookAlikes.has(alike);
  const seen: Look = {
    ...look,
    seenMs: at.monoMs,
    isDrawn: look.isDrawn ?? draw < policy.challengeShare,
    isSuspect: alike === null || verdict === "pending" ? look.isSuspect : verdict === "fail",
    unknownMs: unknownMsAt(look, face, alike, verdict, at),
    wantsBadge: isLookAlike || look.wantsBadge?.track === face.track ? { track: face.track } : null,
  };
  return { look: bound(seen, face, person), person, verdict };
}

/** Time went by: somebody left, a movement was not made, or the look had its time. */
export function waited(memory: Memory, look: Look, at: Stamp, policy: Policy): Step {
  if (at.monoMs - look.seenMs >= policy.leaveMs) return left(memory, look, at, policy);
  if (look.asked !== null && at.monoMs >= look.asked.untilMs) return askedInVain(memory, look, "timedOut", at, policy);
  if (at.monoMs >= look.untilMs) return unproven(memory, look, at, policy);
  return [{ ...memory, state: look }, []];
}

/** Something else is asked of the same person on the same track, as long as there is something left to ask. */
function askedInVain(memory: Memory, look: Look, how: "failed" | "timedOut", at: Stamp, policy: Policy): Step {
  const { asked, face } = look;
  if (asked === null) return [{ ...memory, state: look }, []];
  const done: readonly Movement[] = [...look.tries[how], movementOf(asked.challenge.kind)];
  const tried: Look = { ...look, asked: null, tries: { ...look.tries, [how]: done } };
  if (face !== null && face.track === asked.track) {
    const asking = ask(memory, tried, face, asked.person, at, policy);
    if (asking !== null) return [{ ...asking[0], state: asking[1] }, []];
  }
  // A face that cannot do the movement just now may be able to in a moment; one that took its time had it.
  return how === "failed" && mayAsk(tried, policy)
    ? waited(memory, tried, at, policy)
    : unproven(memory, tried, at, policy);
}
