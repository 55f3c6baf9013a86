import type { Fault } from "../fault.ts";
import type { Hold } from "../hold.ts";
import type { RetentionClass } from "../keepsake.ts";
import type { PersonId } from "../person.ts";
import type { ErasureData, Position } from "../record.ts";
import type { Chosen } from "../retention.ts";

/** What has to be remembered so that people can be forgotten. */

/** An erasure that was begun: what was there when it began, so that its record is true also after a crash. */
export interface Erasing {
  readonly sub: PersonId;
  /** Id of the order; null where the person asked for it at the clock. */
  readonly cmd: string | null;
  /** Head of the journal when it began: its record can only stand after it. */
  readonly since: Position;
  readonly counts: ErasureData["counts"];
  readonly dek: ErasureData["dek"];
}

/** Who was forgotten here and must not come back, until that is lifted. */
export interface Suppressed {
  readonly notice: Fault | null;
  /** Grows with every change of who is on it. */
  readonly version: () => number;
  readonly has: (sub: PersonId) => boolean;
  readonly all: () => readonly PersonId[];
  /** Begun, and not known to have ended. */
  readonly pending: () => readonly Erasing[];
  /** Where the record of this order stands; null where it was not carried out, or long ago. */
  readonly done: (sub: PersonId, cmd: string) => Position | null;
  /** Puts the person on the list. Durable when it resolves. @returns what was begun before, where it was. */
  readonly begin: (erasing: Erasing) => Promise<Erasing>;
  readonly finish: (erasing: Pick<Erasing, "sub" | "cmd">, at: Position) => Promise<void>;
  /** They may come back. Somebody who agreed anew has a new id; this is for a mistake. */
  readonly lift: (sub: PersonId) => Promise<void>;
}

/** A deletion that was counted, and may have been cut short: its record is true also after a crash. */
export interface Purging {
  readonly cls: RetentionClass;
  readonly days: number;
  readonly n: number;
  /** Stayed under a hold. */
  readonly held: number;
  readonly nowUtcMs: number;
  readonly beforeUtcMs: number;
  /** Head of the journal when it was counted: its record can only stand after it. */
  readonly since: Position;
}

/** What retention remembers. Durable when its promises resolve; throws Fault `disk-full`. */
export interface RetentionBook {
  readonly notice: Fault | null;
  /** It is at least this late, as far as was known when this was kept. */
  readonly floorUtcMs: () => number | null;
  readonly keepFloor: (utcMs: number) => Promise<void>;
  /** Rules of a class, oldest first; empty: none was ever kept. */
  readonly history: (cls: RetentionClass) => readonly Chosen[];
  readonly choose: (cls: RetentionClass, history: readonly Chosen[]) => Promise<void>;
  readonly purging: () => readonly Purging[];
  /** One at a time of each class. */
  readonly begin: (purging: Purging) => Promise<void>;
  readonly end: (cls: RetentionClass) => Promise<void>;
}

/** Durable when its promises resolve; throws Fault `disk-full`. */
export interface HoldBook {
  readonly notice: Fault | null;
  /** Some may be missing: nothing may be deleted. */
  readonly isDoubtful: () => boolean;
  /** Also those that are over. */
  readonly all: () => readonly Hold[];
  /** The same id replaces. @throws Fault `hold-refused` */
  readonly set: (hold: Hold) => Promise<void>;
  readonly lift: (id: string) => Promise<void>;
  /** Those that are here are all there are. */
  readonly trust: () => Promise<void>;
}

/** Days are counted from 1970-01-01, UTC. */
export interface LastSeen {
  /** From this day on uses are noted; the first call counts. */
  readonly begin: (day: number) => void;
  readonly since: () => number | null;
  /** When this face was used last; null: not since `since`. */
  readonly used: (sub: PersonId) => number | null;
  readonly noteUse: (sub: PersonId, day: number) => void;
  /** Who is off the roster, since when. */
  readonly left: () => readonly (readonly [PersonId, number])[];
  readonly noteLeft: (sub: PersonId, day: number) => void;
  /** Durable when it resolves. */
  readonly forget: (sub: PersonId, what: "used" | "left" | "all") => Promise<void>;
  /** Everything that was noted is durable when it resolves. */
  readonly save: () => Promise<void>;
}

/** What a clock keeps of one person in their own files. */
export interface Traces {
  readonly template: number;
  readonly name: number;
  readonly card: number;
  /** Files of theirs that are there, also damaged ones and what a crash left. */
  readonly files: number;
}
