import type { Position, RecordEvent } from "../core/record.ts";
import type { JournalDatabase, Row } from "./database.ts";
import { eventOf } from "./make-record.ts";

export interface RecallOptions {
  readonly database: () => Pick<JournalDatabase, "workFrom" | "workAfter" | "notes">;
  /** Gives what `look` gives. @throws Fault where a page of the journal cannot be read. */
  readonly legible: <T>(look: () => T) => T;
  /** Rows as they were written. @throws Fault where one was not. */
  readonly intact: (look: () => readonly Row[]) => readonly Row[];
  readonly isShown: (row: Row) => boolean;
}

/** A row weighs more than what is read out of it: so few at a time are gone before there is much to clear up. */
const pageRows = 128;

/** What `Journal.recall` promises. */
export function openRecall({ database, legible, intact, isShown }: RecallOptions) {
  return (sinceUtcMs: number, spanMs: number): readonly RecordEvent[] => {
    const events: RecordEvent[] = [];
    const tell = (rows: readonly Row[]): void => {
      for (const { jws } of intact(() => rows.filter(isShown))) events.push(eventOf(jws));
    };
    for (let from = legible(() => database().workFrom(sinceUtcMs, spanMs)); from !== null; ) {
      const after: Position = from;
      const rows = legible(() => database().workAfter(after, pageRows));
      tell(rows);
      from = rows.at(pageRows - 1) ?? null;
    }
    tell(legible(() => database().notes()));
    return events;
  };
}
