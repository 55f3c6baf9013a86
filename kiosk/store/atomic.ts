import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Fault } from "../core/fault.ts";
import { mustNotBeAbandoned } from "./abandoned.ts";

/**
 * Replaces a file so that a power cut leaves the old content or the new, never a mixture: write beside it, fsync,
 * rename, fsync the directory (the rename itself is only a promise until then).
 *
 * @param mode permission bits of the new file.
 * @throws Fault `disk-full`; the old content is there then.
 */
export async function writeAtomically(path: string, bytes: Uint8Array | string, mode = 0o600): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await using file = await open(temporary, "wx", mode);
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw (error as NodeJS.ErrnoException).code === "ENOSPC" ? diskFull(error) : error;
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
  await mustNotBeAbandoned(path);
}

/** Makes creations, renames and removals in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  let directory: FileHandle | null = null;
  try {
    directory = await open(path, "r");
    await directory.sync();
  } finally {
    await directory?.close();
  }
}

/**
 * Makes sure that a state folder is there and really takes writes, with a probe rather than by looking at mode bits:
 * those say nothing about a read-only mount.
 *
 * @throws Fault `state-unwritable`, `disk-full`.
 */
export async function ensureStateFolder(directory: string): Promise<void> {
  const probe = join(directory, `.probe-${randomBytes(4).toString("hex")}`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await using file = await open(probe, "wx", 0o600);
    await file.writeFile("probe");
    await file.sync();
  } catch (cause) {
    await rm(probe, { force: true }).catch(() => undefined);
    if ((cause as NodeJS.ErrnoException).code === "ENOSPC") throw diskFull(cause);
    throw new Fault(
      "state-unwritable",
      `the state folder ${directory} does not take writes`,
      "Make the folder writable for the clock's user, or check whether the disk was mounted read-only after an error.",
      cause,
    );
  }
  await rm(probe, { force: true });
}

export const diskFull = (cause: unknown): Fault =>
  new Fault(
    "disk-full",
    "the disk is full",
    "Free some space on the state partition; saving resumes by itself.",
    cause,
  );
