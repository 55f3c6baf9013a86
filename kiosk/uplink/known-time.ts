import type { Clock } from "../core/ports/senses.ts";
import type { TimeSource } from "../core/time.ts";
import type { TimeFix } from "./time-check.ts";

/** True time as far as it is known: it lies within `errMs` of `utcMs`. */
export interface KnownTime {
  readonly utcMs: number;
  readonly errMs: number;
  readonly src: TimeSource;
}

/** The better of what our own clock claims and what somebody proved to us in this run. */
export interface TimeKnowledge {
  readonly learn: (fix: TimeFix) => void;
  readonly now: () => KnownTime;
}

/** What a crystal may be off, parts per million. */
const driftPpm = 100;

/**
 * A box without a battery does not know the date until its network's time service answers, which many never do: then the
 * cloud's signed answer to a fresh question is what orders are held against.
 */
export function openTimeKnowledge(clock: Pick<Clock, "now" | "quality">): TimeKnowledge {
  let fix: TimeFix | null = null;
  return {
    learn: (newer) => {
      fix = newer;
    },
    now: () => {
      const { utcMs, monoMs } = clock.now();
      const { source: src, errorMs: errMs } = clock.quality();
      const own = { utcMs, errMs, src };
      if (fix === null) return own;
      const sinceMs = monoMs - fix.monoMs;
      const fixErrMs = fix.errMs + Math.ceil((sinceMs * driftPpm) / 1_000_000);
      return fixErrMs < errMs ? { utcMs: fix.utcMs + sinceMs, errMs: fixErrMs, src: "ack" } : own;
    },
  };
}

const hourMs = 3_600_000;

/** Whether it can be said if an order is in time. */
export const canTell = ({ errMs, src }: KnownTime): boolean => src !== "none" && errMs <= hourMs;
