import { Fault } from "./core/fault.ts";
import type { Journal } from "./core/ports/journal.ts";
import { isBefore, type Position } from "./core/record.ts";
import type { OwedSince } from "./core/technician.ts";

export interface OwedOptions {
  readonly journal: Pick<Journal, "cursor" | "waiting" | "read">;
  /** When a record was written, UTC milliseconds. */
  readonly writtenUtcMs: (jws: string) => number;
}

/** The oldest punch is looked for in so many records: behind them the first of any kind will do. */
const lookedThrough = 512;

/**
 * Since when a receiver owes its receipt for a punch or a correction. Asked every few seconds and by whoever collects
 * figures, so it reads the journal once for every place of the cursor, and a disk that died is an answer like another:
 * figures are no reason to end a clock.
 */
export function openOwed({ journal, writtenUtcMs }: OwedOptions): (receiver: string) => OwedSince {
  const known = new Map<string, { readonly after: Position; readonly utcMs: number }>();
  return (receiver) => {
    if (journal.waiting(receiver) === 0) return null;
    const after = journal.cursor(receiver);
    const before = known.get(receiver);
    if (before !== undefined && !isBefore(before.after, after)) return before.utcMs;
    try {
      const rows = journal.read(after, lookedThrough);
      const oldest = rows.find(({ type }) => type === "punch" || type === "correction") ?? rows[0];
      if (oldest === undefined) return null;
      const utcMs = writtenUtcMs(oldest.jws);
      known.set(receiver, { after, utcMs });
      return utcMs;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return "unreadable";
    }
  };
}

/** Of several receivers: the one that owes longest. What nobody can read may be older than all the others. */
export function oldestOf(owed: readonly OwedSince[]): OwedSince {
  if (owed.includes("unreadable")) return "unreadable";
  const times = owed.filter((since) => typeof since === "number");
  return times.length === 0 ? null : Math.min(...times);
}
