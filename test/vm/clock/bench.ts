import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { longReceiptCode } from "../../../kiosk/core/receipt.ts";
import type { Cloud } from "../../boot/cloud.ts";
import type { Visitor } from "../../boot/wall.ts";
import type { Chance } from "../../torture/chance.ts";
import { journalOf } from "../../torture/verdict.ts";
import { copyDisk, onDisk } from "./disk.ts";
import type { Gate } from "./gate.ts";
import { readLog, replay } from "./log-writes.ts";
import { type Board, type BoardOptions, switchOn } from "./machine.ts";

/** A clock on a bench: its disk outlives its machine, and goes through every cut as a disk with a cache does. */
export interface Bench {
  readonly cloud: Cloud;
  readonly visitor: Visitor;
  /** The machine that is on. */
  readonly board: () => Board;
  readonly switchOn: () => Promise<Board>;
  /** Image of the USB stick that lies on the bench. */
  readonly stick: string;
  /** From now on people stand at the wall. */
  readonly lookAtWall: () => void;
  /** Lays a card of the next person on. @returns whether they were thanked. */
  readonly punch: () => Promise<boolean>;
  /**
   * Takes the disk through the cut, and looks at others: cut at other moments of this life, with another choice of what
   * was in the disk's cache. Each has to have every receipt that was seen by then. To be called once the machine is off.
   */
  readonly afterCut: () => Aftermath;
  /** What was shut down has written everything. */
  readonly afterShutdown: () => void;
  readonly journal: <Result>(look: (file: string) => Result) => Result;
}

export interface Aftermath {
  readonly flushes: number;
  readonly disks: number;
  /** Writes that were in the cache of one of these disks, and of these the ones that chance kept. */
  readonly pending: number;
  readonly kept: number;
  /** Receipts that were looked for, of all disks, and those that were not found. */
  readonly owed: number;
  readonly missing: number;
}

interface BenchOptions extends Pick<BoardOptions, "folder" | "root" | "repository"> {
  readonly cloud: Cloud;
  readonly visitor: Visitor;
  readonly gate: Gate;
  /** Where the disks lie; the clock's own is `state.img`. */
  readonly place: string;
  readonly chance: Chance;
}

const journalFile = "journal.sqlite";
const answerMs = 60_000;
const disksByChance = 12;

export function openBench({ cloud, visitor, gate, place, chance, ...machine }: BenchOptions): Bench & AsyncDisposable {
  const [kept, believed, log, trial] = ["state.img", "believed.img", "writes.log", "trial.img"].map((name) =>
    join(place, name),
  ) as [string, string, string, string];
  const stick = join(place, "stick.img");
  let board: Board | null = null;
  let next = 0;
  const on = (): Board => {
    if (board === null) throw new Error("the machine is off");
    return board;
  };
  /** How long the log was at most when a receipt was seen; of former lives: nothing. */
  const seenAt = new Map<string, number>();
  const note = (): void => {
    const bytes = statSync(log).size;
    for (const code of visitor.receipts) if (!seenAt.has(code)) seenAt.set(code, bytes);
  };
  const missingOf = (disk: string, owed: readonly string[]): number =>
    onDisk(disk, (folder) => {
      const codes = new Set(
        journalOf(join(folder, journalFile)).map((record) => longReceiptCode({ ...record, source: cloud.source })),
      );
      return owed.filter((code) => !codes.has(code)).length;
    });
  return {
    ...{ cloud, visitor, board: on },
    switchOn: async () => {
      gate.shut();
      copyDisk(kept, believed);
      board = await switchOn({ ...machine, state: believed, log, stick, monitor: join(place, "monitor") });
      return board;
    },
    stick,
    lookAtWall: gate.open,
    punch: async () => {
      const had = visitor.receipts.length;
      // As its reader types it: ten digits.
      const [, number = ""] = String(cloud.cards[next % cloud.cards.length]).split(":");
      next += 1;
      await on().lay(number.padStart(10, "0"));
      for (const endMs = performance.now() + answerMs; performance.now() < endMs; await delay(20)) {
        if (visitor.receipts.length > had) {
          note();
          return true;
        }
        if (visitor.now()?.view.at === "refused") return false;
      }
      return false;
    },
    afterCut: () => {
      note();
      const whole = statSync(log).size;
      const first = Math.min(whole, ...[...seenAt.values()].filter((bytes) => bytes > 0));
      const moments = [whole, ...Array.from({ length: disksByChance }, () => chance.whole(first, whole))];
      const sums = { pending: 0, kept: 0, owed: 0, missing: 0 };
      for (const moment of moments) {
        const { flushed, pending } = readLog(log, moment);
        const survivors = pending.filter(() => chance.next() < 0.5);
        const owed = visitor.receipts.filter((code) => (seenAt.get(code) ?? whole) <= moment);
        copyDisk(kept, trial);
        replay(log, trial, [...flushed, ...survivors]);
        sums.pending += pending.length;
        sums.kept += survivors.length;
        sums.owed += owed.length;
        sums.missing += missingOf(trial, owed);
      }
      const { flushed, pending, flushes } = readLog(log);
      replay(log, kept, [...flushed, ...pending.filter(() => chance.next() < 0.5)]);
      for (const code of seenAt.keys()) seenAt.set(code, 0);
      board = null;
      return { flushes, disks: moments.length, ...sums };
    },
    afterShutdown: () => {
      const { flushed, pending } = readLog(log);
      replay(log, kept, [...flushed, ...pending]);
      board = null;
    },
    journal: (look) => onDisk(kept, (folder) => look(join(folder, journalFile))),
    [Symbol.asyncDispose]: async () => board?.cut(),
  };
}
