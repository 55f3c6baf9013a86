import { noRecordHash } from "../core/chain.ts";
import type { Fault } from "../core/fault.ts";
import type { Signer } from "../core/jws.ts";
import type { Appended, Journal, JournalConsents, JournalLife, JournalUpkeep } from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";
import { type CheckpointData, type Identity, isBefore, type Position, type RecordBody } from "../core/record.ts";
import type { Stamp } from "../core/time.ts";
import { beforeEverything, type Row } from "./database.ts";
import { eventOf, makeRecord, recordIds } from "./make-record.ts";
import { openPruner, type Shelves } from "./pruner.ts";
import { isAboutPeople } from "./spans.ts";
import { later } from "./standing.ts";
import { type Keys, keychangeTo, ringOf } from "./succession.ts";
import { emptyFrontier, groupLeaves, grow, pathTo, rootOf, type TreeParts } from "./tree.ts";

export interface MemoryJournalOptions {
  readonly identity: Identity;
  readonly signer: Keys;
  readonly clock: Clock;
  readonly firmware: string;
  readonly boot: number;
}

/** The journal's twin for simulations: the same records, signed the same way, on a disk that fails when it is told to. */
export interface MemoryJournal extends Journal, JournalUpkeep, JournalConsents, Pick<JournalLife, "rotate"> {
  /** The next `count` appends and probes throw this and change nothing. */
  readonly failNext: (fault: Fault, count?: number) => void;
}

