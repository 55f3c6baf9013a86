import { readFile } from "node:fs/promises";
import { writeAtomically } from "./atomic.ts";
import type { KeyBox } from "./seal.ts";

/** One key in a file of its own, wrapped by the device's. */
export interface WrappedKeyFile {
  readonly path: string;
  readonly keyBox: KeyBox;
  readonly bindTo: string;
}

/** Null where there is no such file. Rejects where it does not open. */
export async function readWrapped({ path, keyBox, bindTo }: WrappedKeyFile): Promise<Uint8Array | null> {
  const wrapped = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return wrapped && keyBox.unwrap(wrapped, bindTo);
}

export const writeWrapped = async ({ path, keyBox, bindTo }: WrappedKeyFile, key: Uint8Array): Promise<void> =>
  writeAtomically(path, await keyBox.wrap(key, bindTo));

/** What a holder of such a file does when the device's key is replaced. One that does not open stays as it is. */
export const rewrapped = (file: WrappedKeyFile) => async (): Promise<void> => {
  const key = await readWrapped(file).catch(() => null);
  if (key !== null) await writeWrapped(file, key);
};
