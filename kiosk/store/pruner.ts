import type { Retention } from "../core/ports/journal.ts";
import { isBefore, type Position } from "../core/record.ts";
import type { Stamp } from "../core/time.ts";
import { beforeEverything, type JournalDatabase } from "./database.ts";
import type { Outlined } from "./low-table.ts";
import { later } from "./standing.ts";
import { groupLeaves } from "./tree.ts";

/**
 * What may be forgotten, one bounded look at a time. Forgetting is announced before it is done: first a signed checkpoint
 * says up to where, then records go, a group in each transaction. So a cut at any moment leaves a journal that explains
 * what is missing from it, and nobody can drop records without having signed for it.
 */
export interface Pruner {
  readonly next: (rule: Retention, at: Stamp) => Step;
}

export type Step =
  | { readonly do: "nothing" }
  /** There may be more to find: ask again. */
  | { readonly do: "look" }
  | { readonly do: "announce"; readonly low: Position }
  | Drop;

interface Drop {
  readonly do: "drop";
  readonly epoch: number;
  readonly from: number;
  readonly below: number;
}

export interface PrunerOptions {
  readonly database: () => Shelves;
  readonly announced: () => Position | null;
  readonly cursor: (receiver: string) => Position;
  readonly head: () => Position;
}

/** What is looked at. */
export type Shelves = Pick<JournalDatabase, "after" | "outline" | "epochs" | "low">;

const dayMs = 24 * 3_600_000;
/** Memory is rebuilt from the last few days at start, so those always stay. */
const keepDaysMin = 7;
/** Groups looked at before they are announced: one checkpoint speaks for some 16,000 records. */
const looksMax = 64;

export function openPruner({ database, announced, cursor, head }: PrunerOptions): Pruner {
  /** Everything before it may go, as far as was looked. */
  let found: Position | null = null;
  let looks = 0;
  return {
    next: (rule, at) => {
      if (!(rule.keepDays >= keepDaysMin)) throw new RangeError(`keepDays is at least ${keepDaysMin}`);
      const low = announced();
      const due = low === null ? null : oldestBefore(low, database());
      if (due !== null) {
        const group = database().outline({ epoch: due.epoch, seq: due.from }, due.below - due.from);
        const going = group.filter(({ seq }) => seq < due.below);
        // Announced under an earlier rule, perhaps: what holds now decides.
        return going.every((one) => mayGo(one, rule, at, cursor)) ? due : { do: "nothing" };
      }
      const from = later(low, found);
      const next = looks < looksMax ? nextBoundary(from, rule, at, { database, announced, cursor, head }) : null;
      if (next !== null) {
        found = next;
        looks += 1;
        return { do: "look" };
      }
      const isNews = found !== null && (low === null || isBefore(low, found));
      const step: Step = isNews && found !== null ? { do: "announce", low: found } : { do: "nothing" };
      found = null;
      looks = 0;
      return step;
    },
  };
}

/** The oldest group of what was announced and is still there. */
function oldestBefore(low: Position, database: Shelves): Drop | null {
  for (const { epoch } of database.epochs()) {
    if (epoch > low.epoch) return null;
    const from = database.low(epoch);
    if (from === 0 || !isBefore({ epoch, seq: from }, low)) continue;
    const groupEnd = (Math.floor(from / groupLeaves) + 1) * groupLeaves;
    return { do: "drop", epoch, from, below: epoch === low.epoch ? Math.min(groupEnd, low.seq) : groupEnd };
  }
  return null;
}

/** The next place before which everything may go, or null where the next group has to stay. */
function nextBoundary(from: Position | null, rule: Retention, at: Stamp, options: PrunerOptions): Position | null {
  const database = options.database();
  const [first] = from === null ? database.after(beforeEverything, 1) : [from];
  if (first === undefined) return null;
  const group = database.outline(first, groupLeaves + 1);
  const next = boundaryAfter(first, group, options.head(), database);
  if (next === null) return null;
  const going = group.filter((one) => isBefore(one, next));
  // The boundary itself is receipted as well: its checkpoint is what the rest will be proved from.
  return going.every((one) => mayGo(one, rule, at, options.cursor)) && isReceipted(next, rule, options.cursor)
    ? next
    : null;
}

/** Old enough, not held, and receipted by everybody who has to. */
function mayGo(one: Outlined, rule: Retention, at: Stamp, cursor: PrunerOptions["cursor"]): boolean {
  const limitMs = Math.min(at.utcMs - rule.keepDays * dayMs, rule.holdSinceUtcMs ?? Number.POSITIVE_INFINITY);
  return one.committedMs < limitMs && isReceipted(one, rule, cursor);
}

const isReceipted = (one: Position, { receivers }: Retention, cursor: PrunerOptions["cursor"]): boolean =>
  receivers.length > 0 && receivers.every((receiver) => !isBefore(cursor(receiver), one));

/** In the newest epoch a checkpoint 256 records on; in one that has ended any place, and at last the next epoch. */
function boundaryAfter(
  first: Position,
  group: readonly Outlined[],
  head: Position,
  database: Shelves,
): Position | null {
  const last = group.length > groupLeaves ? group.at(-1) : undefined;
  if (first.epoch === head.epoch) {
    const seq = (Math.floor(first.seq / groupLeaves) + 1) * groupLeaves;
    const boundary = group.find((one) => one.seq === seq);
    return boundary?.type === "checkpoint" ? { epoch: boundary.epoch, seq } : null;
  }
  if (last !== undefined) return { epoch: last.epoch, seq: last.seq };
  const [next] = database.after({ epoch: first.epoch, seq: Number.MAX_SAFE_INTEGER }, 1);
  return next === undefined ? null : { epoch: next.epoch, seq: next.seq };
}
