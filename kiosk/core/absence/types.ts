import type { PersonId } from "../person.ts";
import type { LeaveKind } from "./view.ts";

/** Leave: what is left of it, asking for some, and what became of that. */

export interface AbsenceState {
  readonly at: "absence";
  readonly person: PersonId;
  readonly step: AbsenceStep;
  /** Of the site, when they last touched something. */
  readonly today: string;
  readonly untilMs: number;
}

/** How far they have come. Days are `YYYY-MM-DD` of the site; `week` is the Monday of the first that stands there. */
export type AbsenceStep =
  | { readonly is: "list" }
  | { readonly is: "kind" }
  | { readonly is: "first"; readonly k: LeaveKind; readonly week: string }
  | { readonly is: "last"; readonly k: LeaveKind; readonly from: string; readonly week: string }
  | { readonly is: "confirm"; readonly k: LeaveKind; readonly from: string; readonly to: string }
  | { readonly is: "cancel"; readonly id: string }
  | { readonly is: "saving" }
  | { readonly is: "told"; readonly what: "asked" | "cancelled"; readonly from: string; readonly to: string }
  | { readonly is: "not-saved" };

/** What the rooms are asked for: nothing. All of it is in the journal and on the roster. */
export type AbsenceWish = { readonly of: "absence"; readonly is: "none" };

export type AbsenceAnswer = { readonly of: "absence"; readonly is: "none" };

/** What somebody asked for at this clock and did not take back. */
export interface AskedLeave {
  readonly id: string;
  readonly k: LeaveKind;
  readonly from: string;
  readonly to: string;
}

/** What of it outlives a visit: read from the journal, so a power cut forgets no request. */
export interface AbsenceMemory {
  readonly asked: ReadonlyMap<PersonId, readonly AskedLeave[]>;
}

export const noAbsence: AbsenceMemory = { asked: new Map() };
