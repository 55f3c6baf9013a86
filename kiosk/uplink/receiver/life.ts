import { noRecordHash } from "../../core/chain.ts";
import type { LuCode } from "../../core/jws.ts";
import { type Ending, merged, type Range, split } from "./ending.ts";

/**
 * How far one life of one journal is complete, as arithmetic: no store, no clock. Whoever keeps the records, in memory or
 * in a database, asks these functions, so that there is one answer.
 */

/** A record as counting needs it. */
export interface Kept {
  readonly rh: string;
  readonly prev: string;
  readonly flaw: LuCode | null;
}

export interface Row extends Kept {
  readonly seq: number;
}

/** One epoch of one device. */
export interface Stream {
  readonly source: string;
  readonly epoch: number;
}

/** What was counted so far: small, so that a store can keep it and go on from there. */
export interface Life extends Stream {
  /** Every record 0..upto is here, or was declared lost; `upto` itself is here. -1: none. */
  readonly upto: number;
  /** Record hash at `upto`; that of nothing where it is -1. */
  readonly rh: string;
  /** Declared lost, not here, and short of `upto`; the newest 32. */
  readonly lost: readonly Range[];
  readonly bad: readonly Bad[];
}

export interface Bad {
  readonly seq: number;
  readonly code: LuCode;
}

/** What others say about a life. */
export interface Around {
  readonly endings: readonly Ending[];
  /** All that was declared lost or forgotten, merged, also where it is here. */
  readonly declared: readonly Range[];
  /** Declared lost, and not only forgotten. */
  readonly truly: readonly Range[];
  /** Places of which there are two truths. */
  readonly forks: ReadonlySet<number>;
}

/** How far one epoch of one device is complete. */
export interface Stand extends Life {
  /** Ranges between `upto` and the newest that came or was spoken of, inclusive, at most 32. */
  readonly miss: readonly Range[];
  /** Here, beyond `upto`, and nothing that there are two truths about: the newest 32 ranges. Their links are not proved. */
  readonly have: readonly Range[];
  /** Receipted once, not here any more, and forgotten by the clock: the newest 32. */
  readonly gone: readonly Range[];
  readonly forks: readonly number[];
}

const listMax = 32;

export const blankLife = ({ source, epoch }: Stream): Life => ({
  ...{ source, epoch },
  ...{ upto: -1, rh: noRecordHash, lost: [], bad: [] },
});

export const aroundOf = (endings: readonly Ending[], forks: Iterable<number>): Around => ({
  endings,
  declared: lostIn(endings),
  truly: lostIn(endings.filter(({ isForgotten }) => isForgotten !== true)),
  forks: new Set(forks),
});

const lostIn = (endings: readonly Ending[]): readonly Range[] =>
  merged(endings.map(({ lost }) => lost).filter((lost) => lost !== null));

/**
 * The life with one more record, or null where it must not be counted now. Poison never blocks the queue, so what is
 * wrong is counted and listed; only a fork does, because it is two truths.
 *
 * @param row offered in ascending order.
 */
export function counted(life: Life, row: Row, around: Around): Life | null {
  const { seq } = row;
  const isAfterHole = seq > life.upto + 1;
  if (seq <= life.upto || (isAfterHole && !covers(around.declared, life.upto + 1, seq - 1))) return null;
  for (const fork of around.forks) if (fork <= seq) return null;
  if (isContradicted(row, around)) return null;
  // Across a hole there is nothing to compare with: that link is declared, not proved.
  const flaw: LuCode | null = row.flaw ?? (isAfterHole || row.prev === life.rh ? null : 2002);
  return {
    source: life.source,
    epoch: life.epoch,
    upto: seq,
    rh: row.rh,
    lost: isAfterHole ? [...life.lost, [life.upto + 1, seq - 1] as const].slice(-listMax) : life.lost,
    bad: flaw === null ? life.bad : [...life.bad, { seq, code: flaw }].slice(-listMax),
  };
}

/** A genesis that remembers another last record than came is a second truth about that place. */
const isContradicted = ({ seq, rh: ours }: Pick<Row, "seq" | "rh">, { endings }: Around): boolean =>
  endings.some(({ last, rh }) => last === seq && rh !== null && rh !== ours);

/**
 * @param beyond what is here beyond `upto`, ascending.
 * @param head the newest number that the device signed for; -1 where it said nothing.
 * @param isAll false where there is more than `beyond` shows: then nothing is said of what comes after it.
 */
export function standOf(
  life: Life,
  beyond: readonly Pick<Row, "seq" | "rh">[],
  head: number,
  around: Around,
  isAll = true,
): Stand {
  const miss: Range[] = [];
  const lost = [...life.lost];
  const newest = around.endings.reduce((newest, { last }) => Math.max(newest, last), head);
  const seqs = beyond.map(({ seq }) => seq);
  for (const gap of gapsOf(life.upto, seqs, isAll ? newest : -1)) {
    const { inside, outside } = split(gap, around.declared);
    lost.push(...inside);
    miss.push(...outside);
  }
  const forks = new Set(around.forks);
  for (const row of beyond) if (isContradicted(row, around)) forks.add(row.seq);
  const { source, epoch, upto, rh, bad } = life;
  const parts = lost.map((range) => split(range, around.truly));
  return {
    ...{ source, epoch, upto, rh, bad },
    lost: parts.flatMap(({ inside }) => inside).slice(-listMax),
    gone: parts.flatMap(({ outside }) => outside).slice(-listMax),
    miss: miss.slice(0, listMax),
    have: rangesOf(seqs.filter((seq) => !forks.has(seq))).slice(-listMax),
    forks: [...forks].sort((a, b) => a - b),
  };
}

const covers = (declared: readonly Range[], from: number, to: number): boolean =>
  declared.some(([first, last]) => first <= from && to <= last);

/** @param seqs ascending. */
function rangesOf(seqs: readonly number[]): readonly Range[] {
  const ranges: [number, number][] = [];
  for (const seq of seqs) {
    const last = ranges.at(-1);
    if (last?.[1] === seq - 1) last[1] = seq;
    else ranges.push([seq, seq]);
  }
  return ranges;
}

function gapsOf(upto: number, beyond: readonly number[], head: number): readonly Range[] {
  const gaps: Range[] = [];
  let expected = upto + 1;
  for (const seq of beyond) {
    if (seq > expected) gaps.push([expected, seq - 1]);
    expected = seq + 1;
  }
  if (expected <= head) gaps.push([expected, head]);
  return gaps;
}
