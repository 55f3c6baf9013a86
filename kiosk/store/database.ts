import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { StoredRecord } from "../core/ports/journal.ts";
import type { Position } from "../core/record.ts";
import { type LowTable, statementsOfLow, versionOf } from "./low-table.ts";
import { statementsOfTree, type TreeTable } from "./tree-table.ts";

/** A row of the journal: the record and when it was written, UTC milliseconds. */
export interface Row extends StoredRecord {
  readonly committedMs: number;
  /** False where the row's checksum does not fit: something in it decayed. */
  readonly isIntact: boolean;
}

/** SQLite as the journal uses it: statements and nothing else. Throws SQLite's own errors. */
export interface JournalDatabase extends TreeTable, LowTable, Disposable {
  /** Runs `work` in one transaction. */
  readonly atomically: (work: () => void) => void;
  readonly insert: (row: Omit<Row, "isIntact">) => void;
  /** Ascending, at most `limit`. */
  readonly after: (position: Position, limit: number) => readonly Row[];
  /** Descending, at most `limit`, before `position`. */
  readonly before: (position: Position, limit: number) => readonly Row[];
  readonly at: (position: Position) => Row | undefined;
  /** What `Journal.pressing` says. */
  readonly pressing: (after: Position) => readonly Row[];
  /** The place before the first punch or correction that `Journal.recall` begins with; null where it has none. */
  readonly workFrom: (sinceUtcMs: number, spanMs: number) => Position | null;
  /** Punches, corrections and time fixes, ascending, at most `limit`. */
  readonly workAfter: (position: Position, limit: number) => readonly Row[];
  /** All leave and alerts, oldest first. */
  readonly notes: () => readonly Row[];
  /** All consent records, oldest first. */
  readonly consents: () => readonly Row[];
  /** The numbers of the newest record, read from the key alone. */
  readonly last: () => Position | null;
  /** First and last number of every epoch, oldest first. */
  readonly epochs: () => readonly { readonly epoch: number; readonly first: number; readonly last: number }[];
  /** Places of the records that are neither punch nor correction, ascending. */
  readonly bookkeeping: () => readonly Position[];
  /** The first checkpoint after a place in the same epoch. */
  readonly checkpointAfter: (position: Position) => Row | undefined;
  /** Checkpoints before a place, newest first, of any epoch. */
  readonly checkpointsBefore: (position: Position, limit: number) => readonly Row[];
  readonly newestKeychange: () => Row | undefined;
  readonly cursors: () => ReadonlyMap<string, Position>;
  readonly setCursor: (receiver: string, to: Position) => void;
  /** Commits a write that says nothing. */
  readonly beat: () => void;
  /** Every page, and every index against its table. Reads the whole file. */
  readonly isSound: () => boolean;
  /** Carries the log into the main file and fsyncs both. */
  readonly checkpoint: () => void;
}

export const beforeEverything: Position = { epoch: 0, seq: -1 };
export const afterEverything: Position = { epoch: 2 ** 31, seq: 0 };

/**
 * @param access `write`: sole writer, durable at every commit. `rebuild`: a new single file without a log, to be renamed
 *   into place. `read`: changes nothing in the file or its log.
 */
