import type { Clock } from "./core/ports/senses.ts";
import type { Screen } from "./core/ports/wall.ts";

/** Knows when nobody is at the clock: what must interrupt it waits for that. */
export interface Quiet {
  /** Watches what is shown. */
  readonly watch: <S extends Pick<Screen, "show">>(screen: S) => S;
  /** Resolves when the wall is idle, or after two minutes at most: somebody may stand there for hours. */
  readonly wait: (clock: Clock, signal: AbortSignal) => Promise<void>;
  /** For so long nobody is there, milliseconds; null while somebody is. */
  readonly idleMs: () => number | null;
}

const longestMs = 120_000;
const lookMs = 250;

export function openQuiet(clock: Pick<Clock, "now">): Quiet {
  let isIdle = false;
  let sinceMs = clock.now().monoMs;
  return {
    watch: (screen) => ({
      ...screen,
      show: (screenful) => {
        const wasIdle = isIdle;
        // Where nobody can punch there is nobody to disturb.
        isIdle = screenful.view.at === "idle" || screenful.view.at === "out-of-order";
        if (!wasIdle) sinceMs = clock.now().monoMs;
        screen.show(screenful);
      },
    }),
    wait: async (ticker, signal) => {
      const untilMs = ticker.now().monoMs + longestMs;
      do await ticker.sleep(lookMs, signal);
      while (!isIdle && ticker.now().monoMs < untilMs && !signal.aborted);
    },
    idleMs: () => (isIdle ? clock.now().monoMs - sinceMs : null),
  };
}
