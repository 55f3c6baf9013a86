import type { Journal, StoredRecord } from "../core/ports/journal.ts";
import { isBefore, type Position } from "../core/record.ts";

/** Alerts that are owed: they overtake every backlog, and the punches of this minute too. */
export interface Pressing {
  /** The next one behind the cursor; undefined while there is none. Cheap while nothing was appended. */
  readonly peek: (cursor: Position) => StoredRecord | undefined;
  readonly skip: () => void;
}

/** @param from everything up to here was receipted. */
export function openPressing(journal: Pick<Journal, "pressing" | "head">, from: Position): Pressing {
  const found: StoredRecord[] = [];
  let looked = from;
  const look = (): void => {
    for (;;) {
      const head = journal.head();
      if (!isBefore(looked, head)) return;
      const more = journal.pressing(looked);
      const last = more.at(-1);
      found.push(...more);
      looked = last ?? head;
    }
  };
  return {
    peek: (cursor) => {
      look();
      while (found[0] !== undefined && !isBefore(cursor, found[0])) found.shift();
      return found[0];
    },
    skip: () => void found.shift(),
  };
}