export function openMemoryJournal({ identity, signer, clock, firmware, boot }: MemoryJournalOptions): MemoryJournal {
  /** By number; undefined where it was forgotten. */
  const records: (Appended | undefined)[] = [];
  let newest: Appended | undefined;
  let tree = emptyFrontier;
  let low: Position | null = null;
  const hashes: string[] = [];
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
  let current: Signer = signer;
  const add = (body: RecordBody, at: Stamp): Appended => {
    const prev = newest?.stored.rh ?? noRecordHash;
    const draft = { epoch, seq: records.length, prev, id: ids.next(at.utcMs), body, at };
    const made = makeRecord(draft, identity, current);
    records.push(made);
    hashes.push(made.stored.rh);
    tree = grow(tree, made.stored.rh).frontier;
    peopleUpTo.push((peopleUpTo.at(-1) ?? 0) + (isAboutPeople(made.stored.type) ? 1 : 0));
    newest = made;
    return made;
  };
  const addCheckpoint = (at: Stamp): Appended => {
    const announced = low === null ? {} : { low: [low.epoch, low.seq] as const };
    const data = { size: tree.size, root: rootOf(tree), head: newest?.stored.rh ?? noRecordHash, ...announced };
    return add({ type: "checkpoint", data }, at);
  };
  const append = (body: RecordBody, at: Stamp): Appended => {
    failIfTold();
    if (records.length > 0 && records.length % groupLeaves === 0) addCheckpoint(at);
    return add(body, at);
  };
  const keys = [{ kid: signer.kid, alg: signer.alg, use: "rec" as const }];
  const prev = { epoch: null, seq: null, rh: null };
  append({ type: "genesis", data: { reason: "factory", prev, ticket: null, fw: firmware, keys } }, clock.now());
  append({ type: "boot", data: { boot, fw: firmware } }, clock.now());

  const headOf = (): Appended => {
    if (newest === undefined) throw new RangeError("a journal has at least its genesis");
    return newest;
  };
  const cursor = (receiver: string): Position => cursors.get(receiver) ?? beforeEverything;
  const indexAfter = (position: Position): number =>
    position.epoch < epoch ? 0 : position.epoch > epoch ? Infinity : position.seq + 1;
  const after = (position: Position, limit: number): readonly Row[] =>
    records
      .slice(indexAfter(position))
      .filter((record) => record !== undefined)
      .slice(0, limit)
      .map(({ stored, event }) => ({ ...stored, committedMs: Date.parse(event.time), isIntact: true }));
  const oldest = (): number =>
    Math.max(
      0,
      records.findIndex((record, seq) => seq > 0 && record !== undefined),
    );
  const shelves: Shelves = {
    after,
    outline: ({ seq, ...of }, limit) => after({ ...of, seq: seq - 1 }, limit),
    epochs: () => [{ epoch, first: 0, last: records.length - 1 }],
    low: oldest,
  };
  const head = () => headOf().stored;
  const pruner = openPruner({ database: () => shelves, announced: () => low, cursor, head });
  const parts: TreeParts = { leaves: (from, below) => hashes.slice(from, below), subtree: () => null };
  return {
    notice: null,
    head,
    append: async (body, at) => append(body, at),
    probe: async () => failIfTold(),
    read: (position, limit) => after(position, limit).map(({ committedMs, isIntact, ...stored }) => stored),
    at: (position) => (position.epoch === epoch ? records[position.seq]?.stored : undefined),
    pressing: (position) => after(position, Number.POSITIVE_INFINITY).filter(({ type }) => type === "alert"),
    recall: (sinceUtcMs, spanMs = 0) => {
      const rows = after(beforeEverything, Number.POSITIVE_INFINITY);
      const work = rows.filter(({ type }) => isAboutPeople(type));
      const newestUtcMs = work.reduce((newest, { committedMs }) => Math.max(newest, committedMs), -Infinity);
      const from = work.find(({ committedMs }) => committedMs >= Math.min(sinceUtcMs, newestUtcMs - spanMs));
      const again = rows.filter(
        ({ type, seq }) => from !== undefined && seq >= from.seq && (isAboutPeople(type) || type === "timefix"),
      );
      const notes = rows.filter(({ type }) => type === "leave" || type === "alert");
      return [...again, ...notes].map(({ jws }) => eventOf(jws));
    },
    consents: () =>
      after(beforeEverything, Number.POSITIVE_INFINITY)
        .filter(({ type }) => type === "consent")
        .map(({ committedMs, isIntact, ...stored }) => stored),
    cursor,
    moveCursor: (receiver, to) => {
      if (!isBefore(cursor(receiver), to)) return;
      if (isBefore(headOf().stored, to)) throw new RangeError("a receiver cannot have more than there is");
      cursors.set(receiver, to);
    },
    waiting: (receiver) => {
      const { epoch: of, seq } = cursor(receiver);
      const receipted = peopleUpTo[Math.max(of < epoch ? -1 : seq, oldest() - 1)] ?? 0;
      return (peopleUpTo.at(-1) ?? 0) - receipted;
    },
    low: oldest,
    proofOf: ({ epoch: of, seq }) => {
      const signed = records.find((record, number) => number > seq && record?.stored.type === "checkpoint");
      if (of !== epoch || records[seq] === undefined || signed === undefined) return null;
      const { size, root } = signed.event.data as CheckpointData;
      const found = pathTo(seq, size, parts);
      return found && { checkpoint: { epoch, seq: signed.event.seq, size, root }, index: seq, path: found.path };
    },
    checkpoint: async (at) => {
      if (head().type === "checkpoint") return null;
      failIfTold();
      return addCheckpoint(at);
    },
    check: () => ({ records: records.length, of: records.length, is: "good" }),
    prune: async (rule, at) => {
      const step = pruner.next(rule, at);
      if (step.do === "announce") {
        failIfTold();
        low = later(low, step.low);
        addCheckpoint(at);
      }
      if (step.do === "drop") records.fill(undefined, step.from, step.below);
      return step.do !== "nothing";
    },
    rotate: async (next, at) => {
      failIfTold();
      if (records.length % groupLeaves === 0) addCheckpoint(at);
      const made = add(keychangeTo(next, current.kid, head().rh), at);
      current = next;
      ringOf(signer)?.adopt(next.kid);
      return made;
    },
    failNext: (fault, count = 1) => {
      for (let failed = 0; failed < count; failed += 1) failures.push(fault);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
