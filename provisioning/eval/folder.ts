import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { Fault } from "../../kiosk/core/fault.ts";

/** One folder of an evaluation: a person, or a species of presentation. Its name is only ever shown for species. */
export interface Group {
  readonly name: string;
  /** Paths of the files of the wanted kinds, by name. */
  readonly files: readonly string[];
}

export interface Folder {
  readonly groups: readonly Group[];
  /** Files of other kinds, links and folders within folders: seen, not opened. */
  readonly ignored: number;
}

export const pictureKinds: ReadonlySet<string> = new Set([".jpg", ".jpeg", ".png"]);
export const clipKinds: ReadonlySet<string> = new Set([".mp4", ".mov", ".webm", ".mkv", ".avi", ".mjpeg", ".mjpg"]);

/** More is a mistake in the path, not an evaluation. */
const filesMax = 500_000;

/**
 * Reads a folder of folders. Links are never followed: what is measured lies where it was said to lie.
 * @param kinds file name endings in small letters, with the dot.
 * @param limit at most so many files; the groups are taken in the order of their names.
 * @throws Fault `eval-unusable` where there is no such folder, or not one file of these kinds in a folder of it.
 */
export async function readGroups(directory: string, kinds: ReadonlySet<string>, limit = Infinity): Promise<Folder> {
  const top = await entriesOf(directory);
  const groups: Group[] = [];
  let ignored = top.filter((entry) => !entry.isDirectory()).length;
  let files = 0;
  for (const { name } of top.filter((entry) => entry.isDirectory())) {
    const entries = await entriesOf(join(directory, name));
    const wanted = entries.filter((entry) => entry.isFile() && kinds.has(extname(entry.name).toLowerCase()));
    ignored += entries.length - wanted.length;
    const taken = wanted.slice(0, Math.max(0, limit - files));
    files += taken.length;
    if (files > filesMax) throw unusable(`there are more than ${filesMax} files in it`);
    if (taken.length > 0) groups.push({ name, files: taken.map((entry) => join(directory, name, entry.name)) });
  }
  if (groups.length === 0) throw unusable("no folder in it holds a file that could be measured");
  return { groups, ignored };
}

async function entriesOf(directory: string): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    // By code point, so that the order does not depend on the language of the machine.
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw unusable("it cannot be read", cause);
  }
}

/** Says nothing of the path: folders of such sets are people's names. */
export const unusable = (why: string, cause?: unknown): Fault =>
  new Fault(
    "eval-unusable",
    `The folder to be measured is of no use: ${why}`,
    "Give a folder that holds one folder per person (or `live` and one per kind of attack), with pictures in them.",
    cause,
  );
