import { isFault } from "../core/fault.ts";
import type { HousingSeen } from "../core/housing.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { Clock, HousingSwitch } from "../core/ports/senses.ts";
import type { Stamp } from "../core/time.ts";

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
  /** What each look came to: `open`, `closed`, or a fault's code. */
  readonly looked: (word: string) => void;
  /** The switch cannot be read, or what it says cannot be written down. Throws what is no Fault. */
  readonly note: (fault: unknown) => void;
}

/** An opened housing has to be in the journal within five seconds: a look, another to be sure, and time to write. */
const lookMs = 2_000;
/** A contact bounces, and a line that is only just pulled up is still low. */
const sureMs = 200;

/**
 * Watches the housing until `signal` aborts. From the first time that it was seen closed, each opening and closing is a
 * record, and an opening locks the clock where the site wants that; a technician who hangs it is not locked out before.
 */
export async function watchHousing(options: HousingOptions, signal: AbortSignal): Promise<void> {
  const { housing, file, journal, clock, lock, opened, looked, note } = options;
  let stands = file.get().isOpen;
  /** What happened and is not written down yet, oldest first: a disk that is full meanwhile loses none of it. */
  const owed: { readonly act: "opened" | "closed"; readonly at: Stamp }[] = [];

  const ask = async (): Promise<boolean> => {
    try {
      const isOpen = await housing.isOpen();
      looked(isOpen ? "open" : "closed");
      return isOpen;
    } catch (error) {
      if (isFault(error)) looked(error.code);
      throw error;
    }
  };
  const look = async (): Promise<void> => {
    const isOpen = await ask();
    if (isOpen === stands || (stands === null && isOpen)) return;
    const at = clock.now();
    await clock.sleep(sureMs, signal);
    if ((await ask()) !== isOpen) return;
    if (isOpen) opened();
    if (stands !== null) owed.push({ act: isOpen ? "opened" : "closed", at });
    stands = isOpen;
  };
  const write = async (): Promise<void> => {
    // What protects comes first; a full disk must not keep the record from being tried again.
    if (owed.some(({ act }) => act === "opened")) await lock?.();
    for (let next = owed[0]; next !== undefined; next = owed[0]) {
      const { act, at } = next;
      await journal.append(
        { type: "audit", data: { act, sub: null, by: "kiosk", detail: `the housing was ${act}` } },
        at,
      );
      owed.shift();
    }
    if (file.get().isOpen !== stands) await file.change(() => ({ isOpen: stands }));
  };

  const [looking, writing] = [toldOnce(look, note), toldOnce(write, note)];
  while (!signal.aborted) {
    await looking();
    await writing();
    await clock.sleep(lookMs, signal);
  }
}

/** The same trouble is told once, and not every two seconds. */
function toldOnce(work: () => Promise<void>, tell: (error: unknown) => void): () => Promise<void> {
  let trouble: string | null = null;
  return async () => {
    try {
      await work();
      trouble = null;
    } catch (error) {
      const said = error instanceof Error ? error.message : "";
      if (said !== trouble) tell(error);
      trouble = said;
    }
  };
}
