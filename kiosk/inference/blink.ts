import type { Motion } from "./motion.ts";
import type { Movement, Straight } from "./turn.ts";
import { dot } from "./vector.ts";

export interface BlinkRules {
  /** Both eyes less closed than this are open. */
  readonly openMax: number;
  /** Both eyes more closed than this are closed. */
  readonly closedMin: number;
  /** From the last open look to the next one. */
  readonly blinkMsMin: number;
  readonly blinkMsMax: number;
  /** A picture that is tilted blinks too, to a network: nothing may turn meanwhile. */
  readonly stillMax: number;
  /** Before the question: so long, so often a second, and open in such a share of it. */
  readonly baselineMs: number;
  readonly perSecondMin: number;
  readonly openShareMin: number;
  readonly sameTrack: number;
}

/** Whether somebody's eyes are seen so clearly that a blink would be one. Glasses, dim light and soft cameras say no. */
export function seesOpenEyes(recent: readonly Motion[], rules: BlinkRules): boolean {
  const newest = recent.at(-1);
  if (newest === undefined) return false;
  const seen = recent.filter(({ atMs, eyes }) => eyes !== null && atMs >= newest.atMs - rules.baselineMs);
  const lastedMs = newest.atMs - (seen[0]?.atMs ?? newest.atMs);
  // Time stamps of a camera jitter: nine tenths of the time, at the asked rate.
  if (lastedMs < rules.baselineMs * 0.9 || ((seen.length - 1) * 1000) / lastedMs < rules.perSecondMin) return false;
  return seen.filter((motion) => isOpen(motion, rules)).length >= rules.openShareMin * seen.length;
}

/** Waits for open, closed, open within the time of a blink, on a still head, and the same face afterwards. */
export function openBlink(straight: Straight, rules: BlinkRules): Movement {
  let state: ReturnType<Movement["state"]> = "waiting";
  let lastOpen: Motion | null = null;
  let isClosed = false;
  let isStill = true;

  const opened = (motion: Motion): void => {
    const tookMs = lastOpen === null ? 0 : motion.atMs - lastOpen.atMs;
    const isBlink = isClosed && isStill && tookMs >= rules.blinkMsMin && tookMs <= rules.blinkMsMax;
    if (isBlink) state = "returning";
    isClosed = false;
    isStill = true;
    lastOpen = motion;
  };

  return {
    note: (motion) => {
      if (state === "passed" || state === "failed" || motion.eyes === null) return;
      if (motion.vector !== null && dot(motion.vector, straight.vector) < rules.sameTrack) {
        state = "failed";
        return;
      }
      if (lastOpen !== null && Math.abs(motion.yaw - lastOpen.yaw) > rules.stillMax) isStill = false;
      if (isOpen(motion, rules)) opened(motion);
      else if (motion.eyes.left > rules.closedMin && motion.eyes.right > rules.closedMin) isClosed = true;
      if (state === "returning" && motion.vector !== null && isOpen(motion, rules)) state = "passed";
    },
    state: () => state,
    progress: () => (state === "passed" || state === "returning" ? 1 : isClosed ? 0.5 : 0),
  };
}

const isOpen = ({ eyes }: Motion, { openMax }: BlinkRules): boolean =>
  eyes !== null && eyes.left < openMax && eyes.right < openMax;
