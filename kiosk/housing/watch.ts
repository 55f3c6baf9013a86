import { Fault } from "../core/fault.ts";
import type { HousingSeen } from "../core/housing.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { Clock, HousingSwitch } from "../core/ports/senses.ts";
import type { AuditData } from "../core/record.ts";

export interface HousingOptions {
  readonly housing: HousingSwitch;
  /** Outlives restarts: what was opened while the power was off is noticed as well. */
  readonly file: {
    readonly get: () => HousingSeen;
    readonly change: (change: (before: HousingSeen) => HousingSeen) => Promise<unknown>;
  };
  readonly journal: Pick<Journal, "append">;
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** Locks the clock; null: it only tells. */
  readonly lock: (() => Promise<void>) | null;
  readonly opened: () => void;
  /** The switch cannot be read, or what it says cannot be written down. Throws what is no Fault. */
  readonly note: (fault: unknown) => void;
}

/** An opened housing has to be in the journal within five seconds. */
const lookMs = 2_000;

/**
 * Watches the housing until `signal` aborts. From the first time that it was seen closed, each opening and closing is a
 * record, and an opening locks the clock where the site wants that; a technician who hangs it is not locked out before.
 */
export async function watchHousing(options: HousingOptions, signal: AbortSignal): Promise<void> {
  const { housing, file, journal, clock, lock, opened, note } = options;
  let trouble: string | null = null;

  const write = async (act: AuditData["act"], detail: string): Promise<void> => {
    await journal.append({ type: "audit", data: { act, sub: null, by: "kiosk", detail } }, clock.now());
  };
  const become = async (isOpen: boolean): Promise<void> => {
    const before = file.get().isOpen;
    if (before === isOpen || (before === null && isOpen)) return;
    if (isOpen) {
      opened();
      // What protects comes first; a full disk must not keep the record from being tried again.
      await lock?.();
      await write("opened", "the housing was opened");
    } else if (before !== null) await write("closed", "the housing was closed");
    await file.change(() => ({ isOpen }));
  };

  while (!signal.aborted) {
    try {
      await become(await housing.isOpen());
      trouble = null;
    } catch (error) {
      // Told once, and not every two seconds.
      if (!(error instanceof Fault) || error.message !== trouble) note(error);
      trouble = error instanceof Fault ? error.message : trouble;
    }
    await clock.sleep(lookMs, signal);
  }
}
