import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Claim, Journal, StoredRecord } from "../../../kiosk/core/ports/journal.ts";
import { type GenesisData, sourceOf } from "../../../kiosk/core/record.ts";
import { openSigner } from "../../../kiosk/host/signer.ts";
import { eventOf } from "../../../kiosk/store/make-record.ts";
import { verifyJournal } from "../../../kiosk/store/verify.ts";
import { type Ledger, openLedger } from "../../../kiosk/uplink/receiver/ledger.ts";
import type { Stand } from "../../../kiosk/uplink/receiver/life.ts";
import { openMemoryShelf } from "../../../kiosk/uplink/receiver/memory-shelf.ts";
import { openKeyRegistry } from "../../../kiosk/uplink/receiver/registry.ts";
import { verifyRecord } from "../../../kiosk/uplink/receiver/verify.ts";
import { at, punch } from "../../contract/journal.ts";
import { journalFolder, openClockJournal } from "../../crash/clockwork.ts";
import { scratch } from "../../scratch.ts";

/** A receiver that keeps what comes, and what it would sign. */
interface Office {
  readonly ledger: Ledger;
  readonly source: string;
  readonly take: (records: readonly StoredRecord[]) => readonly string[];
  readonly stand: (epoch: number) => Stand;
}

async function officeOf(state: string): Promise<Office> {
  const { device, kid, publicKey } = await openSigner(join(state, "identity"));
  const identity = { tenant: "acme", site: "blr-01", device };
  const keys = openKeyRegistry();
  keys.add(identity, kid, publicKey);
  const ledger = openLedger(openMemoryShelf());
  const source = sourceOf(identity);
  return {
    ledger,
    source,
    take: (records) => records.map(({ jws }) => ledger.take(verifyRecord(Buffer.from(jws), keys))),
    stand: (epoch) => ledger.stand(source, epoch),
  };
}

const everything = [{ epoch: 0, seq: -1 }, 100_000] as const;

function claimOf({ epoch, upto, rh, miss }: Stand): Claim {
  return { epoch, seq: upto, rh, last: Math.max(upto, ...miss.map(([, to]) => to)) };
}

async function grow(journal: Journal, count: number): Promise<readonly string[]> {
  const made: string[] = [];
  for (let n = 0; n < count; n += 1) made.push((await journal.append(punch(), at(n))).stored.id);
  return made;
}

/** Sends what the cursor leaves, and moves it as a genuine receipt would. */
function deliver(journal: Journal, office: Office): readonly string[] {
  const records = journal.read(journal.cursor("payroll"), 100_000);
  const outcomes = office.take(records);
  for (const epoch of new Set(records.map((record) => record.epoch))) {
    const { upto } = office.stand(epoch);
    if (upto >= 0) journal.moveCursor("payroll", { epoch, seq: upto });
  }
  return outcomes;
}

const genesisOf = (journal: Journal): GenesisData =>
  eventOf(journal.at({ epoch: journal.head().epoch, seq: 0 })?.jws ?? "").data as GenesisData;

/** A clock whose disk is set back to what it was `later` punches ago, together with everything on it. */
async function restored(before: number, later: number) {
  const state = scratch();
  const image = scratch();
  const journal = await openClockJournal(state);
  const office = await officeOf(state);
  const early = await grow(journal, before);
  deliver(journal, office);
  const unsent = await grow(journal, 3);
  await journal[Symbol.asyncDispose]();
  cpSync(state, image, { recursive: true });
  const lived = await openClockJournal(state);
  const gone = await grow(lived, later);
  deliver(lived, office);
  await lived[Symbol.asyncDispose]();
  rmSync(state, { recursive: true, force: true });
  cpSync(image, state, { recursive: true });
  return { state, office, early, unsent, gone };
}

