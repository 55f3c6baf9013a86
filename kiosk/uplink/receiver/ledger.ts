import { type Ending, endingsOf } from "./ending.ts";
import { type Around, aroundOf, blankLife, counted, type Kept, type Life, type Stand, standOf } from "./life.ts";
import type { VerifiedRecord } from "./verify.ts";

/**
 * What has come, in whatever order, and how far it is complete. Delivery is at least once and out of order by design;
 * the key is (device, epoch, seq) and the hash tells a duplicate from a fork.
 *
 * This one remembers every number in memory, for one process: the demo's backend, and what every sink is held against.
 * Receivers that share a database use `intake.ts`.
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
  readonly putEnding: (source: string, ending: Ending) => void;
  /** What was put about this epoch, in any order. */
  readonly endings: (source: string, epoch: number) => readonly Ending[];
}

export type Outcome = "new" | "duplicate" | "fork";

export interface Ledger {
  /** A signed statement of the device: its newest record in this epoch. What is short of it is missing. */
  readonly expect: (source: string, epoch: number, head: number) => void;
  readonly take: (record: VerifiedRecord) => Outcome;
  readonly stand: (source: string, epoch: number) => Stand;
  readonly stands: (source: string) => readonly Stand[];
}

export function openLedger(shelf: Shelf): Ledger {
  const known = new Map<string, Known>();
  const heads = new Map<string, number>();
  const keyOf = (source: string, epoch: number): string => `${source} ${epoch}`;
  const knownOf = (source: string, epoch: number): Known => {
    const key = keyOf(source, epoch);
    const before = known.get(key);
    if (before !== undefined) return before;
    const { seqs, forks } = shelf.epoch(source, epoch);
    const forked = new Set(forks);
    // A record of which there are two is no witness to anything.
    const isForked = ({ by, at }: Ending) => (by === epoch ? forked : knownOf(source, by).around.forks).has(at);
    const endings = shelf.endings(source, epoch).filter((ending) => !isForked(ending));
    const now: Known = { life: blankLife({ source, epoch }), around: aroundOf(endings, forked), above: new Set(seqs) };
    advance(now, shelf);
    known.set(key, now);
    return now;
  };
  const forget = (source: string) => {
    for (const [key, { life }] of known) if (life.source === source) known.delete(key);
  };
  const stand = (source: string, epoch: number): Stand => {
    const { life, around, above } = knownOf(source, epoch);
    const beyond = [...above].sort((a, b) => a - b).map((seq) => rowAt(life, seq, shelf));
    return standOf(life, beyond, heads.get(keyOf(source, epoch)) ?? -1, around);
  };
  return {
    expect: (source, epoch, head) => {
      const key = keyOf(source, epoch);
      heads.set(key, Math.max(heads.get(key) ?? -1, head));
    },
    take: (record) => {
      const { source } = record;
      const { epoch, seq } = record.event;
      const { life, above } = knownOf(source, epoch);
      const first = shelf.at(source, epoch, seq);
      if (first?.rh === record.rh) return "duplicate";
      if (first !== undefined) {
        shelf.putFork(record);
        // It may have been counted, and what a forked record declared no longer counts: everything is read anew.
        forget(source);
        return "fork";
      }
      shelf.put(record);
      above.add(seq);
      const endings = endingsOf(record);
      for (const ending of endings) shelf.putEnding(source, ending);
      // Declared lost, and here after all: counted anew, so that the order of arrival makes no difference.
      if (seq < life.upto || endings.length > 0) forget(source);
      else advance(knownOf(source, epoch), shelf);
      return "new";
    },
    stand,
    stands: (source) => shelf.epochs(source).map((epoch) => stand(source, epoch)),
  };
}

interface Known {
  life: Life;
  readonly around: Around;
  /** Came, and is beyond `life.upto`. */
  readonly above: Set<number>;
}

function advance(known: Known, shelf: Shelf): void {
  for (;;) {
    const seq = nextOf(known);
    const life = seq === null ? null : counted(known.life, rowAt(known.life, seq, shelf), known.around);
    if (seq === null || life === null) return;
    known.above.delete(seq);
    known.life = life;
  }
}

/** The only one that may be next: the one after, or the first after a hole. */
function nextOf({ life, around, above }: Known): number | null {
  if (above.has(life.upto + 1)) return life.upto + 1;
  if (above.size === 0 || around.declared.length === 0) return null;
  let next = Number.POSITIVE_INFINITY;
  for (const seq of above) next = Math.min(next, seq);
  return next;
}

function rowAt({ source, epoch }: Life, seq: number, shelf: Shelf): Kept & { readonly seq: number } {
  const kept = shelf.at(source, epoch, seq);
  if (kept === undefined) throw new Error("the shelf lost a record");
  return { ...kept, seq };
}
