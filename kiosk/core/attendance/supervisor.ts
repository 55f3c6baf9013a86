import type { ChosenKind } from "../chosen.ts";
import type { PersonId } from "../person.ts";
import type { CorrectionData, PunchData } from "../record.ts";
import { utcText } from "../time.ts";
import { noteMax } from "./correction.ts";
import type { CorrectionRequest } from "./marks.ts";

/** Why a supervisor punches for somebody: a code for the record, chosen with one touch. */
export const overrideReasons = [
  "badge-forgotten",
  "badge-broken",
  "not-recognised",
  "not-enrolled-yet",
  "cannot-reach",
  "other",
] as const;
export type OverrideReason = (typeof overrideReasons)[number];

/** What of a punch an override decides; the rest is as for any other. */
export type OverridePunch = Required<Pick<PunchData, "kind" | "sub" | "method" | "assure" | "dec" | "why" | "sup">>;

/**
 * A punch for somebody else, by a supervisor who has shown who they are. It says so three times: method, `sup`, and the
 * reason among the flags. Null where they would punch for themselves: their own way in is the one for that.
 */
export function overridePunch(wish: {
  readonly sub: PersonId;
  readonly sup: PersonId;
  readonly kind: ChosenKind;
  readonly reason: OverrideReason;
}): OverridePunch | null {
  const { sub, sup, kind, reason } = wish;
  if (sub === sup) return null;
  return {
    ...{ kind, sub, sup },
    method: ["supervisor"],
    assure: { match: "none", live: "na", card: "none" },
    dec: "flag",
    why: ["override", reason],
  };
}

/**
 * The record that decides a request. It repeats what was asked, so that it can be understood without the request.
 * Null for one's own, and for what was decided before.
 */
export function decisionOf(
  asked: CorrectionRequest,
  decision: { readonly sup: PersonId; readonly state: "granted" | "declined"; readonly note?: string },
): CorrectionData | null {
  const { sup, state, note = "" } = decision;
  if (sup === asked.person || asked.state !== "asked") return null;
  const { ref, kind, person, reason, claimedUtcMs, adds, id } = asked;
  return {
    ...{ ref, kind, reason },
    sub: person,
    by: "supervisor",
    ...(claimedUtcMs !== null && { at: utcText(claimedUtcMs) }),
    ...(adds !== null && { adds }),
    ...{ state, req: id },
    ...(note !== "" && { note: note.slice(0, noteMax) }),
    sup,
  };
}
