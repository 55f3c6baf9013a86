import { createHash } from "node:crypto";
import { chmod, lutimes, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run.ts";

/** A tree of files becomes a .deb that has the same bytes wherever and whenever it is made from the same tree. */

/**
 * - `small`: xz -6, which every dpkg reads that we install on. zstd would be quicker to make and to unpack, but only
 *   Debian's dpkg from 1.21.18 on reads it, and Ubuntu's.
 * - `quick`: gzip -1; `open`: not packed at all. Both for tests.
 */
export type Packing = "small" | "quick" | "open";

const packings: Readonly<Record<Packing, readonly string[]>> = {
  // Blocks are cut by size, so that the number of threads changes nothing in the file.
  small: ["-Zxz", "-z6"],
  quick: ["-Zgzip", "-z1"],
  open: ["-Znone"],
};

interface ArchiveOptions {
  /** Holds the files, and `DEBIAN` with what dpkg reads itself. */
  readonly tree: string;
  /** The .deb file. */
  readonly out: string;
  /** Seconds since 1970 that every file gets. */
  readonly epochS: number;
  readonly packing: Packing;
}

export async function makeArchive({ tree, out, epochS, packing }: ArchiveOptions): Promise<void> {
  await writeFile(join(tree, "DEBIAN/md5sums"), await sums(tree));
  await settle(tree, epochS);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(epochS), TZ: "UTC", LC_ALL: "C.UTF-8" };
  await run("dpkg-deb", ["--root-owner-group", ...packings[packing], "--build", tree, out], { env });
}

/** Kilobytes that the files take, as dpkg counts: each rounded up, a folder or a link as one. */
export async function sizeKb(tree: string): Promise<number> {
  let kb = 0;
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (path.startsWith(join(tree, "DEBIAN"))) continue;
    kb += entry.isFile() ? Math.ceil((await stat(path)).size / 1024) : 1;
  }
  return kb;
}

/** Writes what dpkg reads itself; programs are the maintainer's scripts. */
export async function writeControl(tree: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(tree, "DEBIAN"), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    if (text === "") continue;
    await writeFile(join(tree, "DEBIAN", name), text);
    await chmod(join(tree, "DEBIAN", name), text.startsWith("#!") ? 0o755 : 0o644);
  }
}

async function sums(tree: string): Promise<string> {
  const lines: string[] = [];
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(tree.length + 1);
    // Those below /etc are the administrator's to change.
    if (!entry.isFile() || name.startsWith("DEBIAN/") || name.startsWith("etc/")) continue;
    const md5 = createHash("md5")
      .update(await readFile(path))
      .digest("hex");
    lines.push(`${md5}  ${name}`);
  }
  return `${lines.sort((a, b) => (a.slice(34) < b.slice(34) ? -1 : 1)).join("\n")}\n`;
}

/** Folders as everybody's umask would have made them differently, and one time for all. */
async function settle(tree: string, epochS: number): Promise<void> {
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
    await lutimes(path, epochS, epochS);
  }
  await chmod(tree, 0o755);
  await lutimes(tree, epochS, epochS);
}
