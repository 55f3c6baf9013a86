import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { Retention, StoredRecord } from "../../kiosk/core/ports/journal.ts";
import { openDatabase } from "../../kiosk/store/database.ts";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { appendMany, everything, expectProofs, rule } from "../contract/journal-upkeep.ts";
import { copyOf, scratch } from "../scratch.ts";
import { journalFile, journalFolder, openClockJournal } from "./clockwork.ts";

const receiptedTo = 900;
const monthsOn = { monoMs: 0, utcMs: Date.now() + 90 * 24 * 3_600_000 };
const keeping: Retention = rule({ keepDays: 7 });
const verified = (state: string) => verifyJournal(journalFolder(state));

/** A closed journal of some 1,000 records, of which all but the last hundred are receipted. */
async function journalToForget(): Promise<{ state: string; originals: readonly StoredRecord[] }> {
  const state = scratch();
  await using journal = await openClockJournal(state);
  await appendMany(journal, 1_000);
  journal.moveCursor("payroll", { epoch: 1, seq: receiptedTo });
  return { state, originals: everything(journal) };
}

/** The same, forgotten up to number 768. */
async function forgottenJournal(): Promise<{ state: string; originals: readonly StoredRecord[] }> {
  const { state } = await journalToForget();
  await using journal = await openClockJournal(state);
  while (await journal.prune(keeping, monthsOn));
  expect(journal.low()).toBe(768);
  return { state, originals: everything(journal) };
}

/** Opens what a cut left, lets it forget to the end, and holds it to what it still owes. */
async function expectUnharmed(state: string, originals: readonly StoredRecord[], where: string): Promise<void> {
  const journal = await openClockJournal(state);
  expect(journal.notice, where).toBeNull();
  while (await journal.prune(keeping, monthsOn));
  expect(journal.low(), where).toBe(768);
  const left = new Map(everything(journal).map((record) => [record.seq, record]));
  for (const record of originals) if (record.seq >= 768) expect(left.get(record.seq), where).toEqual(record);
  expectProofs(
    journal,
    originals.filter(({ seq }) => seq >= 768 && seq < 1_000),
  );
  await journal[Symbol.asyncDispose]();
  expect(verified(state).firstBad, where).toBeNull();
}

test("cut off after any step of forgetting: the rest is proved, forgetting goes on, and nothing owed is gone", async () => {
  const { state, originals } = await journalToForget();
  await using journal = await openClockJournal(state);
  let steps = 0;
  for (let isMore = true; isMore; steps += 1) {
    isMore = await journal.prune(keeping, monthsOn);
    const cut = copyOf(state);
    expect(verified(cut).firstBad, `step ${steps}`).toBeNull();
    await expectUnharmed(cut, originals, `step ${steps}`);
  }
  expect(steps).toBeGreaterThan(5);
});

test("the log cut anywhere while it forgets: what the cut took is found again or declared, never what was forgotten", async () => {
  const { state, originals } = await journalToForget();
  await using journal = await openClockJournal(state);
  while (await journal.prune(keeping, monthsOn));
  const head = journal.head();
  const cut = copyOf(state);
  const { size } = statSync(`${journalFile(cut)}-wal`);
  for (let part = 0; part <= 24; part += 1) {
    const copy = copyOf(cut);
    const where = `log cut at ${Math.floor((size * part) / 24)} of ${size}`;
    truncateSync(`${journalFile(copy)}-wal`, Math.floor((size * part) / 24));
    await using again = await openClockJournal(copy);
    for (const record of originals) {
      if (record.seq >= 768) expect(again.at(record), where).toEqual(record);
    }
    const lost = again.notice?.lost ?? null;
    // Only what this run wrote after the originals can be missing: its boot record and the announcement.
    if (lost !== null) expect(lost[0], where).toBeGreaterThanOrEqual(originals.length);
    if (lost === null) expect(again.at(head)?.rh, where).toBe(head.rh);
    await again[Symbol.asyncDispose]();
    expect(verified(copy).firstBad, where).toBeNull();
  }
});

/** Changes one bit of the last byte of `text`, wherever it stands in the file. */
function spoil(state: string, text: string | Uint8Array): void {
  const bytes = readFileSync(journalFile(state));
  const index = bytes.indexOf(text);
  if (index < 0) throw new RangeError("it does not stand in the file");
  const last = index + text.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  writeFileSync(journalFile(state), bytes);
}

test("a bit flipped in a checkpoint: named, lost alone, and the forgotten stays forgotten and not lost", async () => {
  const { state, originals } = await forgottenJournal();
  const checkpoints = originals.filter(({ type }) => type === "checkpoint");
  // The one behind which all is forgotten, and the newest, which announces it.
  expect(checkpoints.map(({ seq }) => seq)).toEqual([768, originals.at(-1)?.seq]);
  for (const { seq, jws } of checkpoints) {
    const copy = copyOf(state);
    spoil(copy, jws.slice(0, 300));
    expect(verified(copy).firstBad).toMatchObject({ epoch: 1, seq, code: "row-decayed" });
    const journal = await openClockJournal(copy);
    expect(journal.notice?.reason).toBe("truncated");
    const lost = journal.notice?.lost ?? null;
    const left = everything(journal).filter(({ epoch }) => epoch === 1);
    for (const record of left) expect(record).toEqual(originals.find((one) => one.seq === record.seq));
    // A copy that SQLite left in some free page may have brought it back.
    expect(lost).toEqual(left.length === originals.length ? null : [seq, seq]);
    expect(left.length).toBeGreaterThanOrEqual(originals.length - 1);
    await journal[Symbol.asyncDispose]();
    expect(verified(copy)).toMatchObject({ firstBad: null, epochs: [{ pruned: [1, 767] }, { epoch: 2 }] });
  }
});

