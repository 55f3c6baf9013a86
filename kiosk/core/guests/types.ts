import type { PersonId } from "../person.ts";

/** Visitors: who comes, to whom, and goes again. */

export interface GuestsState {
  readonly at: "guests";
  /** Who showed who they are; null where nobody had to. */
  readonly person: PersonId | null;
  readonly untilMs: number;
}

/** What the rooms are asked for. Answered by exactly one `GuestsAnswer`, or by a failure. */
export type GuestsWish = { readonly of: "guests"; readonly is: "read"; readonly person: PersonId | null };

export type GuestsAnswer = { readonly of: "guests"; readonly is: "read" };

/** What of it outlives a visit. */
export interface GuestsMemory {
  readonly isOffered: boolean;
}

export const noGuests: GuestsMemory = { isOffered: false };
