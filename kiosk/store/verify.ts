import { constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeyOf } from "../core/jws.ts";
import type { PublicJwk } from "../core/kid.ts";
import { type GenesisData, isBefore, type RecordEvent } from "../core/record.ts";
import { beforeEverything, type JournalDatabase, openDatabase, type Row } from "./database.ts";
import { journalName } from "./judge.ts";
import { keyOfRing, readKeyring } from "./keyring.ts";
import { type Flaw, followsOn, isFlaw, type Link, proveRow } from "./proof.ts";
import { isSqliteError } from "./sqlite-error.ts";
import { readWitness } from "./witness.ts";

export interface VerifyOptions {
  /** Keys that may have signed, as JWK. Default: those that lie in the folder, which only prove that nothing decayed. */
  readonly publicKeys?: readonly PublicJwk[];
  readonly witnessDirectory?: string;
}

export interface JournalReport {
  /** Records that proved themselves before the first bad one. */
  readonly records: number;
  readonly epochs: readonly EpochReport[];
  readonly head: Link | null;
  readonly firstBad: Flaw | null;
}

interface EpochReport {
  readonly epoch: number;
  readonly records: number;
  readonly reason: GenesisData["reason"];
  /** Numbers of the epoch before that its genesis declares lost. */
  readonly lost: readonly [number, number] | null;
}

/**
 * Proves a journal folder from the first record to the last: every signature, every number, every link, what each
 * genesis declares, and the head witness. Works on a copy that it makes, so the folder is never touched, may be damaged
 * or read-only, and may belong to a clock that runs.
 */
