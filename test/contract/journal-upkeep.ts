import { expect, test } from "vitest";
import { merkleRoot } from "../../kiosk/core/chain.ts";
import type { Journal, JournalUpkeep, Retention, StoredRecord } from "../../kiosk/core/ports/journal.ts";
import type { CheckpointData } from "../../kiosk/core/record.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { isIncluded } from "../../kiosk/uplink/contract/tree.ts";
import { at, punch } from "./journal.ts";

export type FullJournal = Journal & JournalUpkeep;

const beforeEverything = { epoch: 0, seq: -1 };
const dayMs = 24 * 3_600_000;
/** Forty days after the records of these tests were written. */
const later = at(40 * dayMs);

export const everything = (journal: Journal): readonly StoredRecord[] => journal.read(beforeEverything, 100_000);

/** All at once, as a crowd would. */
export async function appendMany(journal: Journal, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, ms) => journal.append(punch(), at(ms))));
}

export async function pruneAll(journal: JournalUpkeep, rule: Retention, now = later): Promise<void> {
  for (let steps = 0; await journal.prune(rule, now); steps += 1) {
    if (steps > 1_000) throw new RangeError("pruning never ends");
  }
}

export const rule = (more: Partial<Retention> = {}): Retention => ({
  receivers: ["payroll"],
  keepDays: 35,
  holdSinceUtcMs: null,
  ...more,
});

/** Any record that has a checkpoint after it can be shown to stand under that signed root, and under no other number. */
export function expectProofs(journal: FullJournal, records: readonly StoredRecord[]): void {
  // The ends of groups, and others spread over them.
  const some = records.filter(({ seq }) => seq % 256 < 2 || seq % 256 === 255 || seq % 11 === 0);
  for (const { epoch, seq, rh } of some) {
    const proof = journal.proofOf({ epoch, seq });
    if (proof === null) throw new RangeError(`no proof of ${epoch}/${seq}`);
    const { checkpoint, index, path } = proof;
    const signed = eventOf(journal.at(checkpoint)?.jws ?? "").data as CheckpointData;
    expect([signed.size, signed.root, index]).toEqual([checkpoint.size, checkpoint.root, seq]);
    expect(isIncluded(rh, index, checkpoint.size, path, checkpoint.root), `record ${seq}`).toBe(true);
    expect(isIncluded(rh, index + 1, checkpoint.size, path, checkpoint.root)).toBe(false);
  }
}

