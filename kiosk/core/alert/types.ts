import type { PersonId } from "../person.ts";
import type { Stamp } from "../time.ts";

/** An emergency: raised in two steps, first in line everywhere, with who is on site. */

export interface AlertState {
  readonly at: "alert";
  /** raise: asked whether they mean it. on: it is raised. end: asked whether it is over. */
  readonly step: "raise" | "on" | "end";
  /** The supervisor who is asked whether it is over; null everywhere else. */
  readonly person: PersonId | null;
  /** Of the list, from 0. */
  readonly page: number;
  /** When the list was last gone through. */
  readonly since: Stamp;
  readonly untilMs: number;
}

/** What the rooms are asked for: nothing. Whoever is here is in the journal. */
export type AlertWish = { readonly of: "alert"; readonly is: "none" };

/** By command or at the technician's desk. Said again, it changes nothing. */
export type AlertAnswer = {
  readonly of: "alert";
  readonly is: "ordered";
  readonly act: "raised" | "cleared";
  readonly cmd: string | null;
};

/** An alert that is not over. */
export interface Raised {
  readonly sinceUtcMs: number;
  readonly by: "wall" | "command";
  readonly cmd: string | null;
  /** Id of its record; null until the disk has it. */
  readonly id: string | null;
  /** Where its record stands: whether somebody out there has it follows from that. */
  readonly position: { readonly epoch: number; readonly seq: number } | null;
}

/** What of it outlives a visit. */
export interface AlertMemory {
  readonly raised: Raised | null;
}

export const noAlert: AlertMemory = { raised: null };
