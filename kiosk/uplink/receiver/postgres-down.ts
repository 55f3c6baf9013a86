import type { DesiredShelf } from "./desired-shelf.ts";
import { desiredOf, knownOf, orderOf } from "./down-row.ts";
import { doublingsMax, firstWaitMs, type OrderShelf } from "./order-shelf.ts";
import { storable } from "./postgres-row.ts";

/** What goes down to clocks, in the database that keeps what came up. */

export const downSchema = `
  CREATE TABLE IF NOT EXISTS lintel_order (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL, source text NOT NULL, op text NOT NULL,
    topic text NOT NULL, bytes bytea NOT NULL, ordered_ms bigint NOT NULL, expires_ms bigint NOT NULL,
    next_ms bigint NOT NULL, sends int NOT NULL DEFAULT 0, state text NOT NULL DEFAULT 'open', detail text,
    said_ms bigint, UNIQUE (source, id));
  CREATE INDEX IF NOT EXISTS lintel_order_open ON lintel_order (source, n) WHERE state IN ('open', 'accepted');
  CREATE TABLE IF NOT EXISTS lintel_desired (
    kind text NOT NULL, name text NOT NULL, v bigint NOT NULL, text text, PRIMARY KEY (kind, name));
`;

export const tellOrders = `
  UPDATE lintel_order AS o SET state = $3, detail = $4, said_ms = $5 WHERE source = $1 AND id = $2
    AND (o.state = 'open' OR (o.state = 'accepted' AND $3 <> 'accepted'))`;

const put = `
  INSERT INTO lintel_order (id, source, op, topic, bytes, ordered_ms, expires_ms, next_ms)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $6)`;

const open = `
  SELECT * FROM lintel_order WHERE source = $1 AND state IN ('open', 'accepted') AND expires_ms >= $2 ORDER BY n`;

/** Nobody waits for another receiver that claims: it takes others. */
const claim = `
  WITH due AS (
    SELECT n FROM lintel_order WHERE state IN ('open', 'accepted') AND next_ms <= $1 AND expires_ms >= $1
    ORDER BY n LIMIT $2 FOR UPDATE SKIP LOCKED),
  sent AS (
    UPDATE lintel_order AS o SET sends = sends + 1, next_ms = $1 + (${firstWaitMs}::bigint << least(sends, ${doublingsMax}))
    FROM due WHERE o.n = due.n RETURNING o.*)
  SELECT * FROM sent ORDER BY n`;

const list = "SELECT * FROM (SELECT * FROM lintel_order ORDER BY n DESC LIMIT $1) AS newest ORDER BY n";
const version = "SELECT coalesce(max(v), 0) AS v FROM lintel_desired WHERE kind = $1";
const read = "SELECT kind, name, v, text FROM lintel_desired WHERE kind = $1";
const desire = `
  INSERT INTO lintel_desired SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
  ON CONFLICT (kind, name) DO UPDATE SET v = excluded.v, text = excluded.text`;

export type Ask = (text: string, values?: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** @param alone runs it in a transaction that no other receiver runs at the same time. */
export function postgresDown(
  ask: Ask,
  alone: (kind: string, work: (ask: Ask) => Promise<void>) => Promise<void>,
): { readonly orders: OrderShelf; readonly desired: DesiredShelf } {
  return {
    orders: {
      put: async ({ id, source, op, letter: { topic, bytes }, orderedMs, expiresMs }) => {
        await ask(put, [id, source, op, topic, Buffer.from(bytes), orderedMs, expiresMs]);
      },
      open: async (source, nowMs) => (await ask(open, [source, Math.trunc(nowMs)])).map(orderOf),
      claim: async (nowMs, limit) => (await ask(claim, [Math.trunc(nowMs), limit])).map(orderOf),
      list: async (limit) => (await ask(list, [limit])).map(knownOf),
    },
    desired: {
      version: async (kind) => Number((await ask(version, [kind]))[0]?.v),
      read: async (kind) => (await ask(read, [kind])).map(desiredOf),
      change: (kind, work) =>
        alone(`desired ${kind}`, async (inside) => {
          const rows = work((await inside(read, [kind])).map(desiredOf));
          await inside(desire, [
            rows.map((row) => row.kind),
            rows.map(({ name }) => name),
            rows.map(({ v }) => v),
            rows.map(({ text }) => (text === null ? null : storable(text))),
          ]);
        }),
    },
  };
}
