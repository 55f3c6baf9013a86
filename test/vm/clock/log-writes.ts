import { closeSync, openSync, readSync, writeSync } from "node:fs";

/**
 * What a disk keeps when its power goes. QEMU's `blklogwrites` writes down every write and every flush of the machine, in
 * order; a disk with a cache owes us only what it was told to flush. So a cut disk is the disk of before, with all writes
 * up to the last flush, and of those after it whichever chance has it.
 * Source: the kernel's Documentation/admin-guide/device-mapper/log-writes.rst; QEMU's block/blklogwrites.c.
 */

const magic = 0x6a736677736872n;
const flushFlag = 1n;
const entryBytes = 32;

interface Write {
  /** Where in the disk, in bytes. */
  readonly at: number;
  /** Where in the log its bytes stand. */
  readonly from: number;
  readonly bytes: number;
}

export interface WriteLog {
  /** Those that a flush came after. */
  readonly flushed: readonly Write[];
  /** Those that were still in the disk's cache. */
  readonly pending: readonly Write[];
  readonly flushes: number;
}

/**
 * @param until bytes of the log that were there when the power went; all of it where left out.
 * @throws Error where the file is no such log.
 */
export function readLog(path: string, until = Number.POSITIVE_INFINITY): WriteLog {
  const file = openSync(path, "r");
  try {
    const head = bytesAt(file, 0, 28);
    if (head === null || head.readBigUInt64LE(0) !== magic) throw new Error(`${path} is no log of writes`);
    const sector = head.readUInt32LE(24);
    const written = Number(head.readBigUInt64LE(16));
    const flushed: Write[] = [];
    let pending: Write[] = [];
    let flushes = 0;
    let at = sector;
    // The count in the head is as old as the last flush; what came after it is read as far as it goes.
    for (let entry = 0; ; entry += 1) {
      const words = at < until ? bytesAt(file, at, entryBytes) : null;
      const [place = 0n, sectors = 0n, flags = 0n] = [0, 8, 16].map((from) => words?.readBigUInt64LE(from));
      if (sectors === 0n && flags === 0n) {
        if (entry < written && at < until) throw new Error(`${path} ends at entry ${entry} of ${written}`);
        return { flushed, pending, flushes };
      }
      const bytes = Number(sectors) * sector;
      if (bytes > 0) pending.push({ at: Number(place) * sector, from: at + sector, bytes });
      if ((flags & flushFlag) !== 0n) {
        flushed.push(...pending);
        pending = [];
        flushes += 1;
      }
      at += sector + bytes;
    }
  } finally {
    closeSync(file);
  }
}

/** Makes a disk of before into the disk after these writes. */
export function replay(log: string, disk: string, writes: readonly Write[]): void {
  const [from, to] = [openSync(log, "r"), openSync(disk, "r+")];
  try {
    for (const write of writes) {
      const content = bytesAt(from, write.from, write.bytes);
      // The machine died before the log had it whole.
      if (content !== null) writeSync(to, content, 0, content.length, write.at);
    }
  } finally {
    closeSync(from);
    closeSync(to);
  }
}

function bytesAt(file: number, at: number, count: number): Buffer | null {
  const bytes = Buffer.alloc(count);
  return readSync(file, bytes, 0, count, at) === count ? bytes : null;
}
