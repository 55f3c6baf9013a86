import type { CorrectionData } from "../record.ts";

/** What a correction is. Punches and corrections are never edited; later ones say more. */

export type CorrectionStanding =
  /** It holds: the person chose another kind at the clock, or a supervisor granted it. */
  | "granted"
  /** Somebody asks. What stood before still stands. */
  | "asked"
  /** It was decided against, or taken back. */
  | "declined";

/**
 * People may change what they meant, and may only ask for another time or a missing punch, whatever their record says of
 * itself. Supervisors decide.
 */
export function standingOf({ by, state, at, adds }: CorrectionData): CorrectionStanding {
  if (state === "declined") return "declined";
  if (by === "supervisor") return state ?? "granted";
  const isChangeOfMind = state === undefined && at === undefined && adds === undefined;
  return by === "self" && isChangeOfMind ? "granted" : "asked";
}
