import { Fault } from "../core/fault.ts";
import type { Memory } from "../core/memory.ts";
import type { PersonId } from "../core/person.ts";
import type { LastSeen, RetentionBook } from "../core/ports/forgetting.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { Stays } from "../core/record.ts";
import { type RetentionDays, staysOf } from "../core/retention.ts";
import { utcText } from "../core/time.ts";
import { openHoldBook } from "../store/hold-book.ts";
import { openLastSeen } from "../store/last-seen.ts";
import { openRetentionBook } from "../store/retention-book.ts";
import { type Holds, openHolds } from "./holds.ts";
import { type Lateness, openLateness } from "./lateness.ts";

export interface KeepingOptions {
  readonly state: string;
  readonly journal: Pick<Journal, "append">;
  readonly clock: Pick<Clock, "now" | "quality">;
  readonly start: Memory["start"];
  /** For how long each class is kept here. */
  readonly days: RetentionDays;
  readonly note: (error: unknown) => void;
}

/** What retention and erasure stand on: how late it is, what is held, who was here when. */
export interface Keeping {
  readonly lateness: Lateness;
  readonly holds: Holds;
  readonly book: RetentionBook;
  readonly lastSeen: LastSeen;
  /** What an erasure leaves of somebody, by law and by hold. */
  readonly stays: (sub: PersonId) => readonly Stays[];
}

/** As many as a record may name. */
const staysMax = 16;

/** @throws Fault `state-unwritable`, `disk-full`. */
export async function openKeeping({ state, journal, clock, start, days, note }: KeepingOptions): Promise<Keeping> {
  const book = await openRetentionBook(state);
  const holdBook = await openHoldBook(state);
  const lastSeen = await openLastSeen(state);
  for (const notice of [book.notice, holdBook.notice]) if (notice instanceof Fault) note(notice);
  const lateness = openLateness({ clock, book, start });
  const holds = openHolds({ book: holdBook, journal, clock, lateness });
  const held = (sub: PersonId): readonly Stays[] =>
    holds.over(sub).flatMap(({ classes, reason, untilUtcMs }) => {
      return classes.map((cls) => ({ cls, basis: `hold:${reason}`, until: utcText(untilUtcMs) }));
    });
  return {
    ...{ lateness, book, lastSeen, holds },
    stays: (sub) => [...staysOf(sub, days, clock.now().utcMs), ...held(sub)].slice(0, staysMax),
  };
}
