import { open, rm } from "node:fs/promises";
import { diskFault } from "./disk-fault.ts";

/**
 * Overwritten before it is unlinked: the best a file system lets us do. Nothing where there is no such file.
 *
 * @throws Fault `disk-read-only`, `state-unwritable`: it may be there still.
 */
export async function destroyFile(path: string): Promise<void> {
  try {
    await overwrite(path);
    await rm(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw diskFault(error);
  }
}

async function overwrite(path: string): Promise<void> {
  await using file = await open(path, "r+");
  const { size } = await file.stat();
  await file.write(Buffer.alloc(size));
  await file.sync();
}
