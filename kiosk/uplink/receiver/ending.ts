import type { VerifiedRecord } from "./verify.ts";

/** First and last number, inclusive. */
export type Range = readonly [number, number];

/** What the genesis of a later epoch says about an earlier one: where it ended, and what the device cannot send any more. */
export interface Ending {
  /** The epoch that ended. */
  readonly epoch: number;
  /** The epoch whose genesis says so. */
  readonly by: number;
  /** The newest record that is known to have existed. */
  readonly last: number;
  /** Its record hash, where the device still knew it. */
  readonly rh: string | null;
  /** Numbers declared lost. */
  readonly lost: Range | null;
}

/** What a record declares about an earlier epoch, or null: it is no genesis, it is flawed, or it cannot mean it. */
export function endingOf({ event, flaw }: VerifiedRecord): Ending | null {
  if (event.type !== "dev.lintel.genesis.v1" || event.seq !== 0 || flaw !== null) return null;
  const { prev, lost = null } = event.data as unknown as GenesisData;
  if (prev.epoch === null || prev.seq === null || prev.epoch >= event.epoch) return null;
  if (lost !== null && (lost[0] > lost[1] || lost[1] > prev.seq)) return null;
  return { epoch: prev.epoch, by: event.epoch, last: prev.seq, rh: prev.rh, lost };
}

/** The part of a genesis that its schema has proved (`flaw` is null). */
interface GenesisData {
  readonly prev: { readonly epoch: number | null; readonly seq: number | null; readonly rh: string | null };
  readonly lost?: Range;
}

/** The same numbers as ascending ranges of which none touches another. */
export function merged(ranges: readonly Range[]): readonly Range[] {
  const result: [number, number][] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const before = result.at(-1);
    if (before === undefined || from > before[1] + 1) result.push([from, to]);
    else before[1] = Math.max(before[1], to);
  }
  return result;
}

/** Splits a range into what lies in `cuts` (as `merged` gives them) and what does not. */
export function split(
  [from, to]: Range,
  cuts: readonly Range[],
): { readonly inside: Range[]; readonly outside: Range[] } {
  const inside: Range[] = [];
  const outside: Range[] = [];
  let next = from;
  for (const [first, last] of cuts) {
    if (last < next || first > to) continue;
    if (first > next) outside.push([next, first - 1]);
    inside.push([Math.max(first, next), Math.min(last, to)]);
    next = last + 1;
  }
  if (next <= to) outside.push([next, to]);
  return { inside, outside };
}
