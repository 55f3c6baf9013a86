import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../kiosk/core/fault.ts";
import type { GenesisData } from "../../kiosk/core/record.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { firmware } from "../../kiosk/host/firmware.ts";
import { type DeviceSigner, openSigner } from "../../kiosk/host/signer.ts";
import { openAside } from "../../kiosk/store/aside.ts";
import { ensureStateFolder, syncDirectory, writeAtomically } from "../../kiosk/store/atomic.ts";
import { destroyFile } from "../../kiosk/store/destroy-file.ts";
import { journalName } from "../../kiosk/store/judge.ts";
import { takeLock } from "../../kiosk/store/lock.ts";
import { eventOf, makeRecord, recordIds } from "../../kiosk/store/make-record.ts";
import { rescue } from "../../kiosk/store/rescue.ts";
import { keychangeTo } from "../../kiosk/store/succession.ts";
import { identityOf } from "../../kiosk/uplink/receiver/receiver.ts";
import { rowOf } from "../backup/file.ts";
import { deviceIn, type Owed, punchesIn } from "../backup/owed.ts";
import { inherit } from "./inherit.ts";
import { type Claim, isVouched, statementName, stateReplacement } from "./statement.ts";

export interface ReplaceOptions {
  /** The new board's state folder: no clock has run on it yet. */
  readonly state: string;
  /** What the old one owes, from its disk, from a backup, or as much as a receiver knows. */
  readonly owed: Owed;
  /** The old disk itself, where it is there to sign and to be silenced; null where only a copy is. */
  readonly oldDisk: string | null;
  /** An epoch that is known to be used, where a receiver said so. */
  readonly above: number;
}

export interface Replaced {
  readonly claim: Claim;
  /** For the receivers. */
  readonly statement: string;
  readonly punches: number;
  /** The old disk signed the change of keys as its last act, and cannot sign any more. */
  readonly isHandedOver: boolean;
}

/**
 * Puts a new board in the place of an old one: same name, a key of its own, a new epoch that names the old one's last
 * record, and everything that the old one owed under its old numbers and signatures. May be run again after a cut.
 *
 * @throws Fault `replace-refused` where a clock has already worked in this folder; `journal-busy`, `state-unwritable`,
 *   `disk-full`.
 */
export async function replaceBoard({ state, owed, oldDisk, above }: ReplaceOptions): Promise<Replaced> {
  await ensureStateFolder(state);
  const identity = identityOf(owed.source);
  using _ = takeLock(state);
  using old = oldDisk === null ? null : takeLock(oldDisk);
  const before = genesisIn(state);
  if (before === null) {
    if (deviceIn(state) !== identity.device) {
      await destroyFile(join(state, "device.key.jwk"));
      await writeAtomically(join(state, "identity.json"), JSON.stringify({ device: identity.device }));
    }
  } else if (!isOurs(before, owed, deviceIn(state) === identity.device)) {
    throw new Fault(
      "replace-refused",
      `a clock has already worked in ${state}`,
      "Name the state folder of a board that was never started, or move this one aside.",
    );
  }
  const signer = await openSigner(state);
  const oldSigner = oldDisk === null || old === null ? null : await signerOf(oldDisk);
  if (before === null) await takeOver({ state, owed, above }, signer, oldSigner);
  const genesis = genesisIn(state);
  if (genesis === null) throw new RangeError("a journal that was just written has a genesis");
  const { prev } = genesis.data;
  if (prev.epoch === null || prev.seq === null || prev.rh === null) throw new RangeError("it names what it follows on");
  const claim: Claim = {
    ...{ v: 1, source: owed.source, prev: { epoch: prev.epoch, seq: prev.seq, rh: prev.rh }, epoch: genesis.epoch },
    ...{ old: oldSigner?.kid ?? null, jwk: ed25519Of(signer), made: new Date().toISOString() },
  };
  const file = join(state, statementName);
  const earlier = await readFile(file, "utf8").catch(() => null);
  if (earlier !== null && oldSigner === null) {
    // The old key signed it in a run before, and cannot sign again.
    return { claim, statement: earlier, punches: punchesIn(owed.records), isHandedOver: isVouched(earlier) };
  }
  const statement = stateReplacement(claim, [signer, ...(oldSigner === null ? [] : [oldSigner])]);
  // Before the old key goes, so that a cut leaves the one or the other.
  await writeAtomically(file, statement);
  if (oldDisk !== null && oldSigner !== null) await silence(oldDisk, claim);
  return { claim, statement, punches: punchesIn(owed.records), isHandedOver: oldSigner !== null };
}

async function takeOver(
  { state, owed, above }: Pick<ReplaceOptions, "state" | "owed" | "above">,
  signer: DeviceSigner,
  oldSigner: DeviceSigner | null,
): Promise<void> {
  const identity = identityOf(owed.source);
  const at = (await openSystemClock()).now();
  const last = owed.records.at(-1);
  const isWhole = last !== undefined && last.epoch === owed.newest.epoch && last.seq === owed.newest.seq;
  // The old key's last signature: receivers that know it learn the new one from the chain itself.
  const change =
    oldSigner === null || !isWhole
      ? null
      : makeRecord(
          {
            ...{ epoch: last.epoch, seq: last.seq + 1, prev: last.rh, id: recordIds(last.id).next(at.utcMs), at },
            body: keychangeTo(signer, oldSigner.kid, last.rh),
          },
          identity,
          oldSigner,
        ).stored;
  const rows = change === null ? owed.records : [...owed.records, rowOf(change.jws)];
  const newest = change ?? owed.newest;
  const keys = [...owed.keys, ed25519Of(signer)];
  if (change !== null) rescue(state, change);
  const { cursors, low } = owed;
  await inherit(
    { keys, rows, cursors, low, newest, newestEpoch: Math.max(newest.epoch, above), reason: "reimage" },
    { directory: state, identity, signer, firmware, at },
  );
}

/** A clock that finds this mark in its folder was replaced: its key is gone, and it is not to be started again. */
async function silence(oldDisk: string, { source, epoch, made }: Claim): Promise<void> {
  for (const name of ["device.next.jwk", "device.key.jwk"]) await destroyFile(join(oldDisk, name));
  await writeFile(join(oldDisk, "replaced"), `${source} went on in epoch ${epoch} on another board, ${made}\n`);
  await syncDirectory(oldDisk);
}

/** Null where the key is not here any more: somebody ran this before. */
const signerOf = async (directory: string): Promise<DeviceSigner | null> =>
  existsSync(join(directory, "device.key.jwk")) ? openSigner(directory) : null;

interface Beginning {
  readonly epoch: number;
  readonly data: GenesisData;
}

function genesisIn(directory: string): Beginning | null {
  if (!existsSync(join(directory, journalName))) return null;
  using aside = openAside(directory);
  const epoch = aside.database.last()?.epoch ?? 0;
  const genesis = aside.database.at({ epoch, seq: 0 });
  return genesis === undefined ? null : { epoch, data: eventOf(genesis.jws).data as GenesisData };
}

/** What a run before this one wrote. */
function isOurs({ data: { reason, prev } }: Beginning, { newest }: Owed, isSameName: boolean): boolean {
  if (reason !== "reimage" || !isSameName) return false;
  // With or without the old key's last record.
  return prev.epoch === newest.epoch && (prev.seq === newest.seq || prev.seq === newest.seq + 1);
}

function ed25519Of({ publicJwk: { x } }: DeviceSigner): {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
} {
  return { kty: "OKP", crv: "Ed25519", x };
}
