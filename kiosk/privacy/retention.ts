import { Fault } from "../core/fault.ts";
import type { Keepsakes, RetentionClass } from "../core/keepsake.ts";
import type { PersonId } from "../core/person.ts";
import type { Purging, RetentionBook } from "../core/ports/forgetting.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { Position, PurgeData } from "../core/record.ts";
import { historyWith, matrix, overBeforeUtcMs, type RetentionDays, shortened } from "../core/retention.ts";
import { utcText } from "../core/time.ts";
import type { Lateness } from "./lateness.ts";

/**
 * Deletes what is over, by itself: before the screen opens, and every hour. The signed record with the number comes first,
 * then the deletion, in small pieces; a cut anywhere ends in the whole deletion and one record.
 */

export interface RetentionRooms {
  readonly journal: Pick<Journal, "append" | "read" | "head">;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly book: Pick<RetentionBook, "history" | "choose" | "purging" | "begin" | "end">;
  readonly lateness: Lateness;
  readonly isHeld: (cls: RetentionClass, sub: PersonId | null) => boolean;
  /** As the site chose. */
  readonly days: RetentionDays;
  readonly keepsakes: readonly Keepsakes[];
  /** Once before each sweep: whatever else has an end. */
  readonly before?: () => Promise<void>;
  /** What could not be deleted now is tried again. */
  readonly note: (error: unknown) => void;
}

/** What went, by class. */
export type Swept = Readonly<Partial<Record<RetentionClass, number>>>;

export interface RetentionKeeper {
  /** One sweep, until all is done or `signal` aborts; the rest goes on later. Never throws a Fault. */
  readonly sweep: (signal: AbortSignal) => Promise<Swept>;
  /** The same beside people who punch: in small pieces, with a breath between them. */
  readonly tidy: (signal: AbortSignal) => Promise<Swept>;
  /** Does so every hour, and when the time came to be known, until `signal` aborts. */
  readonly keep: (signal: AbortSignal) => Promise<void>;
  /** What should be gone by now and is not: nothing, where all is well. */
  readonly overdue: () => Promise<readonly { readonly cls: RetentionClass; readonly due: number }[]>;
}

/** Between two pieces, while people punch. */
const breathMs = 50;
const pieceItems = 100;
const lookMs = 60_000;
const sweepMs = 3_600_000;

