import { DatabaseSync } from "node:sqlite";
import type { LuCode } from "../../core/jws.ts";
import type { Ending } from "../receiver/ending.ts";
import type { Shelf } from "../receiver/ledger.ts";
import type { Kept } from "../receiver/life.ts";
import type { VerifiedRecord } from "../receiver/verify.ts";

/** The demo backend's store: one SQLite file, so that receipts stay true across restarts. */
export interface SqliteShelf extends Shelf, Disposable {
  /** Everything put inside is durable, or nothing is and it throws. */
  readonly commit: <T>(work: () => T) => T;
  /** Messages that nobody known signed: kept for a look, never counted. Only the newest thousand. */
  readonly quarantine: (utcMs: number, topic: string, code: LuCode, bytes: Uint8Array) => void;
  readonly quarantined: () => number;
  /** Every record kept first, as signed, in order. */
  readonly jwsOf: (source: string) => readonly string[];
  /** Of them those that change the device's key. */
  readonly keychangesOf: (source: string) => readonly string[];
}

/** @param path a file, or ":memory:". */
export function openSqliteShelf(path: string): SqliteShelf {
  const database = new DatabaseSync(path);
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS record (
      source TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, rh TEXT NOT NULL, prev TEXT NOT NULL,
      flaw INTEGER, jws TEXT NOT NULL, PRIMARY KEY (source, epoch, seq)) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS fork (
      source TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, rh TEXT NOT NULL, jws TEXT NOT NULL,
      PRIMARY KEY (source, epoch, seq, rh)) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS declared (
      source TEXT NOT NULL, epoch INTEGER NOT NULL, said_by INTEGER NOT NULL, said_at INTEGER NOT NULL,
      last INTEGER NOT NULL, rh TEXT, lost_from INTEGER, lost_to INTEGER,
      PRIMARY KEY (source, epoch, said_by, said_at, last)) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS quarantine (
      n INTEGER PRIMARY KEY, utcMs INTEGER NOT NULL, topic TEXT NOT NULL, code INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
  `);
  const at = database.prepare("SELECT rh, prev, flaw FROM record WHERE source = ? AND epoch = ? AND seq = ?");
  const put = database.prepare(
    "INSERT INTO record (source, epoch, seq, rh, prev, flaw, jws) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  const putFork = database.prepare("INSERT OR IGNORE INTO fork (source, epoch, seq, rh, jws) VALUES (?, ?, ?, ?, ?)");
  const seqs = database.prepare("SELECT seq FROM record WHERE source = ? AND epoch = ? ORDER BY seq");
  const forks = database.prepare("SELECT seq FROM fork WHERE source = ? AND epoch = ?");
  const epochs = database.prepare("SELECT DISTINCT epoch FROM record WHERE source = ? ORDER BY epoch");
  const putEnding = database.prepare("INSERT OR IGNORE INTO declared VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const endings = database.prepare(
    "SELECT epoch, said_by, said_at, last, rh, lost_from, lost_to FROM declared WHERE source = ? AND epoch = ?",
  );
  const quarantine = database.prepare("INSERT INTO quarantine (utcMs, topic, code, bytes) VALUES (?, ?, ?, ?)");
  const trim = database.prepare("DELETE FROM quarantine WHERE n <= (SELECT MAX(n) FROM quarantine) - 1000");
  const quarantined = database.prepare("SELECT COUNT(*) AS count FROM quarantine");
  const jwsOf = database.prepare("SELECT jws FROM record WHERE source = ? ORDER BY epoch, seq");
  const all = (source: string): readonly string[] => jwsOf.all(source).map(({ jws }) => String(jws));
  return {
    at: (source, epoch, seq) => at.get(source, epoch, seq) as Kept | undefined,
    put: ({ source, event, rh, flaw, jws }: VerifiedRecord) => {
      put.run(source, event.epoch, event.seq, rh, event.prev, flaw, jws);
    },
    putFork: ({ source, event, rh, jws }) => {
      putFork.run(source, event.epoch, event.seq, rh, jws);
    },
    epoch: (source, epoch) => ({
      seqs: seqs.all(source, epoch).map(({ seq }) => Number(seq)),
      forks: forks.all(source, epoch).map(({ seq }) => Number(seq)),
    }),
    epochs: (source) => epochs.all(source).map(({ epoch }) => Number(epoch)),
    putEnding: (source, { epoch, by, at, last, rh, lost }) => {
      putEnding.run(source, epoch, by, at, last, rh, lost?.[0] ?? null, lost?.[1] ?? null);
    },
    endings: (source, epoch) => endings.all(source, epoch).map(endingOfRow),
    commit: (work) => {
      database.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        database.exec("COMMIT");
        return result;
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
    },
    quarantine: (utcMs, topic, code, bytes) => {
      quarantine.run(utcMs, topic, code, bytes);
      trim.run();
    },
    quarantined: () => Number(quarantined.get()?.count),
    jwsOf: all,
    keychangesOf: (source) => all(source).filter(isKeychange),
    [Symbol.dispose]: () => database.close(),
  };
}

const isKeychange = (jws: string): boolean =>
  Buffer.from(jws.split(".")[1] ?? "", "base64url").includes('"type":"dev.lintel.keychange.v1"');

const endingOfRow = (row: Record<string, unknown>): Ending => ({
  epoch: Number(row.epoch),
  by: Number(row.said_by),
  at: Number(row.said_at),
  last: Number(row.last),
  rh: row.rh === null ? null : String(row.rh),
  lost: row.lost_from === null ? null : [Number(row.lost_from), Number(row.lost_to)],
});
