import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { journalFolder, openClockJournal, scratch } from "./clockwork.ts";

const writer = join(import.meta.dirname, "writer.ts");
const start = (state: string): ChildProcess =>
  spawn(process.execPath, [writer, state], { stdio: ["ignore", "pipe", "inherit"] });

/** Runs a writer until it acknowledged something, lets it go on for `ms`, kills it, and returns every line it got out. */
async function linesUntilKilled(state: string, ms: number): Promise<readonly string[]> {
  const child = start(state);
  if (child.stdout === null) throw new RangeError("a piped child has a stdout");
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  await once(reader, "line");
  await wait(ms);
  child.kill("SIGKILL");
  await once(reader, "close");
  return lines;
}

test("twelve times killed at any moment, nothing that was acknowledged is missing and no number is used twice", async () => {
  const state = scratch();
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < 12; round += 1) {
    for (const line of await linesUntilKilled(state, Math.random() * 120)) {
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
