import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { isPersonId, type PersonId } from "../core/person.ts";
import { syncDirectory } from "./atomic.ts";
import { destroyFile } from "./destroy-file.ts";
import { type KeyBox, unseal } from "./seal.ts";

/** People's files from before there was a vault: `<id>.key` and `<id>.sealed` of each, and what was set aside of them. */
export interface FormerFiles {
  readonly ids: () => readonly PersonId[];
  /** Rejects where the file does not open. */
  readonly read: (id: PersonId) => Promise<Uint8Array>;
  readonly setAside: (id: PersonId) => Promise<void>;
  /** The key first; also what was set aside. */
  readonly destroy: (id: PersonId) => Promise<void>;
  readonly count: (id: PersonId) => Promise<number>;
}

const ends = [".key", ".sealed"] as const;

export async function openFormerFiles(directory: string, keyBox: KeyBox): Promise<FormerFiles> {
  const aside = join(directory, "set-aside");
  const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);
  const names = await namesIn(directory);
  const ids = names
    .filter((name) => ends.some((end) => name.endsWith(end)))
    .map((name) => name.slice(0, name.lastIndexOf(".")))
    .filter(isPersonId);
  const bindTo = (id: PersonId): string => `lintel-person-1:${id}`;
  /** Nobody has any, as a rule, and then the folder is not looked through. */
  const wasHere = new Set(ids);
  const filesOf = async (id: PersonId): Promise<readonly string[]> => {
    const here = wasHere.has(id) ? ends.map((end) => id + end).filter((name) => names.includes(name)) : [];
    const set = (await namesIn(aside)).filter((name) => name.startsWith(`${id}.`));
    return [...here.map((name) => join(directory, name)), ...set.map((name) => join(aside, name))];
  };
  return {
    ids: () => [...new Set(ids)],
    read: async (id) => {
      const key = keyBox.unwrap(await readFile(join(directory, `${id}.key`)), bindTo(id));
      return unseal(key, await readFile(join(directory, `${id}.sealed`)), bindTo(id));
    },
    setAside: async (id) => {
      await mkdir(aside, { recursive: true, mode: 0o700 });
      for (const end of ends) await rename(join(directory, id + end), join(aside, id + end)).catch(() => undefined);
      wasHere.delete(id);
      await syncDirectory(aside);
      await syncDirectory(directory);
    },
    destroy: async (id) => {
      const files = await filesOf(id);
      for (const file of files) await destroyFile(file);
      wasHere.delete(id);
      if (files.length === 0) return;
      await syncDirectory(directory);
      if (existsSync(aside)) await syncDirectory(aside);
    },
    count: async (id) => (await filesOf(id)).length,
  };
}
