import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readLog, replay } from "./log-writes.ts";

const sector = 512;
const folder = mkdtempSync(join(tmpdir(), "lintel-log-writes-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Entry = { readonly sector: number; readonly letter: string } | "flush";

/** A log as QEMU writes it, of one sector a write. @param counted entries that its head knows of. */
function logOf(entries: readonly Entry[], counted = entries.length): string {
  const head = Buffer.alloc(sector);
  head.writeBigUInt64LE(0x6a736677736872n, 0);
  head.writeBigUInt64LE(1n, 8);
  head.writeBigUInt64LE(BigInt(counted), 16);
  head.writeUInt32LE(sector, 24);
  const rest = entries.flatMap((entry) => {
    const words = Buffer.alloc(sector);
    if (entry === "flush") {
      words.writeBigUInt64LE(1n, 16);
      return [words];
    }
    words.writeBigUInt64LE(BigInt(entry.sector), 0);
    words.writeBigUInt64LE(1n, 8);
    return [words, Buffer.alloc(sector, entry.letter)];
  });
  const path = join(folder, `log-${crypto.randomUUID()}`);
  writeFileSync(path, Buffer.concat([head, ...rest]));
  return path;
}

/** What stands in each sector of a disk of dots, by its first letter. */
function diskAfter(log: string, writes: Parameters<typeof replay>[2]): string {
  const disk = join(folder, `disk-${crypto.randomUUID()}`);
  writeFileSync(disk, Buffer.alloc(4 * sector, "."));
  replay(log, disk, writes);
  const bytes = readFileSync(disk);
  return [0, 1, 2, 3].map((place) => String.fromCharCode(bytes[place * sector] ?? 0)).join("");
}

const life: readonly Entry[] = [
  { sector: 0, letter: "a" },
  { sector: 2, letter: "b" },
  "flush",
  { sector: 2, letter: "c" },
  { sector: 3, letter: "d" },
];

describe("a disk whose power goes", () => {
  it("keeps what came before the last flush, and the rest by choice", () => {
    const log = logOf(life, 3);
    const { flushed, pending, flushes } = readLog(log);
    expect(flushes).toBe(1);
    expect(diskAfter(log, flushed)).toBe("a.b.");
    expect(diskAfter(log, [...flushed, ...pending.slice(1)])).toBe("a.bd");
    expect(diskAfter(log, [...flushed, ...pending])).toBe("a.cd");
  });

  it("knows of nothing that came after the moment", () => {
    const log = logOf(life);
    const { flushed, pending, flushes } = readLog(log, 3 * sector);
    expect([flushes, flushed.length, pending.length]).toEqual([0, 0, 1]);
    expect(diskAfter(log, pending)).toBe("a...");
  });

  it("leaves out a write that the log has not whole", () => {
    const log = logOf(life);
    writeFileSync(log, readFileSync(log).subarray(0, -100));
    const { flushed, pending } = readLog(log);
    expect(diskAfter(log, [...flushed, ...pending])).toBe("a.c.");
  });

  it("takes no other file for a log, and none that ends too early", () => {
    const other = join(folder, "other");
    writeFileSync(other, "x".repeat(1_000));
    expect(() => readLog(other)).toThrow("no log of writes");
    expect(() => readLog(logOf(life, 9))).toThrow("ends at entry 5 of 9");
  });
});
