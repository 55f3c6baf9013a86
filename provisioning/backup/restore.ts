import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../kiosk/core/fault.ts";
import { isBefore, type Position } from "../../kiosk/core/record.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { firmware } from "../../kiosk/host/firmware.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openAside } from "../../kiosk/store/aside.ts";
import type { JournalDatabase, Row } from "../../kiosk/store/database.ts";
import { journalName } from "../../kiosk/store/judge.ts";
import { keyOfRing } from "../../kiosk/store/keyring.ts";
import { takeLock } from "../../kiosk/store/lock.ts";
import { type Readable, readableRecords } from "../../kiosk/store/salvage.ts";
import { isGone, spansOf } from "../../kiosk/store/spans.ts";
import { later, rememberedLow } from "../../kiosk/store/standing.ts";
import { type Head, readWitness } from "../../kiosk/store/witness.ts";
import { identityOf } from "../../kiosk/uplink/receiver/receiver.ts";
import { inherit } from "../replace/inherit.ts";
import { deviceIn, type Owed, punchesIn } from "./owed.ts";
import { giveToOwner } from "./owner.ts";

export interface Restored {
  /** Records, and punches and corrections among them, that were not here. */
  readonly records: number;
  readonly punches: number;
  /** The epoch that goes on; null where everything was here already. */
  readonly epoch: number | null;
}

/**
 * Brings what a backup holds into the folder of the clock that made it, under the numbers, ids and signatures that it has.
 * The clock then goes on in a new epoch: whatever it wrote after the backup was made used numbers that nobody here knows.
 *
 * @throws Fault `backup-foreign` for another clock's, `backup-unusable` where putting it in would make two records of one
 *   number or bring back what was declared lost; `journal-busy` while the clock runs.
 */
export async function restore(state: string, owed: Owed): Promise<Restored> {
  const identity = identityOf(owed.source);
  const device = deviceIn(state);
  if (device !== identity.device) {
    throw new Fault(
      "backup-foreign",
      device === null
        ? `${state} is no clock's folder yet`
        : `the backup is of the clock ${identity.device}, and this is ${device}`,
      "A new board takes an old one's place with `lintel replace board`; a receiver takes the file with `lintel import`.",
    );
  }
  using _ = takeLock(state);
  const isThere = existsSync(join(state, journalName));
  using aside = isThere ? openAside(state) : null;
  const missing = aside === null ? owed.records : lackingIn(aside.database, owed.records);
  if (missing.length === 0) return { records: 0, punches: 0, epoch: null };
  const signer = await openSigner(state);
  const keyOf = keyOfRing([...owed.keys, signer.publicJwk]);
  const here: Readable = aside === null ? new Map() : readableRecords(aside.database, keyOf, owed.source);
  const heads: readonly (Head | null)[] = [owed.newest, readWitness(state), lastOf(aside?.database)];
  const newest = heads.reduce(
    (best, one) => (one !== null && (best === null || isBefore(best, one)) ? one : best),
    null,
  );
  const head = await inherit(
    {
      ...{ keys: owed.keys, rows: missing, here, newest: newest ?? owed.newest },
      cursors: furthest(owed.cursors, aside?.database.cursors()),
      low: aside === null ? owed.low : later(owed.low, rememberedLow(aside.database)),
      reason: aside === null ? "journal-lost" : "rollback",
    },
    { directory: state, identity, signer, firmware, at: (await openSystemClock()).now() },
  );
  await giveToOwner(state);
  return { records: missing.length, punches: punchesIn(missing), epoch: head.epoch };
}

function lackingIn(database: JournalDatabase, records: readonly Row[]): readonly Row[] {
  const missing = records.filter((row) => database.at(row) === undefined);
  const other = records.find((row) => (database.at(row)?.rh ?? row.rh) !== row.rh);
  const spans = spansOf(database);
  const low = rememberedLow(database);
  // What every receiver has may have been forgotten here since.
  const owed = missing.filter((row) => low === null || !isBefore(row, low));
  const lost = owed.find((row) => isGone(spans, row));
  const instead = "Give the file to the receiver instead: `lintel import`. There it can be told what came twice.";
  if (other !== undefined) {
    throw new Fault(
      "backup-unusable",
      `this clock has written another record ${other.epoch}/${other.seq} since`,
      instead,
    );
  }
  if (lost !== undefined) {
    throw new Fault("backup-unusable", `this clock has declared record ${lost.epoch}/${lost.seq} lost since`, instead);
  }
  return owed;
}

function lastOf(database: JournalDatabase | undefined): Head | null {
  const place = database?.last();
  const row = place === null || place === undefined ? undefined : database?.at(place);
  return row === undefined ? null : { epoch: row.epoch, seq: row.seq, rh: row.rh };
}

function furthest(
  one: ReadonlyMap<string, Position>,
  other: ReadonlyMap<string, Position> = new Map(),
): ReadonlyMap<string, Position> {
  const all = new Map(one);
  for (const [name, place] of other) {
    const known = all.get(name);
    if (known === undefined || isBefore(known, place)) all.set(name, place);
  }
  return all;
}
