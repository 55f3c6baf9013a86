import { createHash } from "node:crypto";
import pg from "pg";
import { declaring } from "./ending.ts";
import { blankLife, type Stream } from "./life.ts";
import { quarantineMax } from "./memory-sink.ts";
import { postgresDown, tellOrders } from "./postgres-down.ts";
import { postgresFault } from "./postgres-faults.ts";
import { readerOf } from "./postgres-reader.ts";
import { bytesOf, columnsOf, keptOf, lifeOf, type SqlRow, storable } from "./postgres-row.ts";
import * as sql from "./postgres-schema.ts";
import { type Drawer, type Loaded, pageRows, type Sink } from "./sink.ts";
import { isOverAbout } from "./stub.ts";
import type { VerifiedRecord } from "./verify.ts";

export interface PostgresOptions {
  /** `postgres://user@host:port/database`; what it leaves out is taken from the PG… variables, as psql does. */
  readonly url: string;
  /** Connections of this receiver. One commits while another verifies. */
  readonly connections?: number;
}

/**
 * PostgreSQL, for any number of receivers: transactions about one device wait for each other, by an advisory lock, and
 * no others do. Makes its tables where there are none.
 *
 * @throws Fault `sink-unreachable`, `sink-unusable`.
 */
export async function openPostgresSink({ url, connections = 2 }: PostgresOptions): Promise<Sink> {
  const pool = new pg.Pool({ connectionString: url, max: connections, connectionTimeoutMillis: 10_000 });
  // A connection that dies while nobody uses it is no news: the next transaction takes a fresh one.
  pool.on("error", () => {});
  try {
    await prepare(pool);
  } catch (error) {
    await pool.end();
    throw postgresFault(error, "opening");
  }
  const ask = (text: string, values: readonly unknown[] = []): Promise<readonly SqlRow[]> =>
    pool.query<SqlRow>(text, [...values]).then(
      ({ rows }) => rows,
      (error: unknown) => {
        throw postgresFault(error, "reading");
      },
    );
  return {
    transact: async (sources, work) => {
      try {
        return await inTransaction(pool, sources, (client) => work(drawerOf(client)));
      } catch (error) {
        throw postgresFault(error, "writing");
      }
    },
    quarantine: async (messages) => {
      await ask(
        `INSERT INTO lintel_quarantine (heard_ms, topic, code, bytes)
         SELECT * FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::bytea[])`,
        [
          messages.map(({ heardMs }) => Math.trunc(heardMs)),
          messages.map(({ topic }) => storable(topic)),
          messages.map(({ code }) => code),
          messages.map(({ bytes }) => Buffer.from(bytes)),
        ],
      );
      await ask(`DELETE FROM lintel_quarantine WHERE n <= (SELECT max(n) FROM lintel_quarantine) - ${quarantineMax}`);
    },
    read: readerOf(ask),
    stub: async (sub, isOver) => {
      const over = async (text: string, values: readonly unknown[]) =>
        (await ask(text, values)).filter(({ jws }) => isOverAbout(String(jws), sub, isOver));
      const due = await over(sql.selectAbouts, [sub]);
      const forks = await over(sql.selectForkTexts, []);
      const sources = [...new Set([...due, ...forks].map(({ source }) => String(source)))];
      const of = (rows: readonly SqlRow[], name: string) => rows.map((row) => row[name]);
      const places = (rows: readonly SqlRow[]) => ["source", "epoch", "seq"].map((name) => of(rows, name));
      const count = await inTransaction(pool, sources, async (client) => {
        await client.query(sql.stubForks, [...places(forks), of(forks, "rh")]);
        return (await client.query(sql.stubRecords, places(due))).rowCount ?? 0;
      }).catch((error: unknown) => {
        throw postgresFault(error, "writing");
      });
      // The rows as they were go from the files now, not whenever the database finds time.
      if (due.length + forks.length > 0) await ask("VACUUM lintel_record, lintel_fork");
      return count;
    },
    ...postgresDown(ask, async (what, work) => {
      try {
        await inTransaction(pool, [what], (client) => {
          return work(async (text, values = []) => (await client.query<SqlRow>(text, [...values])).rows);
        });
      } catch (error) {
        throw postgresFault(error, "writing");
      }
    }),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

async function prepare(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    const { rows: settings } = await client.query<{ fsync: string }>("SELECT current_setting('fsync') AS fsync");
    if (settings[0]?.fsync !== "on") throw new Error("fsync is off, so a commit is no promise");
    await client.query("BEGIN");
    // Several receivers start together; only one of them makes tables.
    await client.query("SELECT pg_advisory_xact_lock(74917623)");
    const { rows } = await client.query<{ there: boolean }>("SELECT to_regclass('lintel_schema') IS NOT NULL AS there");
    const { rows: versions } =
      rows[0]?.there === true
        ? await client.query<{ version: number }>("SELECT max(version) AS version FROM lintel_schema")
        : { rows: [{ version: 0 }] };
    const version = versions[0]?.version ?? 0;
    if (version > sql.schemaVersion) throw new Error("its tables are of another version of lintel");
    if (version < sql.schemaVersion) {
      await client.query(sql.schema);
      await client.query("INSERT INTO lintel_schema VALUES ($1)", [sql.schemaVersion]);
    }
    await client.query("COMMIT");
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function inTransaction<T>(
  pool: pg.Pool,
  sources: readonly string[],
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  // A server that goes away tells the client besides failing its query.
  const ignore = () => {};
  client.on("error", ignore);
  let isDone = false;
  try {
    // Whatever the database's default is: what is receipted must be on its disk. Locks in one order, so no two wait for
    // each other.
    await client.query("BEGIN; SET LOCAL synchronous_commit TO on");
    const locks = [...new Set(sources.map(lockOf))].sort((a, b) => (a < b ? -1 : 1));
    await client.query("SELECT pg_advisory_xact_lock(l) FROM unnest($1::bigint[]) AS l", [locks.map(String)]);
    const result = await work(client);
    const { command } = await client.query("COMMIT");
    // A transaction that failed before answers COMMIT with ROLLBACK.
    if (command !== "COMMIT") throw new Error("the database rolled back");
    isDone = true;
    return result;
  } finally {
    client.off("error", ignore);
    // A connection in doubt is closed, which rolls back.
    client.release(!isDone);
  }
}

/** 64 bits of a hash: two devices that share one wait for each other, and nothing else happens. */
const lockOf = (source: string): bigint => createHash("sha256").update(source).digest().readBigInt64BE();

const keyOf = (source: unknown, epoch: unknown, seq: unknown = 0): string => `${source} ${epoch} ${seq}`;

function drawerOf(client: pg.PoolClient): Drawer {
  // Named, so that each connection plans a statement once.
  const ask = async (name: string, text: string, values: readonly unknown[]): Promise<readonly SqlRow[]> =>
    (await client.query<SqlRow>({ name, text, values: [...values] })).rows;
  const placesOf = (records: readonly VerifiedRecord[]) => [
    records.map(({ source }) => source),
    records.map(({ event }) => event.epoch),
    records.map(({ event }) => event.seq),
  ];
  return {
    put: async (records) => {
      const inserted = await ask("put", sql.insertRecords, columnsOf(records));
      if (inserted.length === records.length) return records.map(() => null);
      const fresh = new Set(inserted.map(({ source, epoch, seq }) => keyOf(source, epoch, seq)));
      const kept = new Map(
        (await ask("kept", sql.selectKept, placesOf(records))).map(
          (row) => [keyOf(row.source, row.epoch, row.seq), keptOf(row)] as const,
        ),
      );
      return records.map(({ source, event, rh }) => {
        const key = keyOf(source, event.epoch, event.seq);
        const there = kept.get(key);
        if (there === undefined) throw new Error("a record is neither new nor there");
        // The same place twice in one batch: the first of those that are the same as what was put is the new one.
        if (there.rh === rh && fresh.delete(key)) return null;
        return there;
      });
    },
    putForks: async (records) => {
      await ask("fork", sql.insertForks, [
        ...placesOf(records),
        records.map(({ rh }) => bytesOf(rh)),
        records.map(({ jws }) => jws),
      ]);
    },
    about: async (sources) => {
      const rows = grouped(await ask("about", sql.selectAbout, [sources, declaring]), ({ source }) => String(source));
      return sources.map((source) => {
        const ours = rows.get(source) ?? [];
        const of = (kind: string) => ours.filter(({ what }) => what === kind);
        return {
          forks: of("fork").map(({ epoch, seq }) => ({ epoch: Number(epoch), seq: Number(seq) })),
          declarers: of("declarer").map(({ jws }) => String(jws)),
          epochs: of("epoch").map(({ epoch }) => Number(epoch)),
        };
      });
    },
    load: (streams) => load(ask, streams),
    save: async (lives) => {
      await ask("save", sql.saveLives, [
        lives.map(({ source }) => source),
        lives.map(({ epoch }) => epoch),
        lives.map(({ upto }) => upto),
        lives.map(({ rh }) => rh),
        lives.map(({ head }) => head),
        lives.map(({ lost }) => JSON.stringify(lost)),
        lives.map(({ bad }) => JSON.stringify(bad)),
        lives.map(({ since }) => JSON.stringify(since)),
      ]);
    },
    tellOrders: async (news, nowMs) => {
      for (const { source, id, state, detail } of news) {
        const words = detail === null ? null : storable(detail);
        await ask("tell", tellOrders, [source, id, state, words, Math.trunc(nowMs)]);
      }
    },
    putStatus: async (source, jws, heardMs) => {
      await ask("status", sql.saveStatus, [source, jws, Math.trunc(heardMs)]);
    },
  };
}

type Ask = (name: string, text: string, values: readonly unknown[]) => Promise<readonly SqlRow[]>;

async function load(ask: Ask, streams: readonly Stream[]): Promise<readonly Loaded[]> {
  const sources = streams.map(({ source }) => source);
  const epochs = streams.map(({ epoch }) => epoch);
  const saved = new Map(
    (await ask("lives", sql.selectLives, [sources, epochs])).map((row) => [keyOf(row.source, row.epoch), lifeOf(row)]),
  );
  const lives = streams.map((stream) => {
    return saved.get(keyOf(stream.source, stream.epoch)) ?? { ...blankLife(stream), head: -1, since: [] };
  });
  const rows = await ask("rows", sql.selectRows, [sources, epochs, lives.map(({ upto }) => upto), pageRows + 1]);
  const byStream = grouped(rows, ({ source, epoch }) => keyOf(source, epoch));
  return lives.map((life) => {
    const ours = byStream.get(keyOf(life.source, life.epoch)) ?? [];
    return {
      life,
      rows: ours.slice(0, pageRows).map((row) => ({ seq: Number(row.seq), ...keptOf(row) })),
      isAll: ours.length <= pageRows,
    };
  });
}

/** Node 20 has no Map.groupBy. */
function grouped(rows: readonly SqlRow[], keyOf: (row: SqlRow) => string): ReadonlyMap<string, readonly SqlRow[]> {
  const groups = new Map<string, SqlRow[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
