import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdDecompress } from "node:zlib";
import { Parser, type ReadEntry } from "tar";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Manifest } from "./manifest.ts";
import { isPlainPath, sumOf, type TreeFile } from "./tree.ts";

/** Window of the compression, as a power of two: 8 MiB are held to unpack, whatever the bundle says of itself. */
export const windowLog = 23;

/** What an archive may have beside its files: headers, folders, padding. */
const besidesBytes = 64 * 1024 * 1024;

/**
 * Unpacks a bundle whose bytes were proved, into an empty folder, and proves what came out. Memory is bounded by one
 * window; the disk by what the manifest says the tree has. Links, devices, names that lead elsewhere and files that come
 * twice end it.
 *
 * @throws Fault `update-damaged`; what the disk says is passed on. Half a tree may be left: it is nobody's yet.
 */
export async function unpackBundle(bundle: string, into: string, { tree }: Pick<Manifest, "tree">): Promise<void> {
  const files: TreeFile[] = [];
  let unpackedBytes = 0;
  let last: Promise<void> = Promise.resolve();
  /** Whoever still writes when it broke somewhere else lets go of the file. */
  const over = new AbortController();
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  const take = async (entry: ReadEntry): Promise<void> => {
    // Whoever comes after what broke it opens no file any more.
    over.signal.throwIfAborted();
    unpackedBytes += entry.size;
    if (files.length >= tree.files || unpackedBytes > tree.bytes) throw damaged("it holds more than it may");
    files.push(await writeEntry(entry, into, over.signal));
  };
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      if (entry.type === "Directory") entry.resume();
      // A file that fails leaves the archive standing where it is: nothing behind it is looked at.
      else last = last.then(() => take(entry)).catch(broken.reject);
    },
  });
  parser.on("error", broken.reject);
  const unzip = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: windowLog } });
  const parse = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of source) {
      const isTaken = parser.write(piece) || new Promise<void>((resolve) => parser.once("drain", resolve));
      await Promise.race([isTaken, broken.promise]);
    }
    const ended = new Promise<void>((resolve) => parser.once("end", resolve));
    parser.end();
    await Promise.race([ended, broken.promise]);
    await Promise.race([last, broken.promise]);
  };
  try {
    await pipeline(createReadStream(bundle), unzip, bounded(tree.bytes + besidesBytes), parse);
    await Promise.race([broken.promise, Promise.resolve()]);
  } catch (error) {
    over.abort();
    for (let seen: unknown = null; seen !== last; await last) seen = last;
    throw error instanceof Fault || isOfDisk(error) ? error : damaged("it cannot be unpacked", error);
  }
  const sum = sumOf(files);
  if (sum.sha256 !== tree.sha256) throw damaged("its files are not those that were signed");
}

async function writeEntry(entry: ReadEntry, into: string, signal: AbortSignal): Promise<TreeFile> {
  const { path, type, size, mode = 0 } = entry;
  if (type !== "File" && type !== "OldFile") throw damaged(`it holds a ${type}`);
  if (!isPlainPath(path)) throw damaged("a name in it leads elsewhere");
  const target = join(into, path);
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  const hash = createHash("sha256");
  const isProgram = (mode & 0o111) !== 0;
  const file = createWriteStream(target, { flags: "wx", mode: 0o644 });
  const closed = new Promise((resolve) => file.once("close", resolve));
  try {
    await pipeline(entry as unknown as AsyncIterable<Buffer>, hashing(hash), file, { signal });
  } finally {
    await closed;
  }
  if (isProgram) await chmod(target, 0o755);
  return { path, isProgram, bytes: size, sha256: hash.digest("hex") };
}

const hashing = (hash: ReturnType<typeof createHash>): Transform =>
  new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      hash.update(piece);
      done(null, piece);
    },
  });

function bounded(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      bytes += piece.length;
      if (bytes > maxBytes) done(damaged("it unpacks to more than it says"));
      else done(null, piece);
    },
  });
}

const isOfDisk = (error: unknown): boolean =>
  ["ENOSPC", "EROFS", "EIO", "EDQUOT", "EACCES"].includes(String((error as NodeJS.ErrnoException).code));

const damaged = (why: string, cause?: unknown): Fault =>
  new Fault(
    "update-damaged",
    `the release bundle is damaged: ${why}`,
    "Fetch it again; nothing of it is used, and the version that runs goes on.",
    cause,
  );
