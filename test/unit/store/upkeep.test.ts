import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Fault } from "../../../kiosk/core/fault.ts";
import type { Checked, Retention } from "../../../kiosk/core/ports/journal.ts";
import { testClock } from "../../../kiosk/host/clock.ts";
import { keepJournal } from "../../../kiosk/store/upkeep.ts";
import { verifyJournal } from "../../../kiosk/store/verify.ts";
import { startMs } from "../../contract/journal.ts";
import { appendMany, everything, rule } from "../../contract/journal-upkeep.ts";
import { journalFile, journalFolder, openClockJournal } from "../../crash/clockwork.ts";
import { scratch } from "../../scratch.ts";

const dayMs = 24 * 3_600_000;

/** Runs the upkeep in virtual time until `isDone`, then ends it. */
async function keepUntil(
  journal: Awaited<ReturnType<typeof openClockJournal>>,
  isDone: () => boolean,
  more: { readonly retention?: Retention; readonly stepMs?: number; readonly source?: "ntp" | "none" } = {},
): Promise<readonly Checked[]> {
  const clock = testClock(startMs + 60 * dayMs);
  const said: Checked[] = [];
  const ended = new AbortController();
  const quality = () => ({ source: more.source ?? ("ntp" as const), errorMs: 20, ageS: 1 });
  const work = keepJournal(
    {
      journal,
      clock: { ...clock, quality },
      retention: () => more.retention ?? null,
      told: (checked) => said.push(checked),
    },
    ended.signal,
  );
  for (let turns = 0; !isDone() && turns < 5_000; turns += 1) {
    clock.advance(more.stepMs ?? 60_000);
    await new Promise(setImmediate);
  }
  ended.abort();
  clock.advance(60_000);
  await work;
  return said;
}

/** True when it was asked so many times: once a minute here. */
function after(minutes: number): () => boolean {
  let asked = 0;
  return () => {
    asked += 1;
    return asked > minutes;
  };
}

test("the whole journal is proved piece by piece, and how far it got is told until it is good", async () => {
  await using journal = await openClockJournal(scratch());
  await appendMany(journal, 500);
  const pieces: Checked[] = [];
  for (let checked = journal.check(); checked.is === "running"; checked = journal.check()) pieces.push(checked);
  expect(pieces.length).toBeGreaterThan(10);
  expect(pieces[0]).toEqual({ records: 32, of: everything(journal).length, is: "running" });
  expect(journal.notice).toBeNull();
  const said = await keepUntil(journal, () => journal.head().seq > 503);
  expect(said.find(({ is }) => is !== "running")).toMatchObject({
    is: "good",
    records: everything(journal).length - 1,
  });
});

test("a record that decayed long ago is named while people punch, and the next start puts it right", async () => {
  const state = scratch();
  const first = await openClockJournal(state);
  await appendMany(first, 600);
  const victim = everything(first)[40];
  await first[Symbol.asyncDispose]();
  const bytes = readFileSync(journalFile(state));
  const index = bytes.indexOf(victim?.jws ?? "") + 200;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  writeFileSync(journalFile(state), bytes);
  const second = await openClockJournal(state);
  expect(second.notice).toBeNull();
  while (second.check().is === "running");
  expect(second.notice).toMatchObject({ reason: "corrupt", found: { epoch: 1, seq: 40 } });
  expect(second.notice?.found?.sentence).toContain("1/40");
  // Nobody is kept from punching meanwhile.
  await appendMany(second, 3);
  await second[Symbol.asyncDispose]();
  await using third = await openClockJournal(state);
  expect(third.notice).toMatchObject({ reason: "truncated", lost: [40, 40] });
  await third[Symbol.asyncDispose]();
  expect(verifyJournal(journalFolder(state)).firstBad).toBeNull();
});

test("a page that cannot be read any more is named as well, and never ends the process", async () => {
  const state = scratch();
  const first = await openClockJournal(state);
  await appendMany(first, 900);
  first.moveCursor("payroll", first.head());
  await first[Symbol.asyncDispose]();
  const second = await openClockJournal(state);
  const bytes = readFileSync(journalFile(state));
  // Leaves in the middle, behind the pages that opening has read.
  for (let page = 40; page < 60; page += 1) bytes.fill(0xff, page * 8_192, page * 8_192 + 16);
  writeFileSync(journalFile(state), bytes);
  expect(() => second.read({ epoch: 0, seq: -1 }, 900)).toThrow(expect.objectContaining({ code: "journal-corrupt" }));
  while (second.check().is === "running");
  expect(second.notice).toMatchObject({ reason: "corrupt", found: { code: "unreadable" } });
  expect(() => second.proofOf({ epoch: 1, seq: 300 })).toThrow(expect.objectContaining({ code: "journal-corrupt" }));
  await second[Symbol.asyncDispose]();
});

test("what is forgotten while the check runs is not missed by it", async () => {
  await using journal = await openClockJournal(scratch());
  await appendMany(journal, 900);
  journal.moveCursor("payroll", { epoch: 1, seq: 850 });
  const monthsOn = { monoMs: 0, utcMs: Date.now() + 90 * dayMs };
  for (let isMore = true; isMore; ) {
    expect(journal.check().is).not.toBe("bad");
    isMore = await journal.prune(rule({ keepDays: 7 }), monthsOn);
  }
  while (journal.check().is === "running");
  expect(journal.notice).toBeNull();
  expect(journal.low()).toBe(768);
});

test("a checkpoint every hour in which something was written, and one at the end", async () => {
  await using journal = await openClockJournal(scratch());
  await appendMany(journal, 5);
  const checkpoints = () => everything(journal).filter(({ type }) => type === "checkpoint").length;
  await keepUntil(journal, after(300));
  // Five hours passed, and nothing was written after the first.
  expect(checkpoints()).toBe(1);
  await appendMany(journal, 1);
  await keepUntil(journal, () => true);
  expect(checkpoints()).toBe(2);
});

test("a wall clock that nobody vouches for forgets nothing", async () => {
  await using journal = await openClockJournal(scratch());
  await appendMany(journal, 700);
  journal.moveCursor("payroll", journal.head());
  const retention = rule({ keepDays: 7 });
  await keepUntil(journal, after(200), { retention, source: "none" });
  expect(journal.low()).toBe(1);
  await keepUntil(journal, () => journal.low() === 512, { retention });
  expect(journal.low()).toBe(512);
});

test("a disk that is full is no reason to stop looking after the journal", async () => {
  await using journal = await openClockJournal(scratch());
  let failures = 0;
  const failing = {
    check: journal.check,
    prune: journal.prune,
    checkpoint: async () => {
      failures += 1;
      throw new Fault("disk-full", "the disk is full", "Free some space.");
    },
  };
  await keepUntil({ ...journal, ...failing }, () => failures > 3);
  expect(failures).toBeGreaterThan(3);
});
