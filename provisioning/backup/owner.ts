import { chown, lstat } from "node:fs/promises";
import { stateFiles } from "../selfcheck/state-files.ts";

/**
 * Gives what root wrote into a state folder to whoever the folder belongs to: a technician types `sudo`, and the clock runs
 * as a user of its own who could not open these files. Links are not followed. Does nothing for anybody but root.
 */
export async function giveToOwner(directory: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await lstat(directory);
  for (const { path } of await stateFiles(directory)) {
    const found = await lstat(path).catch(() => null);
    if (found !== null && !found.isSymbolicLink() && found.uid === 0) await chown(path, uid, gid);
  }
}
