import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Journal, JournalLife, JournalUpkeep } from "../../kiosk/core/ports/journal.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { type JournalOptions, openJournal } from "../../kiosk/store/journal.ts";

/** A folder of its own that goes away with the test. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "lintel-crash-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Opens the journal of a state folder the way the clock does: identity beside it, small ballast. */
export async function openClockJournal(
  state: string,
  more: Partial<JournalOptions> = {},
): Promise<Journal & JournalUpkeep & JournalLife> {
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

/** The state folder as a power cut would leave it now: what the operating system was given, nothing closed. */
export function copyOf(state: string): string {
  const copy = scratch();
  cpSync(state, copy, { recursive: true });
  return copy;
}

export const journalFolder = (state: string): string => join(state, "journal");
export const journalFile = (state: string): string => join(state, "journal", "journal.sqlite");
