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
  const losses = new Map<number, readonly [number, number]>();
  const epochs = database.epochs();
  for (const { epoch } of epochs) {
    const genesis = database.at({ epoch, seq: 0 });
    if (genesis?.type !== "genesis") continue;
    const { prev, lost } = eventOf(genesis.jws).data as GenesisData;
    if (lost && prev.epoch !== null) losses.set(prev.epoch, lost);
  }
  return epochs.map((span) => ({ ...span, gone: goneOf(losses.get(span.epoch), database.low(span.epoch)) }));
}

/** A loss of an epoch whose beginning was pruned since may reach into it. */
function goneOf(lost: readonly [number, number] | undefined, low: number): Span["gone"] {
  const ranges = [low > 1 ? ([1, low - 1] as const) : null, lost ?? null].filter((range) => range !== null);
  const [first, second] = ranges.sort((a, b) => a[0] - b[0]);
  if (first === undefined || second === undefined) return ranges;
  return second[0] <= first[1] + 1 ? [[first[0], Math.max(first[1], second[1])]] : ranges;
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
