import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Fault, isFault } from "../core/fault.ts";
import { ensureStateFolder, syncDirectory, writeAtomically } from "./atomic.ts";
import { journalName } from "./judge.ts";
import { lockName, takeLock } from "./lock.ts";

/** Says of a folder that everything in it is pretended: without it nothing is ever deleted in one go. */
const markName = "demo";
/** Says of a folder that another board went on in its place: `lintel replace board --old-disk` left it. */
const replacedName = "replaced";
const markText = "The demo's state. `npm start -- --fresh` deletes this folder's contents.\n";

/**
 * Says once for all whether a folder is a demo's or a real clock's: punches that only a pretended payroll received must
 * never pass for received, and what people really worked must never be a demo's to delete.
 *
 * @throws Fault `state-unwritable` where the folder already is the other kind, `replace-refused` where its clock was
 *   replaced: two boards of one name would contradict each other for ever.
 */
export async function claimFolder(directory: string, use: "demo" | "real"): Promise<void> {
  await ensureStateFolder(directory);
  if (existsSync(join(directory, replacedName))) {
    throw new Fault(
      "replace-refused",
      `the clock of ${directory} was replaced by another board`,
      "Wipe this disk, or name an empty folder with --state to begin as a new clock.",
    );
  }
  const isDemo = await isMarked(directory);
  if (use === "real" && isDemo) {
    throw new Fault(
      "state-unwritable",
      `${directory} belongs to a demo, whose punches nobody receives`,
      "Name another folder for the real clock with --state.",
    );
  }
  if (use === "real" || isDemo) return;
  if (existsSync(join(directory, journalName))) {
    throw new Fault(
      "state-unwritable",
      `${directory} belongs to a real clock, and the embedded broker is the demo's`,
      "Name the clock's own broker with --broker, or another folder for the demo with --state.",
    );
  }
  await writeAtomically(join(directory, markName), markText);
}

/**
 * Empties a demo's state folder, but for the lock: without it a second clock could start in the middle.
 *
 * @throws Fault `journal-busy` while a clock runs on it; `state-unwritable` for a folder that is not a demo's, because
 *   punches that nobody receipted are never deleted.
 */
export async function startOver(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  await ensureStateFolder(directory).catch((error: unknown) => {
    // Deleting is what helps then.
    if (!isFault(error, "disk-full")) throw error;
  });
  if ((await contentsOf(directory)).length === 0) return;
  await refuseUnmarked(directory);
  using _ = takeLock(directory);
  // The mark goes last: a cut in between leaves a folder that can still be emptied.
  for (const name of await contentsOf(directory)) {
    if (name !== markName) await rm(join(directory, name), { recursive: true, force: true });
  }
  await syncDirectory(directory);
  await rm(join(directory, markName), { force: true });
  await syncDirectory(directory);
}

const contentsOf = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory)).filter((name) => name !== lockName);

async function refuseUnmarked(directory: string): Promise<void> {
  if (await isMarked(directory)) return;
  throw new Fault(
    "state-unwritable",
    `${directory} is not a demo's folder, so --fresh does not delete it`,
    "Name another folder with --state, or move this one away yourself.",
  );
}

/** By the words in the mark: somebody's own folder may well have something called "demo" in it. */
const isMarked = async (directory: string): Promise<boolean> =>
  (await readFile(join(directory, markName), "utf8").catch(() => null)) === markText;
