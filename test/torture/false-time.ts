import { globSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PunchData, RecordEvent } from "../../kiosk/core/record.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { openPostgres } from "../receiver/postgres.ts";
import { until } from "../unit/uplink/parts.ts";
import { openMosquitto } from "./broker.ts";
import { healedVerdict, journalFile, openLives } from "./healing.ts";
import { openOffice } from "./office.ts";
import { journalOf, type Verdict } from "./verdict.ts";

/** A wall clock that is wrong, and jumps while the process runs (Debian's faketime). The monotonic clock stays true. */
export const falseTimes: Readonly<Record<string, string>> = {
  "ten years on": "+10y",
  "ten years back": "-10y",
  "1970": "@1970-01-01 00:00:10",
  "the hour that comes twice": "@2026-10-25 00:59:59",
  "the hour that is left out": "@2027-03-28 00:59:59",
};

export interface TimeOutcome extends Verdict {
  readonly healingMs: number;
  /** By name of the false time: punches that were taken in it, after a start in it and after a jump into it. */
  readonly punches: Readonly<Record<string, number>>;
  /** How many `timefix` records; each one's distance from true time beyond what it claims, where there is any. */
  readonly fixes: number;
  readonly wrongFixes: readonly string[];
  /** Places whose id is not younger than the one before: its millisecond goes back, or it was used before. */
  readonly disordered: readonly string[];
  /** Codes of what the news said was wrong. */
  readonly troubles: readonly string[];
  /** Texts of local time of each false time's punches. */
  readonly locals: Readonly<Record<string, readonly string[]>>;
  /** Punches that say `clock-weak`, by name of the false time. */
  readonly weak: Readonly<Record<string, number>>;
}

const library = (): string => {
  const [found] = globSync("/usr/lib/*/faketime/libfaketime.so.1");
  if (found === undefined) throw new Error("faketime is not installed: apt install faketime");
  return found;
};

/**
 * @param names of `falseTimes`, in the order in which they come, each as a jump while the process runs.
 * @param starts those in which the process is also started anew.
 */
export async function throughTime(names: readonly string[], starts: readonly string[] = names): Promise<TimeOutcome> {
  await using stack = new AsyncDisposableStack();
  const [broker, database, office] = await Promise.all([openMosquitto(), openPostgres(), openOffice()]);
  for (const part of [office, database, broker]) stack.use(part);
  const sink = await database.create();
  const receiver = stack.use(office.hire(broker.url, sink));
  await receiver.listens();
  const file = join(office.folder, "time");
  const set = (text: string): void => {
    // Read at every look at the clock: it must never be half there.
    writeFileSync(`${file}.new`, `${text}\n`);
    renameSync(`${file}.new`, file);
  };
  const env = {
    LD_PRELOAD: library(),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    TZ: "UTC",
  };
  set("+0");
  const { state, receiptKey } = office;
  const plan = { state, receiptKey, brokerUrl: broker.url, tapsPerS: 15, timeZone: "Europe/Berlin" };
  const clock = stack.use(await openLives(plan, env));
  const spans: { readonly name: string; readonly from: number; readonly to: number }[] = [];
  const walls = [clock.now()];
  /** Two seconds of punches, so that an edge that is a second away is crossed, and receipted: nobody is locked out. */
  const livesOn = async (name: string): Promise<void> => {
    const from = clock.thanked().at(-1)?.seq ?? 0;
    await until(`punches are taken: ${name}`, () => (clock.thanked().at(-1)?.seq ?? 0) > from + 30, 60_000);
    const to = clock.thanked().at(-1)?.seq ?? 0;
    await until(`they are receipted: ${name}`, () => clock.now().news().receipted.seq >= to, 60_000);
    // The tap in the moment of the jump may be of either time.
    spans.push({ name, from: from + 4, to });
  };
  for (const name of names) {
    set(falseTimes[name] ?? "+0");
    await livesOn(name);
    if (!starts.includes(name)) continue;
    await clock.leave();
    set(falseTimes[name] ?? "+0");
    walls.push(await clock.start());
    await livesOn(name);
  }
  set("+0");
  await livesOn("true");
  const verdict = await healedVerdict(office, clock, sink);
  const nowMs = { utc: Date.now(), mono: Number(process.hrtime.bigint() / 1_000_000n) };
  const fixes = walls.flatMap(({ fixes: some }) => some);
  const wrongFixes = fixes.flatMap(({ monoMs, utcMs, errMs }) => {
    const trueMs = nowMs.utc - (nowMs.mono - monoMs);
    // Two clocks that are read in whole milliseconds, one after the other.
    const offMs = Math.abs(trueMs - utcMs) - errMs;
    return offMs > 5 ? [`${utcMs - trueMs} ms off with an error of ${errMs} ms`] : [];
  });
  const events = journalOf(journalFile(office)).map(({ jws }) => eventOf(jws));
  const ids = new Set<string>();
  const disordered: string[] = [];
  let lastMs = -1;
  for (const { id, seq } of events) {
    const ms = Number.parseInt(id.replace("-", "").slice(0, 12), 16);
    if (ms <= lastMs || ids.has(id)) disordered.push(`${seq} ${id}`);
    lastMs = ms;
    ids.add(id);
  }
  const of = (name: string): readonly PunchData[] => {
    const isIn = ({ seq, type }: RecordEvent) =>
      type === "dev.lintel.punch.v1" && spans.some((span) => span.name === name && span.from <= seq && seq <= span.to);
    return events.filter(isIn).map(({ data }) => data as PunchData);
  };
  const by = <T>(what: (punches: readonly PunchData[]) => T): Record<string, T> =>
    Object.fromEntries(names.map((name) => [name, what(of(name))]));
  return {
    ...verdict,
    punches: by((punches) => punches.length),
    fixes: fixes.length,
    wrongFixes,
    disordered,
    troubles: [...new Set(walls.flatMap(({ troubles }) => [...troubles.keys()]))],
    locals: by((punches) => punches.map(({ t }) => t.local)),
    weak: by((punches) => punches.filter(({ why }) => why?.includes("clock-weak")).length),
  };
}
