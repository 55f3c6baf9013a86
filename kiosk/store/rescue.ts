import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { KeyChange, StoredRecord } from "../core/ports/journal.ts";
import type { KeychangeData } from "../core/record.ts";
import { eventOf } from "./make-record.ts";

/**
 * A second copy of every change of keys, as the signed text it is. Should the journal lose one that some receiver may still
 * have to learn, they could verify nothing that came after; so it is carried over from here, also out of a range that is
 * declared lost. Once all have it, it stays as `settled`: the journal may forget the record, and whoever knew this clock by
 * an earlier key (who renews its certificate) has nothing else to believe the newest by.
 */

const namePattern = /^keychange\.[A-Za-z0-9_-]{16}\.jws$/;
const anyPattern = /^keychange\.[A-Za-z0-9_-]{16}(\.settled)?\.jws$/;

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
export const rescued = (directory: string): readonly KeyChange[] =>
  changesIn(rescuedFiles(directory)).map(({ epoch, seq, old }) => ({ epoch, seq, old }));

/** Every change of keys that this folder knows of, signed, oldest first. */
export function lineage(directory: string): readonly string[] {
  const names = readdirSync(directory).filter((name) => anyPattern.test(name));
  return changesIn(names.map((name) => join(directory, name))).map(({ jws }) => jws);
}

function changesIn(files: readonly string[]): readonly (KeyChange & { readonly jws: string })[] {
  const found = files.flatMap((file) => {
    try {
      const jws = readFileSync(file, "ascii");
      const { epoch, seq, data } = eventOf(jws);
      return [{ epoch, seq, old: (data as KeychangeData).old, jws }];
    } catch {
      return [];
    }
  });
  return found.sort((a, b) => a.epoch - b.epoch || a.seq - b.seq);
}

/** Every receiver has it. */
export function settleRescued(directory: string, old: string): void {
  const path = join(directory, nameOf(old));
  if (existsSync(path)) renameSync(path, join(directory, `keychange.${old}.settled.jws`));
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
