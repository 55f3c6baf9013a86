import { open, rm } from "node:fs/promises";

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
