import { join } from "node:path";
import type { Journal, JournalConsents, JournalLife, JournalUpkeep } from "../../kiosk/core/ports/journal.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { type JournalOptions, openJournal } from "../../kiosk/store/journal.ts";

/** Opens the journal of a state folder the way the clock does: identity beside it, small ballast. */
export async function openClockJournal(
  state: string,
  more: Partial<JournalOptions> = {},
): Promise<Journal & JournalUpkeep & JournalLife & JournalConsents> {
  const signer = await openSigner(join(state, "identity"));
  const journal = await openJournal({
    directory: join(state, "journal"),
    identity: { tenant: "acme", site: "blr-01", device: signer.device },
    signer,
    clock: await openSystemClock(),
    firmware: "0.1.0",
    boot: 1,
    isFirstStart: signer.fresh,
    ballastBytes: 64 * 1024,
    ...more,
  });
  await signer.markUsed();
  return journal;
}

export const journalFolder = (state: string): string => join(state, "journal");
export const journalFile = (state: string): string => join(state, "journal", "journal.sqlite");
