import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { z } from "zod";
import { Fault } from "../core/fault.ts";
import type { BookedOrder, OrderBook } from "../core/ports/uplink.ts";
import { ensureStateFolder, syncDirectory } from "./atomic.ts";
import { isDamage, isSqliteError, openFault, sqliteFault } from "./sqlite-error.ts";

export interface OrderBookOptions {
  /** `orders.sqlite` and its log. The journal's lock guards it: one clock to a folder. */
  readonly directory: string;
  /** Ids remembered of each role, and of what was refused. Default 4096. */
  readonly idsMax?: number;
  readonly nowUtcMs?: () => number;
}

const fileName = "orders.sqlite";

/**
 * A file of its own, so that nothing that comes from outside ever touches the journal's. A damaged one is put aside and a
 * blank one begun, whose user then reads in the journal what it can.
 *
 * @throws Fault `state-unwritable`, `disk-full`, `disk-read-only`.
 */
export async function openOrderBook(options: OrderBookOptions): Promise<OrderBook> {
  const { directory, idsMax = 4096, nowUtcMs = Date.now } = options;
  await ensureStateFolder(directory);
  const file = join(directory, fileName);
  const isThere = existsSync(file);
  let setAside: string | null = null;
  let pages = isThere ? openIfSound(file) : openPages(file);
  if (pages === null) {
    setAside = putAside(file);
    await syncDirectory(directory);
    pages = openPages(file);
  }
  await syncDirectory(directory);
  return bookOf(pages, idsMax, setAside, nowUtcMs());
}

const orderText = z.strictObject({
  id: z.string(),
  op: z.string(),
  args: z.record(z.string(), z.unknown()),
  expiresUtcMs: z.number(),
});

function bookOf(database: DatabaseSync, idsMax: number, setAside: string | null, nowMs: number): OrderBook {
  const one = database.prepare("select since, crc from book");
  const begin = database.prepare("insert into book (only, since, crc) values (1, ?, ?)");
  const lower = database.prepare("update book set since = ?, crc = ?");
  const lowOf = database.prepare("select low from mark where role = ?");
  const raise = database.prepare(
    "insert into mark (role, low, crc) values (?, ?, ?) on conflict (role) do update set low = excluded.low, crc = excluded.crc",
  );
  const findSeen = database.prepare("select 1 from seen where id = ? limit 1");
  const findKnown = database.prepare("select 1 from known where id = ?");
  const see = database.prepare("insert or ignore into seen (role, count, id, crc) values (?, ?, ?, ?)");
  const counted = database.prepare("select count(*) as ids from seen where role = ?");
  const oldest = database.prepare(
    "select count, id from seen where role = ? and id not in (select id from pending) order by count, id limit ?",
  );
  const forget = database.prepare("delete from seen where role = ? and id = ?");
  const know = database.prepare("insert or ignore into known (id) values (?)");
  const thinOut = database.prepare("delete from known where n <= (select max(n) from known) - ?");
  const book = database.prepare("insert into pending (id, body, epoch, seq, tries, crc) values (?, ?, ?, ?, 0, ?)");
  const attempt = database.prepare("update pending set tries = tries + 1 where id = ?");
  const finish = database.prepare("delete from pending where id = ?");
  const pending = database.prepare("select body, epoch, seq, tries from pending order by n");

  const write = (work: () => void): void => {
    try {
      database.exec("begin immediate");
      work();
      database.exec("commit");
    } catch (error) {
      if (database.isOpen && database.isTransaction) database.exec("rollback");
      throw bookFault(error);
    }
  };
  const isBlank = (): boolean => one.get() === undefined;
  if (!isBlank()) lowerSince();
  /** A clock that was ahead when the book was lost must not lock everybody out until it is right. */
  function lowerSince(): void {
    if (since() > nowMs) write(() => lower.run(nowMs, sinceCrc(nowMs)));
  }
  function since(): number {
    return Number(one.get()?.since ?? 0);
  }
  const low = (role: string): number => Number(lowOf.get(role)?.low ?? -1);
  /** The lowest go, and the mark rises to them: nothing that goes can ever be run again. */
  const makeRoom = (role: string): void => {
    const surplus = Number(counted.get(role)?.ids) - idsMax;
    if (surplus <= 0) return;
    let mark = low(role);
    for (const { count, id } of oldest.all(role, surplus)) {
      forget.run(role, String(id));
      mark = Math.max(mark, Number(count));
    }
    raise.run(role, mark, markCrc(role, mark));
  };
  return {
    get isBlank() {
      return isBlank();
    },
    setAside,
    begin: (known, sinceUtcMs) =>
      write(() => {
        const from = Math.max(0, Math.trunc(sinceUtcMs ?? 0));
        begin.run(from, sinceCrc(from));
        for (const id of known.slice(-idsMax)) know.run(id);
      }),
    sinceUtcMs: since,
    low,
    has: (id) => findSeen.get(id) !== undefined || findKnown.get(id) !== undefined,
    accept: (order, roles, count, { epoch, seq }) =>
      write(() => {
        const body = JSON.stringify(order);
        book.run(order.id, body, epoch, seq, pendingCrc(order.id, body, epoch, seq));
        for (const role of roles) {
          see.run(role, count, order.id, seenCrc(role, count, order.id));
          makeRoom(role);
        }
      }),
    attempt: (id) => write(() => attempt.run(id)),
    finish: (id) => write(() => finish.run(id)),
    refuse: (id) =>
      write(() => {
        know.run(id);
        thinOut.run(idsMax);
      }),
    unfinished: () =>
      pending.all().map(
        ({ body, epoch, seq, tries }): BookedOrder => ({
          order: orderText.parse(JSON.parse(String(body))),
          after: { epoch: Number(epoch), seq: Number(seq) },
          tries: Number(tries),
        }),
      ),
    [Symbol.asyncDispose]: async () => {
      if (database.isOpen) database.close();
    },
  };
}

