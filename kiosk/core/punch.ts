import { suggestKind } from "./directions.ts";
import type { Flag, Proof, PunchDraft } from "./draft.ts";
import type { Step } from "./event.ts";
import type { Memory } from "./memory.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import type { Stamp } from "./time.ts";
import type { RefusedWhy } from "./view.ts";

/** The answers of a visit: a punch on its way to the disk, a question about a second one, or words. */

/** @param when the person did it; a badge may have waited for its face, so `now` can be later. */
export function punch(memory: Memory, shown: Proof, when: Stamp, now: Stamp, policy: Policy): Step {
  const proof = memory.people.get(shown.person)?.isOffRoster ? withFlag(shown, "not-rostered") : shown;
  const last = memory.lastPunches.get(proof.person);
  const isDuplicate = last !== undefined && Math.abs(when.utcMs - last.utcMs) < policy.duplicateWindowMs;
  if (isDuplicate) {
    const untilMs = now.monoMs + policy.duplicateMs;
    return [{ ...memory, state: { at: "duplicate", last, proof, untilMs } }, []];
  }
  const kind = suggestKind(last, when.utcMs);
  return save(memory, { draft: "punch", ...proof, kind, inferred: true, at: when }, now, policy);
}

const withFlag = (proof: Proof, flag: Flag): Proof => ({ ...proof, flags: [...proof.flags, flag] });

export const save = (memory: Memory, draft: PunchDraft, now: Stamp, policy: Policy): Step => [
  { ...memory, state: { at: "saving", draft, untilMs: now.monoMs + policy.saveMs } },
  [{ do: "save", draft }],
];

/** What a badge alone proves. */
export const byBadge = (person: PersonId, flags: readonly Flag[]): Proof => ({
  person,
  methods: ["card"],
  assure: { match: "none", live: flags.includes("pad-suspect") ? "fail" : "na", card: "static" },
  flags,
});

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
