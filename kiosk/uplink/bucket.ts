/** So much a second, and a little at once. The clock is the caller's, so that time can be pretended. */
export interface Bucket {
  /** What may be taken now. */
  readonly level: (nowMs: number) => number;
  readonly take: (count: number, nowMs: number) => void;
  /** From now on so much a second; `Infinity` for no bound. */
  readonly rate: (perS: number, nowMs: number) => void;
}

/** How much of a second's allowance may go at once. */
const burstShare = 0.25;

export const burstOf = (perS: number): number => Math.max(1, perS * burstShare);

export function openBucket(perS: number, startMs: number): Bucket {
  let ratePerS = perS;
  let content = burstOf(perS);
  let sinceMs = startMs;
  const level = (nowMs: number): number => {
    if (ratePerS === Number.POSITIVE_INFINITY) return ratePerS;
    content = Math.min(burstOf(ratePerS), content + ((nowMs - sinceMs) / 1000) * ratePerS);
    sinceMs = nowMs;
    return content;
  };
  return {
    level,
    take: (count, nowMs) => {
      if (level(nowMs) !== Number.POSITIVE_INFINITY) content -= count;
    },
    rate: (next, nowMs) => {
      level(nowMs);
      ratePerS = next;
      content = Math.min(content, burstOf(next));
      sinceMs = nowMs;
    },
  };
}
