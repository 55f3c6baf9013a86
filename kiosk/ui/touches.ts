import type { Touch } from "../core/view.ts";

/** What people touched, in order, until the loop has read it. */
export interface Touches {
  /** False where the queue is full: then nothing was taken, and the page hears it. */
  readonly put: (touch: Touch) => boolean;
  /** Ends when `signal` aborts or after `end`. */
  readonly read: (signal: AbortSignal) => AsyncGenerator<Touch, void, void>;
  readonly end: () => void;
}

/** @param bound most touches that may wait; a person touches a few times in a second at most. */
export function openTouches(bound: number): Touches {
  const waiting: Touch[] = [];
  let ended = false;
  let wake = Promise.withResolvers<void>();

  return {
    put: (touch) => {
      if (ended || waiting.length >= bound) return false;
      waiting.push(touch);
      wake.resolve();
      return true;
    },
    read: async function* (signal) {
      const stop = (): void => wake.resolve();
      signal.addEventListener("abort", stop);
      try {
        while (!ended && !signal.aborted) {
          const touch = waiting.shift();
          if (touch !== undefined) {
            yield touch;
            continue;
          }
          wake = Promise.withResolvers();
          await wake.promise;
        }
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
    end: () => {
      ended = true;
      wake.resolve();
    },
  };
}
