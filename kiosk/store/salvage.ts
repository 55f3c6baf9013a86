import type { KeyOf } from "../core/jws.ts";
import type { Position } from "../core/record.ts";
import { afterEverything, beforeEverything, type JournalDatabase, type Row } from "./database.ts";
import { isFlaw, proveRow } from "./proof.ts";
import { isSqliteError } from "./sqlite-error.ts";

/** Which numbers of an epoch can still be read and proved, ascending. */
export type Readable = ReadonlyMap<number, readonly number[]>;

/** Signatures are checked for the newest records up to this many; older ones by hash and checksum, to be quick. */
const signatureRows = 20_000;
const chunk = 64;
/** In the dark between two readable parts, give up after this many numbers that answer nothing. */
const darkRows = 4_096;

/**
 * Finds every record of a damaged journal that still proves itself: from the front until a page cannot be read, from the
 * back likewise, and number by number in between.
 */
export function readableRecords(database: JournalDatabase, keyOf: KeyOf, source: string): Readable {
  const found = new Map<number, Set<number>>();
  let signatureBudget = signatureRows;
  const take = (row: Row): void => {
    const numbers = found.get(row.epoch) ?? new Set<number>();
    if (numbers.has(row.seq)) return;
    const event = proveRow(row, keyOf, signatureBudget > 0 ? "signature" : "hash");
    signatureBudget -= 1;
    if (isFlaw(event) || event.source !== source) return;
    // A page out of order can be walked over and still not be found by its number; only what is found can be copied.
    if (attempt(() => database.at(row))?.rh !== row.rh) return;
    numbers.add(row.seq);
    found.set(row.epoch, numbers);
  };
  // From the back first, so that the newest records are those whose signatures are looked at.
  const back = walk((from, limit) => database.before(from, limit), afterEverything, take);
  if (back !== "end") {
    const front = walk((from, limit) => database.after(from, limit), beforeEverything, take);
    if (front !== "end") lookUpBetween(database, front, back, take);
  }
  return new Map([...found].sort(([a], [b]) => a - b).map(([epoch, set]) => [epoch, [...set].sort((a, b) => a - b)]));
}

/** @returns "end" when everything was seen, else the last position before the page that cannot be read. */
function walk(
  step: (from: Position, limit: number) => readonly Row[],
  start: Position,
  take: (row: Row) => void,
): "end" | Position {
  let from = start;
  let limit = chunk;
  for (;;) {
    const rows = attempt(() => step(from, limit));
    if (rows === null) {
      if (limit === 1) return from;
      limit = 1;
      continue;
    }
    const next = rows.at(-1);
    if (next === undefined) return "end";
    for (const row of rows) take(row);
    // A damaged tree can lead in circles.
    if (next.epoch === from.epoch && next.seq === from.seq) return from;
    from = { epoch: next.epoch, seq: next.seq };
  }
}

function lookUpBetween(database: JournalDatabase, front: Position, back: Position, take: (row: Row) => void): void {
  const lookUp = (from: Position, direction: 1 | -1): void => {
    let dark = 0;
    for (let seq = from.seq + direction; seq >= 0 && dark < darkRows; seq += direction) {
      const row = attempt(() => database.at({ epoch: from.epoch, seq }));
      if (row) take(row);
      dark = row ? 0 : dark + 1;
    }
  };
  lookUp(front, 1);
  if (back.epoch !== afterEverything.epoch) lookUp(back, -1);
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    return null;
  }
}
