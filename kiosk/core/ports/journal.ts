import type { Signer } from "../jws.ts";
import type { Position, RecordBody, RecordEvent } from "../record.ts";
import type { Stamp } from "../time.ts";

/** The journal: what was accepted, provably, and the keys that sign it. */

/** A record as it stands in the journal. */
export interface StoredRecord extends Position {
  /** Record hash, base64url. */
  readonly rh: string;
  /** The signed text, verbatim. */
  readonly jws: string;
  readonly type: string;
  readonly id: string;
}

export interface Appended {
  readonly event: RecordEvent;
  readonly stored: StoredRecord;
}

/** What opening found wrong with an older journal. On screen and in the genesis record until a person signs it off. */
export interface JournalNotice {
  readonly reason: "journal-lost" | "truncated" | "rollback" | "corrupt";
  /** Where the old files stand now, untouched. */
  readonly setAside: string | null;
  readonly lost: readonly [number, number] | null;
  /** With `corrupt`: the first bad record that the running check found, and what is wrong. The next start repairs it. */
  readonly found?: Position & { readonly sentence: string };
}

export interface Journal extends AsyncDisposable {
  readonly notice: JournalNotice | null;
  /** The newest record; there is always one, because opening writes the genesis. */
  readonly head: () => Position & { readonly rh: string };
  /**
   * Builds, signs and commits one record at `at`. When the promise resolves the bytes are on the disk (SQLite WAL,
   * synchronous=FULL) and the head witness is written: only then may anybody be thanked.
   * @throws Fault `disk-full`, `disk-read-only`, `journal-write-failed`, `record-too-large`: nothing was appended, and
   *   the same number will be used by the next record.
   */
  readonly append: (body: RecordBody, at: Stamp) => Promise<Appended>;
  /** Commits a durable write that changes nothing; throws what `append` would. How an ill clock learns that it is well. */
  readonly probe: () => Promise<void>;
  /** Records after `after`, oldest first, at most `limit`. `{ epoch: 0, seq: -1 }` is before everything. */
  readonly read: (after: Position, limit: number) => readonly StoredRecord[];
  /** One record, or undefined. */
  readonly at: (position: Position) => StoredRecord | undefined;
  /**
   * What memory is rebuilt from: punches, corrections and time fixes, oldest first, from the first punch or correction
   * that was written since `sinceUtcMs`, and all after it whatever date they bear; then leave and alerts, all there are.
   * @param spanMs at least those that were written in so long a time before the newest date of any: a clock that ran
   *   ahead must not make the wall forget. Default 0.
   */
  readonly recall: (sinceUtcMs: number, spanMs?: number) => readonly RecordEvent[];
  /** Alerts after a place, oldest first, few at a time: nothing that is sent may stand before them. */
  readonly pressing: (after: Position) => readonly StoredRecord[];
  /** How far a receiver has receipted; before everything where it never did. */
  readonly cursor: (receiver: string) => Position;
  /** Durable; moves forward only. */
  readonly moveCursor: (receiver: string, to: Position) => void;
  /** Punches and corrections after the cursor: what a person would miss, not our own bookkeeping. */
  readonly waiting: (receiver: string) => number;
}

/** That a record stood in its epoch when a checkpoint was signed: RFC 9162, 2.1.3. */
export interface InclusionProof {
  /** Where the signed checkpoint stands, with its number of leaves and its root. */
  readonly checkpoint: Position & { readonly size: number; readonly root: string };
  /** The leaf: the record's number. */
  readonly index: number;
  /** Siblings from the leaf to the root, base64url. */
  readonly path: readonly string[];
}

/** What a journal may forget, and when. */
export interface Retention {
  /** Cursors that must have passed a record before it may go. Nothing ever goes where this is empty. */
  readonly receivers: readonly string[];
  /** At least 7. */
  readonly keepDays: number;
  /** Legal hold: nothing written at or after this moment goes, however old it becomes. Null: none. */
  readonly holdSinceUtcMs: number | null;
}

