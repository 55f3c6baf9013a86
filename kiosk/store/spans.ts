import { isBefore, type Position, type RecordType } from "../core/record.ts";

/** The numbers of one epoch: first to last, without those declared lost. */
export interface Span {
  readonly epoch: number;
  readonly first: number;
  readonly last: number;
  readonly lost: readonly [number, number] | null;
}

/** What a person would miss; the rest is our own bookkeeping. */
export const isAboutPeople = (type: string): boolean =>
  type === ("punch" satisfies RecordType) || type === ("correction" satisfies RecordType);

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
  for (const { epoch, first, last, lost } of spans) {
    if (epoch < position.epoch) continue;
    const from = epoch === position.epoch ? Math.max(first, position.seq + 1) : first;
    count += width(from, last) - (lost === null ? 0 : width(Math.max(from, lost[0]), Math.min(last, lost[1])));
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
