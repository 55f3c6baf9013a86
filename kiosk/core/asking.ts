import { bookOf } from "./attendance/attendance.ts";
import { askedCorrection } from "./attendance/correction.ts";
import type { Mark } from "./attendance/marks.ts";
import type { WorkDay } from "./attendance/workday.ts";
import { startOfWorkDay } from "./attendance/workday.ts";
import type { ChosenKind } from "./chosen.ts";
import { allKinds } from "./directions.ts";
import type { RequestDraft } from "./draft.ts";
import type { Step } from "./event.ts";
import { siteOf } from "./ground.ts";
import type { Asking, Memory } from "./memory.ts";
import { quarterMs } from "./open-shift-asked.ts";
import type { Policy } from "./policy.ts";
import type { CorrectionData } from "./record.ts";
import { localText, type Stamp } from "./time.ts";
import { type RequestQuestion, type RequestReason, requestReasons } from "./visit-view.ts";

/** A correction is asked for with touches: which day, which punch, what it was, when, and why. It adds; nothing is edited. */

export function askingOf({ person, days }: Pick<Asking, "person" | "days">, at: Stamp, policy: Policy): Asking {
  return {
    ...{ at: "request", person, days, step: "day", day: null, mark: null, kind: "in", claimedUtcMs: null },
    sinceUtcMs: at.utcMs,
    untilMs: at.monoMs + policy.readMs,
  };
}

export function questionOf(state: Asking, policy: Policy): RequestQuestion {
  const { step, days, day, mark, kind, claimedUtcMs, sinceUtcMs } = state;
  switch (step) {
    case "day":
      return { what: "day", days };
    case "mark": {
      const marks = days.find((one) => one.day === day)?.marks ?? [];
      const canMissing = days.some((one) => one.marks.length > 0);
      return { what: "mark", day: day ?? "", marks, canMissing };
    }
    case "kind":
      return { what: "kind", mark, kinds: allKinds };
    case "time": {
      const utcMs = claimedUtcMs ?? sinceUtcMs;
      return {
        ...{ what: "time", kind, local: localText(utcMs, policy.timeZone) },
        canEarlier: isWithin(state, utcMs - quarterMs, policy),
        canLater: isWithin(state, utcMs + quarterMs, policy),
      };
    }
    case "reason":
      return { what: "reason", reasons: requestReasons };
  }
}

export function picked(memory: Memory, state: Asking, id: string, at: Stamp, policy: Policy): Step {
  switch (state.step) {
    case "day":
      return state.days.some(({ day }) => day === id)
        ? onwards(memory, { ...state, step: "mark", day: id }, at, policy)
        : [memory, []];
    case "mark": {
      const mark = state.days.find(({ day }) => day === state.day)?.marks.find((one) => one.id === id);
      if (mark === undefined) return [memory, []];
      return onwards(memory, { ...state, step: "kind", mark }, at, policy);
    }
    case "reason":
      return isReason(id) ? sent(memory, state, id, at, policy) : [memory, []];
    default:
      return [memory, []];
  }
}

export const missing = (memory: Memory, state: Asking, at: Stamp, policy: Policy): Step =>
  state.step === "mark" && anchorOf(memory, state) !== null
    ? onwards(memory, { ...state, step: "kind", mark: null }, at, policy)
    : [memory, []];

export function kindSaid(memory: Memory, state: Asking, kind: ChosenKind, at: Stamp, policy: Policy): Step {
  if (state.step !== "kind") return [memory, []];
  const claimedUtcMs = likelyTime(memory, state, kind, policy);
  return onwards(memory, { ...state, step: "time", kind, claimedUtcMs }, at, policy);
}

export function timeStepped(memory: Memory, state: Asking, by: -1 | 1, at: Stamp, policy: Policy): Step {
  if (state.step !== "time" || state.claimedUtcMs === null) return [memory, []];
  const utcMs = state.claimedUtcMs + by * quarterMs;
  if (!isWithin(state, utcMs, policy)) return [memory, []];
  return onwards(memory, { ...state, claimedUtcMs: utcMs }, at, policy);
}

