import { type GenesisData, isBefore, type Position, type RecordType } from "../core/record.ts";
import type { JournalDatabase } from "./database.ts";
import { eventOf } from "./make-record.ts";

/** The numbers of one epoch: first to last, without those that are gone. */
export interface Span {
  readonly epoch: number;
  readonly first: number;
  readonly last: number;
  /** Declared lost, or pruned: ascending, apart from each other, inclusive. */
  readonly gone: readonly (readonly [number, number])[];
}

/** What a person would miss; the rest is our own bookkeeping. */
export const isAboutPeople = (type: string): boolean =>
  type === ("punch" satisfies RecordType) || type === ("correction" satisfies RecordType);

/** Every epoch's numbers, read from the ends of each: few reads, however many records. */
export function spansOf(database: JournalDatabase): readonly Span[] {
  const epochs = database.epochs();
  const ends = endsOf(database, epochs);
  return epochs.map((span) => {
    const lost = ends.filter(({ epoch }) => epoch === span.epoch).flatMap((end) => (end.lost ? [end.lost] : []));
    const low = database.low(span.epoch);
    return { ...span, gone: merged(low > 1 ? [[1, low - 1], ...lost] : lost) };
  });
}

/** What a genesis here says of the end of an epoch before it, which need not be here. */
export interface End extends Position {
  readonly lost: readonly [number, number] | undefined;
}

export function endsOf(
  database: Pick<JournalDatabase, "at">,
  epochs: readonly { readonly epoch: number }[],
): readonly End[] {
  return epochs.flatMap(({ epoch }): readonly End[] => {
    const genesis = database.at({ epoch, seq: 0 });
    if (genesis?.type !== "genesis") return [];
    const { prev, lost } = eventOf(genesis.jws).data as GenesisData;
    return prev.epoch === null ? [] : [{ epoch: prev.epoch, seq: prev.seq ?? -1, lost }];
  });
}

/** Whether a place was declared lost or pruned: what stands there all the same is nobody's any more. */
export const isGone = (spans: readonly Span[], { epoch, seq }: Position): boolean =>
  spans.some((span) => span.epoch === epoch && span.gone.some(([from, to]) => from <= seq && seq <= to));

/** The same numbers as ascending ranges of which none touches another: a loss may reach into what was pruned since. */
function merged(ranges: readonly (readonly [number, number])[]): Span["gone"] {
  const apart: [number, number][] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const before = apart.at(-1);
    if (before === undefined || from > before[1] + 1) apart.push([from, to]);
    else before[1] = Math.max(before[1], to);
  }
  return apart;
}

/**
 * How many punches and corrections stand after `position`: arithmetic, so that a backlog of a million costs nothing to
 * count.
 *
 * @param bookkeeping places of all other records, ascending.
 */
export const countPeopleAfter = (
  spans: readonly Span[],
  bookkeeping: readonly Position[],
  position: Position,
): number => countAfter(spans, position) - (bookkeeping.length - firstAfter(bookkeeping, position));

function countAfter(spans: readonly Span[], position: Position): number {
  let count = 0;
  for (const { epoch, first, last, gone } of spans) {
    if (epoch < position.epoch) continue;
    const from = epoch === position.epoch ? Math.max(first, position.seq + 1) : first;
    count += width(from, last);
    for (const [begin, end] of gone) count -= width(Math.max(from, begin), Math.min(last, end));
  }
  return count;
}

const width = (from: number, to: number): number => Math.max(0, to - from + 1);

/** Index of the first place after `position`, by halving. */
function firstAfter(places: readonly Position[], position: Position): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const place = places[middle];
    if (place !== undefined && isBefore(position, place)) high = middle;
    else low = middle + 1;
  }
  return low;
}
