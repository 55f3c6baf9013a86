import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Where SQLite keeps `user_version` in a file's first page. */
const versionAt = 60;

/**
 * Number of the newest migration that the journal in a folder went through, read from the file's header: a running clock
 * has the database to itself. What still stands in its log alone is taken as done, for migrations only ever add.
 *
 * @returns null where there is no journal.
 */
export async function journalVersion(state: string): Promise<number | null> {
  try {
    await using file = await open(join(state, "journal.sqlite"), "r");
    const number = Buffer.alloc(4);
    const { bytesRead } = await file.read(number, 0, 4, versionAt);
    return bytesRead === 4 && number.readUInt32BE() > 0 ? number.readUInt32BE() : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Number of the newest migration that a payload brings. */
export async function newestMigration(tree: string): Promise<number> {
  const names = await readdir(join(tree, "kiosk/store/migrations"));
  return Math.max(0, ...names.filter((name) => /^\d{3}-.*\.sql$/.test(name)).map((name) => Number(name.slice(0, 3))));
}
