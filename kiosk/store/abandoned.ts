import { utimesSync } from "node:fs";
import { utimes } from "node:fs/promises";

/**
 * Whether a sync that reported success can be believed.
 *
 * When ext4 gives a disk up (an I/O error, `remount,abort`), its journal ends first and the file system is marked
 * read-only a moment later. An fsync that falls between the two finds no transaction to wait for and returns 0, although
 * the file's new length never reached the disk: 30 of 200 disks given up under a growing file, Linux 6.18
 * (docs/decisions/0003-journal.md). Whoever asks such a disk for a change of metadata after the fsync is refused, at the
 * second asking at the latest, because the first one finds the dead journal and marks the file system. A file's times are
 * the cheapest such change: a microsecond each, nothing has to reach the disk, and no file is opened, because closing a
 * database's file would give up SQLite's lock on it.
 *
 * @param path a file of ours on the same file system.
 * @throws the operating system's error, EROFS or EIO: what was just synced may be gone.
 */
export function assertNotAbandoned(path: string): void {
  for (const seconds of twoTimes()) utimesSync(path, seconds, seconds);
}

/** The same for a file that is written without blocking. */
export async function mustNotBeAbandoned(path: string): Promise<void> {
  for (const seconds of twoTimes()) await utimes(path, seconds, seconds);
}

/** Two that differ: setting what is set already asks for nothing. */
const twoTimes = (): readonly number[] => [Date.now() / 1000, Date.now() / 1000 + 1];