/** @param isKnown false where nobody remembers when it was. */
export function timeSaid(memory: Memory, state: Asking, isKnown: boolean, at: Stamp, policy: Policy): Step {
  if (state.step !== "time") return [memory, []];
  const claimedUtcMs = isKnown ? state.claimedUtcMs : null;
  return onwards(memory, { ...state, step: "reason", claimedUtcMs }, at, policy);
}

const steps = ["day", "mark", "kind", "time", "reason"] as const;

/** @returns null before the first question. */
export function askedBefore(state: Asking, at: Stamp, policy: Policy): Asking | null {
  const step = steps[steps.indexOf(state.step) - 1];
  if (step === undefined) return null;
  // Whoever said that they do not know is given a time to begin with again.
  const claimedUtcMs = step === "time" && state.claimedUtcMs === null ? state.sinceUtcMs : state.claimedUtcMs;
  return { ...state, step, claimedUtcMs, untilMs: at.monoMs + policy.readMs };
}

const onwards = (memory: Memory, state: Asking, at: Stamp, policy: Policy): Step => [
  { ...memory, state: { ...state, untilMs: at.monoMs + policy.readMs } },
  [],
];

function sent(memory: Memory, state: Asking, reason: RequestReason, at: Stamp, policy: Policy): Step {
  const data = dataOf(memory, state, reason);
  if (data === null) return [{ ...memory, state: { at: "idle" } }, []];
  const draft: RequestDraft = { draft: "request", person: state.person, data, at };
  return [{ ...memory, state: { at: "saving", draft, untilMs: at.monoMs + policy.saveMs } }, [{ do: "save", draft }]];
}

function dataOf(memory: Memory, state: Asking, reason: RequestReason): CorrectionData | null {
  const { mark, kind, person: sub, claimedUtcMs: atUtcMs } = state;
  if (mark !== null) return askedCorrection({ ref: mark.id, sub, kind, reason, atUtcMs });
  const anchor = anchorOf(memory, state);
  return anchor && askedCorrection({ ref: anchor.mark.id, sub, kind, adds: anchor.adds, reason, atUtcMs });
}

/** Which punch the missing one stands beside. Null where there is none to hold on to. */
function anchorOf(memory: Memory, { person, day, days, claimedUtcMs }: Asking) {
  const { marks } = bookOf(memory.attendance, person);
  const ofDay = days.find((one) => one.day === day)?.marks.at(-1)?.id;
  const before = (mark: Mark): boolean =>
    claimedUtcMs === null ? mark.id === ofDay : mark.utcMs !== null && mark.utcMs <= claimedUtcMs;
  const mark = marks.findLast(before);
  if (mark !== undefined) return { mark, adds: "after" as const };
  const [first] = marks;
  return first === undefined ? null : { mark: first, adds: "before" as const };
}

/** Where to begin asking: when the punch was, else beside the others of that day, else when people usually come and go. */
function likelyTime(memory: Memory, state: Asking, kind: ChosenKind, policy: Policy): number {
  const { marks } = bookOf(memory.attendance, state.person);
  const of = (id: string | undefined): number | null => marks.find((mark) => mark.id === id)?.utcMs ?? null;
  const known = of(state.mark?.id);
  if (known !== null) return known;
  const others = state.days.find(({ day }) => day === state.day)?.marks ?? [];
  const beside = of((kind === "in" ? others[0] : others.at(-1))?.id);
  const usual = startOfWorkDay(state.day as WorkDay, siteOf(policy)) + (kind === "in" ? 4 : 13) * 3_600_000;
  const wished = Math.round((beside ?? usual) / quarterMs) * quarterMs;
  return Math.min(wished, state.sinceUtcMs);
}

/** On the day that was chosen or in the night after it, and not later than now. */
function isWithin({ day, sinceUtcMs }: Asking, utcMs: number, policy: Policy): boolean {
  if (day === null || utcMs > sinceUtcMs) return false;
  const startMs = startOfWorkDay(day as WorkDay, siteOf(policy));
  return utcMs >= startMs && utcMs < startMs + 36 * 3_600_000;
}

const isReason = (id: string): id is RequestReason => (requestReasons as readonly string[]).includes(id);