export function verifyJournal(directory: string, options: VerifyOptions = {}): JournalReport {
  const keyOf = keyOfRing(options.publicKeys ?? (existsSync(directory) ? readKeyring(directory) : []));
  const walk = emptyWalk();
  if (!existsSync(join(directory, journalName))) {
    return reportOf(walk, flawAt(walk, "journal-missing", "There is no journal.sqlite in this folder."));
  }
  // Read before the records, so that a running clock is never ahead of itself.
  const witness = readWitness(options.witnessDirectory ?? directory);
  const copy = copyAside(directory);
  try {
    using database = openDatabase(join(copy, journalName), "read");
    if (!database.isSound()) walk.damage = flawAt(walk, "unreadable", "The pages of journal.sqlite are damaged.");
    const flaw = walkAll(database, keyOf, walk) ?? walk.damage;
    if (flaw !== null || witness === null) return reportOf(walk, flaw);
    const { epoch, seq } = witness;
    const name = `record ${epoch}/${seq}`;
    if (walk.before === null || isBefore(walk.before, witness)) {
      return reportOf(walk, {
        epoch,
        seq,
        code: "behind-witness",
        sentence: `The head witness knows ${name}, which is missing.`,
      });
    }
    if (database.at(witness)?.rh === witness.rh) return reportOf(walk, null);
    return reportOf(walk, {
      epoch,
      seq,
      code: "witness-disagrees",
      sentence: `The head witness knows another ${name}.`,
    });
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    return reportOf(walk, flawAt(walk, "unreadable", "journal.sqlite cannot be read from here on."));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

interface Walk {
  before: Link | null;
  records: number;
  damage: Flaw | null;
  readonly epochs: (EpochReport & { records: number })[];
  /** Holes that only a later genesis can declare. */
  readonly holes: { readonly epoch: number; readonly from: number; readonly to: number }[];
  readonly ends: Map<number, Link>;
}

const emptyWalk = (): Walk => ({ before: null, records: 0, damage: null, epochs: [], holes: [], ends: new Map() });

const reportOf = (walk: Walk, firstBad: Flaw | null): JournalReport => ({
  records: walk.records,
  epochs: walk.epochs,
  head: walk.before,
  firstBad,
});

/** A flaw at the place after the last good record. */
function flawAt({ before }: Walk, code: Flaw["code"], sentence: string): Flaw {
  return { epoch: before?.epoch ?? 1, seq: (before?.seq ?? -1) + 1, code, sentence };
}

function walkAll(database: JournalDatabase, keyOf: KeyOf, walk: Walk): Flaw | null {
  const chunk = 256;
  for (let rows = database.after(beforeEverything, chunk); rows.length > 0; ) {
    for (const row of rows) {
      const flaw = take(row, keyOf, walk);
      if (flaw !== null) return flaw;
    }
    rows = database.after(walk.before ?? beforeEverything, chunk);
  }
  if (walk.before === null) return flawAt(walk, "journal-missing", "journal.sqlite holds no records.");
  const [hole] = walk.holes;
  if (hole === undefined) return null;
  const sentence = `Record ${hole.epoch}/${hole.from} is missing and no genesis declares it lost.`;
  return { epoch: hole.epoch, seq: hole.from, code: "number-missing", sentence };
}

function take(row: Row, keyOf: KeyOf, walk: Walk): Flaw | null {
  const event = proveRow(row, keyOf, "signature");
  if (isFlaw(event)) return event;
  const flaw = followsOn(event, walk.before);
  const isNewEpoch = walk.before?.epoch !== row.epoch;
  if (flaw !== null) {
    if (flaw.code !== "number-missing") return flaw;
    walk.holes.push({ epoch: row.epoch, from: flaw.seq, to: row.seq - 1 });
  }
  if (isNewEpoch) {
    if (walk.before !== null) walk.ends.set(walk.before.epoch, walk.before);
    const declared = row.type === "genesis" ? declare(event, walk) : null;
    if (declared !== null) return declared;
    walk.epochs.push({ epoch: row.epoch, records: 0, reason: "factory", lost: null, ...reasonOf(row, event) });
  }
  walk.before = { epoch: row.epoch, seq: row.seq, rh: row.rh };
  walk.records += 1;
  const current = walk.epochs.at(-1);
  if (current !== undefined) current.records += 1;
  return null;
}

function reasonOf(row: Row, event: RecordEvent): Pick<EpochReport, "reason" | "lost"> | null {
  if (row.type !== "genesis") return null;
  const { reason, lost } = event.data as GenesisData;
  return { reason, lost: lost ?? null };
}

/** Strikes out the holes that this genesis declares, and checks that what it says about the epoch before is true. */
function declare(event: RecordEvent, walk: Walk): Flaw | null {
  const { prev, lost } = event.data as GenesisData;
  const { epoch } = event;
  const undeclared = (sentence: string): Flaw => ({ epoch, seq: 0, code: "epoch-undeclared", sentence });
  if (walk.before === null || prev.epoch === null) {
    return walk.before === null ? null : undeclared(`Epoch ${epoch} began without naming the one before it.`);
  }
  if (prev.epoch >= epoch) return undeclared(`Epoch ${epoch} names a later one as the one before it.`);
  const end = walk.ends.get(prev.epoch);
  const known = end?.seq ?? -1;
  const last = prev.seq ?? known;
  if (known > last) return undeclared(`Epoch ${prev.epoch} goes on beyond what the genesis of epoch ${epoch} says.`);
  if (known < last && !(lost && lost[0] <= known + 1 && lost[1] >= last)) {
    return undeclared(`Records ${prev.epoch}/${known + 1} to ${last} are missing and not declared lost.`);
  }
  if (end?.seq === last && prev.rh !== null && prev.rh !== end.rh) {
    return undeclared(`The genesis of epoch ${epoch} names another last record of epoch ${prev.epoch}.`);
  }
  for (const [index, hole] of [...walk.holes.entries()].toReversed()) {
    if (hole.epoch === prev.epoch && lost && lost[0] <= hole.from && hole.to <= lost[1]) walk.holes.splice(index, 1);
  }
  return null;
}

/** Copies database and log; again when a running clock carried its log over meanwhile. */
function copyAside(directory: string): string {
  const large = "/var/tmp";
  const copy = mkdtempSync(join(existsSync(large) ? large : tmpdir(), "lintel-verify-"));
  const file = join(directory, journalName);
  const log = `${file}-wal`;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const { mtimeMs } = statSync(file);
    copyFileSync(file, join(copy, journalName), constants.COPYFILE_FICLONE);
    rmSync(join(copy, `${journalName}-wal`), { force: true });
    if (existsSync(log)) copyFileSync(log, join(copy, `${journalName}-wal`), constants.COPYFILE_FICLONE);
    if (statSync(file).mtimeMs === mtimeMs) break;
  }
  return copy;
}
