import { directionOf } from "./attendance/direction.ts";
import { duplicateSinceMs } from "./attendance/duplicate.ts";
import { leaveAt } from "./attendance/leave.ts";
import { openShiftOf } from "./attendance/open-shift.ts";
import { shiftOf } from "./attendance/schedule.ts";
import { allKinds, isChosenKind } from "./directions.ts";
import type { Proof, PunchDraft } from "./draft.ts";
import type { Step } from "./event.ts";
import { lastMarkOf, planOf, siteOf, trustAt } from "./ground.ts";
import type { Memory, State } from "./memory.ts";
import { likelyEnd } from "./open-shift-asked.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import { withFlags } from "./proof.ts";
import type { PunchKind } from "./record.ts";
import type { Stamp } from "./time.ts";
import type { RefusedWhy } from "./view.ts";

/** The answers of a visit: a punch on its way to the disk, a question about it, or words. */

/** @param when the person did it; a badge may have waited for its face, so `now` can be later. */
export function punch(memory: Memory, shown: Proof, when: Stamp, now: Stamp, policy: Policy): Step {
  const trust = trustAt(memory, now);
  const proof = flagged(memory, shown, when, now);
  const last = lastMarkOf(memory, proof.person);
  const { boot } = memory.moment;
  const sinceMs = duplicateSinceMs({ last, now: when, boot, trust, windowMs: policy.duplicateWindowMs });
  const asked = (state: State): Step => [{ ...memory, state }, []];
  if (last !== null && sinceMs !== null) {
    const before = { kind: shownKind(last.kind), utcMs: last.utcMs ?? when.utcMs - sinceMs };
    return asked({ at: "duplicate", last: before, proof, untilMs: now.monoMs + policy.duplicateMs });
  }
  const nowUtcMs = when.utcMs;
  const site = siteOf(policy);
  const came = last?.utcMs ?? nowUtcMs;
  const planned = shiftOf(planOf(memory, proof.person, came, policy), came);
  const open = policy.asksOpenShift ? openShiftOf({ last, nowUtcMs, trust, site, planned }) : null;
  const untilMs = now.monoMs + policy.askMs;
  if (open !== null) {
    return asked({ at: "open-shift", proof, since: when, open, endUtcMs: likelyEnd(open, nowUtcMs), untilMs });
  }
  const { direction: mode } = policy;
  const plan = planOf(memory, proof.person, nowUtcMs, policy);
  const { kind, inferred, ask } = directionOf({ mode, last, plan, nowUtcMs, trust, site });
  // What is suggested stands on the thanks and can be changed there: nobody is asked first.
  if (ask && mode !== "suggested") {
    const kinds = [kind, ...allKinds.filter((one) => one !== kind)];
    return asked({ at: "choose", proof, since: when, kind, kinds, untilMs });
  }
  return save(memory, { draft: "punch", ...proof, kind, inferred, at: when }, now, policy);
}

/** What lists say about them: it never costs a punch. */
function flagged(memory: Memory, proof: Proof, when: Stamp, now: Stamp): Proof {
  const person = memory.people.get(proof.person);
  const welcome = person?.isOffRoster === true ? withFlags(proof, "not-rostered") : proof;
  const isAway = leaveAt(person?.leave ?? [], when.utcMs, trustAt(memory, now)) !== null;
  return isAway ? withFlags(welcome, "leave") : welcome;
}

const shownKind = (kind: PunchKind): PunchDraft["kind"] => (kind === "transfer" || isChosenKind(kind) ? kind : "in");

export function save(memory: Memory, wanted: PunchDraft, now: Stamp, policy: Policy): Step {
  const isWeak = trustAt(memory, now).reach === "nothing";
  const draft = isWeak ? { ...wanted, ...withFlags(wanted, "clock-weak") } : wanted;
  return [{ ...memory, state: { at: "saving", draft, untilMs: now.monoMs + policy.saveMs } }, [{ do: "save", draft }]];
}

export const refused = (memory: Memory, why: RefusedWhy, since: Stamp, now: Stamp, policy: Policy): Memory => ({
  ...memory,
  state: { at: "refused", why, since, untilMs: now.monoMs + policy.refusedMs },
});

/**
 * This visit has its answer, whatever it was; the face that is there is not asked again.
 * @param thanked whose face it surely is, where that is known.
 */
export const answered = (memory: Memory, at: Stamp, thanked: PersonId | null = null): Memory =>
  memory.present === null
    ? memory
    : { ...memory, settled: { track: memory.present.track, thanked, sinceMs: at.monoMs } };
