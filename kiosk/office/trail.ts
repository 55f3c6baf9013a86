import type { AuditLine, AuditWish } from "../core/desk.ts";
import type { PersonId } from "../core/person.ts";
import type { Journal, StoredRecord } from "../core/ports/journal.ts";
import { isBefore, type Position, type RecordEvent } from "../core/record.ts";

/** What was done at this clock, by whom and why: the audit records of its own journal, found again. */

export interface Look {
  readonly atUtcMs: number;
  readonly role: string;
  readonly reason: string | null;
}

export interface Trail {
  /** Newest first. */
  readonly looksAt: (sub: PersonId) => Promise<readonly Look[]>;
  /** Oldest first. */
  readonly find: (wish: AuditWish, limit: number) => Promise<Found>;
}

export interface Found {
  readonly lines: readonly AuditLine[];
  readonly isMore: boolean;
}

export interface TrailOptions {
  readonly journal: Pick<Journal, "read" | "head">;
  /** Reads the event of a record that this clock wrote. */
  readonly eventOf: (jws: string) => RecordEvent;
  /** Lets others go on between two pages. */
  readonly breathe: () => Promise<void>;
}

/** What others did by order, or a clock to itself, is told under its type. */
const types: ReadonlySet<string> = new Set(["audit", "erasure", "purge", "cmdlog", "keychange"]);
const pageRecords = 256;
/** Texts that are fetched before others have their turn. */
const sliceLines = 64;
/** What a clock's memory is good for; older ones are in the journal, and with the receivers. */
const entriesMax = 20_000;

interface Entry {
  readonly line: Omit<AuditLine, "jws">;
  readonly atUtcMs: number;
  readonly act: string;
  readonly sub: string | null;
  readonly by: string;
  readonly role: string | null;
  readonly reason: string | null;
  readonly detail: string;
}

/** Lists that show everybody are a look at each of them. */
const everybody: ReadonlySet<string> = new Set(["people", "muster", "override", "audit", "snapshots", "holds"]);
const looks: ReadonlySet<string> = new Set(["look", "snapshot", "export"]);

export function createTrail({ journal, eventOf, breathe }: TrailOptions): Trail {
  let entries: Entry[] = [];
  let upTo: Position = { epoch: 0, seq: -1 };
  let reading: Promise<void> = Promise.resolve();

  /** Bookkeeping is told by its type, so punches cost no more than their row. */
  const read = async (): Promise<void> => {
    while (isBefore(upTo, journal.head())) {
      const page = journal.read(upTo, pageRecords);
      const last = page.at(-1);
      if (last === undefined) return;
      entries.push(...page.filter(({ type }) => types.has(type)).map((stored) => entryOf(stored, eventOf(stored.jws))));
      upTo = { epoch: last.epoch, seq: last.seq };
      await breathe();
    }
    if (entries.length > entriesMax) entries = entries.slice(-entriesMax);
  };
  const uptodate = async (): Promise<readonly Entry[]> => {
    reading = reading.then(read);
    const done = reading;
    // A page that could not be read now is read the next time.
    reading = done.catch(() => undefined);
    await done;
    return entries;
  };
  return {
    looksAt: async (sub) =>
      (await uptodate())
        .filter((entry) => looks.has(entry.act) && entry.role !== null && isAbout(entry, sub))
        .map(({ atUtcMs, role, reason }) => ({ atUtcMs, role: role ?? "", reason }))
        .toReversed(),
    find: async (wish, limit) => {
      const found = (await uptodate()).filter((entry) => fits(entry, wish));
      const lines: AuditLine[] = [];
      for (const [at, { line }] of found.slice(0, limit).entries()) {
        const [stored] = journal.read({ epoch: line.epoch, seq: line.seq - 1 }, 1);
        // Pruned since: the receivers have it.
        if (stored?.id === line.id) lines.push({ ...line, jws: stored.jws });
        if (at % sliceLines === sliceLines - 1) await breathe();
      }
      return { lines, isMore: found.length > limit };
    },
  };
}

const isAbout = ({ sub, detail }: Entry, person: PersonId): boolean =>
  sub === person || (sub === null && everybody.has(detail));

const fits = (entry: Entry, { person, act, by, sinceUtcMs }: AuditWish): boolean =>
  (person === null || entry.sub === person) &&
  (act === null || entry.act === act) &&
  (by === null || entry.by === by) &&
  (sinceUtcMs === null || entry.atUtcMs >= sinceUtcMs);

function entryOf({ epoch, seq, id, type }: StoredRecord, { time, data }: RecordEvent): Entry {
  const said: Readonly<Record<string, unknown>> = { ...data };
  const text = (key: string): string | null => (typeof said[key] === "string" ? said[key] : null);
  return {
    line: { id, time, epoch, seq },
    atUtcMs: Date.parse(time),
    act: text("act") ?? type,
    sub: text("sub"),
    by: text("by") ?? "",
    role: text("role"),
    reason: text("reason"),
    detail: text("detail") ?? "",
  };
}
