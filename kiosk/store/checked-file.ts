import { existsSync } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import type { z } from "zod";
import { syncDirectory, writeAtomically } from "./atomic.ts";

/** One small value in one file with a checksum, for what must not be lost quietly: JSON that is replaced as a whole. */
export interface CheckedFile<T> {
  readonly get: () => T;
  /** True where what was there could not be read; it was set aside as `.damaged`. */
  readonly wasDamaged: boolean;
  /** Durable when it resolves; one change after the other. Where `change` gives back what it got, nothing is written. */
  readonly change: (change: (before: T) => T) => Promise<T>;
}

/** @throws Fault `disk-full`, or what the file system throws. */
export async function openCheckedFile<T>(file: string, schema: z.ZodType<T>, blank: () => T): Promise<CheckedFile<T>> {
  const isThere = existsSync(file);
  const read = isThere ? parse(await readFile(file, "utf8"), schema) : blank();
  if (read === null) {
    await rename(file, `${file}.damaged`);
    await syncDirectory(dirname(file));
  }
  let value = read ?? blank();
  let last: Promise<unknown> = Promise.resolve();
  return {
    get: () => value,
    wasDamaged: read === null,
    change: (change) => {
      const written = last.then(async () => {
        const next = change(value);
        if (next === value) return value;
        await writeAtomically(file, textOf(next));
        value = next;
        return next;
      });
      last = written.catch(() => undefined);
      return written;
    },
  };
}

function textOf(value: unknown): string {
  const text = JSON.stringify(value);
  return `${crc32(text)} ${text}\n`;
}

function parse<T>(bytes: string, schema: z.ZodType<T>): T | null {
  const [, crc, text = ""] = /^(\d{1,10}) (.*)\n$/.exec(bytes) ?? [];
  if (crc === undefined || crc32(text) !== Number(crc)) return null;
  return schema.safeParse(JSON.parse(text)).data ?? null;
}
