import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { diskFault } from "./disk-fault.ts";

/**
 * Space set by for the day the disk is full: giving it up leaves room for SQLite to carry its log over and for the last
 * status to be written. It is taken back before punches are, so that this room is never used up by them.
 */
export interface Ballast {
  /** Gives the space up. */
  readonly drop: () => void;
  /** Takes the space back. @returns false where there is no room for it yet. */
  readonly take: () => boolean;
}

/** @param sizeBytes 0 for none. */
export function openBallast(directory: string, sizeBytes: number): Ballast {
  const path = join(directory, "ballast");
  return {
    drop: () => orFault(() => rmSync(path, { force: true })),
    take: () =>
      orFault(() => {
        if (sizeBytes === 0 || existsSync(path)) return true;
        const { bavail, bsize } = statfsSync(directory);
        // As much again must stay free, or the very next record would find the disk full.
        if (bavail * bsize < 2 * sizeBytes) return false;
        return fill(path, sizeBytes);
      }),
  };
}

/** A disk that died on top of being full is no bug. */
function orFault<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw diskFault(error);
  }
}

function fill(path: string, sizeBytes: number): boolean {
  const file = openSync(path, "w", 0o600);
  try {
    // Random, so that no file system compresses it away.
    writeSync(file, randomBytes(sizeBytes));
    fsyncSync(file);
    return true;
  } catch {
    rmSync(path, { force: true });
    return false;
  } finally {
    closeSync(file);
  }
}
