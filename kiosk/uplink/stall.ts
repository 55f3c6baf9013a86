import type { Pace } from "./pace.ts";

/**
 * A broker that confirms and then loses, or a receiver that is away, shows only as receipts that do not come. First we
 * ask, then we send everything again, ever more rarely; nothing is ever given up.
 */
export interface StallWatch {
  /** A receipt moved the cursor. */
  readonly progress: (nowMs: number) => void;
  /** @param isOwed the broker confirmed something that is not receipted. */
  readonly look: (nowMs: number, isOwed: boolean) => "wait" | "ask" | "rewind";
  /** Everything was sent again at least once since the last receipt that moved the cursor. */
  readonly isStalled: () => boolean;
}

export function openStallWatch(
  pace: Pick<Pace, "stallSyncMs" | "rewindMs" | "rewindCapMs">,
  startMs: number,
): StallWatch {
  let sinceMs = startMs;
  let askedMs = startMs;
  let rewindAfterMs = pace.rewindMs;
  const restart = (nowMs: number) => {
    sinceMs = nowMs;
    askedMs = nowMs;
  };
  return {
    progress: (nowMs) => {
      restart(nowMs);
      rewindAfterMs = pace.rewindMs;
    },
    look: (nowMs, isOwed) => {
      // Right after a rewind nothing is confirmed yet, which must not count as having caught up.
      if (!isOwed && rewindAfterMs === pace.rewindMs) restart(nowMs);
      if (!isOwed) return "wait";
      if (nowMs - sinceMs >= rewindAfterMs) {
        restart(nowMs);
        rewindAfterMs = Math.min(2 * rewindAfterMs, pace.rewindCapMs);
        return "rewind";
      }
      if (nowMs - askedMs < pace.stallSyncMs) return "wait";
      askedMs = nowMs;
      return "ask";
    },
    isStalled: () => rewindAfterMs !== pace.rewindMs,
  };
}
