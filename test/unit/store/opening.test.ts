import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { recordHash } from "../../../kiosk/core/chain.ts";
import { blankMemory, recalled } from "../../../kiosk/core/memory.ts";
import { personId } from "../../../kiosk/core/person.ts";
import type { PunchData, RecordBody, RecordEvent } from "../../../kiosk/core/record.ts";
import { eventOf } from "../../../kiosk/store/make-record.ts";
import { at, punch, startMs } from "../../contract/journal.ts";
import { everything } from "../../contract/journal-upkeep.ts";
import { journalFile, openClockJournal } from "../../crash/clockwork.ts";
import { scratch } from "../../scratch.ts";

/** What a start does with the journal before anybody can punch: how much of it, and whether nothing is left out. */

const dayMs = 24 * 3_600_000;
const spanMs = 16 * dayMs;
const recent = 300;

/** Punches of `days` days before the last 16, a few thousand, and always the same in those. */
async function journalOf(older: number): Promise<string> {
  const state = scratch();
  await using journal = await openClockJournal(state, { groupRecords: 4_096 });
  const crowd = 4_096;
  for (let from = 0; from < older; from += crowd) {
    const size = Math.min(crowd, older - from);
    await Promise.all(
      Array.from({ length: size }, (_, n) => journal.append(punch(), at(((from + n) / older - 1) * 1_800 * dayMs))),
    );
  }
  const lateMs = (n: number) => spanMs + dayMs + (n / recent) * spanMs;
  await Promise.all(Array.from({ length: recent }, (_, n) => journal.append(punch(), at(lateMs(n)))));
  return state;
}

/** Bytes that this thread had read until now, from the disk or from memory: SQLite keeps almost nothing between two looks. */
const bytesRead = (): number => Number(/^rchar: (\d+)$/m.exec(readFileSync("/proc/thread-self/io", "utf8"))?.[1]);

/** Bytes that a start reads of a journal that was closed cleanly. */
async function readAtStart(state: string): Promise<number> {
  const before = bytesRead();
  await using journal = await openClockJournal(state);
  const events = journal.recall(startMs + spanMs + dayMs, spanMs);
  expect(events).toHaveLength(recent);
  journal.consents();
  expect(journal.waiting("payroll")).toBeGreaterThan(20_000);
  return bytesRead() - before;
}

test("a start reads no more of a journal that is four times as long", async () => {
  // Both are larger than those whose pages are all looked at.
  const [few, many] = [await journalOf(20_000), await journalOf(80_000)];
  const [ofFew, ofMany] = [await readAtStart(few), await readAtStart(many)];
  // The last records are read whatever else there is: a gauge that stands still would say nothing.
  expect(ofFew).toBeGreaterThan(500_000);
  expect(ofMany - ofFew).toBeLessThan(256 * 1024);
}, 120_000);

/** Rewrites one record as somebody would who knows how rows are checked, and has no key. */
function forge(state: string, seq: number, change: (jws: string) => string): void {
  using database = new DatabaseSync(journalFile(state));
  const { jws, typ, id, committed_at: ms } = database.prepare("select * from record where seq = ?").get(seq) ?? {};
  const forged = change(String(jws));
  const rh = recordHash(forged.slice(0, forged.lastIndexOf(".")));
  const crc = crc32(`1 ${seq} ${rh} ${forged} ${typ} ${id} ${ms}`);
  database.exec("drop trigger record_is_never_changed");
  database.prepare("update record set jws = ?, rh = ?, crc = ? where seq = ?").run(forged, rh, crc, seq);
}

test.each([
  ["signed by nobody", (jws: string) => `${jws.slice(0, -86)}${"A".repeat(86)}`],
  ["whose signature was changed", (jws: string) => jws.replace(/.{8}$/, (end) => [...end].reverse().join(""))],
  ["that says nothing a program can read", (jws: string) => jws.replace(/\..*\./, ".bm90IEpTT04.")],
])("a record %s does not get past a start, however well its row fits", async (_, change) => {
  const state = scratch();
  {
    await using journal = await openClockJournal(state);
    for (let n = 0; n < 40; n += 1) await journal.append(punch(), at(n));
  }
  forge(state, 20, change);
  await using journal = await openClockJournal(state);
  expect(journal.notice).toMatchObject({ reason: "truncated", lost: [20, 20] });
  expect(everything(journal).filter(({ epoch, seq }) => epoch === 1 && seq === 20)).toEqual([]);
});

const anyPerson = fc.constantFrom(...["ana", "bo", "cy"].map((name) => personId(`p_${name.padStart(20, "0")}`)));
const anyKind = fc.constantFrom<PunchData["kind"]>("in", "out", "break-start", "break-end", "transfer", "unknown");
/** Some step of a clock's life; `written` are the ids so far, and `mono` its own time. */
type Step = (written: readonly string[], mono: number) => RecordBody;
const idAt = (written: readonly string[], place: number): string => written[place % written.length] ?? "none";

