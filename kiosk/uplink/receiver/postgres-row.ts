import type { LuCode } from "../../core/jws.ts";
import type { Kept, Stream } from "./life.ts";
import type { Found, SavedLife } from "./sink.ts";
import type { VerifiedRecord } from "./verify.ts";

/** Between records and columns. What a clock signs may be more than a database can hold, and must not stop it. */

export type SqlRow = Record<string, unknown>;

/** One array for each column of `insertRecords`. */
export function columnsOf(records: readonly VerifiedRecord[]): readonly (readonly unknown[])[] {
  const of = <T>(value: (record: VerifiedRecord) => T): readonly T[] => records.map(value);
  const data = records.map(({ event }) => event.data as { sub?: unknown; kind?: unknown; t?: { local?: unknown } });
  return [
    of(({ source }) => source),
    of(({ event }) => event.epoch),
    of(({ event }) => event.seq),
    of(({ event }) => storable(event.id)),
    of(({ event }) => event.type),
    of(({ event }) => timeOf(event.time)),
    of(({ rh }) => bytesOf(rh)),
    of(({ event }) => event.prev),
    of(({ kid }) => kid),
    of(({ flaw }) => flaw),
    of(({ jws }) => jws),
    data.map(({ sub }) => textOf(sub)),
    data.map(({ kind }) => textOf(kind)),
    data.map(({ t }) => textOf(t?.local)),
    of(({ event }) => jsonOf(event.data)),
  ];
}

export const bytesOf = (hash: string): Buffer => Buffer.from(hash, "base64url");
const hashOf = (bytes: unknown): string => (bytes as Buffer).toString("base64url");

/** PostgreSQL's text has no NUL. */
export const storable = (text: string): string => text.replaceAll("\0", "\ufffd");

const textOf = (value: unknown): string | null => (typeof value === "string" ? storable(value) : null);

const jsonOf = (data: unknown): string | null => {
  const text = JSON.stringify(data);
  return text.includes("\\u0000") ? null : text;
};

/** A signed time has the form of one, and may still be the 31st of February or of the year 0. */
function timeOf(text: string): string | null {
  const ms = Date.parse(text);
  return Number.isNaN(ms) || ms < Date.UTC(1000) ? null : new Date(ms).toISOString();
}

export const streamOf = ({ source, epoch }: SqlRow): Stream => ({ source: String(source), epoch: Number(epoch) });

export const keptOf = ({ rh, prev, flaw }: SqlRow): Kept => ({
  rh: hashOf(rh),
  prev: String(prev),
  flaw: flaw as LuCode | null,
});

export const lifeOf = (row: SqlRow): SavedLife => ({
  ...streamOf(row),
  ...{ upto: Number(row.upto), rh: String(row.rh), head: Number(row.head) },
  lost: JSON.parse(String(row.lost)),
  bad: JSON.parse(String(row.bad)),
  since: JSON.parse(String(row.since)),
});

export const foundOf = (row: SqlRow): Found => ({
  ...streamOf(row),
  ...{ seq: Number(row.seq), rh: hashOf(row.rh), jws: row.jws === null ? null : String(row.jws) },
});
