import type { Journal, StoredRecord } from "../core/ports/journal.ts";
import { isBefore, type Position } from "../core/record.ts";

/** Reads the journal ahead, a page at a time. */
export interface Pages {
  /** The next record, or undefined at the end of the journal. */
  readonly peek: () => StoredRecord | undefined;
  /** Goes on behind the record that `peek` shows. */
  readonly skip: () => void;
  /** The last record that was skipped. */
  readonly after: () => Position;
}

const pageSize = 100;

export function openPages(journal: Journal, { epoch, seq }: Position): Pages {
  let after: Position = { epoch, seq };
  let records: readonly StoredRecord[] = [];
  let next = 0;
  const peek = (): StoredRecord | undefined => {
    if (next === records.length) {
      if (!isBefore(after, journal.head())) return undefined;
      records = journal.read(after, pageSize);
      next = 0;
    }
    return records[next];
  };
  return {
    peek,
    skip: () => {
      const record = peek();
      if (record === undefined) return;
      next += 1;
      after = { epoch: record.epoch, seq: record.seq };
    },
    after: () => after,
  };
}