test("an image that was put back: the old numbers are never sent, the receiver completes, no punch is lost", async () => {
  const { state, office, unsent } = await restored(10, 20);
  const journal = await openClockJournal(state);
  expect(journal.notice).toBeNull();
  const offline = await grow(journal, 5);
  const claim = claimOf(office.stand(1));
  expect(claim.seq).toBeGreaterThan(journal.head().seq);

  const notice = await journal.yieldTo(claim, at(99));
  expect(notice).toMatchObject({ reason: "rollback" });
  expect(journal.notice).toEqual(notice);
  const { epoch } = journal.head();
  expect(epoch).toBeGreaterThan(1);
  expect(genesisOf(journal)).toMatchObject({ reason: "rollback", prev: { epoch: 1, seq: claim.seq, rh: claim.rh } });
  // The same receipt says nothing new now, and the cursor can follow it.
  expect(await journal.yieldTo(claim, at(100))).toBeNull();
  journal.moveCursor("payroll", { epoch: claim.epoch, seq: claim.seq });

  const owed = journal.read(journal.cursor("payroll"), 100_000);
  expect(owed.every((record) => record.epoch === epoch)).toBe(true);
  expect(owed.filter(({ type }) => type === "punch").map(({ id }) => id)).toEqual([...unsent, ...offline]);
  expect(journal.waiting("payroll")).toBe(unsent.length + offline.length);
  expect(deliver(journal, office)).not.toContain("fork");
  expect(office.stand(epoch)).toMatchObject({ upto: journal.head().seq, miss: [], bad: [], forks: [] });
  expect(office.stand(1)).toMatchObject({ miss: [], forks: [] });
  expect(journal.waiting("payroll")).toBe(0);
  // Each person's punches stand once in what memory is made of.
  const recalled = journal.recall(0).map(({ id }) => id);
  expect(new Set(recalled).size).toBe(recalled.length);
  await grow(journal, 3);
  await journal[Symbol.asyncDispose]();

  expect(verifyJournal(journalFolder(state)).firstBad).toBeNull();
  const next = await openClockJournal(state);
  expect(next.head().epoch).toBe(epoch);
  expect(next.notice).toMatchObject({ reason: "rollback" });
  expect(next.recall(0)).toHaveLength(recalled.length + 3);
  expect(next.read(...everything).filter(({ epoch, seq }) => epoch === 1 && seq > 11)).toEqual([]);
  await next[Symbol.asyncDispose]();
});

test("an image that was put back and has meanwhile gone past the receiver is found by the hash", async () => {
  const { state, office } = await restored(10, 4);
  const journal = await openClockJournal(state);
  await grow(journal, 300);
  const claim = claimOf(office.stand(1));
  expect(journal.head().seq).toBeGreaterThan(claim.seq);
  expect(await journal.yieldTo(claim, at(400))).toMatchObject({ reason: "rollback" });
  journal.moveCursor("payroll", { epoch: claim.epoch, seq: claim.seq });
  expect(deliver(journal, office)).not.toContain("fork");
  const { epoch } = journal.head();
  expect(office.stand(epoch)).toMatchObject({ upto: journal.head().seq, miss: [], bad: [], forks: [] });
  expect(office.stand(1)).toMatchObject({ forks: [] });
  expect(journal.waiting("payroll")).toBe(0);
  // More than 256 were written once more: the checkpoint between them is where it belongs.
  expect(journal.at({ epoch, seq: 256 })?.type).toBe("checkpoint");
  await journal[Symbol.asyncDispose]();
  expect(verifyJournal(journalFolder(state)).firstBad).toBeNull();
});

test("F7: journal gone, identity kept: a life far above any that was counted, and the lost range is declared once a receipt names it", async () => {
  const state = scratch();
  const first = await openClockJournal(state);
  const office = await officeOf(state);
  await grow(first, 30);
  const records = first.read(...everything);
  // The last five were spoken of and never came.
  office.take(records.slice(0, -5));
  office.ledger.expect(office.source, 1, first.head().seq);
  await first[Symbol.asyncDispose]();
  rmSync(journalFolder(state), { recursive: true });

  const journal = await openClockJournal(state);
  const { epoch } = journal.head();
  expect(epoch).toBeGreaterThanOrEqual(2 ** 20);
  expect(epoch).toBeLessThanOrEqual(2 ** 30);
  expect(journal.notice).toMatchObject({ reason: "journal-lost" });
  const made = await grow(journal, 4);
  deliver(journal, office);
  const claim = claimOf(office.stand(1));
  expect(claim).toMatchObject({ epoch: 1, seq: 26, last: 31 });

  expect(await journal.yieldTo(claim, at(50))).toMatchObject({ reason: "journal-lost" });
  expect(journal.head()).toMatchObject({ epoch: epoch + 1 });
  expect(genesisOf(journal)).toMatchObject({
    reason: "journal-lost",
    prev: { epoch: 1, seq: 31, rh: null },
    lost: [0, 31],
  });
  expect(await journal.yieldTo(claim, at(51))).toBeNull();
  // What was written in between is not in doubt: nobody counted that far.
  const punches = journal.read(...everything).filter(({ type }) => type === "punch");
  expect(punches.map(({ id }) => id)).toEqual(made);
  deliver(journal, office);
  expect(office.stand(1)).toMatchObject({ upto: 26, miss: [] });
  expect(office.stand(epoch + 1)).toMatchObject({ upto: 0, miss: [], forks: [] });
  await journal[Symbol.asyncDispose]();
  expect(verifyJournal(journalFolder(state)).firstBad).toBeNull();
});

