import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import type { KeyOf } from "../core/jws.ts";
import {
  type CheckpointData,
  type GenesisData,
  type Identity,
  isBefore,
  type Position,
  sourceOf,
} from "../core/record.ts";
import { type Carved, carve, carvedKey, withCarved } from "./carve.ts";
import {
  afterEverything,
  beforeEverything,
  hasSoundHeader,
  type JournalDatabase,
  openDatabase,
  type Row,
} from "./database.ts";
import { eventOf } from "./make-record.ts";
import { followsOn, isFlaw, isSigned, type Link, proveRow } from "./proof.ts";
import { rescued, rescuedFiles } from "./rescue.ts";
import { type Readable, readableRecords } from "./salvage.ts";
import { isBusy, isDamage, openFault } from "./sqlite-error.ts";
import { later, lowOf, rememberedLow, standingTree } from "./standing.ts";
import { heirOf, heldBy, type Keys, kidAfter, kidIn, mayHaveSigned, ringOf } from "./succession.ts";
import type { Head } from "./witness.ts";

/** What a genesis record says about the epoch before it. */
type Declaration = Pick<GenesisData, "reason" | "prev" | "lost">;

export type Verdict =
  | { readonly is: "good" }
  | {
      readonly is: "new-epoch";
      /** What is kept of the old journal; everything else is declared. */
      readonly kept: Readable;
      /** Kept records that the database itself no longer gives. */
      readonly carved: Carved;
      readonly cursors: ReadonlyMap<string, Position>;
      /** One genesis each, oldest epoch first; at least one. */
      readonly declarations: readonly [Declaration, ...Declaration[]];
      /** What was forgotten: announced anew, because the checkpoint that did may be among what is gone. */
      readonly low: Position | null;
      /** The newest epoch that was ever used, as far as anything remembers; null where nothing does. */
      readonly newestEpoch: number | null;
    };

export interface Evidence {
  readonly directory: string;
  readonly witness: Head | null;
  readonly identity: Identity;
  readonly signer: Keys;
  readonly keyOf: KeyOf;
  /** True where this device never had a journal. */
  readonly isFirstStart: boolean;
}

const noPrev = { epoch: null, seq: null, rh: null };
/** How much of the end is proved before the first punch; the rest is `lintel verify`'s and every read's business. */
const tailRows = 256;
/** Up to this size the pages are checked on the way to the first punch as well: well under a second. */
const smallBytes = 16 * 1024 * 1024;

/** Up to this size the raw bytes are searched too: some 100,000 records, a dozen seconds. */
const carvedBytes = 192 * 1024 * 1024;

export const journalName = "journal.sqlite";
/** Stands while somebody found a bad record: the next opening then checks everything. */
export const suspicionName = "check-everything";

/**
 * Decides whether the journal in a folder may be continued. Changes nothing in it.
 *
 * @throws Fault `journal-busy`, `state-unwritable`, `journal-write-failed`: the journal could not be looked at, which
 *   says nothing about its content.
 */
export async function judge(evidence: Evidence): Promise<Verdict> {
  const file = join(evidence.directory, journalName);
  const nothing: Remains = {
    readable: new Map(),
    cursors: new Map(),
    declared: new Map(),
    carved: new Map(),
    low: null,
  };
  if (!existsSync(file) || statSync(file).size === 0) {
    return newEpoch(evidence, { ...nothing, carved: carvedFrom(file, evidence, nothing.readable) }, "journal-lost");
  }
  try {
    using database = openDatabase(file, "read");
    const flaw = await flawOf(database, evidence);
    if (flaw === null) return { is: "good" };
    const readable = readableRecords(database, evidence.keyOf, sourceOf(evidence.identity));
    const cursors = quietly(() => database.cursors()) ?? new Map();
    const declared = quietly(() => declaredLosses(database, readable)) ?? new Map();
    const low = quietly(() => rememberedLow(database));
    const carved = carvedFrom(file, evidence, readable);
    return newEpoch(evidence, { readable, cursors, declared, carved, low }, flaw);
  } catch (error) {
    if (isDamage(error)) {
      return newEpoch(evidence, { ...nothing, carved: carvedFrom(file, evidence, nothing.readable) }, "truncated");
    }
    if (!isBusy(error)) throw openFault(error, journalName);
    throw new Fault(
      "journal-busy",
      "another program has journal.sqlite open",
      "Close the program that looks into the journal; use `lintel verify` on the folder instead.",
      error,
    );
  }
}

