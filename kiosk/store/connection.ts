import { Fault } from "../core/fault.ts";
import { type GenesisData, isBefore, type Position } from "../core/record.ts";
import { assertNotAbandoned } from "./abandoned.ts";
import { type Beginning, type Make, type Outcome, openBuilder, type Tip, type Wanted } from "./builder.ts";
import { afterEverything, beforeEverything, type JournalDatabase, openDatabase } from "./database.ts";
import { diskReadOnly } from "./disk-fault.ts";
import { eventOf, recordIds } from "./make-record.ts";
import { countPeopleAfter, isAboutPeople, isGone, type Span, spansOf } from "./spans.ts";
import { corrupt, openFault, sqliteFault } from "./sqlite-error.ts";
import { announcedLow, standingTree } from "./standing.ts";
import { heldBy, type Keys, kidAfter, ringOf } from "./succession.ts";
import { type Head, openWitness } from "./witness.ts";

/** The open journal file and its witness, and the way back when the disk fails under them. */
export interface Connection extends Disposable {
  readonly head: () => Head & { readonly type: string };
  /** Of the newest epoch. */
  readonly genesis: () => GenesisData;
  /** True where what stands at this place was declared lost, or is forgotten: it is not given out any more. */
  readonly isGone: (position: Position) => boolean;
  readonly database: () => JournalDatabase;
  readonly cursors: ReadonlyMap<string, Position>;
  readonly setCursor: (receiver: string, to: Position) => void;
  /** Punches and corrections after `position`. */
  readonly countPeopleAfter: (position: Position) => number;
  /**
   * Makes these records after the head, in order, and commits them as one; a checkpoint goes before every 256th. A record
   * that cannot be made has its fault and takes no number.
   * @throws what `Journal.append` may: then none was appended.
   */
  readonly commit: (wanted: readonly Wanted[]) => readonly Outcome[];
  /** Commits new epochs and what goes into them as one. @throws what `Journal.append` may: nothing changed then. */
  readonly begin: (beginning: Beginning) => void;
  /** What was announced as forgotten; null where nothing was. */
  readonly announced: () => Position | null;
  /** Deletes records of one epoch that were announced, numbers from..below-1. */
  readonly forget: (epoch: number, from: number, below: number) => void;
  /** Commits a write that says nothing. @throws what `Journal.append` may. */
  readonly beat: () => void;
  /** Makes the witness durable: before anything leaves the clock. */
  readonly settle: () => void;
}

export interface ConnectOptions {
  readonly file: string;
  readonly witnessDirectory: string;
  readonly make: Make;
  readonly keys: Keys;
  /** The records name another key than the ring does: told before anything can be read. Gets the keychange, where it is here. */
  readonly succeeded: (change: { readonly jws: string } | undefined) => void;
}

