import { constants } from "node:fs";
import { copyFile, mkdtemp, rm, stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTrust } from "../../../kiosk/network.ts";
import { beforeEverything, openDatabase } from "../../../kiosk/store/database.ts";
import { readWitness } from "../../../kiosk/store/witness.ts";
import { bad, type Finding, good, unknown, unseen, weak } from "../finding.ts";
import type { Machine } from "../machine.ts";

/** How far the journal got, what waits for a receipt and since when, and for how long there is room. */
export async function* lookAtJournal(machine: Machine): AsyncGenerator<Finding> {
  const { state } = machine.config;
  const file = join(state, "journal.sqlite");
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => error.code ?? "?");
  if (found === "EACCES") return yield unseen("journal", file);
  if (typeof found === "string")
    return yield unknown("journal", `there is none in ${state} yet`, "Start the clock once.");
  const head = headOf(state);
  if (head !== null) yield head;
  if (machine.running === null) yield* await lyingThere(machine, found.size);
  else yield* told(machine);
  yield await roomFor(machine, found);
}

function headOf(state: string): Finding | null {
  try {
    const head = readWitness(state);
    if (head === null) return weak("journal-notice", "nothing vouches for how far it got (head.a, head.b)", "head");
    return good("head", `record ${head.epoch}/${head.seq}`);
  } catch {
    return unseen("head", "head.a");
  }
}

const dayMs = 86_400_000;

function* told({ running, now }: Machine): Generator<Finding> {
  if (running === null) return;
  const { notice, checked, oldestWaitingUtcMs } = running.journal;
  if (notice !== null) yield bad("journal-notice", `the running clock says ${notice}`, "notice");
  else if (checked === "bad") yield bad("journal-notice", "the check that always goes on found a bad record", "notice");
  else yield good("notice", checked === "good" ? "none; the last check of all records was good" : "none");
  if (oldestWaitingUtcMs === "unreadable") yield bad("journal-unread", "the running clock's disk does not answer");
  else yield waitingSince(oldestWaitingUtcMs, now());
  if (running.commit === null) return;
  const { p50Ms, worstMs, count } = running.commit;
  const said = `the last ${count} records were durable, half within ${p50Ms} ms, the worst ${worstMs} ms`;
  yield worstMs > 250 ? weak("journal-commit-slow", said, "commits") : good("commits", said);
}

function waitingSince(oldestUtcMs: number | null, nowMs: number): Finding {
  if (oldestUtcMs === null) return good("receipts", "nothing waits for one");
  const hours = Math.max(0, (nowMs - oldestUtcMs) / 3_600_000);
  const said = `the oldest record without one is ${hours < 1 ? `${Math.round(hours * 60)} min` : `${Math.round(hours)} h`} old`;
  return nowMs - oldestUtcMs > dayMs ? weak("journal-waiting-long", said, "receipts") : good("receipts", said);
}

/** A copy of more than this takes longer than anybody waits here. */
const copyMaxBytes = 256 * 1024 * 1024;

/** The journal of a clock that does not run, read from a copy, so that not even a lock is taken on it. */
async function lyingThere({ config, now }: Machine, bytes: number): Promise<readonly Finding[]> {
  if (bytes > copyMaxBytes)
    return [
      unknown(
        "receipts",
        "the clock does not run, and its journal is too large to be copied for this",
        "Start the clock.",
      ),
    ];
  const folder = await mkdtemp(join(tmpdir(), "lintel-doctor-journal-"));
  try {
    for (const name of ["journal.sqlite", "journal.sqlite-wal"])
      await copyFile(join(config.state, name), join(folder, name), constants.COPYFILE_FICLONE).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code !== "ENOENT") throw error;
        },
      );
    using database = openDatabase(join(folder, "journal.sqlite"), "read");
    const cursors = database.cursors();
    const receivers = await readTrust(config).then(
      ({ required }) => required,
      () => [...cursors.keys()],
    );
    const oldest = receivers.flatMap((name) => {
      const [row] = database.after(cursors.get(name) ?? beforeEverything, 1);
      return row === undefined ? [] : [row.committedMs];
    });
    if (receivers.length === 0) return [unknown("receipts", "nobody is named who receipts")];
    return [waitingSince(oldest.length === 0 ? null : Math.min(...oldest), now())];
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "?";
    if (code === "EACCES" || code === "EPERM") return [unseen("receipts", config.state)];
    return [bad("journal-unread", `it does not open (${code})`)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** At the pace since the file is there; a younger one than a day says nothing yet. */
async function roomFor(
  { config, now }: Machine,
  { size, birthtimeMs }: { size: number; birthtimeMs: number },
): Promise<Finding> {
  const figures = await statfs(config.state);
  const freeBytes = figures.bavail * figures.bsize;
  const days = (now() - birthtimeMs) / dayMs;
  if (birthtimeMs <= 0 || days < 1)
    return unknown("pace", `${(size / 1e6).toFixed(1)} MB so far; younger than a day, so its pace is not known`);
  const left = Math.floor(freeBytes / Math.max(1, size / days));
  const said = `${(size / 1e6).toFixed(1)} MB in ${Math.floor(days)} days: room for ${left > 3_650 ? "more than ten years" : `${left} days`}`;
  return left < 60 ? weak("journal-room-short", said, "pace") : good("pace", said);
}