export interface Checked {
  /** Records proved so far, of so many. */
  readonly records: number;
  readonly of: number;
  readonly is: "running" | "good" | "bad";
}

/** Who agreed to what, as far as the journal still has it. */
export interface JournalConsents {
  /** All consent records that were not pruned yet, oldest first. */
  readonly consents: () => readonly StoredRecord[];
}

/** What a journal does between punches. Each call is one bounded piece of work, so that a punch never waits for more. */
export interface JournalUpkeep {
  /** The oldest number after the genesis that the newest epoch still has; 0 where nothing of it was pruned. */
  readonly low: () => number;
  /** Proof against the first checkpoint after the record. Null where none came yet, or the record is not here. */
  readonly proofOf: (position: Position) => InclusionProof | null;
  /** Signs what the epoch is now; null where the newest record already says it. Throws what `append` would. */
  readonly checkpoint: (at: Stamp) => Promise<Appended | null>;
  /** Proves the next few records of the whole journal; what it finds becomes `notice`. Begins anew after the end. */
  readonly check: () => Checked;
  /**
   * One step of forgetting: look at a few old records, announce in a signed checkpoint how far is forgotten, or drop a
   * few that were announced. Throws what `append` would.
   * @returns true where there is more to do now.
   */
  readonly prune: (rule: Retention, at: Stamp) => Promise<boolean>;
}

/** The clock's record keys: one signs, one may stand ready to follow. The private halves never leave the adapter. */
export interface KeyRing extends Signer {
  /** The key of this kid where it signs now or stands ready; undefined for every other. */
  readonly held: (kid: string) => Signer | undefined;
  /**
   * Makes the key that shall follow, durable when the promise resolves. One that stands ready already is taken.
   * @param cause why, kept with the key: the id of an order, so that it is known again after a crash.
   * @throws Fault `state-unwritable`
   */
  readonly prepare: (cause: string) => Promise<Signer>;
  /** What `prepare` was told about the key that signs now; null for the first one. */
  readonly cause: () => string | null;
  /**
   * The key that stands ready signs from now on; nothing where it does already. Only the journal calls this, once its
   * records say so. A disk that does not take it now is asked again later: the next opening finds it in the records.
   */
  readonly adopt: (kid: string) => void;
  /** Kids of keys that signed before and whose private half is here still, for nothing but to be destroyed. */
  readonly former: () => readonly string[];
  /** Overwrites and removes a former key. @throws Fault `state-unwritable` */
  readonly destroy: (kid: string) => Promise<void>;
}

/** A change of keys that some receiver may still have to learn. */
export interface KeyChange extends Position {
  /** Kid of the key that signed the record at this place, and nothing after it. */
  readonly old: string;
}

/** How a journal changes hands between keys, and what it does when somebody proves that its numbers are spent. */
export interface JournalLife {
  /**
   * A `keychange` record, signed by the key so far; from the record after it on `next` signs, also in the same commit.
   * @param next stands ready in the ring. @throws what `append` would: nothing changed then.
   */
  readonly rotate: (next: Signer, at: Stamp) => Promise<Appended>;
  /** Changes that were made and not yet settled, oldest first. */
  readonly changes: () => readonly KeyChange[];
  /** Everybody has it: no receiver needs the copy that is kept beside the journal any more. */
  readonly settleChange: (old: string) => void;
  /**
   * Holds what a genuine receipt says of us against what is here. Where it contradicts, these numbers were used before by
   * a life of this clock that is not here any more: a new epoch begins, its genesis says so, punches that stand under
   * doubtful numbers are written down once more in it, and those numbers are never sent.
   * @returns the notice; null where nothing contradicts. Throws what `append` would.
   */
  readonly yieldTo: (claim: Claim, at: Stamp) => Promise<JournalNotice | null>;
}

/** What a genuine receipt says about our journal. */
export interface Claim extends Position {
  /** Record hash at this place, base64url. */
  readonly rh: string;
  /** The newest number of that epoch which the receiver heard of; `seq` where it heard of no later one. */
  readonly last: number;
}
