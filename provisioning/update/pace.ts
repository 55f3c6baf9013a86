/** How patient an update is. */
export interface Pace {
  /** For so long nobody must have stood there before a switch. */
  readonly idleMs: number;
  /** A version that is not ready after so long hangs. Shorter than systemd's own patience: nobody can punch meanwhile. */
  readonly readyMs: number;
  /** A version that is not well after so long is taken back. */
  readonly healthMs: number;
  /** It must stay well for so long. */
  readonly steadyMs: number;
  readonly lookMs: number;
}

/** Six times what a start may take (5 s), for boards that are slower than the one where that was measured. */
const readyMs = 30_000;
export const usualPace: Pace = { idleMs: 120_000, readyMs, healthMs: 180_000, steadyMs: 10_000, lookMs: 500 };
