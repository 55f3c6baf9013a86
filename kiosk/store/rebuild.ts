import { randomInt } from "node:crypto";
import { copyFile, link, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { noRecordHash } from "../core/chain.ts";
import type { Signer } from "../core/jws.ts";
import type { CheckpointData, GenesisData, Identity, KeychangeData, Position } from "../core/record.ts";
import { type Stamp, utcText } from "../core/time.ts";
import { ensureStateFolder, syncDirectory } from "./atomic.ts";
import { carvedKey } from "./carve.ts";
import { type JournalDatabase, openDatabase } from "./database.ts";
import { journalName, suspicionName, type Verdict } from "./judge.ts";
import { eventOf, makeRecord, type RecordIds, recordIds } from "./make-record.ts";
import { isDamage, sqliteFault } from "./sqlite-error.ts";
import { heldBy, type Keys } from "./succession.ts";
import { emptyFrontier, type Frontier, frontierAt, groupLeaves, grow, rootOf } from "./tree.ts";
import type { Head } from "./witness.ts";

type NewEpoch = Extract<Verdict, { is: "new-epoch" }>;

export interface RebuildOptions {
  readonly directory: string;
  readonly witnessDirectory: string;
  readonly identity: Identity;
  readonly signer: Keys;
  readonly firmware: string;
  /** Id of the ticket by which this device was set up; null where none is known. */
  readonly ticket?: string | null;
  readonly at: Stamp;
}

const buildingName = "rebuilding.sqlite";
const builtName = "rebuilt.sqlite";
export const setAsideName = "set-aside";

/**
 * Writes a new journal with what is kept of the old one and a genesis for each declaration, then puts it in place. Every
 * state in between that a power cut can leave is either the old journal or finished by the next `finishRebuild`.
 *
 * @returns the new head.
 * @throws Fault `disk-full`, `disk-read-only`, `journal-write-failed`: the old journal stands as it was.
 */
export async function rebuild(verdict: NewEpoch, options: RebuildOptions): Promise<Head> {
  const { directory } = options;
  const building = join(directory, buildingName);
  await rm(building, { force: true });
  let head: Head;
  try {
    using target = openDatabase(building, "rebuild");
    const isAllCarved = [...verdict.kept].every(([epoch, numbers]) =>
      numbers.every((seq) => verdict.carved.has(carvedKey({ epoch, seq }))),
    );
    using source = isAllCarved ? null : openDatabase(join(directory, journalName), "read");
    let made: Head | null = null;
    target.atomically(() => {
      copyKept(verdict, source, target);
      for (const [epoch, numbers] of verdict.kept) replant(epoch, numbers, source, target);
      for (const [receiver, position] of verdict.cursors) target.setCursor(receiver, position);
      made = declare(verdict, target, options);
    });
    if (made === null) throw new RangeError("a new epoch has a genesis");
    head = made;
  } catch (error) {
    await rm(building, { force: true });
    throw sqliteFault(error);
  }
  await rename(building, join(directory, builtName));
  await syncDirectory(directory);
  await finishRebuild(directory, options.witnessDirectory, options.at);
  return head;
}

function copyKept({ kept, carved }: NewEpoch, source: JournalDatabase | null, target: JournalDatabase): void {
  for (const [epoch, numbers] of kept) {
    for (const seq of numbers) {
      const row = carved.get(carvedKey({ epoch, seq })) ?? source?.at({ epoch, seq });
      if (row === undefined) throw new RangeError("what was found a moment ago is there");
      target.insert(row);
    }
  }
}

/** Makes an epoch's stored tree anew, as far as its records lead without a gap; the rest of it has no proofs any more. */
function replant(
  epoch: number,
  numbers: readonly number[],
  source: JournalDatabase | null,
  target: JournalDatabase,
): void {
  const isWhole = numbers[0] === 0 && (numbers[1] ?? 1) === 1;
  const start = isWhole ? 0 : (numbers.find((seq) => seq > 0) ?? 0);
  const planted = start === 0 ? emptyFrontier : forgottenTree({ epoch, seq: start }, source, target);
  if (planted === null) return;
  target.insertSubtrees(epoch, planted.subtrees);
  let frontier = planted;
  for (const seq of numbers.slice(numbers.indexOf(start))) {
    const row = seq === frontier.size ? target.at({ epoch, seq }) : undefined;
    if (row === undefined) return;
    const { frontier: next, completed } = grow(frontier, row.rh);
    target.insertSubtrees(epoch, completed);
    frontier = next;
  }
}

/** The tree over what was forgotten, where the checkpoint behind which it was still proves it. */
function forgottenTree(at: Position, source: JournalDatabase | null, target: JournalDatabase): Frontier | null {
  const row = target.at(at);
  if (source === null || row?.type !== "checkpoint" || at.seq % groupLeaves !== 0) return null;
  try {
    const frontier = frontierAt(at.seq, source.tree(at.epoch));
    return frontier !== null && rootOf(frontier) === (eventOf(row.jws).data as CheckpointData).root ? frontier : null;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return null;
  }
}

function declare(verdict: NewEpoch, target: JournalDatabase, options: RebuildOptions): Head | null {
  const { identity, firmware, at } = options;
  const signer = signerAfter(target, options.signer);
  const newest = target.last();
  const ids = recordIds(newest === null ? null : (target.at(newest)?.id ?? null));
  // Nothing remembers which epochs were used: far above anything that was counted, so that it cannot collide.
  let epoch = verdict.newestEpoch ?? randomInt(2 ** 20, 2 ** 30);
  let head: Head | null = null;
  for (const { reason, prev, lost } of verdict.declarations) {
    epoch += 1;
    const rh = prev.epoch === null || prev.seq === null ? null : target.at({ epoch: prev.epoch, seq: prev.seq })?.rh;
    const data: GenesisData = {
      reason,
      prev: { ...prev, rh: prev.rh ?? rh ?? null },
      ...(lost === undefined ? {} : { lost }),
      ticket: reason === "factory" ? (options.ticket ?? null) : null,
      fw: firmware,
      keys: [{ kid: signer.kid, alg: signer.alg, use: "rec" }],
    };
    const draft = {
      epoch,
      seq: 0,
      prev: noRecordHash,
      id: ids.next(at.utcMs),
      at,
      body: { type: "genesis" as const, data },
    };
    const { stored } = makeRecord(draft, identity, signer);
    target.insert({ ...stored, committedMs: Math.trunc(at.utcMs) });
    head = stored;
  }
  return head === null || verdict.low === null
    ? head
    : announce(head, verdict.low, ids, target, { ...options, signer });
}

/** The key that signs now, or the one that stands ready where a kept record names it already. */
function signerAfter(target: JournalDatabase, keys: Keys): Signer {
  const change = target.newestKeychange();
  const named = change && heldBy(keys, (eventOf(change.jws).data as KeychangeData).new.kid);
  return named ?? keys;
}

/** Says once more what was forgotten before the damage, so that it is never taken for lost. */
function announce(
  genesis: Head,
  low: Position,
  ids: RecordIds,
  target: JournalDatabase,
  { identity, signer, at }: RebuildOptions,
): Head {
  const { epoch, rh } = genesis;
  const root = rootOf(grow(emptyFrontier, rh).frontier);
  const body = { type: "checkpoint" as const, data: { size: 1, root, head: rh, low: [low.epoch, low.seq] as const } };
  const { stored } = makeRecord({ epoch, seq: 1, prev: rh, id: ids.next(at.utcMs), at, body }, identity, signer);
  target.insert({ ...stored, committedMs: Math.trunc(at.utcMs) });
  return stored;
}

/** Puts a finished rebuild in place of the old journal, whose files move aside untouched. Without one it does nothing. */
export async function finishRebuild(directory: string, witnessDirectory: string, at: Stamp): Promise<void> {
  const built = join(directory, builtName);
  if (!(await readdir(directory)).includes(builtName)) return;
  await setAside(directory, witnessDirectory, at);
  // The log goes first: beside the new file it would be replayed into it.
  for (const name of ["-wal", "-shm"]) await rm(join(directory, journalName + name), { force: true });
  await syncDirectory(directory);
  await rename(built, join(directory, journalName));
  await rm(join(directory, suspicionName), { force: true });
  await syncDirectory(directory);
}

async function setAside(directory: string, witnessDirectory: string, at: Stamp): Promise<void> {
  const names = await readdir(directory);
  const old = [journalName, `${journalName}-wal`].filter((name) => names.includes(name));
  const heads = (await readdir(witnessDirectory)).filter((name) => /^head\.[ab]$/.test(name));
  if (old.length + heads.length === 0) return;
  const parent = join(directory, setAsideName);
  await ensureStateFolder(parent);
  const folder = join(parent, await freeName(parent, utcText(at.utcMs).replaceAll(":", "-")));
  await mkdir(folder, { mode: 0o700 });
  for (const name of old) await linkOrCopy(join(directory, name), join(folder, name));
  for (const name of heads) await copyFile(join(witnessDirectory, name), join(folder, name));
  await writeFile(join(folder, "README"), explanation);
  await syncDirectory(folder);
  await syncDirectory(parent);
}

/** Keeps the notice of a new life standing where no files had to move: until a person takes the folder away. */
export async function noteAside(directory: string, at: Stamp): Promise<void> {
  const parent = join(directory, setAsideName);
  await ensureStateFolder(parent);
  const folder = join(parent, await freeName(parent, utcText(at.utcMs).replaceAll(":", "-")));
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, "README"), yielded);
  await syncDirectory(folder);
  await syncDirectory(parent);
}

const yielded = `A receiver proved with its receipt that it has records of this clock which are not here: an older copy of the disk was put
back, or the journal was lost. A new life of the journal began; see its genesis record. Punches that stood under numbers
which were used before were written down once more in it. Remove this folder once the hours were settled: that also ends
the notice on the screen.
`;

const explanation = `An older journal, exactly as it was found. What could still be proved was carried over into the new journal; what could not
is declared in its genesis record. Keep this folder until the hours were settled, then remove it: that also ends the
notice on the screen.
`;

async function freeName(parent: string, wanted: string): Promise<string> {
  const taken = await readdir(parent);
  let name = wanted;
  for (let count = 2; taken.includes(name); count += 1) name = `${wanted}-${count}`;
  return name;
}

/** A second name for the same bytes; file systems without hard links get a copy. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    await copyFile(from, to);
  }
}
