import { isEndPossible, type OpenShift } from "./attendance/open-shift.ts";
import type { State } from "./memory.ts";

/** "You did not go out yesterday": asked before the punch of now, because the answer says what that is. */

export type OpenShiftAsked = Extract<State, { at: "open-shift" }>;

/** People remember a quarter of an hour. */
export const quarterMs = 15 * 60_000;
/** Without a plan: where to begin asking. */
const usualShiftMs = 8 * 3_600_000;

/** The end to begin asking with: the planned one, or so long a day as is usual. */
export function likelyEnd(open: OpenShift, nowUtcMs: number): number {
  const wished = open.plannedEndUtcMs ?? open.sinceUtcMs + usualShiftMs;
  const rounded = Math.ceil(wished / quarterMs) * quarterMs;
  return isEndPossible(open, rounded, nowUtcMs) ? rounded : Math.min(open.sinceUtcMs + 60_000, nowUtcMs);
}

export const canStep = ({ open, endUtcMs, since }: OpenShiftAsked, by: -1 | 1): boolean =>
  isEndPossible(open, endUtcMs + by * quarterMs, since.utcMs);

export const stepped = (state: OpenShiftAsked, by: -1 | 1, untilMs: number): OpenShiftAsked => ({
  ...state,
  endUtcMs: canStep(state, by) ? state.endUtcMs + by * quarterMs : state.endUtcMs,
  untilMs,
});
