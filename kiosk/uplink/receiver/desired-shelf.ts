/**
 * What clocks should have, as rows with versions: a roster's people, documents of settings. Kept beside the records, so
 * that every receiver of a group answers the same.
 */
export interface DesiredShelf {
  /** The highest version of a kind; 0 where there is nothing. */
  readonly version: (kind: string) => Promise<number>;
  readonly read: (kind: string) => Promise<readonly Desired[]>;
  /** Alone among all receivers: what `work` makes of all there is of a kind is put, in one transaction. */
  readonly change: (kind: string, work: (rows: readonly Desired[]) => readonly Desired[]) => Promise<void>;
}

export interface Desired {
  readonly kind: string;
  readonly name: string;
  readonly v: number;
  /** Null: taken back at that version. */
  readonly text: string | null;
}
