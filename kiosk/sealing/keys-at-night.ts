import { Fault } from "../core/fault.ts";
import type { Clock } from "../core/ports/senses.ts";

export interface NightKeys {
  readonly keys: { readonly isDue: () => boolean; readonly rotate: () => Promise<void> };
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly timeZone: string;
  readonly note: (fault: Fault) => void;
}

const lookMs = 10 * 60_000;
/** From two to four: nobody stands before most walls, and one that is looked at is not disturbed either. */
const nightHours = [2, 3];

/**
 * Replaces the device's key, until `signal` aborts: at the start where it is due (a start that was cut short, a key that
 * was destroyed before the power went, another root), and in any night in which it is. To be called once all who hold
 * keys are open. A disk that does not take it is said, and asked again.
 */
export async function keepKeys({ keys, clock, timeZone, note }: NightKeys, signal: AbortSignal): Promise<void> {
  let isStart = true;
  while (!signal.aborted) {
    const { hour } = Temporal.Instant.fromEpochMilliseconds(clock.now().utcMs).toZonedDateTimeISO(timeZone);
    if (keys.isDue() && (isStart || nightHours.includes(hour))) {
      await keys.rotate().catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        note(error);
      });
    }
    isStart = false;
    await clock.sleep(lookMs, signal);
  }
}
