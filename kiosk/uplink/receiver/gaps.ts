import type { StatusEvent } from "../contract/wire.ts";
import { type Range, split } from "./ending.ts";
import type { Stand } from "./life.ts";
import { type Since, sinceOf } from "./since.ts";

/** Numbers that a receiver does not have, or has twice, and what that means. */
export interface Gap {
  readonly source: string;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  /**
   * `pending`: the clock has it and owes it. `missing`: the clock thinks that we have it: ask it with `resend`. `gone`:
   * nobody has it, an incident. `declared`: the clock signed that it lost it. `fork`: two truths.
   */
  readonly class: "pending" | "missing" | "gone" | "declared" | "fork";
  /** When a receiver first saw it, UTC milliseconds; null where nobody wrote it down. */
  readonly sinceMs: number | null;
}

/**
 * What is not there, class by class, from what the device last said of itself.
 *
 * @param receiver the name that the device knows us by.
 * @param since as the sink remembers it.
 */
export function gapsOf(
  stand: Stand,
  status: StatusEvent["data"] | null,
  receiver: string,
  since: readonly Since[] = [],
): readonly Gap[] {
  const { source, epoch, miss, lost, gone, forks } = stand;
  const gap = (kind: Gap["class"], [from, to]: Range): Gap => {
    return { source, epoch, from, to, class: kind, sinceMs: sinceOf([from, to], since) };
  };
  return [
    ...lost.map((range) => gap("declared", range)),
    ...gone.map((range) => gap("gone", range)),
    ...forks.map((seq) => gap("fork", [seq, seq])),
    ...miss.flatMap((range) => classesOf(range, epoch, status, receiver).map(([kind, part]) => gap(kind, part))),
  ].sort((a, b) => a.from - b.from);
}

function classesOf(
  range: Range,
  epoch: number,
  status: StatusEvent["data"] | null,
  receiver: string,
): readonly (readonly [Gap["class"], Range])[] {
  if (status === null) return [["pending", range]];
  const low = status.ep === epoch ? (status.low ?? 0) : 0;
  const [atEpoch, atSeq] = status.cur[receiver] ?? [0, -1];
  const receipted = atEpoch > epoch ? Number.MAX_SAFE_INTEGER : atEpoch === epoch ? atSeq : -1;
  const below = split(range, low > 0 ? [[0, low - 1]] : []);
  return [
    ...below.inside.map((part) => ["gone", part] as const),
    ...below.outside.flatMap((part) => {
      const { inside, outside } = split(part, receipted >= 0 ? [[0, receipted]] : []);
      return [...inside.map((one) => ["missing", one] as const), ...outside.map((one) => ["pending", one] as const)];
    }),
  ];
}
