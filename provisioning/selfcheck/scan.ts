import { open } from "node:fs/promises";
import { broken, holds, unchecked, type Verdict } from "./check.ts";
import { type StateFile, stateFiles } from "./state-files.ts";

const pieceBytes = 1024 * 1024;

type Judge = (piece: Buffer, file: StateFile) => boolean;

/**
 * Looks through every byte of a state folder for what must not be there, in pieces that overlap by more than anything that
 * is looked for. A file that may not be read says nothing, and so does a folder that is not there.
 */
export async function scanned(
  state: string,
  isThere: Judge,
  said: { readonly clean: string; readonly found: (name: string) => string },
): Promise<Verdict> {
  const files = (await stateFiles(state)).filter(({ isFolder, isSocket }) => !isFolder && !isSocket);
  if (files.length === 0) return unchecked("there is no state folder here");
  const unreadable: string[] = [];
  for (const file of files) {
    const is = await hasIt(file, isThere);
    if (is === "yes") return broken(said.found(file.name));
    if (is === "unreadable") unreadable.push(file.name);
  }
  if (unreadable.length > 0) return unchecked(`${unreadable[0]} may not be read: run this as the clock's user`);
  return holds(`${said.clean}, in ${files.length} files`);
}

const overlapBytes = 64;

async function hasIt(file: StateFile, isThere: Judge): Promise<"yes" | "no" | "unreadable"> {
  const handle = await open(file.path).catch((error: NodeJS.ErrnoException) =>
    error.code === "ENOENT" ? null : error,
  );
  // It went meanwhile.
  if (handle === null) return "no";
  if (handle instanceof Error) return "unreadable";
  try {
    const piece = Buffer.alloc(pieceBytes);
    for (let at = 0; ; at += pieceBytes - overlapBytes) {
      const { bytesRead } = await handle.read(piece, 0, pieceBytes, at);
      if (isThere(piece.subarray(0, bytesRead), file)) return "yes";
      if (bytesRead < pieceBytes) return "no";
    }
  } finally {
    await handle.close();
  }
}
