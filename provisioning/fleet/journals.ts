import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Journal } from "../../kiosk/core/ports/journal.ts";
import type { Clock } from "../../kiosk/core/ports/senses.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { journalName } from "../../kiosk/store/judge.ts";
import { openMemoryJournal } from "../../kiosk/store/memory-journal.ts";
import type { FleetDevice } from "./devices.ts";

/**
 * disk: the clock's own journal, with its fsync for every punch. memory: its twin, which makes the same records and
 * forgets them with the process; a thousand journals on one disk would measure the disk.
 */
export type JournalKind = "disk" | "memory";

/** Where nothing is said: up to so many kiosks have real journals. */
export const onDiskMax = 100;

export interface Shelf extends Disposable {
  readonly kind: JournalKind;
  /** Number of this start. */
  readonly boot: number;
  readonly open: (device: FleetDevice) => Promise<Journal>;
}

/** @param state where journals lie and are continued; a temporary folder where it is null. */
export function openShelf(kind: JournalKind, state: string | null, clock: Clock, firmware: string): Shelf {
  if (kind === "memory") {
    return {
      kind,
      boot: 1,
      open: async ({ identity, signer }) => openMemoryJournal({ identity, signer, clock, firmware, boot: 1 }),
      [Symbol.dispose]: () => undefined,
    };
  }
  const folder = state ?? mkdtempSync(join(tmpdir(), "lintel-fleet-"));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const boot = countStart(join(folder, "starts"));
  return {
    kind,
    boot,
    open: ({ identity, signer }) => {
      const directory = join(folder, identity.device);
      const isFirstStart = !existsSync(join(directory, journalName));
      return openJournal({ directory, identity, signer, clock, firmware, boot, isFirstStart });
    },
    [Symbol.dispose]: () => {
      if (state === null) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function countStart(file: string): number {
  const starts = 1 + (existsSync(file) ? Number(readFileSync(file, "utf8")) || 0 : 0);
  writeFileSync(file, `${starts}`);
  return starts;
}