test("bits flipped anywhere in a journal that has forgotten are found, and take no more than they touch", async () => {
  const { state, originals } = await forgottenJournal();
  const bytes = readFileSync(journalFile(state));
  let noticed = 0;
  for (let round = 0; round < 40; round += 1) {
    const copy = copyOf(state);
    const rotten = Buffer.from(bytes);
    const index = Math.floor(Math.random() * rotten.length);
    rotten[index] = (rotten[index] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
    writeFileSync(journalFile(copy), rotten);
    const where = `byte ${index}`;
    const report = verified(copy);
    if (report.firstBad !== null) noticed += 1;
    else expect(report, where).toMatchObject({ records: originals.length, epochs: [{ pruned: [1, 767] }] });
    await using journal = await openClockJournal(copy);
    const kept = everything(journal).filter(({ epoch }) => epoch === 1);
    const byNumber = new Map(originals.map((record) => [record.seq, record]));
    for (const { seq, rh } of kept) if (byNumber.has(seq)) expect(rh, where).toBe(byNumber.get(seq)?.rh);
    const missing = originals.filter(({ seq }) => !kept.some((record) => record.seq === seq)).map(({ seq }) => seq);
    const lost = journal.notice?.lost ?? null;
    // A page holds six or seven records.
    expect(missing.length, where).toBeLessThan(8);
    if (missing.length > 0) expect(lost, where).not.toBeNull();
    if (missing.length > 0 && missing[0] !== 0) expect(lost?.[1], where).toBe(missing.at(-1));
    await journal[Symbol.asyncDispose]();
    expect(verified(copy).firstBad, where).toBeNull();
  }
  // Most of this file is room that the forgotten left.
  expect(noticed).toBeGreaterThan(3);
});

test("a genesis lost beside what was forgotten is declared, and what was forgotten stays explained", async () => {
  const { state, originals } = await forgottenJournal();
  const bytes = readFileSync(journalFile(state));
  const at = bytes.indexOf(originals[0]?.jws ?? "none") + 200;
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  writeFileSync(journalFile(state), bytes);
  expect(verified(state).firstBad).not.toBeNull();
  const journal = await openClockJournal(state);
  expect(journal.notice?.lost?.[0]).toBe(0);
  await journal[Symbol.asyncDispose]();
  expect(verified(state).firstBad).toBeNull();
});

test("an epoch that has ended is forgotten but for its genesis, and the journal explains all of it", async () => {
  const { state } = await journalToForget();
  rmSync(join(state, "identity", "device.key.jwk"));
  const journal = await openClockJournal(state);
  expect(journal.head().epoch).toBe(2);
  await appendMany(journal, 600);
  journal.moveCursor("payroll", { epoch: 2, seq: 550 });
  while (await journal.prune(keeping, monthsOn));
  const left = everything(journal);
  expect(left.filter(({ epoch }) => epoch === 1).map(({ type }) => type)).toEqual(["genesis"]);
  expect(journal.low()).toBe(512);
  expect(journal.waiting("newcomer")).toBe(left.filter(({ type }) => type === "punch").length);
  while (journal.check().is === "running");
  expect(journal.notice).toBeNull();
  await journal[Symbol.asyncDispose]();
  expect(verified(state)).toMatchObject({ firstBad: null, epochs: [{ records: 1 }, { pruned: [1, 511] }] });
  await using again = await openClockJournal(state);
  expect(again.notice).toBeNull();
  expect(again.head().epoch).toBe(2);
});

test("a journal from before there were checkpoints goes on, and has them from then on", async () => {
  const { state, originals } = await journalToForget();
  {
    using database = new DatabaseSync(journalFile(state));
    database.exec(`drop table node; drop table pruned; drop index record_checkpoint; drop index record_notes;
      drop trigger record_is_never_deleted;
      create trigger record_is_never_deleted before delete on record begin select raise(abort, 'never'); end;
      pragma user_version = 2`);
  }
  expect(verified(state).firstBad).toBeNull();
  await using journal = await openClockJournal(state);
  expect(journal.notice).toBeNull();
  await appendMany(journal, 300);
  expectProofs(
    journal,
    originals.filter(({ seq }) => seq > 700 && seq < 1_000),
  );
  expect(verified(copyOf(state)).firstBad).toBeNull();
});

test("records that somebody deletes without having announced it are missed, however well the rest hangs together", async () => {
  const { state } = await journalToForget();
  {
    using database = openDatabase(journalFile(state), "write");
    database.atomically(() => database.drop(1, 1, 512));
  }
  expect(verified(state).firstBad).toMatchObject({ epoch: 1, seq: 1, code: "number-missing" });
});
