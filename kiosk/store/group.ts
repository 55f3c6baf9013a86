import { Fault } from "../core/fault.ts";
import type { Appended } from "../core/ports/journal.ts";
import type { Outcome, Wanted } from "./builder.ts";

/**
 * Group commit: records that wait together become durable together, with one fsync, in the order in which they came. A
 * record that waits alone is not kept waiting for others: whatever came in one turn of the event loop is one group.
 */
export interface Group {
  /** Resolves when the record is durable; rejects with what kept it from being. */
  readonly append: (wanted: Wanted) => Promise<Appended>;
  /** Commits what waits, now. */
  readonly flush: () => void;
}

interface Waiting {
  readonly wanted: Wanted;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (reason: unknown) => void;
}

/** More than any crowd at a wall; whoever floods the journal is told. */
const waitingMax = 20_000;

/** @param size how many records share a commit at most: what one punch may have to wait for. */
export function openGroup(size: number, commit: (wanted: readonly Wanted[]) => readonly Outcome[]): Group {
  const waiting: Waiting[] = [];
  let isDue = false;

  const commitSome = (): void => {
    const group = waiting.splice(0, size);
    try {
      const outcomes = commit(group.map(({ wanted }) => wanted));
      group.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index];
        if (outcome !== undefined && "appended" in outcome) resolve(outcome.appended);
        else reject(outcome?.fault);
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };
  const soon = (): void => {
    if (isDue || waiting.length === 0) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      if (waiting.length > 0) commitSome();
      soon();
    });
  };
  return {
    append: (wanted) => {
      if (waiting.length >= waitingMax) return Promise.reject(tooMany());
      const { promise, resolve, reject } = Promise.withResolvers<Appended>();
      waiting.push({ wanted, resolve, reject });
      soon();
      return promise;
    },
    flush: () => {
      while (waiting.length > 0) commitSome();
    },
  };
}

const tooMany = (): Fault =>
  new Fault(
    "journal-busy",
    `more than ${waitingMax} records wait to be written`,
    "Something writes far faster than the disk can: see the log for what it is.",
  );
