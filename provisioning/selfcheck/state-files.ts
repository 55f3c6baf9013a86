import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

export interface StateFile {
  readonly path: string;
  /** Below the state folder. */
  readonly name: string;
  readonly mode: number;
  readonly isFolder: boolean;
  readonly isSocket: boolean;
}

/** Everything in a state folder, itself included. What goes meanwhile is left out. */
export async function stateFiles(state: string): Promise<readonly StateFile[]> {
  const names = ["", ...(await readdir(state, { recursive: true }).catch(() => []))].sort();
  const files = await Promise.all(
    names.map(async (name): Promise<readonly StateFile[]> => {
      const path = join(state, name);
      const found = await lstat(path).catch(() => null);
      if (found === null) return [];
      return [{ path, name, mode: found.mode & 0o777, isFolder: found.isDirectory(), isSocket: found.isSocket() }];
    }),
  );
  return files.flat();
}
