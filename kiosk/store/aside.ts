import { constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JournalDatabase, openDatabase } from "./database.ts";
import { journalName } from "./judge.ts";

/**
 * Copies database and log, so that a folder can be looked at that is damaged, read-only or a running clock's; again when
 * that one carried its log over meanwhile.
 *
 * @returns the folder of the copy, which is the caller's to remove.
 */
export function copyAside(directory: string): string {
  const large = "/var/tmp";
  const copy = mkdtempSync(join(existsSync(large) ? large : tmpdir(), "lintel-verify-"));
  const file = join(directory, journalName);
  const log = `${file}-wal`;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const { mtimeMs } = statSync(file);
    copyFileSync(file, join(copy, journalName), constants.COPYFILE_FICLONE);
    rmSync(join(copy, `${journalName}-wal`), { force: true });
    if (existsSync(log)) copyFileSync(log, join(copy, `${journalName}-wal`), constants.COPYFILE_FICLONE);
    if (statSync(file).mtimeMs === mtimeMs) break;
  }
  return copy;
}

/** A copy that is read like the journal and goes when it is closed. Throws SQLite's own errors, and ENOENT. */
export function openAside(directory: string): { readonly database: JournalDatabase } & Disposable {
  const copy = copyAside(directory);
  const remove = (): void => rmSync(copy, { recursive: true, force: true });
  try {
    const database = openDatabase(join(copy, journalName), "read");
    return {
      database,
      [Symbol.dispose]: () => {
        database[Symbol.dispose]();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
