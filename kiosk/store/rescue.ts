import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { KeyChange, StoredRecord } from "../core/ports/journal.ts";
import type { KeychangeData } from "../core/record.ts";
import { eventOf } from "./make-record.ts";

/**
 * A second copy of every change of keys that some receiver may still have to learn, as the signed text it is. Should the
 * journal lose that record, receivers who never saw it could verify nothing that came after; so it is carried over from
 * here, also out of a range that is declared lost.
 */

const namePattern = /^keychange\.[A-Za-z0-9_-]{16}\.jws$/;

const nameOf = (old: string): string => `keychange.${old}.jws`;

/** Durable when it returns. Synchronous: nothing may be read from the journal between the commit and this. */
export function rescue(directory: string, change: Pick<StoredRecord, "jws">): void {
  const { old } = eventOf(change.jws).data as KeychangeData;
  const path = join(directory, nameOf(old));
  const file = openSync(`${path}.tmp`, "w", 0o600);
  try {
    writeSync(file, change.jws);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.tmp`, path);
  syncFolder(directory);
}

export const rescuedFiles = (directory: string): readonly string[] =>
  readdirSync(directory)
    .filter((name) => namePattern.test(name))
    .map((name) => join(directory, name));

/** Oldest first. What cannot be read is no change. */
export function rescued(directory: string): readonly KeyChange[] {
  const found = rescuedFiles(directory).flatMap((file): KeyChange[] => {
    try {
      const { epoch, seq, data } = eventOf(readFileSync(file, "ascii"));
      return [{ epoch, seq, old: (data as KeychangeData).old }];
    } catch {
      return [];
    }
  });
  return found.sort((a, b) => a.epoch - b.epoch || a.seq - b.seq);
}

export function dropRescued(directory: string, old: string): void {
  rmSync(join(directory, nameOf(old)), { force: true });
  syncFolder(directory);
}

function syncFolder(directory: string): void {
  const folder = openSync(directory, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
