import type { PersonId } from "../person.ts";
import type { CorrectionData } from "../record.ts";
import { utcText } from "../time.ts";

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

/** Somebody asks for a correction of their own: another time, another kind, a missing punch. Null: the time is not known. */
export function askedCorrection(wish: {
  readonly ref: string;
  readonly sub: PersonId;
  readonly kind: CorrectionData["kind"];
  readonly adds?: "before" | "after";
  readonly reason: string;
  readonly atUtcMs: number | null;
  readonly note?: string;
}): CorrectionData {
  const { ref, sub, kind, adds, reason, atUtcMs, note = "" } = wish;
  return {
    ...{ ref, kind, sub, reason },
    by: "self",
    ...(atUtcMs !== null && { at: utcText(atUtcMs) }),
    ...(adds !== undefined && { adds }),
    state: "asked",
    ...(note !== "" && { note: note.slice(0, noteMax) }),
  };
}

/** As long as the contract allows. */
export const noteMax = 256;