/** What every journal does between punches, whatever it is made of. */
export function upkeepContract(name: string, open: () => Promise<FullJournal>): void {
  test(`${name}: records that wait together keep the order in which they came, and none is missing`, async () => {
    await using journal = await open();
    const seqs = await Promise.all(
      Array.from({ length: 100 }, (_, ms) => journal.append(punch(), at(ms)).then(({ stored }) => stored.seq)),
    );
    expect(seqs).toEqual(Array.from({ length: 100 }, (_, index) => index + 2));
    expect(everything(journal).map(({ seq }) => seq)).toEqual(Array.from({ length: 102 }, (_, index) => index));
  });

  test(`${name}: a record that cannot be made fails alone, and the next in the same group takes its number`, async () => {
    await using journal = await open();
    const tooLarge = { type: "audit", data: { act: "enrol", sub: null, by: "t1", detail: "x".repeat(9_000) } } as const;
    const [first, failed, second] = await Promise.allSettled([
      journal.append(punch(), at(0)),
      journal.append(tooLarge, at(1)),
      journal.append(punch(), at(2)),
    ]);
    expect(failed).toMatchObject({ status: "rejected", reason: { code: "record-too-large" } });
    expect(first).toMatchObject({ value: { stored: { seq: 2 } } });
    expect(second).toMatchObject({ value: { stored: { seq: 3 } } });
  });

  test(`${name}: signs the root over all before it at every 256th place`, async () => {
    await using journal = await open();
    await appendMany(journal, 800);
    const records = everything(journal);
    const checkpoints = records.filter(({ type }) => type === "checkpoint");
    expect(checkpoints.map(({ seq }) => seq)).toEqual([256, 512, 768]);
    for (const { seq, jws } of checkpoints) {
      const root = merkleRoot(records.slice(0, seq).map(({ rh }) => rh));
      expect(eventOf(jws).data).toEqual({ size: seq, root, head: records[seq - 1]?.rh });
    }
  });

  test(`${name}: signs a checkpoint when asked, and says nothing twice`, async () => {
    await using journal = await open();
    await appendMany(journal, 3);
    const made = await journal.checkpoint(at(10));
    expect(made?.event.data).toMatchObject({ size: 5 });
    expect(await journal.checkpoint(at(11))).toBeNull();
    await journal.append(punch(), at(12));
    expect((await journal.checkpoint(at(13)))?.event.data).toMatchObject({ size: 7 });
  });

  test(`${name}: proves any record against the first checkpoint after it`, async () => {
    await using journal = await open();
    await appendMany(journal, 300);
    await journal.checkpoint(at(1_000));
    await appendMany(journal, 500);
    const records = everything(journal);
    expectProofs(
      journal,
      records.filter(({ seq }) => seq < 768),
    );
    expect(journal.proofOf({ epoch: 1, seq: 10 })?.checkpoint.seq).toBe(256);
    expect(journal.proofOf({ epoch: 1, seq: 290 })?.checkpoint.seq).toBe(303);
    expect(journal.proofOf(journal.head())).toBeNull();
    expect(journal.proofOf({ epoch: 1, seq: 100_000 })).toBeNull();
  });

  test(`${name}: forgets nothing that is young, held, or not receipted by everybody`, async () => {
    await using journal = await open();
    await appendMany(journal, 700);
    const { length } = everything(journal);
    await pruneAll(journal, rule());
    journal.moveCursor("payroll", { epoch: 1, seq: 600 });
    await pruneAll(journal, rule({ receivers: [] }));
    await pruneAll(journal, rule({ receivers: ["payroll", "auditor"] }));
    await pruneAll(journal, rule({ holdSinceUtcMs: at(0).utcMs }));
    await pruneAll(journal, rule(), at(34 * dayMs));
    await expect(journal.prune(rule({ keepDays: 2 }), later)).rejects.toThrow(RangeError);
    expect(everything(journal)).toHaveLength(length);
    expect(journal.low()).toBe(1);
  });

  test(`${name}: forgets what all have, behind a signed checkpoint, and proves the rest as before`, async () => {
    await using journal = await open();
    await appendMany(journal, 1_100);
    const before = everything(journal);
    journal.moveCursor("payroll", { epoch: 1, seq: 900 });
    journal.moveCursor("auditor", { epoch: 1, seq: 520 });
    await pruneAll(journal, rule({ receivers: ["payroll", "auditor"] }));
    expect(journal.low()).toBe(512);
    const after = everything(journal);
    expect(after.slice(0, 2).map(({ seq, type }) => [seq, type])).toEqual([
      [0, "genesis"],
      [512, "checkpoint"],
    ]);
    const announcement = after.at(-1);
    expect(eventOf(announcement?.jws ?? "").data).toMatchObject({ low: [1, 512] });
    expect(after.slice(1, -1)).toEqual(before.filter(({ seq }) => seq >= 512));
    // Only the genesis is left of what auditors to come were never sent.
    expect(journal.waiting("newcomer")).toBe(after.filter(({ type }) => type === "punch").length);
    expect(journal.waiting("payroll")).toBe(before.filter(({ seq, type }) => seq > 900 && type === "punch").length);
    expect(journal.recall(0)).toHaveLength(after.filter(({ type }) => type === "punch").length);
    await appendMany(journal, 200);
    await journal.checkpoint(at(5_000));
    const newer = everything(journal).filter(({ seq }) => seq >= before.length);
    const root = merkleRoot([...before, ...newer.slice(0, -1)].map(({ rh }) => rh));
    expect(eventOf(journal.at(journal.head())?.jws ?? "").data).toMatchObject({ root, low: [1, 512] });
    expectProofs(
      journal,
      everything(journal).filter(({ seq }) => seq > 0 && seq < journal.head().seq),
    );
    expect(journal.proofOf({ epoch: 1, seq: 300 })).toBeNull();
  });

  test(`${name}: a hold that comes after the announcement keeps what is still there`, async () => {
    await using journal = await open();
    await appendMany(journal, 700);
    journal.moveCursor("payroll", { epoch: 1, seq: 600 });
    while (!everything(journal).some(({ jws }) => eventOf(jws).data !== null && "low" in eventOf(jws).data)) {
      await journal.prune(rule(), later);
    }
    await pruneAll(journal, rule({ holdSinceUtcMs: 0 }));
    expect(journal.low()).toBe(1);
    await pruneAll(journal, rule());
    expect(journal.low()).toBe(512);
  });
}