/** What the raw bytes still hold beyond what the database gives: a page that lost its header, a log that was cut. */
function carvedFrom(file: string, { directory, keyOf, identity, witness }: Evidence, readable: Readable): Carved {
  const isSmall = existsSync(file) && statSync(file).size <= carvedBytes;
  const files = [...(isSmall ? [file, `${file}-wal`] : []), ...rescuedFiles(directory)];
  const carved = new Map(carve(files, keyOf, sourceOf(identity), witness));
  for (const [epoch, numbers] of readable) for (const seq of numbers) carved.delete(carvedKey({ epoch, seq }));
  return carved;
}

type Reason = "journal-lost" | "truncated" | "rollback" | "reimage";

async function flawOf(database: JournalDatabase, evidence: Evidence): Promise<Reason | null> {
  const { directory, witness, signer, keyOf, identity } = evidence;
  try {
    const isSuspect = existsSync(join(directory, suspicionName));
    const isSmall = statSync(join(directory, journalName)).size <= smallBytes;
    if (!hasSoundHeader(join(directory, journalName))) return "truncated";
    if ((isSmall || isSuspect) && !database.isSound()) return "truncated";
    const tail = database.before(afterEverything, tailRows);
    const start = tail.at(-1);
    const head = tail.at(0);
    if (head === undefined || start === undefined) return "truncated";
    if (!(await continues(database, isSuspect ? beforeEverything : { ...start, seq: start.seq - 1 }, keyOf)))
      return "truncated";
    if (standingTree(database, head) === null) return "truncated";
    // SQLite leaves its log only when it could not close; a clean file that is behind was put there by somebody.
    const behind = wasLeftOpen(directory) ? "truncated" : "rollback";
    if ([witness, ...database.cursors().values()].some((known) => known !== null && isBefore(head, known)))
      return behind;
    if (witness !== null && database.at(witness)?.rh !== witness.rh) return "rollback";
    const next = kidAfter(head);
    // The keys remember a change that the records do not.
    if (ringOf(signer)?.former().includes(next)) return behind;
    const ofUs = proveRow(head, keyOf, "hash");
    const isOurs = heldBy(signer, next) !== undefined && !isFlaw(ofUs) && ofUs.source === sourceOf(identity);
    return isOurs ? null : "reimage";
  } catch (error) {
    if (isDamage(error)) return "truncated";
    throw error;
  }
}

/** Every record after `from` proves itself and follows on the one before it. */
async function continues(database: JournalDatabase, from: Position, keyOf: KeyOf): Promise<boolean> {
  let end: End | null = null;
  for (let rows = database.after(from, tailRows); rows.length > 0; rows = database.after(end.before, tailRows)) {
    // First, and on every core: what nobody of us signed may be no JSON at all.
    const signed = await Promise.all(rows.map((row) => isSigned(row, keyOf)));
    end = signed.includes(false) ? null : hangTogether(rows, end, keyOf);
    if (end === null) return false;
  }
  return true;
}

/** Where a chain that is looked at piece by piece has got to, and who may sign what comes next. */
interface End {
  readonly before: Link;
  readonly signer: string | null;
}

/** Where the chain stands after these rows, whose signatures are proved; null where one of them does not continue it. */
function hangTogether(rows: readonly Row[], start: End | null, keyOf: KeyOf): End | null {
  let end = start;
  for (const row of rows) {
    const event = proveRow(row, keyOf, "hash");
    if (isFlaw(event)) return null;
    // The first has nothing to follow on here, and an earlier hole was declared when it was made.
    const isNext = end !== null && end.before.epoch === row.epoch && row.seq === end.before.seq + 1;
    if (isNext && followsOn(event, end?.before ?? null) !== null) return null;
    if (!mayHaveSigned(row, event, isNext ? (end?.signer ?? null) : null)) return null;
    if (row.type === "keychange" && heirOf(event, kidIn(row.jws)) === null) return null;
    end = { before: row, signer: kidAfter(row) };
  }
  return end;
}

function declaredLosses(database: JournalDatabase, readable: Readable): Map<number, readonly [number, number]> {
  const declared = new Map<number, readonly [number, number]>();
  for (const [epoch, numbers] of readable) {
    const genesis = numbers[0] === 0 ? database.at({ epoch, seq: 0 }) : undefined;
    if (genesis?.type !== "genesis") continue;
    const { prev, lost } = eventOf(genesis.jws).data as GenesisData;
    if (lost && prev.epoch !== null) declared.set(prev.epoch, lost);
  }
  return declared;
}

