import type { Event } from "./core/event.ts";
import type { Clock } from "./core/ports/senses.ts";

export interface PulseOptions {
  readonly clock: Clock;
  readonly post: (event: Event) => void;
  /** Since when the engine looks at one picture, monotonic; null while it looks at none. */
  readonly lookingSinceMs: () => number | null;
  /** Everything moves. */
  readonly alive: () => Promise<void>;
  readonly everyMs: number;
}

/** Says that the clock is alive as long as it is: that a timer fires proves nothing about those who do the work. */
export interface Pulse {
  /** The station handled this. */
  readonly saw: (event: Event) => void;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** The slowest board describes a face in a second; what looks for longer than this does not come back. */
const lookMaxMs = 20_000;

export function createPulse({ clock, post, lookingSinceMs, alive, everyMs }: PulseOptions): Pulse {
  /** Goes through the one inbox, behind everything that came before it. */
  let asked: Event | null = null;
  let isHandled = false;
  return {
    saw: (event) => {
      if (event === asked) isHandled = true;
    },
    run: async (signal) => {
      while (!signal.aborted) {
        const at = clock.now();
        // Unanswered, the old question stands: a new one would hide for how long.
        if (asked === null || isHandled) {
          asked = { kind: "tick", at };
          isHandled = false;
          post(asked);
        }
        await clock.sleep(everyMs, signal);
        const since = lookingSinceMs();
        const isLooking = since === null || clock.now().monoMs - since < lookMaxMs;
        if (isHandled && isLooking && !signal.aborted) await alive();
      }
    },
  };
}
