import { burstOf, openBucket } from "./bucket.ts";
import type { Lane } from "./window.ts";

/**
 * How many messages a second the broker gets. Brokers that are asked too much hang up or throw away, so we stay below
 * what they allow, and go slower for a while when one complains all the same.
 */
export interface Throttle {
  readonly mayPass: (lane: Lane) => boolean;
  readonly passed: () => void;
  /** The broker said "too much" (0x96, 0x97): half the rate for a minute, and half of that if it says so again. */
  readonly slowDown: () => void;
  /** Nothing passes for so long: the broker does not let us write there. */
  readonly block: (ms: number) => void;
  readonly publishesPerS: () => number;
}

export interface ThrottleOptions {
  readonly publishesPerS: number;
  readonly slowMs: number;
  readonly nowMs: () => number;
}

/** Kept for live records, so that a backlog never takes the last place of a second. */
const liveShare = 0.25;
/** Complaints about messages that were on their way together count once. */
const sameComplaintMs = 1000;

export function openThrottle({ publishesPerS, slowMs, nowMs }: ThrottleOptions): Throttle {
  const bucket = openBucket(publishesPerS, nowMs());
  let rate = publishesPerS;
  let complainedMs = Number.NEGATIVE_INFINITY;
  let blockedUntilMs = Number.NEGATIVE_INFINITY;
  const recover = (): void => {
    if (rate === publishesPerS || nowMs() - complainedMs < slowMs) return;
    rate = publishesPerS;
    bucket.rate(rate, nowMs());
  };
  return {
    mayPass: (lane) => {
      recover();
      const now = nowMs();
      if (now < blockedUntilMs) return false;
      const burst = burstOf(rate);
      return bucket.level(now) >= (lane === "live" ? 1 : Math.min(burst, 1 + liveShare * burst));
    },
    passed: () => bucket.take(1, nowMs()),
    slowDown: () => {
      const now = nowMs();
      if (now - complainedMs < sameComplaintMs) return;
      complainedMs = now;
      // Where no bound was known, now there is one.
      rate = Number.isFinite(rate) ? Math.max(1, rate / 2) : 100;
      bucket.rate(rate, now);
    },
    block: (ms) => {
      blockedUntilMs = nowMs() + ms;
    },
    publishesPerS: () => rate,
  };
}
