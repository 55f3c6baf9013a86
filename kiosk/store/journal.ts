import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isFault } from "../core/fault.ts";
import type { KeyOf } from "../core/jws.ts";
import type {
  Appended,
  InclusionProof,
  Journal,
  JournalConsents,
  JournalLife,
  JournalNotice,
  JournalUpkeep,
  StoredRecord,
} from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";
import { type CheckpointData, type GenesisData, type Identity, isBefore, type Position } from "../core/record.ts";
import type { Stamp } from "../core/time.ts";
import { ensureStateFolder } from "./atomic.ts";
import { openBallast } from "./ballast.ts";
import type { Make } from "./builder.ts";
import { openChecker } from "./checker.ts";
import { connect } from "./connection.ts";
import { beforeEverything, type Row } from "./database.ts";
import { diskFull } from "./disk-fault.ts";
import { openGroup } from "./group.ts";
import { journalName, judge, suspicionName } from "./judge.ts";
import { keyOfRing, publishHeir, publishKey, readKeyring } from "./keyring.ts";
import { takeLock } from "./lock.ts";
import { eventOf, makeRecord } from "./make-record.ts";
import { openPruner } from "./pruner.ts";
import { finishRebuild, noteAside, rebuild, setAsideName } from "./rebuild.ts";
import { openRecall } from "./recall.ts";
import { rescue, rescued, settleRescued } from "./rescue.ts";
import { corrupt, isDamage, sqliteFault } from "./sqlite-error.ts";
import type { Keys } from "./succession.ts";
import { pathTo, type TreeParts } from "./tree.ts";
import { readWitness } from "./witness.ts";
import { contradicted, tooManyClaims, yieldsMax } from "./yield.ts";

export interface JournalOptions {
  /** `journal.sqlite` and what belongs to it. */
  readonly directory: string;
  /** Where `head.a` and `head.b` lie: another partition where there is one. Default: `directory`. */
  readonly witnessDirectory?: string;
  readonly identity: Identity;
  /** A ring, so that keys can change; a single key signs for ever. */
  readonly signer: Keys;
  readonly clock: Clock;
  /** Version of the software, for genesis and boot records. */
  readonly firmware: string;
  /** Id of the ticket by which this device was set up: it stands in the first genesis. */
  readonly ticket?: string | null;
  /** Number of this boot, as `countBoot` gives it. */
  readonly boot: number;
  /** True where this device never had a journal: then a missing one is no loss. `openSigner` knows. */
  readonly isFirstStart: boolean;
  /** Space kept for a full disk. Default 1 MiB. */
  readonly ballastBytes?: number;
  /** Records that wait together and share one commit, at most. Default 16. */
  readonly groupRecords?: number;
  /** Records that one `check` proves. Default 32. */
  readonly checkRecords?: number;
}

/**
 * Opens the journal, or begins a new epoch where the old one cannot be continued, and appends a boot record.
 *
 * @throws Fault `journal-busy`, `state-unwritable`, `disk-full`, `disk-read-only`, `journal-write-failed`.
 */
