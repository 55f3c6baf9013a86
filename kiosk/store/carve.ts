import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { recordHash } from "../core/chain.ts";
import { type KeyOf, LuError, verifyJws } from "../core/jws.ts";
import type { RecordEvent } from "../core/record.ts";
import type { Row } from "./database.ts";
import type { Readable } from "./salvage.ts";
import type { Head } from "./witness.ts";

/** Records found in the raw bytes, by `epoch/seq`. */
export type Carved = ReadonlyMap<string, Row>;

export const carvedKey = ({ epoch, seq }: { readonly epoch: number; readonly seq: number }): string =>
  `${epoch}/${seq}`;

const chunkBytes = 4 * 1024 * 1024;
/** Longer than any record, so that one across two chunks is seen whole in one of them. */
const overlapBytes = 16 * 1024;
/** `{"alg":...` in base64url, the payload, and the 86 characters of an Ed25519 signature. */
const tokenPattern = /eyJhbGci[A-Za-z0-9_-]{20,160}\.[A-Za-z0-9_-]{40,11000}\.[A-Za-z0-9_-]{86}/g;

/**
 * Finds our records in files that are no database any more. A signed record speaks for itself: it needs neither the
 * tree it stood in nor a readable header. Everything found is held in memory, some 3 KB each.
 */
export function carve(files: readonly string[], keyOf: KeyOf, source: string, witness: Head | null): Carved {
  const candidates = new Map<string, Map<string, { row: Row; prev: string }>>();
  for (const token of tokensIn(files)) {
    const found = proved(token, keyOf, source);
    if (found === null) continue;
    const key = carvedKey(found.row);
    candidates.set(key, (candidates.get(key) ?? new Map()).set(found.row.rh, found));
  }
  // A commit that failed may have left a second record with the same number: the chain says which one was real.
  const carved = new Map<string, Row>();
  const newestFirst = [...candidates.values()].sort((a, b) => numberOf(b) - numberOf(a));
  const wanted = new Map<string, string>(witness ? [[carvedKey(witness), witness.rh]] : []);
  for (const same of newestFirst) {
    const first = [...same.values()].at(-1);
    if (first === undefined) continue;
    const { epoch, seq } = first.row;
    const { row, prev } = same.get(wanted.get(carvedKey({ epoch, seq })) ?? "") ?? first;
    carved.set(carvedKey(row), row);
    wanted.set(carvedKey({ epoch, seq: seq - 1 }), prev);
  }
  return carved;
}

/** What can be read in order, and what was carved besides: the numbers of both. */
export function withCarved(readable: Readable, carved: Carved): Readable {
  const epochs = new Map([...readable].map(([epoch, numbers]) => [epoch, new Set(numbers)]));
  for (const { epoch, seq } of carved.values()) epochs.set(epoch, (epochs.get(epoch) ?? new Set()).add(seq));
  return new Map([...epochs].sort(([a], [b]) => a - b).map(([epoch, set]) => [epoch, [...set].sort((a, b) => a - b)]));
}

const numberOf = (same: ReadonlyMap<string, { row: Row }>): number => {
  const [one] = same.values();
  return one === undefined ? 0 : one.row.epoch * 2 ** 21 * 2 ** 10 + one.row.seq;
};

function* tokensIn(files: readonly string[]): Generator<string> {
  for (const file of files.filter((path) => existsSync(path))) {
    const descriptor = openSync(file, "r");
    try {
      const chunk = Buffer.alloc(chunkBytes + overlapBytes);
      for (let offset = 0; ; offset += chunkBytes) {
        const length = readSync(descriptor, chunk, 0, chunk.length, offset);
        for (const [token] of chunk.toString("latin1", 0, length).matchAll(tokenPattern)) yield token;
        if (length < chunk.length) break;
      }
    } finally {
      closeSync(descriptor);
    }
  }
}

function proved(token: string, keyOf: KeyOf, source: string): { row: Row; prev: string } | null {
  try {
    const event = verifyJws(token, "lintel-rec+jws", keyOf).payload as RecordEvent;
    if (event.source !== source) return null;
    const { epoch, seq, id, prev } = event;
    const type = event.type.split(".")[2] ?? "";
    const rh = recordHash(token.slice(0, token.lastIndexOf(".")));
    return { row: { epoch, seq, rh, jws: token, type, id, committedMs: Date.parse(event.time), isIntact: true }, prev };
  } catch (error) {
    if (error instanceof LuError) return null;
    throw error;
  }
}