test("a receipt of a later life than ours: the next life is after that one", async () => {
  const state = scratch();
  const journal = await openClockJournal(state);
  const made = await grow(journal, 3);
  const claim = { epoch: 7, seq: 40, rh: "B".repeat(43), last: 44 };
  expect(await journal.yieldTo(claim, at(9))).toMatchObject({ reason: "rollback" });
  const last = journal.head().epoch;
  expect(last).toBeGreaterThan(8);
  const geneses = [last - 1, last].map(
    (epoch) => eventOf(journal.at({ epoch, seq: 0 })?.jws ?? "").data as GenesisData,
  );
  expect(geneses).toMatchObject([
    { prev: { epoch: 1, seq: 4 }, lost: [0, 4] },
    { prev: { epoch: 7, seq: 44, rh: null }, lost: [0, 44] },
  ]);
  expect(journal.read({ epoch: last, seq: 0 }, 10).map(({ id }) => id)).toEqual(made);
  expect(await journal.yieldTo(claim, at(10))).toBeNull();
  await journal[Symbol.asyncDispose]();
  expect(verifyJournal(journalFolder(state)).firstBad).toBeNull();
});

test("what a receipt says truly, or of what was forgotten, or against another receiver, begins nothing", async () => {
  const state = scratch();
  const journal = await openClockJournal(state);
  await grow(journal, 5);
  const { epoch, seq, rh } = journal.head();
  const other = "C".repeat(43);
  expect(await journal.yieldTo({ epoch, seq, rh, last: seq }, at(1))).toBeNull();
  expect(
    await journal.yieldTo({ epoch, seq: 2, rh: journal.at({ epoch, seq: 2 })?.rh ?? "", last: 4 }, at(1)),
  ).toBeNull();
  expect(await journal.yieldTo({ epoch, seq: -1, rh: "A".repeat(43), last: -1 }, at(1))).toBeNull();
  expect(await journal.yieldTo({ epoch: 2 ** 31 - 1, seq: 3, rh: other, last: 3 }, at(1))).toBeNull();
  // One receiver has proved that it has what we have; another one says that it is something else.
  journal.moveCursor("payroll", { epoch, seq });
  expect(await journal.yieldTo({ epoch, seq, rh: other, last: seq }, at(1))).toBeNull();
  expect(journal.head()).toMatchObject({ epoch, seq });
  await journal[Symbol.asyncDispose]();
});

test("a receiver that goes mad cannot make lives without end", async () => {
  const journal = await openClockJournal(scratch());
  const mad = (n: number) => ({ epoch: journal.head().epoch, seq: 1000 + n, rh: "D".repeat(43), last: 0 });
  for (let n = 0; n < 8; n += 1) expect(await journal.yieldTo(mad(n), at(n))).not.toBeNull();
  await expect(journal.yieldTo(mad(9), at(9))).rejects.toMatchObject({ code: "receipt-invalid" });
  await grow(journal, 2);
  await journal[Symbol.asyncDispose]();
});

test("cut before the commit, the same receipt finds the same contradiction at the next start", async () => {
  const state = scratch();
  const journal = await openClockJournal(state);
  const made = await grow(journal, 4);
  const before = journal.head();
  const claim = { epoch: 1, seq: 90, rh: "E".repeat(43), last: 90 };
  const copy = scratch();
  cpSync(state, copy, { recursive: true });
  await journal.yieldTo(claim, at(9));
  await journal[Symbol.asyncDispose]();
  const again = await openClockJournal(copy);
  expect(again.head()).toMatchObject({ epoch: 1, seq: before.seq + 1 });
  await again.yieldTo(claim, at(9));
  expect(again.read({ epoch: again.head().epoch, seq: 0 }, 10).map(({ id }) => id)).toEqual(made);
  await again[Symbol.asyncDispose]();
});
