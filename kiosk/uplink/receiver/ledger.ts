import { noRecordHash } from "../../core/chain.ts";
import type { LuCode } from "../../core/jws.ts";
import type { VerifiedRecord } from "./verify.ts";

/**
 * What has come, in whatever order, and how far it is complete. Delivery is at least once and out of order by design;
 * the key is (device, epoch, seq) and the hash tells a duplicate from a fork.
 */

/** Where records are kept. The ledger only says what to keep; durability is the shelf's business. */
export interface Shelf {
  /** The record that came first for this place. */
  readonly at: (source: string, epoch: number, seq: number) => Kept | undefined;
  readonly put: (record: VerifiedRecord) => void;
  /** A second, different record for a place that is taken. Both are evidence. */
  readonly putFork: (record: VerifiedRecord) => void;
  /** What was kept of an epoch, in any order, and which places are forked: read once, when the ledger meets the epoch. */
  readonly epoch: (
    source: string,
    epoch: number,
  ) => { readonly seqs: Iterable<number>; readonly forks: Iterable<number> };
  /** Epochs of which anything is kept, ascending. */
  readonly epochs: (source: string) => readonly number[];
}

export interface Kept {
  readonly rh: string;
  readonly prev: string;
  readonly flaw: LuCode | null;
}

/** How far one epoch of one device is complete. */
export interface Stand {
  readonly source: string;
  readonly epoch: number;
  /** Every record 0..upto is here. -1: none. */
  readonly upto: number;
  /** Record hash at `upto`; that of nothing where it is -1. */
  readonly rh: string;
  /** Ranges between `upto` and the newest that came or was spoken of, inclusive, at most 32. */
  readonly miss: readonly (readonly [number, number])[];
  /** The newest records that were counted and are wrong, at most 32. */
  readonly bad: readonly { readonly seq: number; readonly code: LuCode }[];
  readonly forks: readonly number[];
}

export interface Ledger {
  /** A signed statement of the device: its newest record in this epoch. What is short of it is missing. */
  readonly expect: (source: string, epoch: number, head: number) => void;
  readonly take: (record: VerifiedRecord) => "new" | "duplicate" | "fork";
  readonly stand: (source: string, epoch: number) => Stand;
  readonly stands: (source: string) => readonly Stand[];
}

const listMax = 32;

export function openLedger(shelf: Shelf): Ledger {
  const lives = new Map<string, Life>();
  const lifeOf = (source: string, epoch: number): Life => {
    const key = `${source} ${epoch}`;
    const known = lives.get(key);
    if (known !== undefined) return known;
    const kept = shelf.epoch(source, epoch);
    const life: Life = {
      source,
      epoch,
      upto: -1,
      rh: noRecordHash,
      head: -1,
      above: new Set(kept.seqs),
      forks: new Set(kept.forks),
      bad: [],
    };
    advance(life, shelf);
    lives.set(key, life);
    return life;
  };
  const stand = (source: string, epoch: number): Stand => standOf(lifeOf(source, epoch));
  return {
    expect: (source, epoch, head) => {
      const life = lifeOf(source, epoch);
      life.head = Math.max(life.head, head);
    },
    take: (record) => {
      const { epoch, seq } = record.event;
      const life = lifeOf(record.source, epoch);
      const first = shelf.at(record.source, epoch, seq);
      if (first?.rh === record.rh) return "duplicate";
      if (first !== undefined) {
        shelf.putFork(record);
        life.forks.add(seq);
        return "fork";
      }
      shelf.put(record);
      life.above.add(seq);
      advance(life, shelf);
      return "new";
    },
    stand,
    stands: (source) => shelf.epochs(source).map((epoch) => stand(source, epoch)),
  };
}

interface Life {
  readonly source: string;
  readonly epoch: number;
  upto: number;
  rh: string;
  /** The newest that the device is known to have; -1 where it never said. */
  head: number;
  /** Came, and is beyond `upto`. */
  readonly above: Set<number>;
  readonly forks: Set<number>;
  bad: { readonly seq: number; readonly code: LuCode }[];
}

/** Poison never blocks the queue, so what is wrong is counted and listed; only a fork does, because it is two truths. */
function advance(life: Life, shelf: Shelf): void {
  const forkAt = Math.min(...life.forks);
  while (life.above.has(life.upto + 1) && life.upto + 1 < forkAt) {
    const seq = life.upto + 1;
    const kept = shelf.at(life.source, life.epoch, seq);
    if (kept === undefined) throw new Error("the shelf lost a record");
    const flaw: LuCode | null = kept.flaw ?? (kept.prev === life.rh ? null : 2002);
    if (flaw !== null) life.bad = [...life.bad, { seq, code: flaw }].slice(-listMax);
    life.above.delete(seq);
    life.upto = seq;
    life.rh = kept.rh;
  }
}

function standOf(life: Life): Stand {
  const { source, epoch, upto, rh, bad } = life;
  return { source, epoch, upto, rh, bad, miss: missing(life), forks: [...life.forks].sort((a, b) => a - b) };
}

function missing({ upto, above, head }: Life): [number, number][] {
  const ranges: [number, number][] = [];
  let expected = upto + 1;
  for (const seq of [...above].sort((a, b) => a - b)) {
    if (seq > expected) ranges.push([expected, seq - 1]);
    if (ranges.length === listMax) break;
    expected = seq + 1;
  }
  if (expected <= head && ranges.length < listMax) ranges.push([expected, head]);
  return ranges;
}
