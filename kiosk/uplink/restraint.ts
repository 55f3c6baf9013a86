import { maxBatchRecords } from "./contract/batch.ts";
import type { Refusal } from "./mqtt-faults.ts";
import { openThrottle, type Throttle, type ThrottleOptions } from "./throttle.ts";

/** What a broker has taught us about itself. It outlives the connection, because brokers complain by hanging up. */
export interface Restraint {
  readonly throttle: Throttle;
  /** Most records in one message. */
  readonly batchMax: () => number;
  /** @param records how many were in what was refused; null where the broker hung up on something. */
  readonly complained: (refusal: Refusal, records: number | null) => void;
  /**
   * How a connection ended that nobody gave a reason for. A broker that speaks 3.1.1 has no words for "too large", and
   * neither has a bad line: whoever loses one batch after the other does better with smaller ones.
   */
  readonly lostBatch: (wasLost: boolean) => void;
}

/** A guess makes batches no smaller than this: some 3 KiB, which passes everywhere. */
const guessedMin = 10;

export function openRestraint(options: ThrottleOptions & { readonly batches: boolean }): Restraint {
  const throttle = openThrottle(options);
  let batchMax = options.batches ? maxBatchRecords : 1;
  let lostInARow = 0;
  return {
    throttle,
    batchMax: () => batchMax,
    complained: (refusal, records) => {
      if (refusal === "too-large") batchMax = Math.max(1, Math.min(batchMax, Math.floor((records ?? batchMax) / 2)));
      else if (refusal !== "not-allowed") throttle.slowDown();
    },
    lostBatch: (wasLost) => {
      lostInARow = wasLost ? lostInARow + 1 : 0;
      if (lostInARow < 2) return;
      lostInARow = 0;
      batchMax = Math.min(batchMax, Math.max(guessedMin, Math.floor(batchMax / 2)));
    },
  };
}
