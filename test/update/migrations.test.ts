import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { newestMigration } from "../../provisioning/update/journal-schema.ts";
import { openOwnJournal } from "../promises/own-journal.ts";
import { realClock } from "../unit/uplink/parts.ts";

/**
 * The journal outlives every version and a version may go back to the one before: what a newer one made of the file, an
 * older one reads and writes. So migrations only add.
 */

const root = join(import.meta.dirname, "../..");
const folder = join(root, "kiosk/store/migrations");
/** The schema of the first release: what came before it never ran on a clock of anybody. */
const first = 3;

/** A table, an index, a column that may be left out, rows in tables of their own. */
const adds = [
  /^create table [a-z_]+ \([\s\S]*\)( strict)?(, without rowid)?$/,
  /^create index [a-z_]+ on [a-z_]+ \([\s\S]*\)( where [\s\S]+)?$/,
  /^alter table [a-z_]+ add column [a-z_]+ (integer|text|blob)( not null)?( default [^,;]+)?$/,
];

function forbidden(sql: string): readonly string[] {
  const statements = sql
    .replace(/--.*$/gm, "")
    .split(";")
    .map((one) => one.trim().replace(/\s+/g, " "))
    .filter((one) => one !== "");
  return statements.filter((one) => {
    const isColumn = / add column /.test(one);
    const isRequired = isColumn && / not null/.test(one) && !/ default /.test(one);
    return isRequired || !adds.some((shape) => shape.test(one));
  });
}

test("what a clock may have run already is never edited", () => {
  const released = readdirSync(folder).filter((name) => Number(name.slice(0, 3)) <= first);
  const hash = createHash("sha256");
  for (const name of released.sort()) hash.update(readFileSync(join(folder, name)));
  expect(hash.digest("hex")).toBe("8992cb08a5bfbd1d2bcfac4e3ca2865f3a95b4efd25cf011446764ed7856896b");
});

test("every migration since the first release only adds", () => {
  const files = readdirSync(folder).filter((name) => Number(name.slice(0, 3)) > first);
  expect(files.flatMap((name) => forbidden(readFileSync(join(folder, name), "utf8")))).toEqual([]);
});

test.each([
  "drop table cursor",
  "alter table record drop column typ",
  "alter table record rename to records",
  "alter table record add column kind text not null",
  "update record set typ = 'x'",
  "delete from pulse",
  "create trigger no before insert on record begin select raise(abort, 'no'); end",
  "create unique index one on record (id)",
])("this would not be let in: %s", (sql) => {
  expect(forbidden(`${sql};`)).not.toEqual([]);
});

test.each([
  "create table later (a integer primary key, b text) strict, without rowid",
  "create index later_b on later (b) where b is not null",
  "alter table record add column kind text",
  "alter table record add column size integer not null default 0",
])("this would: %s", (sql) => {
  expect(forbidden(`${sql};`)).toEqual([]);
});

test("a journal that a newer version migrated goes on here, and proves itself", async () => {
  const state = mkdtempSync(join(tmpdir(), "lintel-newer-"));
  onTestFinished(() => rmSync(state, { recursive: true, force: true }));
  const head = await live(state);
  const number = (await newestMigration(root)) + 1;
  {
    const newer = new DatabaseSync(join(state, "journal.sqlite"));
    newer.exec(`
      create table later (a integer primary key, b text) strict;
      create index record_by_id on record (id);
      alter table record add column kind text;
      alter table cursor add column seen integer not null default 0;
      pragma user_version = ${number};
    `);
    newer.close();
  }
  const after = await live(state);
  expect(after).toMatchObject({ epoch: head?.epoch, seq: (head?.seq ?? 0) + 2 });
  expect(verifyJournal(state)).toMatchObject({ firstBad: null });
  // And back at the newer one: its own columns are there, filled by nobody.
  const newer = new DatabaseSync(join(state, "journal.sqlite"));
  onTestFinished(() => newer.close());
  expect(newer.prepare("pragma user_version").get()).toEqual({ user_version: number });
  expect(newer.prepare("select count(*) as n from record where kind is null").get()).toEqual({
    n: (after?.seq ?? 0) + 1,
  });
});

/** One life of a clock: its own boot record, and one more. */
async function live(state: string) {
  await using rooms = new AsyncDisposableStack();
  const { journal } = await openOwnJournal(state, realClock, rooms);
  await journal.append({ type: "boot", data: { boot: 1, fw: "0.1.0" } }, realClock.now());
  return journal.head();
}
