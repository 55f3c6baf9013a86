import type { PersonId } from "./person.ts";

/** Classes of what a clock keeps, each with a time of its own (docs/privacy.md). */
export type RetentionClass =
  | "enrolment-image"
  | "snapshot"
  | "template"
  | "consent"
  | "spoof"
  | "punch"
  | "visitor"
  | "audit"
  | "log"
  | "person";

/** What is due now. Wall times are epoch milliseconds, and only ever those of a clock that can be trusted. */
export interface Due {
  readonly nowUtcMs: number;
  /** Whatever was collected (or last used, as the class has it) before this moment goes. */
  readonly beforeUtcMs: number;
  /** Under a legal hold: stays, and is counted. */
  readonly isHeld: (sub: PersonId | null) => boolean;
  /** At most so many in one piece of work, so that no punch waits. */
  readonly limit: number;
}

export interface Purged {
  readonly gone: number;
  readonly held: number;
  /** There is more to do now. */
  readonly isMore: boolean;
}

/** A room that keeps things of one class, and deletes them for good when their time is over. */
export interface Keepsakes {
  readonly cls: RetentionClass;
  /** Durable when it resolves. What could not be deleted throws, and is tried again. */
  readonly purge: (due: Due) => Promise<Purged>;
}
