import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { personId } from "../../kiosk/core/person.ts";
import type { Appended, Journal } from "../../kiosk/core/ports/journal.ts";
import { openPeople } from "../../kiosk/store/people.ts";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { at, punch } from "../contract/journal.ts";
import { appendMany, pruneAll, rule } from "../contract/journal-upkeep.ts";
import { scratch } from "../scratch.ts";
import { testHash } from "../unit/store/card-hash.ts";
import { journalFolder, openClockJournal } from "./clockwork.ts";

const beforeEverything = { epoch: 0, seq: -1 };

/** A real file system of two megabytes; needs the right to mount, which a container's root usually has. */
function smallDisk(megabytes = 2): string | null {
  const directory = join(scratch(), "disk");
  mkdirSync(directory);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", directory], { stdio: "pipe" });
  } catch {
    return null;
  }
  onTestFinished(() => void execFileSync("umount", ["--lazy", directory]));
  return directory;
}

async function appendUntilFull(journal: Journal): Promise<number> {
  for (let count = 0; count < 5_000; count += 1) {
    try {
      await journal.append(punch(), at(count));
    } catch (error) {
      expect(error).toMatchObject({ code: "disk-full", remedy: expect.stringContaining("space") });
      return count;
    }
  }
  throw new RangeError("the disk never filled up");
}

test("a full disk refuses clearly, and takes the very next number when there is room again", async ({ skip }) => {
  const state = smallDisk();
  if (state === null) return skip("mounting a small disk needs root; run this test as root to have it");
  const filler = join(state, "evidence-of-somebody-else");
  const journal = await openClockJournal(state);
  const ballast = join(journalFolder(state), "ballast");
  expect(existsSync(ballast)).toBe(true);
  const { bavail, bsize } = statfsSync(state);
  writeFileSync(filler, Buffer.alloc(bavail * bsize - 300 * 1024, 1));
  expect(await appendUntilFull(journal)).toBeGreaterThan(10);
  expect(existsSync(ballast)).toBe(false);
  const { seq } = journal.head();
  const thanked = journal.read(beforeEverything, 10_000);
  for (let count = 0; count < 3; count += 1) {
    await expect(journal.append(punch(), at(0))).rejects.toMatchObject({ code: "disk-full" });
    await expect(journal.probe()).rejects.toMatchObject({ code: "disk-full" });
  }
  // What is saved can still be read, receipted and sent from a full disk, also after a restart.
  journal.moveCursor("payroll", { epoch: 1, seq: 3 });
  await journal[Symbol.asyncDispose]();
  const again = await openClockJournal(state);
  expect(again.read(beforeEverything, 10_000).slice(0, thanked.length)).toEqual(thanked);
  const restarted = again.head().seq;
  expect(restarted - seq).toBeLessThanOrEqual(1);
  rmSync(filler);
  await again.probe();
  expect((await again.append(punch(), at(0))).stored.seq).toBe(restarted + 1);
  expect(existsSync(ballast)).toBe(true);
  await again[Symbol.asyncDispose]();
  expect(verifyJournal(journalFolder(state))).toMatchObject({ firstBad: null, records: restarted + 2 });
});

test("a crowd on a full disk is refused as one, takes the same numbers later, and forgetting waits unharmed", async ({
  skip,
}) => {
  // What is forgotten is overwritten, and that goes through the log first.
  const state = smallDisk(3);
  if (state === null) return skip("mounting a small disk needs root; run this test as root to have it");
  const filler = join(state, "filler");
  const journal = await openClockJournal(state);
  await appendMany(journal, 300);
  journal.moveCursor("payroll", { epoch: 1, seq: 290 });
  const { bavail, bsize } = statfsSync(state);
  writeFileSync(filler, Buffer.alloc(bavail * bsize - 200 * 1024, 1));
  let refused: readonly PromiseSettledResult<Appended>[] = [];
  for (let round = 0; round < 200 && refused.length === 0; round += 1) {
    const crowd = await Promise.allSettled(Array.from({ length: 16 }, () => journal.append(punch(), at(round))));
    if (crowd.some(({ status }) => status === "rejected")) refused = crowd;
  }
  // All of one commit or none of it.
  expect(refused.map((one) => (one.status === "rejected" ? one.reason.code : "saved"))).toEqual(
    Array.from({ length: 16 }, () => "disk-full"),
  );
  const { seq } = journal.head();
  const twoMonthsOn = { monoMs: 0, utcMs: Date.now() + 60 * 24 * 3_600_000 };
  await expect(pruneAll(journal, rule(), twoMonthsOn)).rejects.toMatchObject({ code: "disk-full" });
  expect(journal.low()).toBe(1);
  rmSync(filler);
  const crowd = await Promise.all(Array.from({ length: 3 }, () => journal.append(punch(), at(0))));
  const isAligned = (seq + 1) % 256 === 0;
  expect(crowd[0]?.stored.seq).toBe(seq + (isAligned ? 2 : 1));
  await pruneAll(journal, rule(), twoMonthsOn);
  expect(journal.low()).toBe(256);
  await journal[Symbol.asyncDispose]();
  expect(verifyJournal(journalFolder(state))).toMatchObject({ firstBad: null, epochs: [{ pruned: [1, 255] }] });
});

