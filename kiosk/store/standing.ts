import { type CheckpointData, isBefore, type Position } from "../core/record.ts";
import { afterEverything, type JournalDatabase } from "./database.ts";
import { eventOf } from "./make-record.ts";
import { emptyFrontier, type Frontier, frontierAt, grow, rootOf } from "./tree.ts";

const stepRows = 256;

/**
 * The tree of the newest epoch up to its newest record, proved by the newest checkpoint. Null where what is stored does
 * not lead to the root that was signed: then this epoch cannot be continued.
 */
export function standingTree(database: JournalDatabase, head: Position): Frontier | null {
  const [newest] = database.checkpointsBefore({ epoch: head.epoch, seq: head.seq + 1 }, 1);
  let frontier = emptyFrontier;
  if (newest?.epoch === head.epoch) {
    if (!newest.isIntact) return null;
    const { size, root } = eventOf(newest.jws).data as CheckpointData;
    const proved = size === newest.seq ? frontierAt(size, database.tree(head.epoch)) : null;
    if (proved === null || rootOf(proved) !== root) return null;
    frontier = proved;
  }
  const parts = database.tree(head.epoch);
  while (frontier.size <= head.seq) {
    const leaves = parts.leaves(frontier.size, Math.min(frontier.size + stepRows, head.seq + 1));
    if (leaves === null) return null;
    for (const leaf of leaves) frontier = grow(frontier, leaf).frontier;
  }
  return frontier;
}

/** What the newest checkpoints announce as forgotten; null where none does. A few are read, in case one decayed. */
export function announcedLow(database: JournalDatabase): Position | null {
  return database
    .checkpointsBefore(afterEverything, 8)
    .filter(({ isIntact }) => isIntact)
    .map(({ jws }) => lowOf(eventOf(jws).data as CheckpointData))
    .reduce(later, null);
}

/** What was forgotten, as far as anything remembers: announcements may be among the damaged records. */
export const rememberedLow = (database: JournalDatabase): Position | null =>
  database.dropped().reduce(later, announcedLow(database));

export const lowOf = ({ low }: Pick<CheckpointData, "low">): Position | null =>
  low === undefined ? null : { epoch: low[0], seq: low[1] };

export const later = (a: Position | null, b: Position | null): Position | null =>
  a === null || (b !== null && isBefore(a, b)) ? b : a;