/** True where a log was left behind: whoever wrote last was cut off, by the power or by a kill. */
export function wasLeftOpen(directory: string): boolean {
  const log = join(directory, `${journalName}-wal`);
  return existsSync(log) && statSync(log).size > 0;
}

interface Remains {
  readonly readable: Readable;
  readonly cursors: ReadonlyMap<string, Position>;
  /** Numbers of an epoch that an earlier genesis already declared lost. */
  readonly declared: ReadonlyMap<number, readonly [number, number]>;
  /** What was announced as forgotten before the damage: gone, and not lost. */
  readonly low: Position | null;
  readonly carved: Carved;
}

function newEpoch(evidence: Evidence, remains: Remains, reason: Reason): Verdict {
  const { witness } = evidence;
  const low = [...remains.carved.values()].map(lowIn).reduce(later, remains.low);
  // Free pages still hold what was forgotten; it stays forgotten.
  const carved = new Map([...remains.carved].filter(([, row]) => row.seq === 0 || low === null || !isBefore(row, low)));
  const kept = new Map(withCarved(remains.readable, carved));
  const lastKept = [...kept].at(-1);
  const known: Position[] = [beforeEverything, ...remains.cursors.values()];
  if (witness) known.push(witness);
  if (lastKept) known.push({ epoch: lastKept[0], seq: lastKept[1].at(-1) ?? 0 });
  const end = known.reduce((newest, one) => (isBefore(newest, one) ? one : newest));
  const { cursors } = remains;
  if (end.epoch === 0) {
    const declaration: Declaration = { reason: evidence.isFirstStart ? "factory" : "journal-lost", prev: noPrev };
    const newestEpoch = evidence.isFirstStart ? 0 : null;
    return { is: "new-epoch", kept, carved, cursors, declarations: [declaration], low, newestEpoch };
  }
  // Who never saw a change of keys could verify nothing that comes after it.
  const changes = new Set(rescued(evidence.directory).map(carvedKey));
  const declarations: Declaration[] = [];
  for (const epoch of new Set([...kept.keys(), end.epoch].sort((a, b) => a - b))) {
    const numbers = kept.get(epoch) ?? [];
    const last = Math.max(numbers.at(-1) ?? -1, epoch === end.epoch ? end.seq : -1);
    const lost = hullOfMissing(numbers, last, (seq) => seq > 0 && low !== null && isBefore({ epoch, seq }, low));
    if (lost !== null)
      kept.set(
        epoch,
        numbers.filter((seq) => seq < lost[0] || seq > lost[1] || changes.has(carvedKey({ epoch, seq }))),
      );
    const before = remains.declared.get(epoch);
    const isNews = lost !== null && !(before && before[0] <= lost[0] && lost[1] <= before[1]);
    if (!isNews && epoch !== end.epoch) continue;
    // A bare rollback of the reason would be untrue where nothing at all is left.
    const said = kept.size === 0 || [...kept.values()].every((left) => left.length === 0) ? "journal-lost" : reason;
    const rh = witness?.epoch === epoch && witness.seq === last ? witness.rh : null;
    declarations.push({ reason: said, prev: { epoch, seq: last, rh }, ...(lost === null ? {} : { lost }) });
  }
  const [first, ...more] = declarations;
  if (first === undefined) throw new RangeError("the newest epoch is always declared");
  return { is: "new-epoch", kept, carved, cursors, declarations: [first, ...more], low, newestEpoch: end.epoch };
}

/** First and last number of 0..last that is not in `numbers`, which ascend, nor forgotten; null where none is. */
function hullOfMissing(
  numbers: readonly number[],
  last: number,
  isForgotten: (seq: number) => boolean,
): [number, number] | null {
  const present = new Set(numbers);
  const isExplained = (seq: number): boolean => present.has(seq) || isForgotten(seq);
  let first = 0;
  while (first <= last && isExplained(first)) first += 1;
  if (first > last) return null;
  let final = last;
  while (isExplained(final)) final -= 1;
  return [first, final];
}

const lowIn = ({ jws, type }: Row): Position | null =>
  type === "checkpoint" ? lowOf(eventOf(jws).data as CheckpointData) : null;

function quietly<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
}
