import { type DisclosedAs, type DisclosureWish, type LeftOut, periodOf, type Sorted } from "./disclosure-sorting.ts";
import type { Position } from "./record.ts";
import { utcText } from "./time.ts";

/** What is handed out when the law demands somebody's punches: records, what ties each to its clock's log, and a statement. */

/** What is signed together with the records: what was asked, what each record is here for, and what is left out. */
export interface Statement extends DisclosureWish {
  readonly v: 1;
  readonly what: "lintel-disclosure";
  /** RFC 3339 in UTC: the period as moments, and when this was put together. */
  readonly from: string;
  readonly until: string;
  readonly made: string;
  readonly reason: string | null;
  readonly ticket: string | null;
  /** In the order of the records. */
  readonly records: readonly (Position & { readonly source: string; readonly as: DisclosedAs })[];
  /** By clock that was looked through, up to which place. */
  readonly looked: readonly { readonly source: string; readonly upto: Position; readonly leftOut: LeftOut }[];
}

/** @param why reason and number of the case. */
export function statementOf(
  wish: DisclosureWish,
  why: { readonly reason: string | null; readonly ticket: string | null },
  found: readonly { readonly source: string; readonly upto: Position; readonly sorted: Sorted<unknown> }[],
  madeUtcMs: number,
): Statement {
  const { fromUtcMs, untilUtcMs } = periodOf(wish);
  return {
    ...{ v: 1, what: "lintel-disclosure", person: wish.person, first: wish.first, last: wish.last },
    ...{ timeZone: wish.timeZone, from: utcText(fromUtcMs), until: utcText(untilUtcMs), made: utcText(madeUtcMs) },
    ...{ reason: why.reason, ticket: why.ticket },
    records: found.flatMap(({ source, sorted }) =>
      sorted.parts.map(({ epoch, seq, as }) => ({ source, epoch, seq, as })),
    ),
    looked: found.map(({ source, upto, sorted: { leftOut } }) => ({ source, upto, leftOut })),
  };
}

/** The way from a record to a root that its clock signed, RFC 9162; `checkpoint` is its number among those that come along. */
export interface DisclosedProof {
  readonly checkpoint: number;
  readonly index: number;
  readonly size: number;
  readonly path: readonly string[];
}

/** Everything but the signature over it. */
export interface Disclosed {
  /** JSON of a `Statement`: hashed as it stands. */
  readonly statement: string;
  readonly records: readonly string[];
  /** One for each record; null where no checkpoint covers it yet, or what is before it is not here. */
  readonly proofs: readonly (DisclosedProof | null)[];
  readonly checkpoints: readonly string[];
}

/** More is more than somebody reads: two periods then. */
export const disclosedMax = 5_000;
