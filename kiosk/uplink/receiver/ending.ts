import type { WireRecord } from "../contract/wire.ts";
import type { VerifiedRecord } from "./verify.ts";

/** First and last number, inclusive. */
export type Range = readonly [number, number];

/**
 * What a signed record says about numbers that will not come: the genesis of a later epoch about where an earlier one
 * ended, or a hole about its own epoch.
 */
export interface Ending {
  /** The epoch it is about. */
  readonly epoch: number;
  /** The record that says so: the genesis, number 0 of a later epoch, or a hole of this one. */
  readonly by: number;
  readonly at: number;
  /** The newest record that is thereby known to have existed. */
  readonly last: number;
  /** Its record hash, where the device still knew it. */
  readonly rh: string | null;
  /** Numbers declared lost, or forgotten. */
  readonly lost: Range | null;
  /**
   * All receivers had receipted it, and the clock forgot it: `lost` holds for this epoch, and of every epoch before it all
   * but the genesis may be gone.
   */
  readonly isForgotten?: true;
}

/** Types of records that may declare a loss; a checkpoint (`forgetting`) says what was forgotten. */
export const declaring: readonly string[] = ["dev.lintel.genesis.v1", "dev.lintel.hole.v1"];

/** The newest of a device says all that those before it said. */
export const forgetting = "dev.lintel.checkpoint.v1";

/** What a record declares; nothing where it is of another kind, flawed, or cannot mean it. */
export function endingsOf({ event, flaw }: Pick<VerifiedRecord, "event" | "flaw">): readonly Ending[] {
  if (flaw !== null) return [];
  if (event.type === "dev.lintel.hole.v1") return holesOf(event);
  if (event.type === forgetting) return forgottenBy(event);
  if (event.type !== "dev.lintel.genesis.v1" || event.seq !== 0) return [];
  const { prev, lost = null } = event.data as unknown as GenesisData;
  if (prev.epoch === null || prev.seq === null || prev.epoch >= event.epoch) return [];
  if (lost !== null && (lost[0] > lost[1] || lost[1] > prev.seq)) return [];
  return [{ epoch: prev.epoch, by: event.epoch, at: 0, last: prev.seq, rh: prev.rh, lost }];
}

/** A hole speaks of what was before it: nobody can know that what comes after it is lost. */
function holesOf({ epoch, seq, data }: WireRecord): readonly Ending[] {
  const { ranges } = data as unknown as { readonly ranges: readonly Range[] };
  if (ranges.some(([from, to]) => from > to || to >= seq)) return [];
  return ranges.map((lost) => ({ epoch, by: epoch, at: seq, last: lost[1], rh: null, lost }));
}

/** A receiver that was set back to before it is not given those again by anybody. */
function forgottenBy({ epoch, seq, data }: WireRecord): readonly Ending[] {
  const { low } = data as { readonly low?: readonly [number, number] };
  if (low === undefined || low[0] > epoch || (low[0] === epoch && low[1] > seq)) return [];
  const lost: Range | null = low[1] > 1 ? [1, low[1] - 1] : null;
  return [{ epoch: low[0], by: epoch, at: seq, last: low[1] - 1, rh: null, lost, isForgotten: true }];
}

/** What is said about one epoch. */
export const endingsAbout = (endings: readonly Ending[], epoch: number): readonly Ending[] =>
  endings.flatMap((ending): readonly Ending[] => {
    if (ending.epoch === epoch) return [ending];
    const isBefore = ending.isForgotten === true && epoch < ending.epoch;
    return isBefore ? [{ ...ending, epoch, last: -1, lost: [1, Number.MAX_SAFE_INTEGER] }] : [];
  });

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
