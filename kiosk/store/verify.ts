import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { KeyOf } from "../core/jws.ts";
import type { PublicJwk } from "../core/kid.ts";
import { isBefore } from "../core/record.ts";
import { copyAside } from "./aside.ts";
import { beforeEverything, type JournalDatabase, openDatabase } from "./database.ts";
import { journalName } from "./judge.ts";
import { keyOfRing, readKeyring } from "./keyring.ts";
import type { Flaw, Link } from "./proof.ts";
import { isSqliteError } from "./sqlite-error.ts";
import { closeWalk, type EpochReport, startWalk, take, type Walk } from "./walk.ts";
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

/**
 * Proves a journal folder from the first record to the last: every signature, every number, every link, what each
 * genesis declares, and the head witness. Works on a copy that it makes, so the folder is never touched, may be damaged
 * or read-only, and may belong to a clock that runs.
 */
export function verifyJournal(directory: string, options: VerifyOptions = {}): JournalReport {
  const keyOf = keyOfRing(options.publicKeys ?? (existsSync(directory) ? readKeyring(directory) : []));
  const walk = startWalk();
  if (!existsSync(join(directory, journalName))) {
    return reportOf(walk, flawAt(walk, "journal-missing", "There is no journal.sqlite in this folder."));
  }
  // Read before the records, so that a running clock is never ahead of itself.
  const witness = readWitness(options.witnessDirectory ?? directory);
  const copy = copyAside(directory);
  try {
    using database = openDatabase(join(copy, journalName), "read");
    const damage = database.isSound() ? null : flawAt(walk, "unreadable", "The pages of journal.sqlite are damaged.");
    const flaw = walkAll(database, keyOf, walk) ?? damage;
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
      const flaw = take(row, walk, keyOf, database);
      if (flaw !== null) return flaw;
    }
    rows = database.after(walk.before ?? beforeEverything, chunk);
  }
  if (walk.before === null) return flawAt(walk, "journal-missing", "journal.sqlite holds no records.");
  return closeWalk(walk);
}
