import type { Clock } from "../../core/ports/senses.ts";
import { openBucket } from "../bucket.ts";

/** What one channel may hold and cost. What comes beyond is dropped: whoever sent it in earnest sends it again. */
export interface LaneBounds {
  readonly messagesMax: number;
  readonly bytesMax: number;
  /** Taken from the lane, a second: bounds what verifying may cost, whoever sends whatever. */
  readonly perS: number;
}

/** One channel's messages, taken one at a time: a slow order must not keep the pages that it waits for. */
export interface Lane {
  /** Never throws. */
  readonly put: (bytes: Uint8Array) => void;
  /** Works until `signal` aborts; whatever `work` throws is thrown. */
  readonly run: (work: (bytes: Uint8Array) => Promise<void>, signal: AbortSignal) => Promise<void>;
}

export function openLane({ messagesMax, bytesMax, perS }: LaneBounds, clock: Pick<Clock, "now" | "sleep">): Lane {
  const waiting: Uint8Array[] = [];
  let heldBytes = 0;
  let bell = Promise.withResolvers<void>();
  const bucket = openBucket(perS, clock.now().monoMs);
  return {
    put: (bytes) => {
      if (waiting.length >= messagesMax || heldBytes + bytes.length > bytesMax) return;
      // A copy: what comes from a socket keeps the whole chunk alive that it came in.
      waiting.push(Uint8Array.from(bytes));
      heldBytes += bytes.length;
      bell.resolve();
    },
    run: async (work, signal) => {
      signal.addEventListener("abort", () => bell.resolve(), { once: true });
      while (!signal.aborted) {
        const next = waiting.shift();
        if (next === undefined) {
          bell = Promise.withResolvers<void>();
          await bell.promise;
          continue;
        }
        heldBytes -= next.length;
        while (bucket.level(clock.now().monoMs) < 1 && !signal.aborted) await clock.sleep(1000 / perS, signal);
        if (signal.aborted) return;
        bucket.take(1, clock.now().monoMs);
        await work(next);
      }
    },
  };
}
