import { Fault } from "../core/fault.ts";
import type { Checked, JournalUpkeep, Retention } from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";

export interface UpkeepOptions {
  readonly journal: Pick<JournalUpkeep, "checkpoint" | "check" | "prune">;
  readonly clock: Clock;
  /** What may be forgotten now; null: nothing. */
  readonly retention: () => Retention | null;
  /** How the check of the whole journal goes: at most once a minute, and when it ends. */
  readonly told: (checked: Checked) => void;
}

/** Between two pieces of work, so that checking a million records costs some per cent of one core for half an hour. */
const breathMs = 50;
const checkpointMs = 3_600_000;
/** Also how often it is looked for something to forget. */
const restMs = 60_000;
const checkAgainMs = 24 * 3_600_000;

/**
 * Looks after an open journal until `signal` aborts: a checkpoint every hour in which something was written and at the
 * end, a check of everything once a day, and forgetting what may be forgotten. Trouble with the disk is for those who punch to see; here
 * it only means to try again later.
 */
export async function keepJournal(options: UpkeepOptions, signal: AbortSignal): Promise<void> {
  const { journal, clock, retention, told } = options;
  let checkpointAtMs = clock.now().monoMs + checkpointMs;
  let checkAtMs = clock.now().monoMs;
  let tellAtMs = checkAtMs;
  while (!signal.aborted) {
    const now = clock.now();
    let isBusy = false;
    try {
      if (now.monoMs >= checkpointAtMs) {
        checkpointAtMs = now.monoMs + checkpointMs;
        await journal.checkpoint(now);
      }
      if (now.monoMs >= checkAtMs) {
        const checked = journal.check();
        isBusy = checked.is === "running";
        if (!isBusy) checkAtMs = now.monoMs + checkAgainMs;
        if (!isBusy || now.monoMs >= tellAtMs) {
          tellAtMs = now.monoMs + restMs;
          told(checked);
        }
      }
      const rule = retention();
      // A wall clock that nobody vouches for does not say what is old.
      const isDated = !["none", "manual", "rtc"].includes(clock.quality().source);
      if (rule !== null && isDated && (await journal.prune(rule, now))) isBusy = true;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      isBusy = false;
    }
    await clock.sleep(isBusy ? breathMs : restMs, signal);
  }
  // The last word of this run says what the journal was; a disk that is full can do without it.
  await journal.checkpoint(clock.now()).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
  });
}
