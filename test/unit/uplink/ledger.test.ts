import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sourceOf } from "../../../kiosk/core/record.ts";
import { openLedger } from "../../../kiosk/uplink/receiver/ledger.ts";
import { openMemoryShelf } from "../../../kiosk/uplink/receiver/memory-shelf.ts";
import { openKeyRegistry } from "../../../kiosk/uplink/receiver/registry.ts";
import { type VerifiedRecord, verifyRecord } from "../../../kiosk/uplink/receiver/verify.ts";
import { identity, newKey, type SmallJournal, signedWire, smallJournal } from "./parts.ts";

const key = newKey();
const keys = openKeyRegistry();
keys.add(identity, key.signer.kid, key.signer.publicKey);
const source = sourceOf(identity);

const verified = (journal: SmallJournal): readonly VerifiedRecord[] =>
  journal.records.map(({ jws }) => verifyRecord(Buffer.from(jws), keys));
const chain = (length: number): readonly VerifiedRecord[] => {
  const journal = smallJournal(key);
  journal.grow(length - 1);
  return verified(journal);
};
const resigned = (record: VerifiedRecord, changes: object): VerifiedRecord =>
  verifyRecord(signedWire("lintel-rec+jws", { ...record.event, ...changes }, key), keys);

const thirty = chain(30);
describe("a ledger that remembers everything", () => {
  test("is the same whatever the order and however often records come", () => {
    const delivery = fc
      .array(fc.nat(29), { maxLength: 60 })
      .chain((extra) => fc.shuffledSubarray([...thirty.keys(), ...extra], { minLength: 30 + extra.length }));
    fc.assert(
      fc.property(delivery, (order) => {
        const ledger = openLedger(openMemoryShelf());
        const outcomes = order.map((n) => ledger.take(thirty[n] as VerifiedRecord));
        expect(outcomes.filter((outcome) => outcome === "new").length).toBe(30);
        expect(outcomes.filter((outcome) => outcome === "fork").length).toBe(0);
        expect(ledger.stand(source, 1)).toMatchObject({ upto: 29, rh: thirty[29]?.rh, miss: [], bad: [], forks: [] });
      }),
      { numRuns: 60 },
    );
  });

  test("never counts over a gap, and names every gap, whatever has come", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...thirty.keys()]), (order) => {
        const ledger = openLedger(openMemoryShelf());
        for (const n of order) ledger.take(thirty[n] as VerifiedRecord);
        ledger.expect(source, 1, 29);
        const { upto, rh, miss, have } = ledger.stand(source, 1);
        const expected = [...thirty.keys()].find((n) => !order.includes(n)) ?? 30;
        expect(upto).toBe(expected - 1);
        if (upto >= 0) expect(rh).toBe(thirty[upto]?.rh);
        const missing = miss.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, n) => from + n));
        expect(missing).toEqual([...thirty.keys()].filter((n) => !order.includes(n)));
        const here = have.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, n) => from + n));
        expect(here).toEqual([...thirty.keys()].filter((n) => n > upto && order.includes(n)));
      }),
      { numRuns: 60 },
    );
  });

  test("of what came beyond a gap it names the newest 32 ranges", () => {
    const ledger = openLedger(openMemoryShelf());
    for (const record of chain(90)) if (record.event.seq % 2 === 1) ledger.take(record);
    const { upto, have } = ledger.stand(source, 1);
    expect(upto).toBe(-1);
    expect(have.length).toBe(32);
    expect(have.at(-1)).toEqual([89, 89]);
  });

  test("knows after a restart what it knew before", () => {
    const shelf = openMemoryShelf();
    const before = openLedger(shelf);
    for (const n of [0, 1, 2, 5, 6, 9]) before.take(thirty[n] as VerifiedRecord);
    before.take(resigned(thirty[6] as VerifiedRecord, { id: "else" }));
    expect(openLedger(shelf).stand(source, 1)).toEqual(before.stand(source, 1));
  });

  test("stops at a fork: two truths for one place are for people", () => {
    const ledger = openLedger(openMemoryShelf());
    const [r0, r1, r2, r3] = thirty as unknown as readonly VerifiedRecord[];
    if (!r0 || !r1 || !r2 || !r3) throw new Error("four records wanted");
    ledger.take(r0);
    ledger.take(r2);
    expect(ledger.take(resigned(r2, { id: "another-life" }))).toBe("fork");
    ledger.take(r1);
    ledger.take(r3);
    expect(ledger.stand(source, 1)).toMatchObject({ upto: 1, have: [[3, 3]], forks: [2] });
  });

  test("counts a broken link and a flawed record, and says so: poison never blocks the queue", () => {
    const ledger = openLedger(openMemoryShelf());
    const [r0, r1, r2, r3] = chain(4);
    if (!r0 || !r1 || !r2 || !r3) throw new Error("four records wanted");
    const unlinked = resigned(r1, { prev: "B".repeat(43) });
    const flawed = resigned(r2, { prev: unlinked.rh, data: { boot: "two" } });
    for (const record of [r0, unlinked, flawed]) ledger.take(record);
    expect(ledger.stand(source, 1)).toMatchObject({
      upto: 2,
      rh: flawed.rh,
      bad: [
        { seq: 1, code: 2002 },
        { seq: 2, code: 1001 },
      ],
    });
  });

  test("a new epoch starts at zero and leaves the old one as it is", () => {
    const journal = smallJournal(key);
    journal.grow(2);
    journal.newEpoch();
    journal.grow(1);
    const ledger = openLedger(openMemoryShelf());
    for (const record of verified(journal).toReversed()) ledger.take(record);
    expect(ledger.stands(source).map(({ epoch, upto }) => [epoch, upto])).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(ledger.stand(source, 3)).toMatchObject({ upto: -1, rh: "A".repeat(43) });
  });
});
