import { Fault } from "./core/fault.ts";
import type { Memory } from "./core/memory.ts";
import type { Clock, Journal, LastSeen, RetentionBook } from "./core/ports.ts";
import { type Holds, openHolds } from "./holds.ts";
import { type Lateness, openLateness } from "./lateness.ts";
import { openHoldBook } from "./store/hold-book.ts";
import { openLastSeen } from "./store/last-seen.ts";
import { openRetentionBook } from "./store/retention-book.ts";

export interface KeepingOptions {
  readonly state: string;
  readonly journal: Pick<Journal, "append">;
  readonly clock: Pick<Clock, "now" | "quality">;
  readonly start: Memory["start"];
  readonly note: (error: unknown) => void;
}

/** What retention and erasure stand on: how late it is, what is held, who was here when. */
export interface Keeping {
  readonly lateness: Lateness;
  readonly holds: Holds;
  readonly book: RetentionBook;
  readonly lastSeen: LastSeen;
}

/** @throws Fault `state-unwritable`, `disk-full`. */
export async function openKeeping({ state, journal, clock, start, note }: KeepingOptions): Promise<Keeping> {
  const book = await openRetentionBook(state);
  const holdBook = await openHoldBook(state);
  const lastSeen = await openLastSeen(state);
  for (const notice of [book.notice, holdBook.notice]) if (notice instanceof Fault) note(notice);
  const lateness = openLateness({ clock, book, start });
  return { lateness, book, lastSeen, holds: openHolds({ book: holdBook, journal, clock, lateness }) };
}
