import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../kiosk/core/fault.ts";
import type { PublicJwk } from "../../kiosk/core/kid.ts";
import { isBefore, type Position } from "../../kiosk/core/record.ts";
import { openAside } from "../../kiosk/store/aside.ts";
import { beforeEverything, type JournalDatabase, type Row } from "../../kiosk/store/database.ts";
import { journalName } from "../../kiosk/store/judge.ts";
import { keyOfRing, readKeyring } from "../../kiosk/store/keyring.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { isFlaw, proveRow } from "../../kiosk/store/proof.ts";
import { isSqliteError } from "../../kiosk/store/sqlite-error.ts";
import { type Head, readWitness } from "../../kiosk/store/witness.ts";

/** What a state folder still owes somebody: everything that not every receiver has receipted, and every genesis. */
export interface Owed {
  readonly source: string;
  /** Public keys that prove the records. */
  readonly keys: readonly PublicJwk[];
  readonly cursors: ReadonlyMap<string, Position>;
  /** Every receiver has what comes before this place. Null where some have nothing. */
  readonly low: Position | null;
  /** The newest record that anything here knows of. */
  readonly newest: Head;
  readonly records: readonly Row[];
  /** Records that do not prove themselves any more: left out, and said. */
  readonly unproved: number;
}

const step = 512;

/**
 * Reads a copy, so the folder may belong to a running clock, be damaged or read-only.
 *
 * @param receivers who is waited for. One of them that never receipted anything is owed everything; the journal itself knows
 *   only those that ever did.
 * @throws Fault `backup-unusable` where there is no journal or it cannot be read at all.
 */
export function owedIn(directory: string, receivers: readonly string[] = []): Owed {
  if (!existsSync(join(directory, journalName))) {
    throw new Fault(
      "backup-unusable",
      `there is no ${journalName} in ${directory}`,
      "Name the clock's state folder with --state; on an installed clock it is /var/lib/lintel.",
    );
  }
  const keys = readKeyring(directory);
  const witness = readWitness(directory);
  try {
    using aside = openAside(directory);
    return gather(aside.database, keys, witness, receivers);
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    throw new Fault(
      "backup-unusable",
      `the journal in ${directory} cannot be read`,
      "Start the clock once: it repairs what it can and says what is gone; then run this again.",
      error,
    );
  }
}

function gather(
  database: JournalDatabase,
  keys: readonly PublicJwk[],
  witness: Head | null,
  receivers: readonly string[],
): Owed {
  const keyOf = keyOfRing(keys);
  const cursors = database.cursors();
  const isSomeoneNew = receivers.some((name) => !cursors.has(name));
  const reached = isSomeoneNew
    ? null
    : [...cursors.values()].reduce<Position | null>(
        (least, one) => (least === null || isBefore(one, least) ? one : least),
        null,
      );
  let unproved = 0;
  const take = (row: Row): readonly Row[] => {
    if (!isFlaw(proveRow(row, keyOf, "signature"))) return [row];
    unproved += 1;
    return [];
  };
  const geneses = database.epochs().flatMap(({ epoch }) => database.at({ epoch, seq: 0 }) ?? []);
  const after = reached ?? beforeEverything;
  const records = geneses.filter((row) => !isBefore(after, row)).flatMap(take);
  for (let from = after; ; ) {
    const rows = database.after(from, step);
    const last = rows.at(-1);
    if (last === undefined) break;
    records.push(...rows.flatMap(take));
    from = last;
  }
  const [first] = records;
  const newest = records.at(-1);
  if (first === undefined || newest === undefined) {
    throw new Fault(
      "backup-unusable",
      "the journal holds nothing that proves itself",
      "Keep the disk and ask for help.",
    );
  }
  const isWitnessNewer = witness !== null && isBefore(newest, witness);
  const { epoch, seq, rh } = isWitnessNewer ? witness : newest;
  return {
    source: eventOf(first.jws).source,
    keys,
    cursors,
    low: reached === null ? null : { epoch: reached.epoch, seq: reached.seq + 1 },
    newest: { epoch, seq, rh },
    records,
    unproved,
  };
}

/** How many of them are somebody's time. */
export const punchesIn = (records: readonly Pick<Row, "type">[]): number =>
  records.filter(({ type }) => type === "punch" || type === "correction").length;

/** The id of the clock whose folder it is; null where none was ever made. */
export function deviceIn(directory: string): string | null {
  try {
    const { device } = JSON.parse(readFileSync(join(directory, "identity.json"), "utf8")) as { device?: unknown };
    return typeof device === "string" ? device : null;
  } catch {
    return null;
  }
}
