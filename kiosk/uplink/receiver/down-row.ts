import type { Desired } from "./desired-shelf.ts";
import type { KnownOrder, OpenOrder, OrderState } from "./order-shelf.ts";

/** Orders and desired things as rows: the columns are called the same in every database. */

type Row = Record<string, unknown>;

const toldOf = (row: Row) => ({
  ...{ id: String(row.id), source: String(row.source), op: String(row.op) },
  ...{ orderedMs: Number(row.ordered_ms), expiresMs: Number(row.expires_ms) },
});

export const orderOf = (row: Row): OpenOrder => ({
  ...toldOf(row),
  letter: { topic: String(row.topic), bytes: row.bytes as Uint8Array },
});

export const knownOf = (row: Row): KnownOrder => ({
  ...toldOf(row),
  state: row.state as OrderState,
  detail: row.detail === null ? null : String(row.detail),
  saidMs: row.said_ms === null ? null : Number(row.said_ms),
});

export const desiredOf = ({ kind, name, v, text }: Row): Desired => ({
  ...{ kind: String(kind), name: String(name), v: Number(v) },
  text: text === null ? null : String(text),
});
