import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../kiosk/core/fault.ts";

/** A payload as its files say it: what a release is signed over, and what a tree on the disk is compared with. */
export interface TreeFile {
  /** Below the root, with `/`. */
  readonly path: string;
  readonly isProgram: boolean;
  readonly bytes: number;
  readonly sha256: string;
}

export type TreeSum = Pick<TreeFile, "bytes" | "sha256"> & { readonly files: number };

/** The manifest lies in its own tree and is no part of what it signs. */
export const manifestName = "release.jws";

const pathMaxChars = 400;
const segment = /^(?!\.{1,2}$)[^\\/\p{Cc}]{1,200}$/u;

/** Below the root and nowhere else, on any machine. */
export const isPlainPath = (path: string): boolean =>
  path.length <= pathMaxChars && path !== manifestName && path.split("/").every((part) => segment.test(part));

export function sumOf(files: readonly TreeFile[]): TreeSum {
  const hash = createHash("sha256");
  let bytes = 0;
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${file.isProgram ? "755" : "644"} ${file.sha256} ${file.bytes} ${file.path}\n`);
    bytes += file.bytes;
  }
  return { sha256: hash.digest("hex"), files: files.length, bytes };
}

/**
 * Every file below a folder, in order. A file is read once and never held.
 *
 * @throws Fault `update-unfit` where there is a link, a device or a name that no release may have.
 */
export async function filesOf(root: string): Promise<readonly TreeFile[]> {
  const files: TreeFile[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const name of (await readdir(join(root, folder))).sort()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (path === manifestName) continue;
      const found = await lstat(join(root, path));
      if (found.isDirectory()) await walk(path);
      else if (found.isFile() && isPlainPath(path)) {
        const sha256 = await hashOf(join(root, path));
        files.push({ path, isProgram: (found.mode & 0o111) !== 0, bytes: found.size, sha256 });
      } else {
        throw new Fault(
          "update-unfit",
          `${path} is no plain file with a plain name`,
          "A release holds files and folders only: put what a link points to in its place.",
        );
      }
    }
  };
  await walk("");
  return files;
}

/** SHA-256 of a file, hexadecimal, read piece by piece. */
export async function hashOf(path: string): Promise<string> {
  const hash: Hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest("hex");
}
