import type { Clock } from "../../core/ports/senses.ts";

/**
 * Orders that come while nobody can say what time it is. The answer to the first `sync` of a connection says it, and orders
 * are sent with the birth before that: refusing them at once would refuse them always.
 */
export interface Untold {
  /** Keeps it for later. False where the time was waited for long enough, or too many wait. */
  readonly hold: (bytes: Uint8Array) => boolean;
  /** Until `signal` aborts. @param again takes back what was held: the time is known, or will not be. */
  readonly run: (again: (bytes: Uint8Array) => void, signal: AbortSignal) => Promise<void>;
}

export interface UntoldOptions {
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly isTold: () => boolean;
  readonly patienceMs: number;
}

const heldMax = 64;
const lookMs = 250;

export function openUntold({ clock, isTold, patienceMs }: UntoldOptions): Untold {
  const held: Uint8Array[] = [];
  /** When the first had to wait; null where none had to since the time was known last. */
  let sinceMs: number | null = null;
  let bell = Promise.withResolvers<void>();
  const isOver = (): boolean => sinceMs !== null && clock.now().monoMs - sinceMs >= patienceMs;
  return {
    hold: (bytes) => {
      sinceMs ??= clock.now().monoMs;
      if (isOver() || held.length >= heldMax) return false;
      held.push(bytes);
      bell.resolve();
      return true;
    },
    run: async (again, signal) => {
      signal.addEventListener("abort", () => bell.resolve(), { once: true });
      while (!signal.aborted) {
        if (held.length === 0) {
          bell = Promise.withResolvers<void>();
          await bell.promise;
          continue;
        }
        const isKnown = isTold();
        if (isKnown) sinceMs = null;
        if (isKnown || isOver()) held.splice(0).forEach(again);
        else await clock.sleep(lookMs, signal);
      }
    },
  };
}