export function openDatabase(file: string, access: "write" | "rebuild" | "read"): JournalDatabase {
  const database = new DatabaseSync(file, { readOnly: access === "read", timeout: 200 });
  try {
    if (access !== "read") {
      // 8 KiB pages: a record of 1.3 KB fits on its leaf instead of spilling into an overflow page of its own.
      database.exec("pragma page_size = 8192; pragma locking_mode = exclusive; pragma trusted_schema = off");
      // What is pruned is overwritten: a disk that is carved afterwards has nothing of it.
      database.exec("pragma secure_delete = on");
      database.exec(`pragma journal_mode = ${access === "write" ? "wal" : "delete"}; pragma synchronous = full`);
      database.exec("begin exclusive");
      migrate(database);
      database.exec("commit");
    }
    return statementsOf(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

const migrationsFolder = new URL("./migrations/", import.meta.url);

function migrate(database: DatabaseSync): void {
  const done = versionOf(database);
  const files = readdirSync(migrationsFolder).filter((name) => /^\d{3}-.*\.sql$/.test(name));
  for (const name of files.sort()) {
    const number = Number(name.slice(0, 3));
    if (number <= done) continue;
    database.exec(readFileSync(new URL(name, migrationsFolder), "utf8"));
    database.exec(`pragma user_version = ${number}`);
  }
}

/** SQLite takes an unknown format number in the header for a newer format, and refuses to write without a complaint. */
export function hasSoundHeader(file: string): boolean {
  const header = Buffer.alloc(20);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return [18, 19].every((offset) => header[offset] === 1 || header[offset] === 2);
}

const columns = "epoch, seq, rh, jws, typ, id, committed_at, crc";

/** Rows of `record`. As arrays: a backlog is read through here, and objects made by SQLite cost more than reading them. */
function prepareRows(database: DatabaseSync, which: string) {
  const statement = database.prepare(`select ${columns} from record where ${which}`);
  statement.setReturnArrays(true);
  const all = (...values: readonly SQLInputValue[]): readonly Row[] =>
    (statement.all(...values) as unknown as readonly Cells[]).map(rowOf);
  return { all, first: (...values: readonly SQLInputValue[]): Row | undefined => all(...values)[0] };
}

/** In the order of `columns`; the table is strict. */
type Cells = readonly [number, number, string, string, string, string, number, number];

/** Stands in every statement that the index on notes shall serve: it has no other records. */
const isNote = "typ not in ('punch', 'correction')";

function statementsOf(database: DatabaseSync): JournalDatabase {
  const insert = database.prepare(`insert into record (${columns}) values (?, ?, ?, ?, ?, ?, ?, ?)`);
  const rows = (which: string) => prepareRows(database, which);
  const after = rows("(epoch, seq) > (?, ?) order by epoch, seq limit ?");
  const before = rows("(epoch, seq) < (?, ?) order by epoch desc, seq desc limit ?");
  const at = rows("epoch = ? and seq = ?");
  const newestWork = database.prepare(
    "select max(committed_at) as utcMs from record where typ in ('punch', 'correction')",
  );
  const workSince = database.prepare(
    "select epoch, seq from record where typ in ('punch', 'correction') and committed_at >= ? order by epoch, seq limit 1",
  );
  // Dates may be false, so they say only where to begin: what comes after is found by its place.
  const workAfter = rows(
    "(epoch, seq) > (?, ?) and typ in ('punch', 'correction', 'timefix') order by epoch, seq limit ?",
  );
  const consents = rows(`${isNote} and typ = 'consent' order by epoch, seq`);
  // Few and long-lived: what they say may be older than all the work that is read again.
  const notes = rows(`${isNote} and typ in ('leave', 'alert') order by epoch, seq`);
  const pressing = rows(`${isNote} and typ = 'alert' and (epoch, seq) > (?, ?) order by epoch, seq limit 64`);
  const last = database.prepare("select epoch, seq from record order by epoch desc, seq desc limit 1");
  const nextEpoch = database.prepare("select min(epoch) as epoch from record where epoch > ?");
  const span = database.prepare(
    "select (select min(seq) from record where epoch = ?1) as first, (select max(seq) from record where epoch = ?1) as last",
  );
  // In the order of its index, which has all of it: sorting thousands costs less than a page of the disk for each.
  const bookkeeping = database.prepare(`select epoch, seq from record where ${isNote} order by typ, epoch, seq`);
  bookkeeping.setReturnArrays(true);
  const checkpointAfter = rows("epoch = ? and seq > ? and typ = 'checkpoint' order by seq limit 1");
  const checkpointsBefore = rows(
    `${isNote} and typ = 'checkpoint' and (epoch, seq) < (?, ?) order by epoch desc, seq desc limit ?`,
  );
  const newestKeychange = rows(`${isNote} and typ = 'keychange' order by epoch desc, seq desc limit 1`);
  const cursors = database.prepare("select receiver, epoch, seq, crc from cursor");
  const setCursor = database.prepare(
    `insert into cursor (receiver, epoch, seq, crc) values (?, ?, ?, ?)
     on conflict (receiver) do update set epoch = excluded.epoch, seq = excluded.seq, crc = excluded.crc`,
  );
  const beat = database.prepare("update pulse set beats = beats + 1");
  const begin = database.prepare("begin immediate");
  const commit = database.prepare("commit");
  return {
    ...statementsOfTree(database),
    ...statementsOfLow(database),
    atomically: (work) => {
      begin.run();
      try {
        work();
        commit.run();
      } catch (error) {
        if (database.isTransaction) database.exec("rollback");
        throw error;
      }
    },
    insert: (row) => {
      insert.run(row.epoch, row.seq, row.rh, row.jws, row.type, row.id, row.committedMs, rowCrc(row));
    },
    after: ({ epoch, seq }, limit) => after.all(epoch, seq, limit),
    before: ({ epoch, seq }, limit) => before.all(epoch, seq, limit),
    at: ({ epoch, seq }) => at.first(epoch, seq),
    pressing: ({ epoch, seq }) => pressing.all(epoch, seq),
    workFrom: (sinceUtcMs, spanMs) => {
      const newestUtcMs = Number(newestWork.get()?.utcMs ?? sinceUtcMs);
      const first = workSince.get(Math.ceil(Math.min(sinceUtcMs, newestUtcMs - spanMs)));
      return first === undefined ? null : { epoch: Number(first.epoch), seq: Number(first.seq) - 1 };
    },
    workAfter: ({ epoch, seq }, limit) => workAfter.all(epoch, seq, limit),
    notes: () => notes.all(),
    consents: () => consents.all(),
    last: () => {
      const found = last.get();
      return found === undefined ? null : { epoch: Number(found.epoch), seq: Number(found.seq) };
    },
    epochs: () => {
      const found: { epoch: number; first: number; last: number }[] = [];
      for (let epoch = nextEpoch.get(-1)?.epoch; typeof epoch === "number"; epoch = nextEpoch.get(epoch)?.epoch) {
        const ends = span.get(epoch);
        found.push({ epoch, first: Number(ends?.first), last: Number(ends?.last) });
      }
      return found;
    },
    bookkeeping: () =>
      (bookkeeping.all() as unknown as readonly (readonly [number, number])[])
        .map(([epoch, seq]) => ({ epoch, seq }))
        .sort((a, b) => a.epoch - b.epoch || a.seq - b.seq),
    checkpointAfter: ({ epoch, seq }) => checkpointAfter.first(epoch, seq),
    checkpointsBefore: ({ epoch, seq }, limit) => checkpointsBefore.all(epoch, seq, limit),
    newestKeychange: () => newestKeychange.first(),
    cursors: () => {
      const found = new Map<string, Position>();
      for (const { receiver, epoch, seq, crc } of cursors.all()) {
        const position = { epoch: Number(epoch), seq: Number(seq) };
        if (crc === cursorCrc(String(receiver), position)) found.set(String(receiver), position);
      }
      return found;
    },
    setCursor: (receiver, to) => {
      const set = () => void setCursor.run(receiver, to.epoch, to.seq, cursorCrc(receiver, to));
      if (database.isTransaction) return set();
      // Nobody waits for this one: what a power cut takes back is asked for and said again, and whatever is committed
      // after it, a deletion above all, makes it durable too.
      database.exec("pragma synchronous = normal");
      try {
        set();
      } finally {
        database.exec("pragma synchronous = full");
      }
    },
    beat: () => {
      beat.run();
    },
    isSound: () => {
      const version = versionOf(database);
      const [result] = Object.values(database.prepare("pragma integrity_check(1)").get() ?? {});
      return version >= 1 && version <= 999 && result === "ok";
    },
    checkpoint: () => database.exec("pragma wal_checkpoint(truncate)"),
    [Symbol.dispose]: () => {
      if (database.isOpen) database.close();
    },
  };
}

function rowOf([epoch, seq, rh, jws, type, id, committedMs, crc]: Cells): Row {
  const isIntact = crc === crcOf(epoch, seq, rh, jws, type, id, committedMs);
  return { epoch, seq, rh, jws, type, id, committedMs, isIntact };
}

const rowCrc = ({ epoch, seq, rh, jws, type, id, committedMs }: Omit<Row, "isIntact">): number =>
  crcOf(epoch, seq, rh, jws, type, id, committedMs);

const crcOf = (epoch: number, seq: number, rh: string, jws: string, type: string, id: string, committedMs: number) =>
  crc32(`${epoch} ${seq} ${rh} ${jws} ${type} ${id} ${committedMs}`);

const cursorCrc = (receiver: string, { epoch, seq }: Position): number => crc32(`${receiver} ${epoch} ${seq}`);
