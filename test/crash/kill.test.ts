import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { scratch } from "../scratch.ts";
import { journalFolder, openClockJournal } from "./clockwork.ts";
import { linesUntilKilled } from "./killed.ts";

const writer = join(import.meta.dirname, "writer.ts");
type Mode = "alone" | "crowd" | "forgetful";
const bornMs = Date.now();
const start = (state: string, mode: Mode = "alone"): ChildProcess =>
  spawn(process.execPath, [writer, state, mode, String(bornMs)], { stdio: ["ignore", "pipe", "inherit"] });

const writtenUntilKilled = (state: string, ms: number, mode: Mode = "alone"): Promise<readonly string[]> =>
  linesUntilKilled("writer.ts", [state, mode, String(bornMs)], ms);

test("O4 twelve times killed at any moment, nothing that was acknowledged is missing and no number is used twice", async () => {
  const state = scratch();
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < 12; round += 1) {
    for (const line of await writtenUntilKilled(state, Math.random() * 120)) {
      const [word, epoch, seq, rh = ""] = line.split(" ");
      expect(word).toBe("ACK");
      expect(acknowledged.has(`${epoch}/${seq}`), `${epoch}/${seq} is new`).toBe(false);
      acknowledged.set(`${epoch}/${seq}`, rh);
    }
  }
  expect(acknowledged.size).toBeGreaterThan(12);
  const report = verifyJournal(journalFolder(state));
  expect(report.firstBad).toBeNull();
  expect(report.epochs).toHaveLength(1);
  await using journal = await openClockJournal(state);
  expect(journal.notice).toBeNull();
  for (const [position, rh] of acknowledged) {
    const [epoch, seq] = position.split("/").map(Number);
    expect(journal.at({ epoch: epoch ?? 0, seq: seq ?? 0 })?.rh, position).toBe(rh);
  }
});

test("a crowd killed in the middle of its commits: whoever was thanked is there, and no number is used twice", async () => {
  const state = scratch();
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < 8; round += 1) {
    for (const line of await writtenUntilKilled(state, Math.random() * 150, "crowd")) {
      const [word, epoch, seq, rh = ""] = line.split(" ");
      expect(word).toBe("ACK");
      expect(acknowledged.has(`${epoch}/${seq}`), `${epoch}/${seq} is new`).toBe(false);
      acknowledged.set(`${epoch}/${seq}`, rh);
    }
  }
  expect(acknowledged.size).toBeGreaterThan(300);
  expect(verifyJournal(journalFolder(state))).toMatchObject({ firstBad: null, epochs: [{ epoch: 1 }] });
  await using journal = await openClockJournal(state);
  expect(journal.notice).toBeNull();
  for (const [position, rh] of acknowledged) {
    const [epoch, seq] = position.split("/").map(Number);
    expect(journal.at({ epoch: epoch ?? 0, seq: seq ?? 0 })?.rh, position).toBe(rh);
  }
});

test("killed while it forgets: what remains is proved to its signed checkpoint, and nothing unreceipted is gone", async () => {
  const state = scratch();
  const acknowledged = new Map<number, string>();
  let receipted = -1;
  for (let round = 0; round < 8; round += 1) {
    for (const line of await writtenUntilKilled(state, 100 + Math.random() * 200, "forgetful")) {
      const [word, first, seq, rh = ""] = line.split(" ");
      if (word === "RECEIPTED") receipted = Math.max(receipted, Number(first));
      else acknowledged.set(Number(seq), rh);
    }
    const report = verifyJournal(journalFolder(state));
    expect(report.firstBad).toBeNull();
    expect(report.epochs).toHaveLength(1);
  }
  await using journal = await openClockJournal(state);
  expect(journal.notice).toBeNull();
  const low = journal.low();
  expect(low).toBeGreaterThan(1_024);
  // A cursor may have moved without the line getting out; a group is all that one more move can free.
  expect(low).toBeLessThanOrEqual(receipted + 256);
  for (const [seq, rh] of acknowledged) {
    if (seq >= low) expect(journal.at({ epoch: 1, seq })?.rh, `record ${seq}`).toBe(rh);
  }
  expect(journal.at({ epoch: 1, seq: low })?.type).toBe("checkpoint");
  expect(journal.proofOf({ epoch: 1, seq: low })).not.toBeNull();
});

test("killed during the very first start, it starts as a first start and not with a loss", async () => {
  for (let round = 0; round < 6; round += 1) {
    const state = scratch();
    const child = start(state);
    await wait(60 + round * 40);
    child.kill("SIGKILL");
    await once(child, "exit");
    await using journal = await openClockJournal(state);
    expect(journal.notice).toBeNull();
    expect(journal.head().epoch).toBe(1);
  }
});

test("a second process on the same folder is told that the journal is busy", async () => {
  const state = scratch();
  await using journal = await openClockJournal(state);
  const child = start(state);
  if (child.stdout === null) throw new RangeError("a piped child has a stdout");
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  expect(line).toBe("FAULT journal-busy");
  await expect(openClockJournal(state)).rejects.toMatchObject({ code: "journal-busy" });
  await expect(journal.probe()).resolves.toBeUndefined();
});

test("the journal deleted while the witness stands: everything it knew of is declared lost", async () => {
  const state = scratch();
  const before = await openClockJournal(state);
  const head = before.head();
  await before[Symbol.asyncDispose]();
  rmSync(join(journalFolder(state), "journal.sqlite"));
  await using journal = await openClockJournal(state);
  expect(journal.notice).toMatchObject({ reason: "journal-lost", lost: [0, head.seq] });
  expect(journal.head()).toMatchObject({ epoch: 2, seq: 1 });
});

test("journal and witness both gone, but not the identity: an epoch that cannot collide", async () => {
  const state = scratch();
  await (await openClockJournal(state))[Symbol.asyncDispose]();
  rmSync(journalFolder(state), { recursive: true });
  await using journal = await openClockJournal(state);
  expect(journal.notice).toMatchObject({ reason: "journal-lost", lost: null });
  expect(journal.head().epoch).toBeGreaterThan(2 ** 20);
  expect(journal.head().epoch).toBeLessThanOrEqual(2 ** 30);
});
