import { open, rm } from "node:fs/promises";
import { Fault } from "../core/fault.ts";
import { diskFull } from "./atomic.ts";

/** Overwritten before it is unlinked: the best a file system lets us do. Nothing where there is no such file. */
export async function destroyFile(path: string): Promise<void> {
  try {
    await using file = await open(path, "r+");
    const { size } = await file.stat();
    await file.write(Buffer.alloc(size));
    await file.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  await rm(path);
}

/** What the disk says, in our words; anything else stays what it is. */
export function diskFault(error: unknown): unknown {
  if (error instanceof Fault || error instanceof RangeError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const remedy = "Restart the clock; if it stays like this, replace the SD card or disk.";
  if (code === "ENOSPC" || code === "EDQUOT") return diskFull(error);
  if (code === "EROFS") return new Fault("disk-read-only", "the disk no longer takes writes", remedy, error);
  if (code === undefined) return error;
  return new Fault("state-unwritable", "what is sealed could not be written", remedy, error);
}
