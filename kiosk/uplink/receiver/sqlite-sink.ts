import { DatabaseSync, type StatementSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { Fault } from "../../core/fault.ts";
import type { LuCode } from "../../core/jws.ts";
import { declaring, forgetting } from "./ending.ts";
import { blankLife, type Kept, type Stream } from "./life.ts";
import { quarantineMax, stubText } from "./memory-sink.ts";
import { endOfPrefix } from "./prefix.ts";
import { type Drawer, type Found, type Loaded, pageRows, type SavedLife, type Sink } from "./sink.ts";
import { downSchema, sqliteDown } from "./sqlite-down.ts";
import { overIn, stubIn } from "./sqlite-stub.ts";

/**
 * One SQLite file: for one site, and for trying things out. Several receivers on one machine may share it; they take
 * turns. `node:sqlite` is part of Node from 22.5 on.
 *
 * @param path a file, or ":memory:".
 * @throws Fault `sink-unusable` where the file cannot be opened or is no database of ours.
 */
export function openSqliteSink(path: string): Sink {
  const database = openFile(path);
  const quarantine = database.prepare(
    "INSERT INTO lintel_quarantine (heard_ms, topic, code, bytes) VALUES (?, ?, ?, ?)",
  );
  const trim = database.prepare(
    `DELETE FROM lintel_quarantine WHERE n <= (SELECT MAX(n) FROM lintel_quarantine) - ${quarantineMax}`,
  );
  let turn: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(() => inTransaction(database, path, work));
    turn = mine.catch(() => {});
    return mine;
  };
  const { orders, desired, tell } = sqliteDown(database, alone);
  const drawer = drawerOf(database, tell);
  return {
    orders,
    desired,
    transact: (_, work) => alone(() => work(drawer)),
    quarantine: (messages) =>
      alone(async () => {
        for (const { heardMs, topic, code, bytes } of messages) quarantine.run(Math.trunc(heardMs), topic, code, bytes);
        trim.run();
      }),
    read: readerOf(database),
    stub: async (sub, isOver) => {
      // Looked for before anybody has to wait.
      const due = overIn(database, sub, isOver);
      const count = await alone(async () => stubIn(database, due));
      // What was there is not in the log beside the file either.
      if (due.length > 0) database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      return count;
    },
    [Symbol.asyncDispose]: async () => {
      await turn;
      database.close();
    },
  };
}

/** Who comes first makes a log of the file, and SQLite lets nobody wait for that: the others come again. */
function openFile(path: string): DatabaseSync {
  for (const deadline = performance.now() + 20_000; ; pause(10)) {
    try {
      return prepared(path);
    } catch (cause) {
      if (isBusy(cause) && performance.now() < deadline) continue;
      throw new Fault(
        "sink-unusable",
        `${path} cannot be used as a receiver's database`,
        "Name a file that this user may write, or one that a receiver made.",
        cause,
      );
    }
  }
}

/** Before there is anything to do, so nobody is kept waiting. */
const pause = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** SQLITE_BUSY, whatever it was busy with. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" && (error.errcode & 0xff) === 5;

