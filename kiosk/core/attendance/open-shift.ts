import type { ChosenKind } from "../chosen.ts";
import type { CorrectionData } from "../record.ts";
import { askedCorrection } from "./correction.ts";
import { longestShiftMs, standingAfter } from "./direction.ts";
import type { Mark } from "./marks.ts";
import type { PlannedShift } from "./schedule.ts";
import type { WallTrust } from "./trust.ts";
import { type SiteDay, type WorkDay, workDayOf } from "./workday.ts";

/** "You have an open punch of yesterday." Asked, never guessed, and answered with one touch. */
export interface OpenShift {
  /** The last punch of it: an `in`, a break, a transfer. */
  readonly last: Mark;
  readonly sinceUtcMs: number;
  readonly day: WorkDay;
  /** When the plan says that it ended; the first time to propose. Null: no plan. */
  readonly plannedEndUtcMs: number | null;
}

export type OpenShiftAnswer =
  /** It ended then, and this is a new beginning. */
  | { readonly is: "ended"; readonly atUtcMs: number }
  | { readonly is: "unknown" }
  /** Nothing is wrong: they are still at it, and go now. */
  | { readonly is: "same-shift" };

/** Somebody who goes this much later than planned is more likely to come again. */
const overrunMs = 4 * 3_600_000;

/**
 * @param planned the shift they had come for; null where nobody knows.
 * @returns null where there is nothing to ask: all is closed, it is still the same work-day, a night shift ends, or the
 * clock cannot say what day it is.
 */
export function openShiftOf(question: {
  readonly last: Mark | null;
  readonly nowUtcMs: number;
  readonly trust: WallTrust;
  readonly site: SiteDay;
  readonly planned: PlannedShift | null;
}): OpenShift | null {
  const { last, nowUtcMs, trust, site, planned } = question;
  if (trust.reach === "nothing" || last === null || standingAfter(last.kind) === "out") return null;
  if (last.time === "unsure" || last.utcMs === null) return null;
  const sinceUtcMs = last.utcMs;
  const day = workDayOf(sinceUtcMs, site);
  if (day >= workDayOf(nowUtcMs, site)) return null;
  const isOver =
    planned === null
      ? nowUtcMs - sinceUtcMs > longestShiftMs
      : nowUtcMs > Math.max(planned.endMs, sinceUtcMs) + overrunMs;
  return isOver ? { last, sinceUtcMs, day, plannedEndUtcMs: planned?.endMs ?? null } : null;
}

/** Whether a shift can have ended then: after its last punch, and not later than now. */
export const isEndPossible = ({ sinceUtcMs }: OpenShift, atUtcMs: number, nowUtcMs: number): boolean =>
  atUtcMs > sinceUtcMs && atUtcMs <= nowUtcMs;

/**
 * What the answer becomes: what the punch of now is, and what is asked of a supervisor. A time that cannot be is "I do not
 * know": the person is not argued with at the wall.
 */
export function openShiftAnswered(
  open: OpenShift,
  answer: OpenShiftAnswer,
  nowUtcMs: number,
): { readonly kind: ChosenKind; readonly correction: CorrectionData | null } {
  switch (answer.is) {
    case "same-shift":
      return { kind: open.last.kind === "break-start" ? "break-end" : "out", correction: null };
    case "unknown":
      return { kind: "in", correction: missingOut(open, null) };
    case "ended":
      return {
        kind: "in",
        correction: missingOut(open, isEndPossible(open, answer.atUtcMs, nowUtcMs) ? answer.atUtcMs : null),
      };
  }
}

function missingOut({ last }: OpenShift, atUtcMs: number | null): CorrectionData {
  return askedCorrection({ ref: last.id, sub: last.person, kind: "out", adds: "after", reason: "open-shift", atUtcMs });
}
