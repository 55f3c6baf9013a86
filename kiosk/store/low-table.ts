import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { Position } from "../core/record.ts";

/** The old end of the journal: what is there, and how it is dropped. Throws SQLite's own errors. */
export interface LowTable {
  /** The oldest number after the genesis that an epoch still has; 0 where it has no other. */
  readonly low: (epoch: number) => number;
  /** Where at most `limit` records from a place on in its epoch stand, what they are and when they were written. */
  readonly outline: (from: Position, limit: number) => readonly Outlined[];
  /** Deletes records of one epoch, numbers from..below-1, never the genesis. */
  readonly drop: (epoch: number, from: number, below: number) => void;
  /** How far each epoch was dropped, oldest first: the first number that was not. What decayed is left out. */
  readonly dropped: () => readonly Position[];
}

export interface Outlined extends Position {
  readonly type: string;
  readonly committedMs: number;
}

export function statementsOfLow(database: DatabaseSync): LowTable {
  const low = database.prepare("select min(seq) as low from record where epoch = ? and seq > 0");
  const outline = database.prepare(
    "select epoch, seq, typ, committed_at from record where epoch = ? and seq >= ? order by seq limit ?",
  );
  return {
    low: (epoch) => Number(low.get(epoch)?.low ?? 0),
    outline: ({ epoch, seq }, limit) =>
      outline.all(epoch, seq, limit).map((found) => ({
        epoch: Number(found.epoch),
        seq: Number(found.seq),
        type: String(found.typ),
        committedMs: Number(found.committed_at),
      })),
    drop: (epoch, from, below) => {
      database
        .prepare(
          `insert into pruned (epoch, below, crc) values (?, ?, ?)
           on conflict (epoch) do update set below = excluded.below, crc = excluded.crc`,
        )
        .run(epoch, below, prunedCrc(epoch, below));
      database.prepare("delete from record where epoch = ? and seq >= ? and seq < ?").run(epoch, from, below);
    },
    dropped: () => {
      // Prepared only here: an older file that is merely looked at has no such table.
      if (versionOf(database) < 3) return [];
      const found = database.prepare("select epoch, below, crc from pruned order by epoch").all();
      return found
        .map(({ epoch, below, crc }) => ({ epoch: Number(epoch), seq: Number(below), crc }))
        .filter(({ epoch, seq, crc }) => crc === prunedCrc(epoch, seq))
        .map(({ epoch, seq }) => ({ epoch, seq }));
    },
  };
}

/** The number of the newest migration that the file went through. */
export const versionOf = (database: DatabaseSync): number =>
  Number(database.prepare("pragma user_version").get()?.user_version);

const prunedCrc = (epoch: number, below: number): number => crc32(`${epoch} ${below}`);