export async function connect({ file, witnessDirectory, make, keys, succeeded }: ConnectOptions): Promise<Connection> {
  let database: JournalDatabase | null = openOrFault(file);
  const witness = await openWitness(witnessDirectory);
  let tip = tipOf(database, keys);
  witness.note(tip.head);
  const builder = openBuilder(make, recordIds(database.at(tip.head)?.id ?? null));
  const cursors = new Map(database.cursors());
  let spans = spansOf(database);
  let bookkeeping = bookkeepingOf(database, spans);
  let genesis = genesisOf(database, tip.head);

  /** What the records say of the keys is true also where a crash kept the ring from hearing of it. */
  const followKeys = (): void => {
    const ring = ringOf(keys);
    if (ring === null || ring.kid === tip.signer.kid) return;
    try {
      // The change itself must be beyond doubt before anything that the new key signed leaves the clock.
      witness.settle();
      succeeded(connected().newestKeychange());
    } catch {
      // A full disk, most likely. The records are right already; whatever is said besides is said with the old key until
      // the next commit tries again.
      return;
    }
    ring.adopt(tip.signer.kid);
  };

  const connected = (): JournalDatabase => {
    if (database !== null) return database;
    const opened = openOrFault(file);
    try {
      // What a failed commit left may be in the page cache only: carrying it over writes and syncs it anew.
      opened.checkpoint();
      tip = tipOf(opened, keys, tip.signer);
      spans = spansOf(opened);
      bookkeeping = bookkeepingOf(opened, spans);
      genesis = genesisOf(opened, tip.head);
    } catch (error) {
      opened[Symbol.dispose]();
      throw sqliteFault(error);
    }
    database = opened;
    witness.note(tip.head);
    followKeys();
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
      const fault = sqliteFault(error);
      // A full or read-only disk changed nothing; after any other failure nothing in memory is to be trusted.
      if (fault instanceof Fault && fault.code === "journal-write-failed") disconnect();
      throw fault;
    }
  };

  followKeys();
  return {
    head: () => tip.head,
    genesis: () => genesis,
    isGone: (position) => isGone(spans, position),
    database: connected,
    cursors,
    setCursor: (receiver, to) => {
      write((target) => target.setCursor(receiver, to));
      cursors.set(receiver, to);
    },
    countPeopleAfter: (position) => {
      const { epoch, seq } = tip.head;
      const grown = spans.map((span): Span => (span.epoch === epoch ? { ...span, last: seq } : span));
      return countPeopleAfter(grown, bookkeeping, position);
    },
    commit: (wanted) => {
      connected();
      const { outcomes, rows, subtrees, next } = builder.build(tip, wanted);
      if (rows.length === 0) return outcomes;
      try {
        write((target) => {
          target.atomically(() => {
            for (const row of rows) target.insert(row);
            if (subtrees.length > 0) target.insertSubtrees(next.head.epoch, subtrees);
          });
        });
      } catch (error) {
        // A commit that failed may have arrived all the same: then it counts.
        if (!(error instanceof Fault) || !arrived(connected, next.head)) throw error;
      }
      for (const { epoch, seq, type } of rows) {
        // A commit that failed and arrived was read with the others already.
        const isListed = !isBefore(bookkeeping.at(-1) ?? beforeEverything, { epoch, seq });
        if (!isAboutPeople(type) && !isListed) bookkeeping.push({ epoch, seq });
      }
      tip = next;
      witness.note(tip.head);
      // Nobody is thanked for what a dying disk said it had. If it is there after all, the next record follows it.
      believe(file);
      followKeys();
      return outcomes;
    },
    begin: (beginning) => {
      connected();
      const { rows, subtrees, next } = builder.begin(tip, beginning);
      write((target) => {
        target.atomically(() => {
          for (const row of rows) target.insert(row);
          target.insertSubtrees(next.head.epoch, subtrees);
        });
      });
      tip = next;
      spans = spansOf(connected());
      bookkeeping = bookkeepingOf(connected(), spans);
      genesis = genesisOf(connected(), tip.head);
      witness.note(tip.head);
      witness.settle();
    },
    announced: () => tip.announced,
    forget: (epoch, from, below) => {
      write((target) => target.atomically(() => target.drop(epoch, from, below)));
      spans = spansOf(connected());
      bookkeeping = bookkeeping.filter((place) => place.epoch !== epoch || place.seq < from || place.seq >= below);
    },
    beat: () => write((target) => target.beat()),
    settle: () => witness.settle(),
    [Symbol.dispose]: () => {
      disconnect();
      witness[Symbol.dispose]();
    },
  };
}

function believe(file: string): void {
  try {
    assertNotAbandoned(file);
  } catch (error) {
    throw diskReadOnly(error);
  }
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

/** What is gone is counted with its range. */
const bookkeepingOf = (database: JournalDatabase, spans: readonly Span[]): Position[] =>
  database.bookkeeping().filter((place) => !isGone(spans, place));

function genesisOf(database: JournalDatabase, { epoch }: Position): GenesisData {
  const genesis = database.at({ epoch, seq: 0 });
  if (genesis === undefined) throw new RangeError("the newest epoch has a genesis");
  return eventOf(genesis.jws).data as GenesisData;
}

/** @param newest a key that is known to have signed: that of a tool that holds it without a ring. */
function tipOf(database: JournalDatabase, keys: Keys, newest?: Tip["signer"]): Tip {
  const [head] = database.before(afterEverything, 1);
  if (head === undefined) throw new RangeError("a journal has at least its genesis");
  const tree = standingTree(database, head);
  if (tree === null) throw corrupt("the journal's newest checkpoint does not fit the records before it");
  const kid = kidAfter(head);
  const signer = heldBy(keys, kid) ?? (newest?.kid === kid ? newest : undefined);
  if (signer === undefined) throw corrupt("the key that the newest record names is not here");
  return { head, tree, announced: announcedLow(database), signer };
}
