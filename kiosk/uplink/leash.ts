import { openBucket } from "./bucket.ts";

/** How fast one receiver wants the backlog. It binds the backlog alone: live records always go. */
export interface Leash {
  /** Backlog records that may go now. */
  readonly allowed: (nowMs: number) => number;
  readonly spent: (records: number, nowMs: number) => void;
  /** What its newest receipt asks for; a receipt that asks for nothing frees. */
  readonly pull: (wish: Wish | undefined, nowMs: number) => void;
}

export interface Wish {
  /** Records per second. */
  readonly rps?: number | undefined;
  /** Seconds in which no backlog shall come, at most 900. */
  readonly hold?: number | undefined;
}

const holdMaxS = 900;

export function openLeash(startMs: number): Leash {
  const bucket = openBucket(Number.POSITIVE_INFINITY, startMs);
  let heldUntilMs = startMs;
  return {
    allowed: (nowMs) => (nowMs < heldUntilMs ? 0 : Math.floor(bucket.level(nowMs))),
    spent: (records, nowMs) => bucket.take(records, nowMs),
    pull: (wish, nowMs) => {
      heldUntilMs = nowMs + 1000 * Math.min(wish?.hold ?? 0, holdMaxS);
      const { rps = Number.POSITIVE_INFINITY } = wish ?? {};
      // Nobody is heard who wants the rest of a backlog never: that is what `hold` is for.
      bucket.rate(Math.max(1, rps), nowMs);
    },
  };
}
