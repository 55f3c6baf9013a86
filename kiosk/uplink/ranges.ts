import type { Journal, StoredRecord } from "../core/ports/journal.ts";

/** Numbers that have to be sent, in the order in which they were asked for. */
export interface Ranges {
  /** First and last, inclusive. */
  readonly add: (epoch: number, from: number, to: number) => void;
  /** The record of the next number that is still in the journal. */
  readonly take: () => StoredRecord | undefined;
  readonly isEmpty: () => boolean;
  readonly clear: () => void;
}

interface Range {
  readonly epoch: number;
  from: number;
  to: number;
}

/** Whoever is left out here is found again by a rewind, or asked for again by the next receipt. */
const rangesMax = 4096;

export function openRanges(journal: Journal): Ranges {
  let ranges: Range[] = [];
  return {
    add: (epoch, from, to) => {
      const last = ranges.at(-1);
      if (last?.epoch === epoch && last.to + 1 === from) last.to = to;
      else if (ranges.length < rangesMax) ranges.push({ epoch, from, to });
    },
    take: () => {
      for (let range = ranges[0]; range !== undefined; range = ranges[0]) {
        if (range.from > range.to) {
          ranges.shift();
          continue;
        }
        const [record] = journal.read({ epoch: range.epoch, seq: range.from - 1 }, 1);
        // Whatever somebody outside asks for, what was never there costs one look.
        range.from = record?.epoch === range.epoch ? record.seq + 1 : range.to + 1;
        if (record?.epoch === range.epoch && record.seq <= range.to) return record;
      }
      return undefined;
    },
    isEmpty: () => ranges.length === 0,
    clear: () => {
      ranges = [];
    },
  };
}
