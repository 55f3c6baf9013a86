import type { Clock } from "./core/ports/senses.ts";
import type { Screen } from "./core/ports/wall.ts";

/** Knows when nobody is at the clock: what must interrupt it waits for that. */
export interface Quiet {
  /** Watches what is shown. */
  readonly watch: <S extends Pick<Screen, "show">>(screen: S) => S;
  /** Resolves when the wall is idle, or after two minutes at most: somebody may stand there for hours. */
  readonly wait: (clock: Clock, signal: AbortSignal) => Promise<void>;
}

const longestMs = 120_000;
const lookMs = 250;

export function openQuiet(): Quiet {
  let isIdle = false;
  return {
    watch: (screen) => ({
      ...screen,
      show: (screenful) => {
        isIdle = screenful.view.at === "idle";
        screen.show(screenful);
      },
    }),
    wait: async (clock, signal) => {
      const untilMs = clock.now().monoMs + longestMs;
      do await clock.sleep(lookMs, signal);
      while (!isIdle && clock.now().monoMs < untilMs && !signal.aborted);
    },
  };
}
