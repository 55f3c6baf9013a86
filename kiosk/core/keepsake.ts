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

/**
 * What is due now. Wall times are epoch milliseconds, and only ever those of a clock that can be trusted. What bears a date
 * after `nowUtcMs` was dated by a clock that was wrong: count it from now on.
 */
export interface Due {
  /** It is at least this late. */
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

/** How many would go, and how many stay only because of a hold. */
export interface Counted {
  readonly due: number;
  readonly held: number;
}

/** A room that keeps things of one class, and deletes them for good when their time is over. */
export interface Keepsakes {
  readonly cls: RetentionClass;
  /** Counts and changes nothing: the signed record with the number is written before anything goes. */
  readonly count: (due: Omit<Due, "limit">) => Promise<Counted>;
  /**
   * Durable when it resolves. What could not be deleted throws, and is tried again. After a crash the same is asked once
   * more: what is gone already is no trouble.
   */
  readonly purge: (due: Due) => Promise<Purged>;
}
