import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { StoredRecord } from "../../kiosk/core/ports/journal.ts";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { at, punch } from "../contract/journal.ts";
import { copyOf, scratch } from "../scratch.ts";
import { journalFile, journalFolder, openClockJournal } from "./clockwork.ts";

const beforeEverything = { epoch: 0, seq: -1 };

async function journalOf(records: number): Promise<{ state: string; originals: readonly StoredRecord[] }> {
  const state = scratch();
  await using journal = await openClockJournal(state);
  for (let count = 0; count < records; count += 1) await journal.append(punch(), at(count));
  return { state, originals: journal.read(beforeEverything, records + 10) };
}

test("S4 one flipped bit anywhere in the file never goes unnoticed, and never takes more than it touched", async () => {
  const { state, originals } = await journalOf(150);
  const bytes = readFileSync(journalFile(state));
  let noticed = 0;
  for (let round = 0; round < 60; round += 1) {
    const copy = copyOf(state);
    const rotten = Buffer.from(bytes);
    const index = Math.floor(Math.random() * rotten.length);
    const bit = 1 << Math.floor(Math.random() * 8);
    rotten[index] = (rotten[index] ?? 0) ^ bit;
    writeFileSync(journalFile(copy), rotten);
    const where = `byte ${index}, bit ${bit}`;
    const report = verifyJournal(journalFolder(copy));
    if (report.firstBad !== null) noticed += 1;
    // Unnoticed is only what says nothing: unused space, or a counter that no record depends on.
    else expect(report, where).toMatchObject({ records: originals.length, head: { rh: originals.at(-1)?.rh } });

    await using journal = await openClockJournal(copy);
    const kept = journal.read(beforeEverything, 200).filter(({ epoch }) => epoch === 1);
    const byNumber = new Map(originals.map((record) => [record.seq, record]));
    const old = kept.filter(({ seq }) => byNumber.has(seq));
    for (const record of old) expect(record, where).toEqual(byNumber.get(record.seq));
    const missing = originals.filter(({ seq }) => !old.some((record) => record.seq === seq)).map(({ seq }) => seq);
    expect(journal.notice?.lost ?? null, where).toEqual(missing.length === 0 ? null : [missing[0], missing.at(-1)]);
    await journal[Symbol.asyncDispose]();
    expect(verifyJournal(journalFolder(copy)).firstBad, where).toBeNull();
  }
  expect(noticed).toBeGreaterThan(20);
});

test("a record that decayed in the middle is lost alone: those before and after it stay", async () => {
  const { state, originals } = await journalOf(40);
  const victim = originals[20];
  if (victim === undefined) throw new RangeError("there are forty records");
  const bytes = readFileSync(journalFile(state));
  const index = bytes.indexOf(victim.jws) + victim.jws.length - 3;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  writeFileSync(journalFile(state), bytes);
  expect(verifyJournal(journalFolder(state)).firstBad).toMatchObject({ epoch: 1, seq: 20, code: "row-decayed" });
  await using journal = await openClockJournal(state);
  expect(journal.notice).toMatchObject({ reason: "truncated", lost: [20, 20] });
  const kept = journal.read(beforeEverything, 100);
  expect(kept.slice(0, -2)).toEqual(originals.filter(({ seq }) => seq !== 20));
  // All but two beginnings of an epoch and two of a process.
  expect(journal.waiting("payroll")).toBe(kept.length - 4);
});

test("a file whose header is gone is no database any more, and still gives every record back", async () => {
  const { state, originals } = await journalOf(40);
  const bytes = readFileSync(journalFile(state));
  writeFileSync(journalFile(state), bytes.fill(0, 0, 100));
  await using journal = await openClockJournal(state);
  expect(journal.notice).toMatchObject({ reason: "truncated", lost: null });
  expect(journal.read(beforeEverything, 100).slice(0, originals.length)).toEqual(originals);
  await journal[Symbol.asyncDispose]();
  expect(verifyJournal(journalFolder(state)).firstBad).toBeNull();
});

test("damage beyond the checked tail is found when the record is read, and the next opening puts it right", async () => {
  const { state, originals } = await journalOf(400);
  const victim = originals[5];
  if (victim === undefined) throw new RangeError("there are four hundred records");
  const bytes = readFileSync(journalFile(state));
  const index = bytes.indexOf(victim.jws) + 200;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  writeFileSync(journalFile(state), bytes);
  const first = await openClockJournal(state);
  expect(first.notice).toBeNull();
  expect(() => first.read(beforeEverything, 10)).toThrow(expect.objectContaining({ code: "journal-corrupt" }));
  await first[Symbol.asyncDispose]();
  await using second = await openClockJournal(state);
  expect(second.notice).toMatchObject({ lost: [5, 5] });
  expect(second.read(beforeEverything, 10).map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10]);
});

test("garbage, an empty file or half a file instead of the journal: punching goes on, and the loss is declared", async () => {
  const { state, originals } = await journalOf(60);
  const last = originals.at(-1)?.seq;
  const spoil: readonly ((file: string) => void)[] = [
    (file) => writeFileSync(file, Buffer.alloc(50_000, "garbage")),
    (file) => writeFileSync(file, ""),
    (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
    (file) => truncateSync(file, 100),
  ];
  for (const spoilIt of spoil) {
    const copy = copyOf(state);
    spoilIt(journalFile(copy));
    expect(verifyJournal(journalFolder(copy)).firstBad).not.toBeNull();
    await using journal = await openClockJournal(copy);
    expect(journal.notice?.lost?.[1]).toBe(last);
    expect((await journal.append(punch(), at(0))).stored.epoch).toBe(2);
  }
});
