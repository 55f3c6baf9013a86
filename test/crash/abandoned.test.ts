import { spawn } from "node:child_process";
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { isFault } from "../../kiosk/core/fault.ts";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { at, punch } from "../contract/journal.ts";
import { openSmallDisk, type SmallDisk } from "../torture/disk.ts";
import { journalFolder, openClockJournal } from "./clockwork.ts";

/**
 * ext4 says of some fsyncs that they arrived while it is giving the disk up. A round meets such a one in about one of seven
 * cases; thirty rounds that meet none would be one run in a hundred.
 */
const rounds = 30;

test("a disk that is given up in the middle of a commit has whoever was thanked", { timeout: 120_000 }, async ({
  skip,
}) => {
  for (let round = 0; round < rounds; round += 1) {
    using disk = openSmallDisk(24);
    if (disk === null) return skip("mounting a small disk needs root; run this test as root to have it");
    const thanked = await thankedUntilRefused(disk);
    disk.repair();
    await using journal = await openClockJournal(disk.folder);
    expect(journal.notice).toBeNull();
    expect(thanked.map(({ epoch, seq }) => journal.at({ epoch, seq })?.rh)).toEqual(thanked.map(({ rh }) => rh));
    expect(verifyJournal(journalFolder(disk.folder)).firstBad).toBeNull();
  }
});

async function thankedUntilRefused(disk: SmallDisk) {
  const journal = await openClockJournal(disk.folder);
  const thanked: { readonly epoch: number; readonly seq: number; readonly rh: string }[] = [];
  const end = spawn("mount", ["-o", "remount,abort", disk.folder]);
  const ended = once(end, "exit");
  for (let isRefused = false; !isRefused; ) {
    try {
      const { stored } = await journal.append(punch(), at(thanked.length));
      thanked.push(stored);
    } catch (error) {
      isRefused = true;
      expect(isFault(error, "disk-read-only") || isFault(error, "journal-write-failed")).toBe(true);
    }
    await turn();
  }
  await ended;
  await Promise.allSettled([journal[Symbol.asyncDispose]()]);
  return thanked;
}
