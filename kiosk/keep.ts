import { type Backoff, waitMs } from "./core/backoff.ts";
import { Fault } from "./core/fault.ts";
import type { RoomState } from "./core/health.ts";
import type { Clock } from "./core/ports/senses.ts";

export interface KeepOptions<R extends AsyncDisposable> {
  readonly open: (signal: AbortSignal) => Promise<R>;
  /** Works with the open room until `signal` aborts or the room fails; calls `healthy` once it has proved to work. */
  readonly use: (room: R, signal: AbortSignal, healthy: () => void) => Promise<void>;
  readonly report: (state: RoomState) => void;
  readonly backoff: Backoff;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

/** A room that worked for this long starts again at the short end of the backoff. */
const provedMs = 30_000;

/**
 * Keeps a room open: a Fault (a pulled cable, a dead process) is reported, waited out and tried again, for ever.
 * Anything else is a bug and is thrown. Resolves when `signal` aborts; the room is closed by then.
 */
export async function keep<R extends AsyncDisposable>(options: KeepOptions<R>, signal: AbortSignal): Promise<void> {
  const { open, use, report, backoff, clock, random } = options;
  let attempt = 0;
  while (!signal.aborted) {
    const startedMs = clock.now().monoMs;
    try {
      await using room = await open(signal);
      await use(room, signal, () => report({ is: "up" }));
      // A room that ended in peace is opened again like any other, only not in the same instant.
      await clock.sleep(backoff.baseMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Fault)) throw error;
      report({ is: "down", code: error.code, remedy: error.remedy });
      if (clock.now().monoMs - startedMs >= provedMs) attempt = 0;
      await clock.sleep(waitMs(backoff, attempt, random()), signal);
      attempt += 1;
    }
  }
}