const anyPunch = fc
  .tuple(anyPerson, anyKind, fc.boolean(), fc.constantFrom<PunchData["dec"]>("accept", "flag", "duplicate"))
  .map(
    ([sub, kind, isSure, dec]): Step =>
      (_, mono) => {
        const data = punch(kind).data as PunchData;
        return { type: "punch", data: { ...data, sub, dec, t: { ...data.t, src: isSure ? "ntp" : "none", mono } } };
      },
  );
const anyCorrection = fc
  .tuple(anyPerson, anyKind, fc.nat(), fc.constantFrom(undefined, "asked" as const, "granted" as const), fc.boolean())
  .map(
    ([sub, kind, place, state, isAdded]): Step =>
      (written) => ({
        type: "correction",
        data: {
          ...{ ref: idAt(written, place), kind, sub, reason: "missing", by: "self" },
          ...(state && { state }),
          ...(isAdded && { adds: "after" as const }),
        },
      }),
  );
const anyLeave = fc.tuple(anyPerson, fc.nat(), fc.boolean()).map(
  ([sub, place, isAsked]): Step =>
    (written) => ({
      type: "leave",
      data: {
        ...{ sub, k: 1, from: "2026-11-10", to: "2026-11-12" },
        ...(isAsked ? { act: "asked" } : { act: "cancelled", ref: idAt(written, place) }),
      },
    }),
);
const anyAlert = fc.boolean().map(
  (isRaised): Step =>
    () => ({
      type: "alert",
      data: { act: isRaised ? "raised" : "cleared", by: "wall", cmd: null, loc: "gate-1", on: 1, visitors: 0 },
    }),
);
const fix: Step = (_, mono) => ({
  type: "timefix",
  data: { boot: 1, mono, utc: new Date(startMs + mono).toISOString(), err: 40, src: "ack" },
});
const audit: Step = () => ({ type: "audit", data: { act: "enrol", sub: null, by: "t1", detail: "x" } });
const anyStep = fc.oneof(
  { weight: 16, arbitrary: anyPunch },
  { weight: 3, arbitrary: anyCorrection },
  { weight: 1, arbitrary: anyLeave },
  { weight: 1, arbitrary: anyAlert },
  { weight: 1, arbitrary: fc.constantFrom(fix, audit) },
);
/** Hours from one record to the next; now and then the wall clock is set back by weeks, or ahead. */
const anyHours = fc.oneof(
  { weight: 40, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: -900, max: 900 }) },
);
/** Enough of them for several pages of what is read at a time. */
const anyLife = fc.array(fc.tuple(anyStep, anyHours), { minLength: 100, maxLength: 600, size: "max" });

/** Every record from the first punch or correction that is new enough; of leave and alerts all. By the words of the port. */
function replayed(all: readonly RecordEvent[], sinceMs: number): readonly RecordEvent[] {
  const isOf = ({ type }: RecordEvent, ...types: readonly string[]): boolean =>
    types.some((one) => type === `dev.lintel.${one}.v1`);
  const work = all.filter((event) => isOf(event, "punch", "correction"));
  const newestMs = Math.max(...work.map(({ time }) => Date.parse(time)));
  const first = work.find(({ time }) => Date.parse(time) >= Math.min(sinceMs, newestMs - spanMs));
  const since = all.indexOf(first ?? ({} as RecordEvent));
  return all.filter(
    (event, place) => isOf(event, "leave", "alert") || (since >= 0 && place >= since && !isOf(event, "leave", "alert")),
  );
}

test("what a start remembers is what a replay of every record gives", async () => {
  let pages = 0;
  await fc.assert(
    fc.asyncProperty(anyLife, fc.integer({ min: -2, max: 40 }), async (life, sinceDays) => {
      await using journal = await openClockJournal(scratch(), { groupRecords: 64 });
      const written: string[] = [];
      let utcMs = startMs;
      for (const [n, [step, hours]] of life.entries()) {
        utcMs += hours * 3_600_000;
        // Not awaited one by one: what is asked for in one turn is one commit.
        const appended = journal.append(step(written, n * 1_000), { utcMs, monoMs: n * 1_000 });
        if (n % 32 === 0) written.push((await appended).event.id);
      }
      await journal.checkpoint({ utcMs, monoMs: life.length * 1_000 });
      const all = everything(journal).map(({ jws }) => eventOf(jws));
      expect(all.length).toBeGreaterThan(life.length);
      const sinceMs = startMs + sinceDays * dayMs;
      const events = journal.recall(sinceMs, spanMs);
      pages = Math.max(pages, Math.ceil(events.length / 128));
      const [memory, whole] = [recalled(blankMemory, events), recalled(blankMemory, replayed(all, sinceMs))];
      expect(memory).toEqual(whole);
      // Record by record, as the running clock remembers.
      const grown = replayed(all, sinceMs).reduce((before, event) => recalled(before, [event]), blankMemory);
      expect(memory.attendance).toEqual(grown.attendance);
    }),
    { numRuns: 12, endOnFailure: true },
  );
  expect(pages).toBeGreaterThan(2);
}, 120_000);
