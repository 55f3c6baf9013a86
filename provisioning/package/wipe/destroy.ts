import { lstat, open, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";

/** Files are overwritten before they are unlinked, the keys first: who is cut off in the middle leaves what nobody can open. */

export interface Destroyed {
  keys: number;
  files: number;
  bytes: number;
  /** What could not be destroyed, below the folder. */
  readonly left: string[];
}

/** Everything that opens something else: keys of the device, of each person, of cards, PINs and the roster. */
const isKey = (name: string): boolean => /\.(kek|keys?|pem|(?<!\.pub\.)jwk)$/.test(name);

const pieceBytes = 1024 * 1024;

interface Spared {
  /** Files that stay, below the folder. */
  readonly spare?: readonly string[];
  /** Where the folder is not the clock's alone: how the names of what is the clock's begin, and only files of it go. */
  readonly only?: string;
}

/**
 * @param folder whose files and folders go; it stays itself. One that is not there counts as empty; links are unlinked and
 *   never followed.
 */
export async function destroyTree(folder: string, { spare = [], only }: Spared = {}): Promise<Destroyed> {
  const done: Destroyed = { keys: 0, files: 0, bytes: 0, left: [] };
  const found = await readdir(folder, { recursive: only === undefined, withFileTypes: true }).catch(emptyIfGone);
  const paths = found.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  const spared = new Set(spare.map((name) => join(folder, name)));
  const going = paths.filter((path) => !spared.has(path) && basename(path).startsWith(only ?? ""));
  for (const wanted of [true, false]) {
    for (const path of going.filter((one) => isKey(basename(one)) === wanted)) {
      try {
        done.bytes += await destroy(path);
        done.files += 1;
        if (wanted) done.keys += 1;
      } catch {
        done.left.push(path.slice(folder.length + 1));
      }
    }
  }
  const hasSpared = (name: string): boolean => [...spared].some((path) => path.startsWith(`${join(folder, name)}/`));
  for (const entry of found.filter((one) => only === undefined && one.isDirectory() && one.parentPath === folder))
    if (!hasSpared(entry.name))
      await rm(join(folder, entry.name), { recursive: true, force: true }).catch(() => done.left.push(entry.name));
  return done;
}

/** @returns how many bytes it had. */
async function destroy(path: string): Promise<number> {
  const facts = await lstat(path);
  let size = 0;
  if (facts.isFile()) {
    size = facts.size;
    await using file = await open(path, "r+");
    const zeros = Buffer.alloc(Math.min(pieceBytes, size));
    for (let at = 0; at < size; at += pieceBytes) await file.write(zeros, 0, Math.min(pieceBytes, size - at), at);
    await file.sync();
  }
  await rm(path);
  return size;
}

function emptyIfGone(error: NodeJS.ErrnoException): [] {
  if (error.code === "ENOENT") return [];
  throw error;
}