export async function openJournal(
  options: JournalOptions,
): Promise<Journal & JournalUpkeep & JournalLife & JournalConsents> {
  const { directory, identity, signer, clock, firmware } = options;
  const witnessDirectory = options.witnessDirectory ?? directory;
  const ballast = openBallast(directory, options.ballastBytes ?? 1024 * 1024);
  await ensureStateFolder(directory).catch((error: unknown) => {
    // A full disk must not keep the backlog from being sent: the next punch says it on the screen.
    if (!isFault(error, "disk-full")) throw error;
    ballast.drop();
  });
  await ensureStateFolder(witnessDirectory);
  await using stack = new AsyncDisposableStack();
  stack.use(takeLock(directory));
  await finishRebuild(directory, witnessDirectory, clock.now());
  await publishKey(directory, signer);
  let known = keyOfRing(readKeyring(directory));
  const keyOf: KeyOf = (kid) => known(kid);
  const verdict = await judge({ ...options, witness: readWitness(witnessDirectory), keyOf });
  if (verdict.is === "new-epoch") await rebuild(verdict, { ...options, witnessDirectory, at: clock.now() });
  const make: Make = (head, id, body, at, by) =>
    makeRecord({ epoch: head.epoch, seq: head.seq + 1, prev: head.rh, id, body, at }, identity, by);
  const succeeded = (change: { readonly jws: string } | undefined): void => {
    if (change !== undefined) rescue(directory, change);
  };
  const file = join(directory, journalName);
  const connection = stack.use(await connect({ file, witnessDirectory, make, keys: signer, succeeded }));
  await publishKey(directory, signer);

  let isFull = !ballast.take();
  const guarded = <T>(write: () => T): T => {
    if (isFull && !ballast.take()) throw diskFull(undefined);
    isFull = false;
    try {
      return write();
    } catch (error) {
      isFull = isFault(error, "disk-full");
      if (isFull) ballast.drop();
      throw error;
    }
  };
  const group = openGroup(options.groupRecords ?? 16, (wanted) => guarded(() => connection.commit(wanted)));
  const boot = group.append({ body: { type: "boot", data: { boot: options.boot, fw: firmware } }, at: clock.now() });
  await boot.catch((error: unknown) => {
    if (!isFault(error, "disk-full")) throw error;
  });

  const suspect = (why: string): void => {
    try {
      writeFileSync(join(directory, suspicionName), `${why}\n`);
    } catch {
      // A disk that takes no note of it is refused for every punch already.
    }
  };
  const legible = <T>(look: () => T): T => {
    try {
      return look();
    } catch (error) {
      if (!isDamage(error)) throw sqliteFault(error);
      suspect("a page of the journal could not be read");
      throw corrupt("a page of the journal cannot be read");
    }
  };
  /** Rows that are looked at, each as it was written. */
  const intact = (look: () => readonly (Row | undefined)[]): readonly Row[] => {
    const rows = legible(look).filter((row) => row !== undefined);
    if (rows.every((row) => row.isIntact)) return rows;
    suspect("a record that was read did not fit its checksum");
    throw corrupt("a record in the journal is not what was written");
  };
  const cursor = (receiver: string): Position => connection.cursors.get(receiver) ?? beforeEverything;
  let notice = noticeOf(connection.genesis(), directory, verdict.is === "new-epoch");
  const { database, head, announced } = connection;
  const checker = openChecker({ database, head, keyOf, step: options.checkRecords ?? 32 });
  const pruner = openPruner({ database, announced, cursor, head });
  const checkpoint = (low: Position | null, at: Stamp): Promise<Appended> => group.append({ low, at });
  /** What was declared lost and stands here all the same is not given out; a change of keys is what others need. */
  const isShown = (row: Row): boolean => row.type === "keychange" || !connection.isGone(row);
  const shownAfter = (after: Position, limit: number): readonly Row[] => {
    const shown: Row[] = [];
    for (let from = after; shown.length < limit; ) {
      const rows = database().after(from, limit - shown.length);
      const last = rows.at(-1);
      if (last === undefined) break;
      shown.push(...rows.filter(isShown));
      from = { epoch: last.epoch, seq: last.seq };
    }
    return shown;
  };
  const recall = openRecall({ database, legible, intact, isShown });
  let yields = 0;
  const open = stack.move();
  return {
    get notice() {
      const found = checker.flaw();
      return found === null ? notice : { reason: "corrupt" as const, setAside: null, lost: null, found };
    },
    head,
    append: async (body, at) => {
      if (open.disposed) throw new RangeError("the journal is closed");
      return group.append({ body, at });
    },
    probe: async () => guarded(connection.beat),
    read: (after, limit) => {
      // What leaves the clock must be beyond doubt first: see docs/decisions/0003-journal.md.
      connection.settle();
      return intact(() => shownAfter(after, limit)).map(recordOf);
    },
    at: (position) =>
      intact(() => [database().at(position)])
        .filter(isShown)
        .map(recordOf)[0],
    pressing: (after) => intact(() => database().pressing(after).filter(isShown)).map(recordOf),
    recall: (sinceUtcMs, spanMs = 0) => recall(sinceUtcMs, spanMs),
    consents: () => intact(() => database().consents().filter(isShown)).map(recordOf),
    cursor,
    moveCursor: (receiver, to) => {
      if (!isBefore(cursor(receiver), to)) return;
      if (isBefore(head(), to)) throw new RangeError("a receiver cannot have more than there is");
      connection.setCursor(receiver, to);
    },
    waiting: (receiver) => connection.countPeopleAfter(cursor(receiver)),
    low: () => database().low(head().epoch),
    proofOf: (position) => {
      const [record] = intact(() => [database().at(position)]);
      const [signed] = intact(() => [database().checkpointAfter(position)]);
      if (record === undefined || signed === undefined) return null;
      return legible(() => proofAgainst(signed, record.seq, database().tree(record.epoch)));
    },
    checkpoint: async (at) => (head().type === "checkpoint" ? null : checkpoint(null, at)),
    check: () => {
      const before = checker.flaw();
      const checked = checker.next();
      const found = checker.flaw();
      if (found !== null && before === null) suspect(found.sentence);
      return checked;
    },
    prune: async (rule, at) => {
      const step = legible(() => pruner.next(rule, at));
      if (step.do === "announce") await checkpoint(step.low, at);
      if (step.do === "drop") guarded(() => connection.forget(step.epoch, step.from, step.below));
      return step.do !== "nothing";
    },
    rotate: async (next, at) => {
      if (open.disposed) throw new RangeError("the journal is closed");
      // Beside the records before they need it, so that a copy of this folder can always be proved.
      await publishHeir(directory, next);
      known = keyOfRing(readKeyring(directory));
      const appended = await group.append({ heir: next, at });
      await publishKey(directory, next);
      return appended;
    },
    changes: () => rescued(directory),
    settleChange: (old) => settleRescued(directory, old),
    yieldTo: async (claim, at) => {
      if (open.disposed) throw new RangeError("the journal is closed");
      group.flush();
      const beginning = legible(() => contradicted(claim, { connection, at, firmware }));
      if (beginning === null) return null;
      yields += 1;
      if (yields > yieldsMax) throw tooManyClaims();
      guarded(() => connection.begin(beginning));
      await noteAside(directory, at);
      notice = noticeOf(connection.genesis(), directory, true);
      return notice;
    },
    [Symbol.asyncDispose]: async () => {
      if (open.disposed) return;
      group.flush();
      await open.disposeAsync();
    },
  };
}

/** A path that does not lead to what was signed proves nothing: then there is none. */
function proofAgainst(signed: Row, index: number, parts: TreeParts): InclusionProof | null {
  const { size, root } = eventOf(signed.jws).data as CheckpointData;
  const found = pathTo(index, size, parts);
  if (found?.root !== root) return null;
  return { checkpoint: { epoch: signed.epoch, seq: signed.seq, size, root }, index, path: found.path };
}

const recordOf = ({ epoch, seq, rh, jws, type, id }: Row): StoredRecord => ({ epoch, seq, rh, jws, type, id });

/** Stands as long as the set-aside files do: who removes them has settled the matter. */
function noticeOf({ reason, lost }: GenesisData, directory: string, isNew: boolean): JournalNotice | null {
  if (reason !== "journal-lost" && reason !== "truncated" && reason !== "rollback") return null;
  const parent = join(directory, setAsideName);
  const newest = existsSync(parent) ? readdirSync(parent).sort().at(-1) : undefined;
  if (newest === undefined && !isNew) return null;
  return { reason, setAside: newest === undefined ? null : join(parent, newest), lost: lost ?? null };
}