function prepared(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    database.exec(schema + downSchema);
    // Files of before 0.2 do not know since when something is missing.
    const columns = database.prepare("PRAGMA table_info (lintel_stream)").all();
    if (!columns.some(({ name }) => name === "since")) {
      database.exec("ALTER TABLE lintel_stream ADD COLUMN since TEXT NOT NULL DEFAULT '[]'");
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

async function inTransaction<T>(database: DatabaseSync, path: string, work: () => Promise<T>): Promise<T> {
  try {
    await begin(database);
    const result = await work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    if (!(error instanceof Error && "errcode" in error)) throw error;
    throw new Fault("sink-lost", `${path} refused to write: ${error.message}`, "Check the disk that it is on.", error);
  }
}

/** Waits without blocking: the one who has the file may live in this process. */
async function begin(database: DatabaseSync): Promise<void> {
  database.exec("PRAGMA busy_timeout = 0");
  for (const deadline = performance.now() + 20_000; ; await delay(5)) {
    try {
      database.exec("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
  }
}

const schema = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS lintel_record (
    source TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
    rh BLOB NOT NULL, prev TEXT NOT NULL, kid TEXT NOT NULL, flaw INTEGER, jws TEXT NOT NULL,
    PRIMARY KEY (source, epoch, seq)) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS lintel_record_id ON lintel_record (id);
  CREATE INDEX IF NOT EXISTS lintel_record_rh ON lintel_record (rh);
  CREATE INDEX IF NOT EXISTS lintel_record_rare ON lintel_record (type, source, epoch, seq)
    WHERE type NOT IN ('dev.lintel.punch.v1', 'dev.lintel.boot.v1');
  CREATE TABLE IF NOT EXISTS lintel_fork (
    source TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, rh BLOB NOT NULL, jws TEXT NOT NULL,
    PRIMARY KEY (source, epoch, seq, rh)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS lintel_stream (
    source TEXT NOT NULL, epoch INTEGER NOT NULL, upto INTEGER NOT NULL, rh TEXT NOT NULL, head INTEGER NOT NULL,
    lost TEXT NOT NULL, bad TEXT NOT NULL, since TEXT NOT NULL DEFAULT '[]', PRIMARY KEY (source, epoch)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS lintel_device (
    source TEXT PRIMARY KEY, status TEXT NOT NULL, heard_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS lintel_quarantine (
    n INTEGER PRIMARY KEY, heard_ms INTEGER NOT NULL, topic TEXT NOT NULL, code INTEGER NOT NULL, bytes BLOB NOT NULL
  ) STRICT;
`;

const bytesOf = (hash: string): Uint8Array => Buffer.from(hash, "base64url");
const hashOf = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString("base64url");

function drawerOf(database: DatabaseSync, tell: ReturnType<typeof sqliteDown>["tell"]): Drawer {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  const at = prepare("SELECT rh, prev, flaw FROM lintel_record WHERE source = ? AND epoch = ? AND seq = ?");
  const put = prepare("INSERT INTO lintel_record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const putFork = prepare("INSERT OR IGNORE INTO lintel_fork VALUES (?, ?, ?, ?, ?)");
  const forks = prepare("SELECT epoch, seq FROM lintel_fork WHERE source = ?");
  const declarers = prepare(
    `SELECT jws FROM lintel_record WHERE type = ? AND type NOT IN ('dev.lintel.punch.v1', 'dev.lintel.boot.v1')
       AND source = ? AND flaw IS NULL ORDER BY epoch, seq`,
  );
  const newest = prepare(
    `SELECT jws FROM lintel_record WHERE type = '${forgetting}' AND type NOT IN ('dev.lintel.punch.v1', 'dev.lintel.boot.v1')
       AND source = ? AND flaw IS NULL ORDER BY epoch DESC, seq DESC LIMIT 1`,
  );
  const epochs = prepare("SELECT epoch FROM lintel_stream WHERE source = ? ORDER BY epoch");
  const life = prepare("SELECT upto, rh, head, lost, bad, since FROM lintel_stream WHERE source = ? AND epoch = ?");
  const rows = prepare(
    "SELECT seq, rh, prev, flaw FROM lintel_record WHERE source = ? AND epoch = ? AND seq > ? ORDER BY seq LIMIT ?",
  );
  const save = prepare(
    "INSERT OR REPLACE INTO lintel_stream (source, epoch, upto, rh, head, lost, bad, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const putStatus = prepare("INSERT OR REPLACE INTO lintel_device VALUES (?, ?, ?)");
  const loadOne = (stream: Stream): Loaded => {
    const kept = life.get(stream.source, stream.epoch);
    const saved = kept === undefined ? { ...blankLife(stream), head: -1, since: [] } : lifeOf(stream, kept);
    const read = rows.all(stream.source, stream.epoch, saved.upto, pageRows + 1);
    return {
      life: saved,
      rows: read.slice(0, pageRows).map((row) => ({ seq: Number(row.seq), ...keptOf(row) })),
      isAll: read.length <= pageRows,
    };
  };
  return {
    put: async (records) =>
      records.map(({ source, event, rh, kid, flaw, jws }) => {
        const { epoch, seq, id, type, prev } = event;
        const first = at.get(source, epoch, seq);
        if (first !== undefined) return keptOf(first);
        put.run(source, epoch, seq, id, type, bytesOf(rh), prev, kid, flaw, jws);
        return null;
      }),
    putForks: async (records) => {
      for (const { source, event, rh, jws } of records) putFork.run(source, event.epoch, event.seq, bytesOf(rh), jws);
    },
    about: async (sources) =>
      sources.map((source) => ({
        forks: forks.all(source).map(({ epoch, seq }) => ({ epoch: Number(epoch), seq: Number(seq) })),
        declarers: [...declaring.flatMap((type) => declarers.all(type, source)), ...newest.all(source)].map(({ jws }) =>
          String(jws),
        ),
        epochs: epochs.all(source).map(({ epoch }) => Number(epoch)),
      })),
    load: async (streams) => streams.map(loadOne),
    save: async (lives) => {
      for (const { source, epoch, upto, rh, head, lost, bad, since } of lives) {
        save.run(source, epoch, upto, rh, head, ...[lost, bad, since].map((list) => JSON.stringify(list)));
      }
    },
    tellOrders: async (news, nowMs) => tell(news, nowMs),
    putStatus: async (source, jws, heardMs) => {
      putStatus.run(source, jws, Math.trunc(heardMs));
    },
  };
}

const keptOf = ({ rh, prev, flaw }: Record<string, unknown>): Kept => ({
  rh: hashOf(rh),
  prev: String(prev),
  flaw: flaw as LuCode | null,
});

const lifeOf = ({ source, epoch }: Stream, row: Record<string, unknown>): SavedLife => ({
  ...{ source, epoch, upto: Number(row.upto), rh: String(row.rh), head: Number(row.head) },
  lost: JSON.parse(String(row.lost)),
  bad: JSON.parse(String(row.bad)),
  since: JSON.parse(String(row.since)),
});

const foundOf = ({ source, epoch, seq, rh, jws }: Record<string, unknown>): Found => ({
  ...{ source: String(source), epoch: Number(epoch), seq: Number(seq) },
  ...{ rh: hashOf(rh), jws: jws === stubText ? null : String(jws) },
});

function readerOf(database: DatabaseSync): Sink["read"] {
  const found = (where: string): StatementSync =>
    database.prepare(`SELECT source, epoch, seq, rh, jws FROM lintel_record WHERE ${where}`);
  const byId = found("id = ? ORDER BY source, epoch, seq LIMIT 10");
  const byHash = found("rh >= ? AND rh < ? ORDER BY rh LIMIT 10");
  // The rare types have an index, which SQLite only takes where the question says so.
  const ofTypes = ["", " AND type NOT IN ('dev.lintel.punch.v1', 'dev.lintel.boot.v1')"].map((rare) => ({
    all: found(`type = ?${rare} ORDER BY source, epoch, seq`),
    of: found(`type = ?${rare} AND source = ? AND epoch = ? ORDER BY seq`),
  }));
  const ofType = (type: string, stream: Stream | undefined) => {
    const { all, of } = ofTypes[/\.(punch|boot)\.v1$/.test(type) ? 0 : 1] ?? {};
    return (stream === undefined ? all?.all(type) : of?.all(type, stream.source, stream.epoch)) ?? [];
  };
  const page = found("source = ? AND epoch = ? AND seq >= ? ORDER BY seq LIMIT ?");
  const streams = database.prepare("SELECT source, epoch FROM lintel_stream ORDER BY source, epoch");
  const since = database.prepare("SELECT since FROM lintel_stream WHERE source = ? AND epoch = ?");
  const status = database.prepare("SELECT status, heard_ms FROM lintel_device WHERE source = ?");
  const counts = database.prepare(`SELECT (SELECT COUNT(*) FROM lintel_record) AS records,
    (SELECT COUNT(*) FROM lintel_fork) AS forks, (SELECT COUNT(*) FROM lintel_quarantine) AS quarantined`);
  return {
    streams: async () => streams.all().map(({ source, epoch }) => ({ source: String(source), epoch: Number(epoch) })),
    since: async ({ source, epoch }) => JSON.parse(String(since.get(source, epoch)?.since ?? "[]")),
    status: async (source) => {
      const row = status.get(source);
      return row === undefined ? null : { jws: String(row.status), heardMs: Number(row.heard_ms) };
    },
    byId: async (id) => byId.all(id).map(foundOf),
    byHash: async (prefix) => byHash.all(prefix, endOfPrefix(prefix)).map(foundOf),
    ofType: async (type, stream) => ofType(type, stream).map(foundOf),
    page: async ({ source, epoch }, from, limit) => page.all(source, epoch, from, limit).map(foundOf),
    counts: async () => {
      const { records, forks, quarantined } = counts.get() ?? {};
      return { records: Number(records), forks: Number(forks), quarantined: Number(quarantined) };
    },
  };
}