function openPages(file: string): DatabaseSync {
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(file, { timeout: 200 });
  } catch (error) {
    throw openFault(error, file);
  }
  try {
    database.exec("pragma locking_mode = exclusive; pragma trusted_schema = off; pragma secure_delete = on");
    database.exec("pragma journal_mode = wal; pragma synchronous = full");
    database.exec(`begin exclusive; ${schema}; commit`);
    return database;
  } catch (error) {
    database.close();
    throw openFault(error, file);
  }
}

/** Null where it is damaged. Small enough to be looked at as a whole at every start. */
function openIfSound(file: string): DatabaseSync | null {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { timeout: 200 });
    database.exec("pragma locking_mode = exclusive; pragma trusted_schema = off; pragma secure_delete = on");
    database.exec("pragma journal_mode = wal; pragma synchronous = full");
    const [verdict] = Object.values(database.prepare("pragma integrity_check(1)").get() ?? {});
    // Cut off while it was made: then there is nothing in it yet.
    if (verdict === "ok" && database.prepare("select 1 from sqlite_schema").get() === undefined) {
      database.exec(`begin exclusive; ${schema}; commit`);
    }
    if (verdict === "ok" && rowsAreSound(database)) return database;
    database.close();
    return null;
  } catch (error) {
    if (database?.isOpen) database.close();
    if (isDamage(error)) return null;
    throw openFault(error, file);
  }
}

/** What is carried out is what was accepted, and what was seen stays seen: a decayed row is damage. */
function rowsAreSound(database: DatabaseSync): boolean {
  const all = (sql: string) => database.prepare(sql).all();
  return (
    all("select since, crc from book").every(({ since, crc }) => crc === sinceCrc(Number(since))) &&
    all("select role, low, crc from mark").every(({ role, low, crc }) => crc === markCrc(String(role), Number(low))) &&
    all("select role, count, id, crc from seen").every(
      ({ role, count, id, crc }) => crc === seenCrc(String(role), Number(count), String(id)),
    ) &&
    all("select id, body, epoch, seq, crc from pending").every(
      ({ id, body, epoch, seq, crc }) => crc === pendingCrc(String(id), String(body), Number(epoch), Number(seq)),
    )
  );
}

/** One older damaged one is kept: it is for whoever wants to know what happened, and must not fill the disk. */
function putAside(file: string): string {
  const aside = `${file}.damaged`;
  for (const tail of ["", "-wal", "-shm"]) {
    rmSync(aside + tail, { force: true });
    if (existsSync(file + tail)) renameSync(file + tail, aside + tail);
  }
  return aside;
}

const sinceCrc = (since: number): number => crc32(`since ${since}`);
const markCrc = (role: string, low: number): number => crc32(`${role} ${low}`);
const seenCrc = (role: string, count: number, id: string): number => crc32(`${role} ${count} ${id}`);
const pendingCrc = (id: string, body: string, epoch: number, seq: number): number =>
  crc32(`${id} ${body} ${epoch} ${seq}`);

function bookFault(error: unknown): unknown {
  const fault = sqliteFault(error);
  if (!isSqliteError(error) || (fault instanceof Fault && fault.code !== "journal-write-failed")) return fault;
  return new Fault(
    "order-book-failed",
    "the book of orders could not be written",
    "Restart the clock: a damaged book is put aside then. Orders wait until it takes writes again.",
    error,
  );
}

const schema = `
-- One row once it has begun. Orders that were valid before \`since\` are refused.
create table book (only integer primary key check (only = 1), since integer not null, crc integer not null) strict;
create table mark (role text primary key, low integer not null, crc integer not null) strict, without rowid;
create table seen (
  role text not null,
  count integer not null,
  id text not null,
  crc integer not null,
  primary key (role, id)
) strict, without rowid;
create index seen_id on seen (id);
create index seen_count on seen (role, count, id);
-- Refused, or told of by the journal: ids without a count.
create table known (n integer primary key autoincrement, id text not null unique) strict;
create table pending (
  n integer primary key autoincrement,
  id text not null unique,
  body text not null,
  epoch integer not null,
  seq integer not null,
  tries integer not null,
  crc integer not null
) strict`;
