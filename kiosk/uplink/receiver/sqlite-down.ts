import type { DatabaseSync } from "node:sqlite";
import type { DesiredShelf } from "./desired-shelf.ts";
import { desiredOf, knownOf, orderOf } from "./down-row.ts";
import { doublingsMax, firstWaitMs, type OrderNews, type OrderShelf } from "./order-shelf.ts";

/** What goes down to clocks, in the file that keeps what came up. */

export const downSchema = `
  CREATE TABLE IF NOT EXISTS lintel_order (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL, source TEXT NOT NULL, op TEXT NOT NULL, topic TEXT NOT NULL,
    bytes BLOB NOT NULL, ordered_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL,
    sends INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'open', detail TEXT, said_ms INTEGER,
    UNIQUE (source, id)) STRICT;
  CREATE INDEX IF NOT EXISTS lintel_order_open ON lintel_order (source, n) WHERE state IN ('open', 'accepted');
  CREATE TABLE IF NOT EXISTS lintel_desired (
    kind TEXT NOT NULL, name TEXT NOT NULL, v INTEGER NOT NULL, text TEXT, PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID;
`;

/** @param alone runs it in a transaction of its own. */
export function sqliteDown(
  database: DatabaseSync,
  alone: <T>(work: () => Promise<T>) => Promise<T>,
): {
  readonly orders: OrderShelf;
  readonly desired: DesiredShelf;
  readonly tell: (news: readonly OrderNews[], nowMs: number) => void;
} {
  const put = database.prepare(
    "INSERT INTO lintel_order (id, source, op, topic, bytes, ordered_ms, expires_ms, next_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const open = database.prepare(
    "SELECT * FROM lintel_order WHERE source = ? AND state IN ('open', 'accepted') AND expires_ms >= ? ORDER BY n",
  );
  const due = database.prepare(
    `SELECT * FROM lintel_order WHERE state IN ('open', 'accepted') AND next_ms <= ?1 AND expires_ms >= ?1
     ORDER BY n LIMIT ?2`,
  );
  const wait = database.prepare(
    `UPDATE lintel_order SET sends = sends + 1, next_ms = ? + (${firstWaitMs} << min(sends, ${doublingsMax})) WHERE n = ?`,
  );
  const list = database.prepare("SELECT * FROM (SELECT * FROM lintel_order ORDER BY n DESC LIMIT ?) ORDER BY n");
  const tell = database.prepare(
    `UPDATE lintel_order SET state = ?1, detail = ?2, said_ms = ?3 WHERE source = ?4 AND id = ?5
     AND (state = 'open' OR (state = 'accepted' AND ?1 <> 'accepted'))`,
  );
  const version = database.prepare("SELECT COALESCE(MAX(v), 0) AS v FROM lintel_desired WHERE kind = ?");
  const read = database.prepare("SELECT kind, name, v, text FROM lintel_desired WHERE kind = ?");
  const desire = database.prepare("INSERT OR REPLACE INTO lintel_desired VALUES (?, ?, ?, ?)");
  const rowsOf = (kind: string) => read.all(kind).map(desiredOf);
  return {
    orders: {
      put: ({ id, source, op, letter, orderedMs, expiresMs }) =>
        alone(async () => {
          put.run(id, source, op, letter.topic, letter.bytes, orderedMs, expiresMs, orderedMs);
        }),
      open: async (source, nowMs) => open.all(source, nowMs).map(orderOf),
      claim: async (nowMs, limit) => {
        // Asked every second by every receiver: nothing is locked where there is nothing to do.
        if (due.get(nowMs, 1) === undefined) return [];
        return alone(async () => {
          const rows = due.all(nowMs, limit);
          for (const { n } of rows) wait.run(nowMs, Number(n));
          return rows.map(orderOf);
        });
      },
      list: async (limit) => list.all(limit).map(knownOf),
    },
    desired: {
      version: async (kind) => Number(version.get(kind)?.v),
      read: async (kind) => rowsOf(kind),
      change: (kind, work) =>
        alone(async () => {
          for (const { kind: of, name, v, text } of work(rowsOf(kind))) desire.run(of, name, v, text);
        }),
    },
    tell: (news, nowMs) => {
      for (const { source, id, state, detail } of news) tell.run(state, detail, Math.trunc(nowMs), source, id);
    },
  };
}
