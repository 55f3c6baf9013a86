import type { PersonId } from "../person.ts";

/** An emergency: raised in two steps, first in line everywhere, with who is on site. */

export interface AlertState {
  readonly at: "alert";
  /** Who showed who they are; null where nobody had to. */
  readonly person: PersonId | null;
  readonly untilMs: number;
}

/** What the rooms are asked for. Answered by exactly one `AlertAnswer`, or by a failure. */
export type AlertWish = { readonly of: "alert"; readonly is: "read"; readonly person: PersonId | null };

export type AlertAnswer = { readonly of: "alert"; readonly is: "read" };

/** What of it outlives a visit. */
export interface AlertMemory {
  readonly isOffered: boolean;
}

export const noAlert: AlertMemory = { isOffered: false };
