import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import { ensureStateFolder, syncDirectory, writeAtomically } from "./atomic.ts";
import { takeLock } from "./lock.ts";

/** Says of a folder that everything in it is pretended: without it nothing is ever deleted in one go. */
const markName = "demo";

export const markAsDemo = (directory: string): Promise<void> =>
  writeAtomically(
    join(directory, markName),
    "The demo's state. `npm start -- --fresh` deletes this folder's contents.\n",
  );

/**
 * Empties a demo's state folder.
 * @throws Fault `journal-busy` while a clock runs on it; `state-unwritable` for a folder that is not a demo's, because
 *   punches that nobody receipted are never deleted.
 */
export async function startOver(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  const names = await readdir(directory);
  if (names.length === 0) return;
  if (!names.includes(markName)) {
    throw new Fault(
      "state-unwritable",
      `${directory} is not a demo's folder, so --fresh does not delete it`,
      "Name another folder with --state, or move this one away yourself.",
    );
  }
  await ensureStateFolder(directory);
  using _ = takeLock(directory);
  // The mark goes last: a cut in between leaves a folder that can still be emptied.
  for (const name of names.filter((other) => other !== markName)) {
    await rm(join(directory, name), { recursive: true, force: true });
  }
  await rm(join(directory, markName), { force: true });
  await syncDirectory(directory);
}
