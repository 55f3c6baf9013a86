import { noRecordHash } from "../../core/chain.ts";
import type { LuCode } from "../../core/jws.ts";
import { type Ending, endingOf, merged, type Range, split } from "./ending.ts";
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
  readonly putEnding: (source: string, ending: Ending) => void;
  /** What was put about the end of this epoch, in any order. */
  readonly endings: (source: string, epoch: number) => readonly Ending[];
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
  /** Every record 0..upto is here, or was declared lost; `upto` itself is here. -1: none. */
  readonly upto: number;
  /** Record hash at `upto`; that of nothing where it is -1. */
  readonly rh: string;
  /** Ranges between `upto` and the newest that came or was spoken of, inclusive, at most 32. */
  readonly miss: readonly Range[];
  /** Declared lost by the device and not here, at most the newest 32: what people have to settle. */
  readonly lost: readonly Range[];
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
  const heads = new Map<string, number>();
  const keyOf = (source: string, epoch: number): string => `${source} ${epoch}`;
  const lifeOf = (source: string, epoch: number): Life => {
    const key = keyOf(source, epoch);
    const known = lives.get(key);
    if (known !== undefined) return known;
    // A genesis of which there are two is no witness to anything.
    const endings = shelf.endings(source, epoch).filter(({ by }) => !lifeOf(source, by).forks.has(0));
    const life = blankLife(source, epoch, endings, shelf);
    advance(life, shelf);
    lives.set(key, life);
    return life;
  };
  const stand = (source: string, epoch: number): Stand =>
    standOf(lifeOf(source, epoch), heads.get(keyOf(source, epoch)) ?? -1);
  return {
    expect: (source, epoch, head) => {
      const key = keyOf(source, epoch);
      heads.set(key, Math.max(heads.get(key) ?? -1, head));
    },
    take: (record) => {
      const { source } = record;
      const { epoch, seq } = record.event;
      const life = lifeOf(source, epoch);
      const first = shelf.at(source, epoch, seq);
      if (first?.rh === record.rh) return "duplicate";
      if (first !== undefined) {
        shelf.putFork(record);
        life.forks.add(seq);
        if (seq <= life.upto) lives.delete(keyOf(source, epoch));
        // What a forked genesis said about an earlier epoch no longer counts.
        if (seq === 0) for (const [key, other] of lives) if (other.source === source) lives.delete(key);
        return "fork";
      }
      shelf.put(record);
      life.above.add(seq);
      if (isContradicted(life, seq, record.rh)) life.forks.add(seq);
      // Declared lost, and here after all: counted anew, so that the order of arrival makes no difference.
      if (seq < life.upto) lives.delete(keyOf(source, epoch));
      else advance(life, shelf);
      const ending = endingOf(record);
      if (ending !== null) {
        shelf.putEnding(source, ending);
        lives.delete(keyOf(source, ending.epoch));
      }
      return "new";
    },
    stand,
    stands: (source) => shelf.epochs(source).map((epoch) => stand(source, epoch)),
  };
}

interface Life {
  readonly source: string;
  readonly epoch: number;
  readonly endings: readonly Ending[];
  /** All that was declared lost, also where it is here. */
  readonly declared: readonly Range[];
  upto: number;
  rh: string;
  /** Came, and is beyond `upto`. */
  readonly above: Set<number>;
  readonly forks: Set<number>;
  /** Declared lost, not here, and short of `upto`. */
  lost: Range[];
  bad: { readonly seq: number; readonly code: LuCode }[];
}

function blankLife(source: string, epoch: number, endings: readonly Ending[], shelf: Shelf): Life {
  const { seqs, forks } = shelf.epoch(source, epoch);
  const life: Life = {
    source,
    epoch,
    endings,
    declared: merged(endings.map(({ lost }) => lost).filter((lost) => lost !== null)),
    upto: -1,
    rh: noRecordHash,
    above: new Set(seqs),
    forks: new Set(forks),
    lost: [],
    bad: [],
  };
  for (const { last } of endings) {
    const kept = shelf.at(source, epoch, last);
    if (kept !== undefined && isContradicted(life, last, kept.rh)) life.forks.add(last);
  }
  return life;
}

/** A genesis that remembers another last record than came is a second truth about that place. */
const isContradicted = ({ endings }: Life, seq: number, ours: string): boolean =>
  endings.some(({ last, rh }) => last === seq && rh !== null && rh !== ours);

/** Poison never blocks the queue, so what is wrong is counted and listed; only a fork does, because it is two truths. */
function advance(life: Life, shelf: Shelf): void {
  for (let seq = nextOf(life); seq !== null; seq = nextOf(life)) {
    const kept = shelf.at(life.source, life.epoch, seq);
    if (kept === undefined) throw new Error("the shelf lost a record");
    const isAfterHole = seq > life.upto + 1;
    // Across a hole there is nothing to compare with: that link is declared, not proved.
    const flaw: LuCode | null = kept.flaw ?? (isAfterHole || kept.prev === life.rh ? null : 2002);
    if (isAfterHole) life.lost = [...life.lost, [life.upto + 1, seq - 1] as const].slice(-listMax);
    if (flaw !== null) life.bad = [...life.bad, { seq, code: flaw }].slice(-listMax);
    life.above.delete(seq);
    life.upto = seq;
    life.rh = kept.rh;
  }
}

/** The next record that may be counted: the one after `upto`, or the first after a declared hole. */
function nextOf({ upto, above, forks, declared }: Life): number | null {
  let seq = upto + 1;
  if (!above.has(seq)) {
    const hole = declared.find(([from, to]) => from <= upto + 1 && upto + 1 <= to);
    if (hole === undefined) return null;
    seq = Number.POSITIVE_INFINITY;
    for (const one of above) seq = Math.min(seq, one);
    if (seq > hole[1] + 1) return null;
  }
  for (const fork of forks) if (fork <= seq) return null;
  return seq;
}

function standOf(life: Life, head: number): Stand {
  const { source, epoch, upto, rh, bad, declared, endings } = life;
  const miss: Range[] = [];
  const lost = [...life.lost];
  const newest = endings.reduce((newest, { last }) => Math.max(newest, last), head);
  for (const gap of gapsOf(life, newest)) {
    const { inside, outside } = split(gap, declared);
    lost.push(...inside);
    miss.push(...outside);
  }
  const forks = [...life.forks].sort((a, b) => a - b);
  return { source, epoch, upto, rh, bad, miss: miss.slice(0, listMax), lost: lost.slice(-listMax), forks };
}

function gapsOf({ upto, above }: Life, head: number): Range[] {
  const gaps: Range[] = [];
  let expected = upto + 1;
  for (const seq of [...above].sort((a, b) => a - b)) {
    if (seq > expected) gaps.push([expected, seq - 1]);
    expected = seq + 1;
  }
  if (expected <= head) gaps.push([expected, head]);
  return gaps;
}
