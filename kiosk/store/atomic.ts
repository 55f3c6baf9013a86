import { randomBytes } from "node:crypto";
import { copyFile, type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Fault } from "../core/fault.ts";
import { mustNotBeAbandoned } from "./abandoned.ts";
import { diskFault, diskFull } from "./disk-fault.ts";

/**
 * Replaces a file so that a power cut leaves the old content or the new, never a mixture: write beside it, fsync,
 * rename, fsync the directory (the rename itself is only a promise until then).
 *
 * @param mode permission bits of the new file.
 * @throws Fault `disk-full`, `disk-read-only`, `state-unwritable`; the old content is there then.
 */
export async function writeAtomically(path: string, bytes: Uint8Array | string, mode = 0o600): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await writeThrough(temporary, bytes, mode);
    await rename(temporary, path);
    await syncDirectory(dirname(path));
    await mustNotBeAbandoned(path);
  } catch (error) {
    // A disk that takes no writes takes no removal either: what it said first is what counts.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw diskFault(error);
  }
}

async function writeThrough(path: string, bytes: Uint8Array | string, mode: number): Promise<void> {
  await using file = await open(path, "wx", mode);
  await file.writeFile(bytes);
  await file.sync();
}

/** Keeps what a file says now beside it, as `.bak`. @throws Fault as `writeAtomically` does. */
export async function backUp(path: string): Promise<void> {
  await copyFile(path, `${path}.bak`).catch((error: unknown) => {
    throw diskFault(error);
  });
}

/** Makes creations, renames and removals in a directory durable. @throws Fault as `writeAtomically` does. */
export async function syncDirectory(path: string): Promise<void> {
  let directory: FileHandle | null = null;
  try {
    directory = await open(path, "r");
    await directory.sync();
  } catch (error) {
    throw diskFault(error);
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