test("a disk that came up read-only is refused with a remedy, and nothing is lost when it is writable again", async ({
  skip,
}) => {
  const state = smallDisk();
  if (state === null) return skip("mounting a small disk needs root; run this test as root to have it");
  const first = await openClockJournal(state);
  await first.append(punch(), at(0));
  await first[Symbol.asyncDispose]();
  execFileSync("mount", ["-o", "remount,ro", state]);
  await expect(openClockJournal(state)).rejects.toMatchObject({ code: "state-unwritable" });
  execFileSync("mount", ["-o", "remount,rw", state]);
  await using journal = await openClockJournal(state);
  expect(journal.notice).toBeNull();
  expect(journal.head()).toMatchObject({ epoch: 1, seq: 3 });
});

test.each(["alone", "crowd", "forgetful"])(
  "a file that may not grow any further fails the commit, not the journal (%s)",
  async (mode) => {
    const state = scratch();
    await (await openClockJournal(state))[Symbol.asyncDispose]();
    const writer = join(import.meta.dirname, "writer.ts");
    // A limit on file size is an I/O error to SQLite, not a full disk: close, reopen, look again, refuse.
    const limited = spawn("prlimit", [`--fsize=${256 * 1024}`, process.execPath, writer, state, mode], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines: string[] = [];
    const reader = createInterface({ input: limited.stdout });
    reader.on("line", (line) => lines.push(line));
    await once(reader, "close");
    const acknowledged = lines.filter((line) => line.startsWith("ACK")).map((line) => line.split(" "));
    expect(acknowledged.length).toBeGreaterThan(5);
    // Carrying the log over makes room, so others of the same crowd may be saved after the one that was refused.
    expect(lines.filter((line) => line.startsWith("FAULT"))).toEqual(["FAULT journal-write-failed"]);
    await using journal = await openClockJournal(state);
    expect(journal.notice).toBeNull();
    const low = journal.low();
    for (const [, epoch, seq, rh] of acknowledged.filter(([, , seq]) => Number(seq) >= low)) {
      expect(journal.at({ epoch: Number(epoch), seq: Number(seq) })?.rh).toBe(rh);
    }
    expect(verifyJournal(journalFolder(state)).firstBad).toBeNull();
  },
);

test("a state folder that cannot be written is refused at once, with what to do about it", async () => {
  const state = scratch();
  const file = join(state, "journal");
  writeFileSync(file, "a file where a folder should be");
  await expect(openClockJournal(state)).rejects.toMatchObject({
    code: "state-unwritable",
    remedy: expect.stringContaining("writable"),
  });
});

test("people who do not fit on a full disk are refused in words, and those who are there stay", async ({ skip }) => {
  const state = smallDisk();
  if (state === null) return skip("mounting a small disk needs root; run this test as root to have it");
  const directory = join(state, "people");
  const ana = { id: personId(`p_${"a".repeat(20)}`), displayName: "Ana Morales", badges: [], lookAlikes: [] };
  const people = await openPeople({ hashCard: testHash, directory });
  await people.put(ana, null);
  const filler = join(state, "filler");
  const { bavail, bsize } = statfsSync(state);
  writeFileSync(filler, Buffer.alloc(bavail * bsize, 1));
  const bo = { id: personId(`p_${"b".repeat(20)}`), displayName: "Bo", badges: [], lookAlikes: [] };
  await expect(people.put(bo, null)).rejects.toMatchObject({ code: "disk-full" });
  rmSync(filler);
  await people.put(bo, null);
  await people[Symbol.asyncDispose]();
  const again = await openPeople({ hashCard: testHash, directory });
  expect(again.all().map(({ displayName }) => displayName)).toEqual(["Ana Morales", "Bo"]);
  expect(again.faults).toEqual([]);
});
