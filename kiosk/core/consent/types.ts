import type { PersonId } from "../person.ts";

/** Somebody reads what the clock would keep of their face, agrees or does not, and takes their agreement back. */

export interface ConsentState {
  readonly at: "consent";
  /** Who showed who they are; null where nobody had to. */
  readonly person: PersonId | null;
  readonly untilMs: number;
}

/** What the rooms are asked for. Answered by exactly one `ConsentAnswer`, or by a failure. */
export type ConsentWish = { readonly of: "consent"; readonly is: "read"; readonly person: PersonId | null };

export type ConsentAnswer = { readonly of: "consent"; readonly is: "read" };

/** What of it outlives a visit. */
export interface ConsentMemory {
  readonly isOffered: boolean;
}

export const noConsent: ConsentMemory = { isOffered: false };
