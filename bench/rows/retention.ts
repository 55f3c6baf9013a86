import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as breathe, setTimeout as wait } from "node:timers/promises";
import type { Due, Keepsakes } from "../../kiosk/core/keepsake.ts";
import type { Journal } from "../../kiosk/core/ports/journal.ts";
import { daysWith } from "../../kiosk/core/retention.ts";
import { openKeeping } from "../../kiosk/privacy/keeping.ts";
import { openRetention } from "../../kiosk/privacy/retention.ts";
import { quantile, type Row } from "../measure.ts";
import { type PunchBench, punchBench } from "../punches.ts";

const items = 1_000_000;
const rounds = 6;
const punches = 150;
/** Punches come one after the other, as fast as a very long queue of people can. */
const everyMs = 10;
const dayMs = 24 * 3_600_000;

/** What a sweep of a million things costs somebody who punches meanwhile, and the frames of the camera beside it. */
export async function measure(): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(import.meta.dirname, "../results-"));
  try {
    const bench = await punchBench();
    await using journal = await bench.open(join(directory, "journal"));
    using cupboard = openCupboard(join(directory, "things.sqlite"), bench.clock.now().utcMs);
    const sweep = await sweeper(directory, bench, journal, cupboard);
    const quiet: Felt[] = [];
    const busy: Felt[] = [];
    for (let round = -1; round < rounds; round += 1) {
      const still = await feel(bench, journal);
      const stop = new AbortController();
      const swept = sweep(stop.signal);
      const felt = await feel(bench, journal);
      stop.abort();
      await swept;
      if (round < 0) continue;
      quiet.push(still);
      busy.push(felt);
    }
    if (cupboard.left() === items) throw new Error("nothing was swept");
    return [
      pair(
        "punch, slowest but one in a hundred, while a million things are swept",
        busy,
        quiet,
        ({ punchMs }) => punchMs,
      ),
      pair(
        "longest that nothing else could run, while a million things are swept",
        busy,
        quiet,
        ({ stallMs }) => stallMs,
      ),
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface Felt {
  readonly punchMs: number;
  readonly stallMs: number;
}

/** Punches at a pace, and how late a timer of 5 ms comes meanwhile: a frame would wait for as long. */
async function feel(bench: PunchBench, journal: Journal): Promise<Felt> {
  const stop = new AbortController();
  const late: number[] = [];
  const watching = (async () => {
    while (!stop.signal.aborted) {
      const startMs = performance.now();
      await wait(5);
      late.push(performance.now() - startMs);
    }
  })();
  const took: number[] = [];
  for (let n = 0; n < punches; n += 1) {
    const startMs = performance.now();
    await bench.punch(journal);
    took.push(performance.now() - startMs);
    await wait(everyMs);
  }
  stop.abort();
  await watching;
  return { punchMs: quantile(took, 0.99), stallMs: quantile(late, 0.99) };
}

function pair(what: string, busy: readonly Felt[], quiet: readonly Felt[], pick: (felt: Felt) => number): Row {
  const [ours, theirs] = [busy.map(pick), quiet.map(pick)];
  const ratios = ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
  return {
    ...{ what, against: "the same while nothing is swept", unit: "ms", reads: "cost", target: 2 },
    ...{ ours: quantile(ours, 0.5), theirs: quantile(theirs, 0.5), ratio: quantile(ratios, 0.5) },
    range: [Math.min(...ratios), Math.max(...ratios)],
  };
}

type Cupboard = Keepsakes & Disposable & { readonly left: () => number };

/** A million things of one class that are over, in a file of their own. */
function openCupboard(file: string, nowUtcMs: number): Cupboard {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
    CREATE TABLE thing (n INTEGER PRIMARY KEY, utc INTEGER NOT NULL, bytes BLOB NOT NULL);
    WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < ${items})
    INSERT INTO thing SELECT n, ${nowUtcMs - 200 * dayMs} + n, randomblob(64) FROM count;
    CREATE INDEX by_utc ON thing (utc)`);
  const page = database.prepare("SELECT n FROM thing WHERE utc < ? AND n > ? ORDER BY n LIMIT 1000");
  const oldest = database.prepare("SELECT n FROM thing WHERE utc < ? ORDER BY utc LIMIT ?");
  const drop = database.prepare("DELETE FROM thing WHERE n = ?");
  const all = database.prepare("SELECT count(*) AS n FROM thing");
  return {
    cls: "snapshot",
    left: () => Number(all.get()?.n),
    // Counted in small steps, as it is deleted.
    count: async ({ beforeUtcMs }) => {
      let due = 0;
      for (let last = 0; ; await breathe()) {
        const rows = page.all(beforeUtcMs, last);
        due += rows.length;
        if (rows.length < 1000) return { due, held: 0 };
        last = Number(rows.at(-1)?.n);
      }
    },
    purge: async ({ beforeUtcMs, limit }: Due) => {
      const due = oldest.all(beforeUtcMs, limit);
      database.exec("BEGIN");
      for (const { n } of due) drop.run(Number(n));
      database.exec("COMMIT");
      return { gone: due.length, held: 0, isMore: due.length === limit };
    },
    [Symbol.dispose]: () => database.close(),
  };
}

/** The clock's own keeper, at the moment when it sweeps beside people who punch. */
async function sweeper(directory: string, bench: PunchBench, journal: Journal, cupboard: Cupboard) {
  const days = daysWith({});
  const sure = { ...bench.clock, quality: () => ({ source: "ntp", errorMs: 25, ageS: 60 }) as const };
  const start = { isNewBoot: true, wasUnclean: false };
  const note = (error: unknown): never => {
    throw error;
  };
  const { lateness, book, holds } = await openKeeping({ state: directory, journal, clock: sure, start, days, note });
  const retention = openRetention({
    ...{ journal, book, lateness, days, note, isHeld: holds.isHeld, keepsakes: [cupboard] },
    clock: { now: sure.now, sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined) },
  });
  return retention.tidy;
}
