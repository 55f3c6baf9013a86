import type { Journal } from "../../kiosk/core/ports/journal.ts";
import { isBefore } from "../../kiosk/core/record.ts";
import { openMemoryJournal } from "../../kiosk/store/memory-journal.ts";
import { identity, realClock, type SmallJournal, type TestKey } from "../unit/uplink/parts.ts";
import { punch } from "./journal.ts";

/** The store's own journal in memory, with what the uplink's tests like to do to it. It starts with two records. */
export function memoryJournal({ signer }: TestKey): Omit<SmallJournal, "newEpoch"> {
  const journal = openMemoryJournal({ identity, signer, clock: realClock, firmware: "0.1.0", boot: 1 });
  return {
    ...journal,
    get records() {
      return journal.read({ epoch: 0, seq: -1 }, 100_000);
    },
    grow: (count) => {
      for (let n = 0; n < count; n += 1) void journal.append(punch(), realClock.now());
    },
  };
}

/** True where the receiver has everything, our bookkeeping included. */
export function isReceipted(journal: Pick<Journal, "cursor" | "head">, receiver: string): boolean {
  return !isBefore(journal.cursor(receiver), journal.head());
}
