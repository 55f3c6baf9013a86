import { DatabaseSync } from "node:sqlite";

/** The file of the roster, as SQL and nothing else. Throws SQLite's own errors. */
export interface RosterRows extends Disposable {
  /** In order of their ids. */
  readonly items: () => Iterable<ItemRow>;
  readonly gone: () => Iterable<{ readonly id: string; readonly v: number }>;
  readonly head: () => { readonly v: number; readonly root: string } | null;
  readonly putItem: (row: ItemRow) => void;
  readonly deleteItem: (id: string) => void;
  readonly putGone: (id: string, v: number, utcMs: number) => void;
  readonly deleteGone: (id: string) => void;
  /** @returns who is not remembered any longer. */
  readonly forgetGone: (beforeUtcMs: number) => readonly string[];
  readonly setHead: (v: number, root: string) => void;
  readonly clear: () => void;
  readonly begin: () => void;
  readonly commit: () => void;
  readonly rollback: () => void;
  /** Carries the log into the file, so that what was deleted is in neither. */
  readonly settle: () => void;
}

export interface ItemRow {
  readonly id: string;
  readonly v: number;
  readonly sealed: Uint8Array;
}

export function openRosterRows(file: string): RosterRows {
  const database = new DatabaseSync(file, { timeout: 200 });
  try {
    database.exec("pragma locking_mode = exclusive; pragma trusted_schema = off; pragma secure_delete = on");
    database.exec("pragma journal_mode = wal; pragma synchronous = full");
    database.exec(schema);
    return rowsOf(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

const schema = `
  create table if not exists item (id text primary key, v integer not null, sealed blob not null) strict, without rowid;
  create table if not exists gone (id text primary key, v integer not null, utc_ms integer not null) strict, without rowid;
  create table if not exists head (one integer primary key check (one = 1), v integer not null, root text not null) strict;
`;

function rowsOf(database: DatabaseSync): RosterRows {
  const items = database.prepare("select id, v, sealed from item order by id");
  const gone = database.prepare("select id, v from gone");
  const head = database.prepare("select v, root from head");
  const putItem = database.prepare(
    "insert into item (id, v, sealed) values (?, ?, ?) on conflict (id) do update set v = excluded.v, sealed = excluded.sealed",
  );
  const deleteItem = database.prepare("delete from item where id = ?");
  const putGone = database.prepare("insert or replace into gone (id, v, utc_ms) values (?, ?, ?)");
  const deleteGone = database.prepare("delete from gone where id = ?");
  const forgetGone = database.prepare("delete from gone where utc_ms < ? returning id");
  const setHead = database.prepare("insert or replace into head (one, v, root) values (1, ?, ?)");
  return {
    *items() {
      for (const { id, v, sealed } of items.iterate()) {
        if (!(sealed instanceof Uint8Array)) throw new RangeError("an item without its bytes");
        yield { id: String(id), v: Number(v), sealed };
      }
    },
    *gone() {
      for (const { id, v } of gone.iterate()) yield { id: String(id), v: Number(v) };
    },
    head: () => {
      const found = head.get();
      return found === undefined ? null : { v: Number(found.v), root: String(found.root) };
    },
    putItem: ({ id, v, sealed }) => void putItem.run(id, v, sealed),
    deleteItem: (id) => void deleteItem.run(id),
    putGone: (id, v, utcMs) => void putGone.run(id, v, Math.round(utcMs)),
    deleteGone: (id) => void deleteGone.run(id),
    forgetGone: (beforeUtcMs) => forgetGone.all(Math.round(beforeUtcMs)).map(({ id }) => String(id)),
    setHead: (v, root) => void setHead.run(v, root),
    clear: () => database.exec("delete from item; delete from gone; delete from head"),
    begin: () => database.exec("begin immediate"),
    commit: () => database.exec("commit"),
    rollback: () => {
      if (database.isTransaction) database.exec("rollback");
    },
    settle: () => database.exec("pragma wal_checkpoint(truncate)"),
    [Symbol.dispose]: () => {
      if (database.isOpen) database.close();
    },
  };
}
