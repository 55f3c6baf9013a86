import { Fault } from "../core/fault.ts";
import type { Appended } from "../core/ports.ts";
import type { GenesisData, Position } from "../core/record.ts";
import type { Stamp } from "../core/time.ts";
import { afterEverything, type JournalDatabase, openDatabase, type Row } from "./database.ts";
import { eventOf, recordIds } from "./make-record.ts";
import { countPeopleAfter, isAboutPeople, type Span } from "./spans.ts";
import { openFault, writeFault } from "./sqlite-error.ts";
import { type Head, openWitness } from "./witness.ts";

/** The open journal file and its witness, and the way back when the disk fails under them. */
export interface Connection extends Disposable {
  readonly head: () => Head;
  readonly genesis: GenesisData;
  readonly database: () => JournalDatabase;
  readonly cursors: ReadonlyMap<string, Position>;
  readonly setCursor: (receiver: string, to: Position) => void;
  /** Punches and corrections after `position`. */
  readonly countPeopleAfter: (position: Position) => number;
  /** Makes the record after the head and commits it. @throws what `Journal.append` may. */
  readonly append: (make: (head: Head, id: string) => Appended, at: Stamp) => Appended;
  /** Commits a write that says nothing. @throws what `Journal.append` may. */
  readonly beat: () => void;
  /** Makes the witness durable: before anything leaves the clock. */
  readonly settle: () => void;
}

export async function connect(file: string, witnessDirectory: string): Promise<Connection> {
  let database: JournalDatabase | null = openOrFault(file);
  const witness = await openWitness(witnessDirectory);
  const newest = newestOf(database);
  let head: Head = newest;
  witness.note(head);
  const ids = recordIds(newest.id);
  const cursors = new Map(database.cursors());
  const spans = spansOf(database);
  let bookkeeping = [...database.bookkeeping()];
  const genesis = database.at({ epoch: head.epoch, seq: 0 });
  if (genesis === undefined) throw new RangeError("the newest epoch has a genesis");

  const connected = (): JournalDatabase => {
    if (database !== null) return database;
    const opened = openOrFault(file);
    try {
      // What a failed commit left may be in the page cache only: carrying it over writes and syncs it anew.
      opened.checkpoint();
      head = newestOf(opened);
      bookkeeping = [...opened.bookkeeping()];
    } catch (error) {
      opened[Symbol.dispose]();
      throw writeFault(error);
    }
    database = opened;
    witness.note(head);
    return opened;
  };
  const disconnect = (): void => {
    database?.[Symbol.dispose]();
    database = null;
  };
  const write = (work: (target: JournalDatabase) => void): void => {
    try {
      work(connected());
    } catch (error) {
      const fault = writeFault(error);
      // A full or read-only disk changed nothing; after any other failure nothing in memory is to be trusted.
      if (fault instanceof Fault && fault.code === "journal-write-failed") disconnect();
      throw fault;
    }
  };
  return {
    head: () => head,
    genesis: eventOf(genesis.jws).data as GenesisData,
    database: connected,
    cursors,
    setCursor: (receiver, to) => {
      write((target) => target.setCursor(receiver, to));
      cursors.set(receiver, to);
    },
    countPeopleAfter: (position) => {
      const grown = spans.map((span) => (span.epoch === head.epoch ? { ...span, last: head.seq } : span));
      return countPeopleAfter(grown, bookkeeping, position);
    },
    append: (make, at) => {
      connected();
      const made = make(head, ids.next(at.utcMs));
      try {
        write((target) => target.insert({ ...made.stored, committedMs: Math.trunc(at.utcMs) }));
      } catch (error) {
        // A commit that failed may have arrived all the same: then it counts.
        if (!(error instanceof Fault) || !arrived(connected, made.stored)) throw error;
      }
      const { epoch, seq, type } = made.stored;
      // A commit that failed and arrived was read with the others already.
      const isListed = bookkeeping.at(-1)?.epoch === epoch && bookkeeping.at(-1)?.seq === seq;
      if (!isAboutPeople(type) && !isListed) bookkeeping.push({ epoch, seq });
      head = made.stored;
      witness.note(head);
      return made;
    },
    beat: () => write((target) => target.beat()),
    settle: () => witness.settle(),
    [Symbol.dispose]: () => {
      disconnect();
      witness[Symbol.dispose]();
    },
  };
}

function arrived(connected: () => JournalDatabase, { epoch, seq, rh }: Head): boolean {
  try {
    return connected().at({ epoch, seq })?.rh === rh;
  } catch {
    return false;
  }
}

function openOrFault(file: string): JournalDatabase {
  try {
    return openDatabase(file, "write");
  } catch (error) {
    throw openFault(error, file);
  }
}

function newestOf(database: JournalDatabase): Row {
  const [newest] = database.before(afterEverything, 1);
  if (newest === undefined) throw new RangeError("a journal has at least its genesis");
  return newest;
}

function spansOf(database: JournalDatabase): readonly Span[] {
  const losses = new Map<number, readonly [number, number]>();
  const epochs = database.epochs();
  for (const { epoch } of epochs) {
    const genesis = database.at({ epoch, seq: 0 });
    if (genesis?.type !== "genesis") continue;
    const { prev, lost } = eventOf(genesis.jws).data as GenesisData;
    if (lost && prev.epoch !== null) losses.set(prev.epoch, lost);
  }
  return epochs.map((span) => ({ ...span, lost: losses.get(span.epoch) ?? null }));
}
