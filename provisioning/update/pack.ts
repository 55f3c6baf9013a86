import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";
import { create } from "tar";
import { filesOf, hashOf, sumOf, type TreeSum } from "./tree.ts";
import { windowLog } from "./unpack.ts";

export interface Packed {
  readonly bundle: { readonly sha256: string; readonly bytes: number };
  readonly tree: TreeSum;
}

/**
 * Packs a payload tree as one compressed archive. The same tree gives the same list and, with the same zstd, the same
 * bytes: no times, owners or orders of a disk are in it.
 *
 * @throws Fault `update-unfit` for a tree with links or odd names in it.
 */
export async function packTree(root: string, into: string): Promise<Packed> {
  const files = await filesOf(root);
  const archive = create(
    { cwd: root, portable: true, noDirRecurse: true, noPax: false, mtime: new Date(0) },
    files.map(({ path }) => path),
  );
  const level = { [constants.ZSTD_c_compressionLevel]: 12, [constants.ZSTD_c_windowLog]: windowLog };
  await pipeline(archive, createZstdCompress({ params: level }), createWriteStream(into, { mode: 0o644 }));
  return { bundle: { sha256: await hashOf(into), bytes: (await stat(into)).size }, tree: sumOf(files) };
}
