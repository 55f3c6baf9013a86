import { noRecordHash } from "../core/chain.ts";
import type { Fault } from "../core/fault.ts";
import type { Signer } from "../core/jws.ts";
import type { Appended, Clock, Journal } from "../core/ports.ts";
import { type Identity, isBefore, type Position, type RecordBody } from "../core/record.ts";
import type { Stamp } from "../core/time.ts";
import { beforeEverything } from "./database.ts";
import { eventOf, makeRecord, recordIds } from "./make-record.ts";
import { isAboutPeople } from "./spans.ts";

export interface MemoryJournalOptions {
  readonly identity: Identity;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly firmware: string;
  readonly boot: number;
}

/** The journal's twin for simulations: the same records, signed the same way, on a disk that fails when it is told to. */
export interface MemoryJournal extends Journal {
  /** The next `count` appends and probes throw this and change nothing. */
  readonly failNext: (fault: Fault, count?: number) => void;
}

export function openMemoryJournal({ identity, signer, clock, firmware, boot }: MemoryJournalOptions): MemoryJournal {
  const records: Appended[] = [];
  /** Punches and corrections up to each record. */
  const peopleUpTo: number[] = [];
  const cursors = new Map<string, Position>();
  const ids = recordIds(null);
  const failures: Fault[] = [];
  const epoch = 1;
  const failIfTold = (): void => {
    const fault = failures.shift();
    if (fault !== undefined) throw fault;
  };
  const append = (body: RecordBody, at: Stamp): Appended => {
    failIfTold();
    const prev = records.at(-1)?.stored.rh ?? noRecordHash;
    const draft = { epoch, seq: records.length, prev, id: ids.next(at.utcMs), body, at };
    const made = makeRecord(draft, identity, signer);
    records.push(made);
    peopleUpTo.push((peopleUpTo.at(-1) ?? 0) + (isAboutPeople(made.stored.type) ? 1 : 0));
    return made;
  };
  const keys = [{ kid: signer.kid, alg: signer.alg, use: "rec" as const }];
  const prev = { epoch: null, seq: null, rh: null };
  append({ type: "genesis", data: { reason: "factory", prev, ticket: null, fw: firmware, keys } }, clock.now());
  append({ type: "boot", data: { boot, fw: firmware } }, clock.now());

  const headOf = (): Appended => {
    const newest = records.at(-1);
    if (newest === undefined) throw new RangeError("a journal has at least its genesis");
    return newest;
  };
  const cursor = (receiver: string): Position => cursors.get(receiver) ?? beforeEverything;
  const indexAfter = (position: Position): number =>
    position.epoch < epoch ? 0 : position.epoch > epoch ? Infinity : position.seq + 1;
  return {
    notice: null,
    head: () => headOf().stored,
    append: async (body, at) => append(body, at),
    probe: async () => failIfTold(),
    read: (after, limit) =>
      records
        .slice(indexAfter(after))
        .slice(0, limit)
        .map(({ stored }) => stored),
    at: (position) => (position.epoch === epoch ? records[position.seq]?.stored : undefined),
    recall: (sinceUtcMs) =>
      records
        .filter(({ stored }) => isAboutPeople(stored.type))
        .filter(({ event }) => Date.parse(event.time) >= sinceUtcMs)
        .map(({ stored }) => eventOf(stored.jws)),
    cursor,
    moveCursor: (receiver, to) => {
      if (!isBefore(cursor(receiver), to)) return;
      if (isBefore(headOf().stored, to)) throw new RangeError("a receiver cannot have more than there is");
      cursors.set(receiver, to);
    },
    waiting: (receiver) => {
      const { epoch: of, seq } = cursor(receiver);
      const receipted = of < epoch ? 0 : (peopleUpTo[seq] ?? 0);
      return (peopleUpTo.at(-1) ?? 0) - receipted;
    },
    failNext: (fault, count = 1) => {
      for (let failed = 0; failed < count; failed += 1) failures.push(fault);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
