import type { Position } from "../core/record.ts";

/** The numbers of one epoch: first to last, without those declared lost. */
export interface Span {
  readonly epoch: number;
  readonly first: number;
  readonly last: number;
  readonly lost: readonly [number, number] | null;
}

/** How many records stand after `position`: arithmetic, so that a backlog of a million costs nothing to count. */
export function countAfter(spans: readonly Span[], position: Position): number {
  let count = 0;
  for (const { epoch, first, last, lost } of spans) {
    if (epoch < position.epoch) continue;
    const from = epoch === position.epoch ? Math.max(first, position.seq + 1) : first;
    count += width(from, last) - (lost === null ? 0 : width(Math.max(from, lost[0]), Math.min(last, lost[1])));
  }
  return count;
}

const width = (from: number, to: number): number => Math.max(0, to - from + 1);
