import type { PersonId } from "../person.ts";

/** What this clock knows about somebody, and what they may do about it; the public notice, for whoever asks. */

export interface RightsState {
  readonly at: "rights";
  /** Who showed who they are; null where nobody had to. */
  readonly person: PersonId | null;
  readonly untilMs: number;
}

/** What the rooms are asked for. Answered by exactly one `RightsAnswer`, or by a failure. */
export type RightsWish = { readonly of: "rights"; readonly is: "read"; readonly person: PersonId | null };

export type RightsAnswer = { readonly of: "rights"; readonly is: "read" };

/** What of it outlives a visit. */
export interface RightsMemory {
  readonly isOffered: boolean;
}

export const noRights: RightsMemory = { isOffered: false };
