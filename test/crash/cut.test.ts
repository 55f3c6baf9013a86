import { copyFileSync, existsSync, readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { GenesisData } from "../../kiosk/core/record.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { at, punch } from "../contract/journal.ts";
import { copyOf, scratch } from "../scratch.ts";
import { journalFile, journalFolder, openClockJournal } from "./clockwork.ts";

const beforeEverything = { epoch: 0, seq: -1 };

test("the log cut at any byte: the acknowledged head is there, or exactly what is missing is declared", async () => {
  const state = scratch();
  await using running = await openClockJournal(state);
  for (let count = 0; count < 12; count += 1) await running.append(punch(), at(count));
  const head = running.head();
  const originals = running.read(beforeEverything, 100);
  const cut = copyOf(state);
  const log = `${journalFile(cut)}-wal`;
  const { size } = statSync(log);
  const offsets = Array.from({ length: 36 }, (_, index) => Math.floor((size * index) / 36));
  for (const offset of [...offsets, 0, 31, 32, size - 1, size]) {
    const copy = copyOf(cut);
    truncateSync(`${journalFile(copy)}-wal`, offset);
    await using journal = await openClockJournal(copy);
    const kept = journal.read(beforeEverything, 100).filter(({ epoch }) => epoch === 1);
    expect(kept.slice(0, originals.length), `cut at ${offset}`).toEqual(originals.slice(0, kept.length));
    if (kept.length > head.seq) {
      // Whole, or every dropped record was found again in the bytes of the log.
      expect(journal.notice?.lost ?? null, `cut at ${offset}`).toBeNull();
      continue;
    }
    expect(journal.notice?.lost, `cut at ${offset}`).toEqual([kept.length, head.seq]);
    expect(journal.notice?.reason).toMatch(/truncated|rollback/);
    const genesis = journal.at({ epoch: 2, seq: 0 });
    const data = eventOf(genesis?.jws ?? "").data as GenesisData;
    expect(data.prev).toEqual({ epoch: 1, seq: head.seq, rh: head.rh });
    expect(data.lost).toEqual([kept.length, head.seq]);
    const setAside = journal.notice?.setAside ?? "";
    expect(statSync(join(setAside, "journal.sqlite")).size).toBe(statSync(journalFile(cut)).size);
    if (offset > 0) expect(statSync(join(setAside, "journal.sqlite-wal")).size).toBe(offset);
    await journal[Symbol.asyncDispose]();
    expect(verifyJournal(journalFolder(copy)).firstBad, `cut at ${offset}`).toBeNull();
  }
});

test("an older copy put back is noticed by the witness; its records stay, the newer ones are declared", async () => {
  const state = scratch();
  const first = await openClockJournal(state);
  await first.append(punch(), at(0));
  first.moveCursor("payroll", { epoch: 1, seq: 1 });
  await first[Symbol.asyncDispose]();
  const older = join(scratch(), "older.sqlite");
  copyFileSync(journalFile(state), older);
  const second = await openClockJournal(state);
  for (let count = 0; count < 5; count += 1) await second.append(punch(), at(count));
  const head = second.head();
  await second[Symbol.asyncDispose]();
  copyFileSync(older, journalFile(state));

  await using journal = await openClockJournal(state);
  expect(journal.notice).toMatchObject({ reason: "rollback", lost: [3, head.seq] });
  expect(journal.head()).toMatchObject({ epoch: 2, seq: 1 });
  expect(journal.cursor("payroll")).toEqual({ epoch: 1, seq: 1 });
  // Record 1/2 of the old epoch, then genesis and boot of the new one.
  expect(journal.waiting("payroll")).toBe(1);
  expect(journal.read({ epoch: 1, seq: 1 }, 10)).toHaveLength(3);
  expect(journal.recall(0)).toHaveLength(1);
});

test("the notice stands over restarts until the set-aside files are removed, and no second epoch begins", async () => {
  const state = scratch();
  await (await openClockJournal(state))[Symbol.asyncDispose]();
  rmSync(journalFile(state));
  await (await openClockJournal(state))[Symbol.asyncDispose]();
  const again = await openClockJournal(state);
  expect(again.notice).toMatchObject({ reason: "journal-lost", lost: [0, 1] });
  expect(again.head()).toMatchObject({ epoch: 2, seq: 2 });
  await again[Symbol.asyncDispose]();
  rmSync(join(journalFolder(state), "set-aside"), { recursive: true });
  await using settled = await openClockJournal(state);
  expect(settled.notice).toBeNull();
});

test("cut off in the middle of putting a rebuilt journal in place, the next start finishes it", async () => {
  const state = scratch();
  const first = await openClockJournal(state);
  await first.append(punch(), at(0));
  await first[Symbol.asyncDispose]();
  // As after the rename that commits the rebuild: the finished file stands beside the old one.
  copyFileSync(journalFile(state), join(journalFolder(state), "rebuilt.sqlite"));
  await using journal = await openClockJournal(state);
  expect(existsSync(join(journalFolder(state), "rebuilt.sqlite"))).toBe(false);
  expect(readdirSync(join(journalFolder(state), "set-aside"))).toHaveLength(1);
  expect(journal.head()).toMatchObject({ epoch: 1, seq: 3 });
});

test("a witness on another partition notices a journal that was taken away with its whole folder", async () => {
  const state = scratch();
  const witnessDirectory = join(scratch(), "witness");
  const first = await openClockJournal(state, { witnessDirectory });
  await first.append(punch(), at(0));
  await first[Symbol.asyncDispose]();
  rmSync(journalFolder(state), { recursive: true });
  await using journal = await openClockJournal(state, { witnessDirectory });
  expect(journal.notice).toMatchObject({ reason: "journal-lost", lost: [0, 2] });
  expect(journal.head().epoch).toBe(2);
});

test("a new key goes on in a new epoch, and the records of the old key stay provable", async () => {
  const state = scratch();
  const first = await openClockJournal(state);
  const { seq, rh } = await first.append(punch(), at(0)).then(({ stored }) => stored);
  await first[Symbol.asyncDispose]();
  rmSync(join(state, "identity", "device.key.jwk"));
  const second = await openClockJournal(state);
  const genesis = eventOf(second.at({ epoch: 2, seq: 0 })?.jws ?? "").data as GenesisData;
  expect(genesis).toMatchObject({ reason: "reimage", prev: { epoch: 1, seq, rh } });
  expect(genesis.lost).toBeUndefined();
  expect(second.notice).toBeNull();
  await second[Symbol.asyncDispose]();
  expect(verifyJournal(journalFolder(state))).toMatchObject({ firstBad: null, records: 5 });
});
