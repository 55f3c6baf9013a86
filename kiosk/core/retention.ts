import type { RetentionClass } from "./keepsake.ts";
import type { PersonId } from "./person.ts";
import type { Stays } from "./record.ts";
import { utcText } from "./time.ts";

/**
 * For how long each class is kept: what the site may choose, between what law forbids to go below and what was promised
 * never to be exceeded. Pure; who deletes and when is kiosk/privacy/retention.ts.
 */
export interface ClassRule {
  readonly days: number;
  /** The site chooses between these, both included. */
  readonly min: number;
  readonly max: number;
  /** What the days are counted from. */
  readonly from: "collected" | "last-use" | "written" | "end-of-employment";
  /**
   * A longer time holds for what is collected from then on; what was promised a shorter one keeps it. Otherwise a change
   * holds for everything. A shorter one always does, at once.
   */
  readonly longerForNewOnly: boolean;
  /** Where it ends: on this clock, or with whoever receives records, to whom the clock's journal is a passage. */
  readonly ends: "here" | "receiver";
}

const rule = (
  days: number,
  [min, max]: readonly [number, number],
  from: ClassRule["from"],
  longerForNewOnly = false,
  ends: ClassRule["ends"] = "here",
): ClassRule => ({ days, min, max, from, longerForNewOnly, ends });

export const matrix: Readonly<Record<RetentionClass, ClassRule>> = {
  "enrolment-image": rule(0, [0, 90], "collected", true),
  snapshot: rule(90, [1, 90], "collected", true),
  template: rule(180, [1, 1_095], "last-use"),
  consent: rule(2_190, [365, 7_300], "end-of-employment", false, "receiver"),
  spoof: rule(7, [1, 30], "collected", true),
  punch: rule(1_461, [730, 36_500], "written", false, "receiver"),
  visitor: rule(30, [1, 180], "collected", true),
  audit: rule(365, [365, 36_500], "written", false, "receiver"),
  log: rule(30, [1, 90], "written"),
  person: rule(30, [0, 365], "end-of-employment"),
};

export const retentionClasses = Object.keys(matrix) as readonly RetentionClass[];

/** Days by class. */
export type RetentionDays = Readonly<Record<RetentionClass, number>>;

export const usualDays: RetentionDays = daysWith({});

/** What a site chose over the usual. */
export function daysWith(chosen: Partial<RetentionDays>): RetentionDays {
  const days = retentionClasses.map((cls) => [cls, chosen[cls] ?? matrix[cls].days] as const);
  return Object.fromEntries(days) as RetentionDays;
}

/** So many days held from then on. */
export interface Chosen {
  readonly days: number;
  readonly sinceUtcMs: number;
}

export const dayMs = 24 * 3_600_000;

/**
 * What rules held one after the other, after `days` is asked for now. A longer time begins where it is known when now is,
 * so that it cannot reach back.
 *
 * @param earliestUtcMs null while nobody can say what time it is.
 */
export function historyWith(history: readonly Chosen[], days: number, earliestUtcMs: number | null): readonly Chosen[] {
  const last = history.at(-1);
  if (last === undefined) return [{ days, sinceUtcMs: Number.MIN_SAFE_INTEGER }];
  if (last.days === days || earliestUtcMs === null) return history;
  return [...history, { days, sinceUtcMs: earliestUtcMs }];
}

/**
 * Whatever is from before this moment is over. One that was collected at `t` was promised the shortest time of all that
 * held at `t` or later; so what is over is always everything before one moment.
 *
 * @param history oldest first, not empty.
 * @param days what is asked for now, also where it does not stand in the history yet.
 * @param nowUtcMs it is at least this late.
 */
export function overBeforeUtcMs(
  { longerForNewOnly }: Pick<ClassRule, "longerForNewOnly">,
  history: readonly Chosen[],
  days: number,
  nowUtcMs: number,
): number {
  if (!longerForNewOnly) return nowUtcMs - days * dayMs;
  let shortest = days;
  let untilUtcMs = Number.POSITIVE_INFINITY;
  for (const { days: then, sinceUtcMs } of history.toReversed()) {
    shortest = Math.min(shortest, then);
    const beforeUtcMs = Math.min(nowUtcMs - shortest * dayMs, untilUtcMs);
    if (beforeUtcMs >= sinceUtcMs) return beforeUtcMs;
    untilUtcMs = sinceUtcMs;
  }
  return Math.min(nowUtcMs - shortest * dayMs, untilUtcMs);
}

/** A rule that only drops what nobody may ask for any more may forget the older part of its history too. */
export function shortened(history: readonly Chosen[], max = 64): readonly Chosen[] {
  if (history.length <= max) return history;
  const [first, ...rest] = history.slice(-max);
  const days = Math.min(...history.slice(0, history.length - max + 1).map((one) => one.days));
  return first === undefined ? history : [{ days, sinceUtcMs: Number.MIN_SAFE_INTEGER }, ...rest];
}

/** What an erasure leaves of somebody, and what it says of it. Punches and acts name a pseudonym and nobody. */
export function staysOf(sub: PersonId, days: RetentionDays, nowUtcMs: number): readonly Stays[] {
  const until = (cls: RetentionClass): string => utcText(nowUtcMs + days[cls] * dayMs);
  if (sub.startsWith("v_")) return [{ cls: "visitor", basis: "law:proof-of-visit", until: until("visitor") }];
  return [
    { cls: "punch", basis: "law:working-time", until: until("punch") },
    { cls: "consent", basis: "law:proof-of-consent", until: until("consent") },
    { cls: "audit", basis: "law:accountability", until: until("audit") },
  ];
}