export function openRetention(rooms: RetentionRooms): RetentionKeeper {
  const { journal, clock, book, lateness, isHeld, days, keepsakes, note } = rooms;
  if (new Set(keepsakes.map(({ cls }) => cls)).size < keepsakes.length)
    throw new RangeError("two rooms keep one class");

  const ruleOf = async (cls: RetentionClass, nowUtcMs: number, isDated: boolean): Promise<number> => {
    const before = book.history(cls);
    const next = historyWith(before, days[cls], isDated ? nowUtcMs : null);
    if (next !== before) await book.choose(cls, shortened(next));
    return overBeforeUtcMs(matrix[cls], next, days[cls], nowUtcMs);
  };

  /** Nothing where nothing is due: an empty sweep leaves no trace. */
  const begun = async (keepsake: Keepsakes): Promise<Purging | null> => {
    const { utcMs: nowUtcMs, isDated } = lateness.now();
    if (nowUtcMs === null) return null;
    const { cls } = keepsake;
    const beforeUtcMs = await ruleOf(cls, nowUtcMs, isDated);
    const { due, held } = await keepsake.count({ nowUtcMs, beforeUtcMs, isHeld: (sub) => isHeld(cls, sub) });
    if (due === 0) return null;
    const { epoch, seq } = journal.head();
    const purging = { cls, days: days[cls], n: due, held, nowUtcMs, beforeUtcMs, since: { epoch, seq } };
    await book.begin(purging);
    await record(purging);
    return purging;
  };

  const record = async ({ cls, n, days: rule, beforeUtcMs, held }: Purging): Promise<void> => {
    const data: PurgeData = { cls, n, days: rule, before: utcText(beforeUtcMs), held };
    await journal.append({ type: "purge", data }, clock.now());
  };

  const carryOut = async (
    { cls, nowUtcMs, beforeUtcMs }: Purging,
    { purge }: Keepsakes,
    signal: AbortSignal,
    restMs: number,
  ): Promise<number> => {
    let sum = 0;
    while (!signal.aborted) {
      const due = { nowUtcMs, beforeUtcMs, isHeld: (sub: PersonId | null) => isHeld(cls, sub), limit: pieceItems };
      const { gone, isMore } = await purge(due);
      sum += gone;
      if (!isMore || gone === 0) {
        await book.end(cls);
        break;
      }
      await clock.sleep(restMs, signal);
    }
    return sum;
  };

  const sweepOne = async (keepsake: Keepsakes, signal: AbortSignal, restMs: number): Promise<number> => {
    let sum = 0;
    const cut = book.purging().find(({ cls }) => cls === keepsake.cls);
    if (cut !== undefined) {
      if (!hasRecord(cut, journal)) await record(cut);
      sum += await carryOut(cut, keepsake, signal, restMs);
    }
    const next = signal.aborted ? null : await begun(keepsake);
    return next === null ? sum : sum + (await carryOut(next, keepsake, signal, restMs));
  };

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      note(error);
    }
  };

  /** Whether the last sweep knew what day it was; what was learned since, also before `keep` began, is reason for another. */
  let wasDated = false;
  const sweepAll = async (signal: AbortSignal, restMs: number): Promise<Swept> => {
    wasDated = lateness.now().isDated;
    const swept: Partial<Record<RetentionClass, number>> = {};
    await attempt(lateness.keep);
    await attempt(async () => rooms.before?.());
    for (const keepsake of keepsakes) {
      if (signal.aborted) break;
      await attempt(async () => {
        const gone = await sweepOne(keepsake, signal, restMs);
        if (gone > 0) swept[keepsake.cls] = (swept[keepsake.cls] ?? 0) + gone;
      });
    }
    return swept;
  };
  let last: Promise<unknown> = Promise.resolve();
  /** One at a time: two would count the same things. */
  const alone = (signal: AbortSignal, restMs: number): Promise<Swept> => {
    const done = last.then(() => sweepAll(signal, restMs));
    last = done.catch(() => undefined);
    return done;
  };

  return {
    sweep: (signal) => alone(signal, 0),
    tidy: (signal) => alone(signal, breathMs),
    keep: async (signal) => {
      let sweepAtMs = clock.now().monoMs + sweepMs;
      while (!signal.aborted) {
        await clock.sleep(lookMs, signal);
        if (signal.aborted) break;
        const { isDated } = lateness.now();
        const { monoMs } = clock.now();
        if (monoMs >= sweepAtMs || (isDated && !wasDated)) {
          sweepAtMs = monoMs + sweepMs;
          await alone(signal, breathMs);
        }
        wasDated &&= isDated;
      }
      await attempt(lateness.keep);
    },
    overdue: async () => {
      const { utcMs: nowUtcMs } = lateness.now();
      if (nowUtcMs === null) return [];
      const overdue: { cls: RetentionClass; due: number }[] = [];
      for (const { cls, count } of keepsakes) {
        const history = historyWith(book.history(cls), days[cls], null);
        const beforeUtcMs = overBeforeUtcMs(matrix[cls], history, days[cls], nowUtcMs);
        // What came to its end since the last sweep is not late yet.
        const { due } = await count({
          nowUtcMs,
          beforeUtcMs: beforeUtcMs - 2 * sweepMs,
          isHeld: (sub) => isHeld(cls, sub),
        });
        if (due > 0) overdue.push({ cls, due });
      }
      return overdue;
    },
  };
}

/** Whether the record of a deletion that was begun is there: a crash can come before or after it. */
function hasRecord({ cls, since, beforeUtcMs }: Purging, journal: Pick<Journal, "read">): boolean {
  const before = utcText(beforeUtcMs);
  for (let from: Position = since; ; ) {
    const records = journal.read(from, 256);
    for (const { type, jws } of records) {
      if (type !== "purge") continue;
      const data = purgeIn(jws);
      if (data.cls === cls && data.before === before) return true;
    }
    const end = records.at(-1);
    if (end === undefined) return false;
    from = { epoch: end.epoch, seq: end.seq };
  }
}

/** Of a record that we wrote ourselves. */
function purgeIn(jws: string): PurgeData {
  const [, payload = ""] = jws.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")).data;
}
