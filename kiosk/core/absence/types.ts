import type { PersonId } from "../person.ts";

/** Leave: what is left of it, asking for some, and what became of that. */

export interface AbsenceState {
  readonly at: "absence";
  /** Who showed who they are; null where nobody had to. */
  readonly person: PersonId | null;
  readonly untilMs: number;
}

/** What the rooms are asked for. Answered by exactly one `AbsenceAnswer`, or by a failure. */
export type AbsenceWish = { readonly of: "absence"; readonly is: "read"; readonly person: PersonId | null };

export type AbsenceAnswer = { readonly of: "absence"; readonly is: "read" };

/** What of it outlives a visit. */
export interface AbsenceMemory {
  readonly isOffered: boolean;
}

export const noAbsence: AbsenceMemory = { isOffered: false };
