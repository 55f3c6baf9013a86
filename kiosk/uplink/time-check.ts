import { Fault } from "../core/fault.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { ClockQuality, Stamp } from "../core/time.ts";

/**
 * What signed words from outside say about our clock. A receipt carries the receiver's time: true time is not before it,
 * however long the receipt was on its way. A receipt that answers a fresh question was made after the question, so true
 * time is not after it by more than the way there and back. None of it needs a clock of ours that is right.
 */
export interface TimeWitness {
  /** Lower and upper bound of true time at the stamp's moment; no upper bound where no question was answered. */
  readonly fromMs: number;
  readonly toMs: number | null;
  /** When it came, by our clocks. */
  readonly at: Stamp;
}

/** Ties this boot's monotonic clock to true time. Records are never rewritten, only understood better. */
export interface TimeFix {
  readonly monoMs: number;
  readonly utcMs: number;
  /** Half-width of the interval, milliseconds. */
  readonly errMs: number;
}

export type ClockVerdict =
  | { readonly is: "fine" }
  /** Nobody can vouch for our clock, and now somebody has. */
  | { readonly is: "vouched"; readonly fix: TimeFix }
  /** It is not where it claims to be. Without a fix: by how much is not known, so a fresh question has to be asked. */
  | { readonly is: "wrong"; readonly by: "behind" | "ahead"; readonly fix: TimeFix | null };

/** A clock that claims no better than this claims nothing. */
const weakErrorMs = 3_600_000;

/** @param sentMonoMs when the question was sent that this answers; null where it answers none. */
export function witnessOf(signedAtMs: number, at: Stamp, sentMonoMs: number | null): TimeWitness {
  const roundTripMs = sentMonoMs === null ? null : Math.max(0, at.monoMs - sentMonoMs);
  return { fromMs: signedAtMs, toMs: roundTripMs === null ? null : signedAtMs + roundTripMs, at };
}

export function judgeClock({ errorMs }: Pick<ClockQuality, "errorMs">, witness: TimeWitness): ClockVerdict {
  const { fromMs, toMs, at } = witness;
  const fix = toMs === null ? null : fixOf(fromMs, toMs, at.monoMs);
  const isWeak = errorMs >= weakErrorMs;
  // Who claims nothing is held to an hour, or nothing would ever be wrong with a clock that was never set.
  const claimMs = Math.min(errorMs, weakErrorMs);
  if (at.utcMs + claimMs < fromMs) return { is: "wrong", by: "behind", fix };
  if (toMs !== null && at.utcMs - claimMs > toMs) return { is: "wrong", by: "ahead", fix };
  return isWeak && fix !== null ? { is: "vouched", fix } : { is: "fine" };
}

/** True where the older fix, carried on to the newer one's moment, says the same: a second record would say nothing. */
export function isSameTime(older: TimeFix, newer: TimeFix): boolean {
  const sinceMs = newer.monoMs - older.monoMs;
  const driftMs = Math.ceil((Math.abs(sinceMs) * driftPpm) / 1_000_000);
  return Math.abs(older.utcMs + sinceMs - newer.utcMs) <= older.errMs + driftMs + newer.errMs;
}

const clockFault = (by: "behind" | "ahead"): Fault =>
  new Fault(
    "clock-wrong",
    `This box's clock is ${by}: the receiver's signed time says so`,
    "Check the time service (NTP) or the battery of this box; punches go on, and a signed record corrects their time.",
  );

export interface TimeWatchOptions {
  readonly clock: Pick<Clock, "quality" | "now">;
  readonly fixed: (fix: TimeFix) => void;
  /** Null when the clock is right again. */
  readonly trouble: (fault: Fault | null) => void;
  /** Put a fresh question: by how much the clock is wrong is not known. */
  readonly ask: () => void;
}

/** Remembers what was said, so that one error gives one record, and one question. */
export function openTimeWatch({ clock, fixed, trouble, ask }: TimeWatchOptions): {
  readonly witness: (witness: TimeWitness) => void;
} {
  let last: TimeFix | null = null;
  let isWrong = false;
  let askedMs = Number.NEGATIVE_INFINITY;
  return {
    witness: (witness) => {
      const verdict = judgeClock(clock.quality(), witness);
      if (isWrong !== (verdict.is === "wrong")) {
        isWrong = verdict.is === "wrong";
        trouble(verdict.is === "wrong" ? clockFault(verdict.by) : null);
      }
      if (verdict.is === "fine") return;
      const { fix } = verdict;
      const { monoMs } = witness.at;
      if (fix === null) {
        if (monoMs - askedMs < askAgainMs) return;
        askedMs = monoMs;
        return ask();
      }
      if (last !== null && isSameTime(last, fix)) return;
      last = fix;
      fixed(fix);
    },
  };
}

const askAgainMs = 60_000;
const driftPpm = 50;

function fixOf(fromMs: number, toMs: number, monoMs: number): TimeFix {
  const errMs = Math.ceil((toMs - fromMs) / 2);
  return { monoMs: Math.round(monoMs), utcMs: Math.round((fromMs + toMs) / 2), errMs };
}
