import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault, isFault } from "../core/fault.ts";
import type { Signer } from "../core/jws.ts";
import type { Appended, Clock, Journal, JournalNotice, StoredRecord } from "../core/ports.ts";
import { type GenesisData, type Identity, isBefore, type Position, type RecordBody } from "../core/record.ts";
import type { Stamp } from "../core/time.ts";
import { diskFull, ensureStateFolder } from "./atomic.ts";
import { openBallast } from "./ballast.ts";
import { connect } from "./connection.ts";
import { beforeEverything, type Row } from "./database.ts";
import { journalName, judge, suspicionName } from "./judge.ts";
import { keyOfRing, publishKey, readKeyring } from "./keyring.ts";
import { takeLock } from "./lock.ts";
import { eventOf, makeRecord } from "./make-record.ts";
import { finishRebuild, rebuild, setAsideName } from "./rebuild.ts";
import { readWitness } from "./witness.ts";

export interface JournalOptions {
  /** `journal.sqlite` and what belongs to it. */
  readonly directory: string;
  /** Where `head.a` and `head.b` lie: another partition where there is one. Default: `directory`. */
  readonly witnessDirectory?: string;
  readonly identity: Identity;
  readonly signer: Signer;
  readonly clock: Clock;
  /** Version of the software, for genesis and boot records. */
  readonly firmware: string;
  /** Number of this boot, as `countBoot` gives it. */
  readonly boot: number;
  /** True where this device never had a journal: then a missing one is no loss. `openSigner` knows. */
  readonly isFirstStart: boolean;
  /** Space kept for a full disk. Default 1 MiB. */
  readonly ballastBytes?: number;
}

/**
 * Opens the journal, or begins a new epoch where the old one cannot be continued, and appends a boot record.
 *
 * @throws Fault `journal-busy`, `state-unwritable`, `disk-full`, `disk-read-only`, `journal-write-failed`.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { directory, identity, signer, clock, firmware, boot } = options;
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
  const keyOf = keyOfRing(readKeyring(directory));
  const verdict = judge({ ...options, witness: readWitness(witnessDirectory), keyOf });
  if (verdict.is === "new-epoch") await rebuild(verdict, { ...options, witnessDirectory, at: clock.now() });
  const connection = stack.use(await connect(join(directory, journalName), witnessDirectory));

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
  const append = (body: RecordBody, at: Stamp): Appended =>
    guarded(() =>
      connection.append((head, id) => {
        const draft = { epoch: head.epoch, seq: head.seq + 1, prev: head.rh, id, body, at };
        return makeRecord(draft, identity, signer);
      }, at),
    );
  try {
    append({ type: "boot", data: { boot, fw: firmware } }, clock.now());
  } catch (error) {
    if (!isFault(error, "disk-full")) throw error;
  }

  const intact = (rows: readonly Row[]): readonly Row[] => {
    if (rows.every((row) => row.isIntact)) return rows;
    writeFileSync(join(directory, suspicionName), "a record that was read did not fit its checksum\n");
    throw new Fault(
      "journal-corrupt",
      "a record in the journal is not what was written",
      "Restart the clock: it then checks the whole journal, keeps what is good and declares the rest.",
    );
  };
  const cursor = (receiver: string): Position => connection.cursors.get(receiver) ?? beforeEverything;
  const open = stack.move();
  return {
    notice: noticeOf(connection.genesis, directory, verdict.is === "new-epoch"),
    head: () => connection.head(),
    append: async (body, at) => append(body, at),
    probe: async () => guarded(connection.beat),
    read: (after, limit) => {
      // What leaves the clock must be beyond doubt first: see docs/decisions/0003-journal.md.
      connection.settle();
      return intact(connection.database().after(after, limit)).map(recordOf);
    },
    at: (position) => intact([connection.database().at(position)].filter((row) => row !== undefined)).map(recordOf)[0],
    recall: (sinceUtcMs) => intact(connection.database().recall(sinceUtcMs)).map(({ jws }) => eventOf(jws)),
    cursor,
    moveCursor: (receiver, to) => {
      if (!isBefore(cursor(receiver), to)) return;
      if (isBefore(connection.head(), to)) throw new RangeError("a receiver cannot have more than there is");
      connection.setCursor(receiver, to);
    },
    waiting: (receiver) => connection.countPeopleAfter(cursor(receiver)),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
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
