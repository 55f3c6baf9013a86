import type { KeyOf } from "../core/jws.ts";
import type { Checked } from "../core/ports/journal.ts";
import { isBefore, type Position } from "../core/record.ts";
import { beforeEverything, type JournalDatabase } from "./database.ts";
import type { Flaw } from "./proof.ts";
import { isDamage } from "./sqlite-error.ts";
import { closeWalk, startWalk, take, type Walk } from "./walk.ts";

/**
 * Proves the whole journal while the clock is in use, some records at a time: opening proves its end only, because nobody
 * waits for a million signatures at a wall.
 */
export interface Checker {
  readonly next: () => Checked;
  /** The first bad record; stays once it was found. */
  readonly flaw: () => Flaw | null;
}

export interface CheckerOptions {
  readonly database: () => JournalDatabase;
  readonly head: () => Position;
  readonly keyOf: KeyOf;
  /** Records proved in one call, some 0.15 ms each. */
  readonly step: number;
}

export function openChecker({ database, head, keyOf, step }: CheckerOptions): Checker {
  let walk: Walk = startWalk();
  let total = 0;
  let flaw: Flaw | null = null;

  /** True where the end was reached: what is appended meanwhile is proved by the next walk. */
  const walkOn = (source: JournalDatabase): boolean => {
    const rows = source.after(walk.before ?? beforeEverything, step);
    for (const row of rows) {
      flaw = take(row, walk, keyOf, source);
      if (flaw !== null) return true;
    }
    const isAtEnd = walk.before !== null && !isBefore(walk.before, head());
    if (isAtEnd) flaw = closeWalk(walk);
    return isAtEnd;
  };
  const walkedOn = (source: JournalDatabase): boolean => {
    try {
      return walkOn(source);
    } catch (error) {
      if (!isDamage(error)) throw error;
      const { epoch, seq } = walk.before ?? beforeEverything;
      const sentence = `The journal cannot be read after record ${epoch}/${seq}.`;
      flaw = { epoch, seq: seq + 1, code: "unreadable", sentence };
      return true;
    }
  };
  return {
    next: () => {
      const source = database();
      if (walk.records === 0) total = countOf(source);
      if (flaw === null && !walkedOn(source))
        return { records: walk.records, of: Math.max(total, walk.records), is: "running" };
      const { records } = walk;
      walk = startWalk();
      return { records, of: records, is: flaw === null ? "good" : "bad" };
    },
    flaw: () => flaw,
  };
}

/** Arithmetic, because counting would read every page. */
const countOf = (source: JournalDatabase): number =>
  source.epochs().reduce((sum, { epoch, last }) => sum + last + 1 - Math.max(0, source.low(epoch) - 1), 0);
