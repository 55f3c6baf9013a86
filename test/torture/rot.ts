import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Journal, StoredRecord } from "../../kiosk/core/ports/journal.ts";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { at, punch } from "../contract/journal.ts";
import { journalFile, journalFolder, openClockJournal } from "../crash/clockwork.ts";
import type { Chance } from "./chance.ts";

export interface RotOutcome {
  readonly trials: number;
  readonly accepted: number;
  /** Records that were gone and whose loss was declared. */
  readonly declared: number;
  /** Gone, and nobody was told; or there, and not what was signed. */
  readonly silent: readonly string[];
}

const beforeEverything = { epoch: 0, seq: -1 };

/**
 * What a bad card does to a journal that was cut off with its write-ahead log: the log ends anywhere, bits are flipped in
 * the log, in the file, or in both. Whatever is missing afterwards is declared, and whatever verifies is kept.
 */
export async function rot(chance: Chance, trials: number): Promise<RotOutcome> {
  const base = mkdtempSync(join(tmpdir(), "lintel-torture-rot-"));
  const silent: string[] = [];
  let accepted = 0;
  let declared = 0;
  try {
    for (let trial = 0; trial < trials; ) {
      const state = join(base, `state-${trial}`);
      const journal = await openClockJournal(state);
      const records = chance.whole(5, 120);
      for (let count = 0; count < records; count += 1) await journal.append(punch(), at(count));
      // Some of it in the file, some in the log alone.
      if (chance.next() < 0.5) await journal[Symbol.asyncDispose]();
      const running = chance.next() < 0.5 ? await reopened(journal, state) : journal;
      const originals = running.read(beforeEverything, 500);
      accepted += originals.length;
      for (let n = 0; n < 10 && trial < trials; n += 1, trial += 1) {
        const copy = join(base, `copy-${trial}`);
        cpSync(state, copy, { recursive: true });
        const what = damage(chance, copy);
        const found = await opened(copy, originals);
        if (found.complaint === null) declared += found.missing;
        else silent.push(`${what}: ${found.complaint}`);
        rmSync(copy, { recursive: true });
      }
      await running[Symbol.asyncDispose]();
    }
    return { trials, accepted, declared, silent };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

async function reopened(journal: Journal, state: string): Promise<Journal> {
  await journal[Symbol.asyncDispose]();
  const again = await openClockJournal(state);
  for (let count = 0; count < 8; count += 1) await again.append(punch(), at(1_000 + count));
  return again;
}

function damage(chance: Chance, state: string): string {
  const file = journalFile(state);
  const how = chance.oneOf(["log cut", "log flipped", "file flipped", "log cut, file flipped", "both flipped"]);
  const done: string[] = [];
  const change = (path: string, act: (bytes: Buffer) => Buffer): void => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch {
      return;
    }
    if (bytes.length > 0) writeFileSync(path, act(bytes));
  };
  const cut = (bytes: Buffer): Buffer => {
    const length = chance.whole(0, bytes.length);
    done.push(`log cut at ${length} of ${bytes.length}`);
    return bytes.subarray(0, length);
  };
  const flip = (bytes: Buffer): Buffer => {
    for (let flips = chance.whole(1, 4); flips > 0; flips -= 1) {
      const index = chance.whole(0, bytes.length - 1);
      const bit = 1 << chance.whole(0, 7);
      bytes[index] = (bytes[index] ?? 0) ^ bit;
      done.push(`byte ${index} of ${bytes.length}, bit ${bit}`);
    }
    return bytes;
  };
  if (how.startsWith("log cut")) change(`${file}-wal`, cut);
  if (how === "log flipped" || how === "both flipped") change(`${file}-wal`, flip);
  if (how.includes("file flipped") || how === "both flipped") change(file, flip);
  return `${how} (${done.join("; ")})`;
}

async function opened(
  state: string,
  originals: readonly StoredRecord[],
): Promise<{ readonly missing: number; readonly complaint: string | null }> {
  const journal = await openClockJournal(state);
  const { notice } = journal;
  const kept = new Map(
    journal.read(beforeEverything, 1_000).map((record) => [`${record.epoch}/${record.seq}`, record]),
  );
  await journal[Symbol.asyncDispose]();
  const missing: number[] = [];
  for (const original of originals) {
    const found = kept.get(`${original.epoch}/${original.seq}`);
    if (found === undefined) missing.push(original.seq);
    else if (found.jws !== original.jws) return { missing: 0, complaint: `${original.seq} is another record` };
  }
  const lost = notice?.lost ?? null;
  const isDeclared = lost !== null && missing.every((seq) => lost[0] <= seq && seq <= lost[1]);
  if (missing.length > 0 && !isDeclared) {
    return { missing: missing.length, complaint: `${missing.length} gone, declared ${JSON.stringify(notice)}` };
  }
  const { firstBad } = verifyJournal(journalFolder(state));
  return { missing: missing.length, complaint: firstBad === null ? null : `afterwards ${firstBad.code}` };
}
