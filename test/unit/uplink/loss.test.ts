import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StoredRecord } from "../../../kiosk/core/ports/journal.ts";
import { sourceOf } from "../../../kiosk/core/record.ts";
import { type ReceiverKey, readReceipt } from "../../../kiosk/uplink/inbox.ts";
import { ackOf } from "../../../kiosk/uplink/receiver/ack.ts";
import { type Ledger, openLedger } from "../../../kiosk/uplink/receiver/ledger.ts";
import { openMemoryShelf } from "../../../kiosk/uplink/receiver/memory-shelf.ts";
import { openKeyRegistry } from "../../../kiosk/uplink/receiver/registry.ts";
import { type VerifiedRecord, verifyRecord } from "../../../kiosk/uplink/receiver/verify.ts";
import { identity, newKey, signedWire, smallJournal } from "./parts.ts";
import { openTestPump } from "./pump-parts.ts";

const key = newKey();
const keys = openKeyRegistry();
keys.add(identity, key.signer.kid, key.signer.publicKey);
const source = sourceOf(identity);
const verified = ({ jws }: StoredRecord): VerifiedRecord => verifyRecord(Buffer.from(jws), keys);
const resigned = (record: VerifiedRecord, changes: object): VerifiedRecord =>
  verifyRecord(signedWire("lintel-rec+jws", { ...record.event, ...changes }, key), keys);

/** Epoch 1 is 0..11, of which `lost` was lost; then epoch 2. */
function life(lost: readonly [number, number], headRh?: string | null) {
  const journal = smallJournal(key);
  journal.grow(11);
  const all = journal.records.map(verified);
  const { rh } = journal.head();
  journal.newEpoch({ prev: { epoch: 1, seq: 11, rh: headRh === undefined ? rh : headRh }, lost });
  journal.grow(2);
  const kept = journal.records.map(verified);
  const genesis = kept.find(({ event }) => event.epoch === 2) as VerifiedRecord;
  return { journal, all, kept, genesis };
}

const standing = (ledger: Ledger) => ledger.stands(source);

describe("a ledger that remembers everything", () => {
  test("counts over a hole that the next epoch declares, and says what is lost", () => {
    const { kept, all } = life([4, 6]);
    const ledger = openLedger(openMemoryShelf());
    for (const record of kept) ledger.take(record);
    expect(ledger.stand(source, 1)).toMatchObject({ upto: 11, rh: all[11]?.rh, miss: [], lost: [[4, 6]], bad: [] });
    expect(ledger.stand(source, 2)).toMatchObject({ upto: 2, miss: [], lost: [], bad: [] });
  });

  test("never counts to a declared number itself: a receipt always names a record that is here", () => {
    const { kept, all } = life([8, 11]);
    const ledger = openLedger(openMemoryShelf());
    ledger.expect(source, 1, 11);
    for (const record of kept) ledger.take(record);
    expect(ledger.stand(source, 1)).toMatchObject({ upto: 7, rh: all[7]?.rh, miss: [], lost: [[8, 11]] });
  });

  test("a genesis names what is missing besides: only the declared is let go", () => {
    const { kept } = life([4, 6]);
    const ledger = openLedger(openMemoryShelf());
    for (const record of kept)
      if (![2, 9, 11].includes(record.event.seq) || record.event.epoch === 2) ledger.take(record);
    const miss = [
      [2, 2],
      [9, 9],
      [11, 11],
    ];
    expect(ledger.stand(source, 1)).toMatchObject({ upto: 1, miss, lost: [[4, 6]] });
  });

  test("is the same whatever the order, and whatever of the lost had come before or comes late", () => {
    const lost = fc.tuple(fc.nat(11), fc.nat(11)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    const scene = lost.chain((range) => {
      const { kept, all, genesis } = life(range);
      const spare = all.filter(({ event }) => range[0] <= event.seq && event.seq <= range[1]);
      const extra = fc.subarray(spare);
      const twins = fc.subarray([genesis, all[5] as VerifiedRecord, all[11] as VerifiedRecord]);
      return fc.tuple(extra, twins).chain(([more, twice]) => {
        const forks = twice.map((record) => resigned(record, { id: "twin" }));
        const delivery = [...kept, ...more];
        return fc.record({
          first: fc.shuffledSubarray(delivery, { minLength: delivery.length }),
          second: fc.shuffledSubarray(delivery, { minLength: delivery.length }),
          // Which of two forked records came first is not the ledger's to choose, so both come in the end.
          forks: fc.constant(forks),
        });
      });
    });
    fc.assert(
      fc.property(scene, ({ first, second, forks }) => {
        const [a, b] = [openMemoryShelf(), openMemoryShelf()];
        const [one, other] = [openLedger(a), openLedger(b)];
        for (const record of [...first, ...forks]) one.take(record);
        for (const record of second) other.take(record);
        for (const fork of forks.toReversed()) other.take(fork);
        expect(standing(one)).toEqual(standing(other));
        expect(standing(openLedger(a))).toEqual(standing(one));
      }),
      { numRuns: 80 },
    );
  });

  test("keeps its own truth where the device declares lost what it had signed otherwise", () => {
    const { kept, all, genesis } = life([4, 6]);
    const ledger = openLedger(openMemoryShelf());
    for (const record of all) ledger.take(record);
    for (const record of kept) ledger.take(record);
    expect(ledger.stand(source, 1)).toMatchObject({ upto: 11, lost: [], forks: [] });
    expect(ledger.take(resigned(all[5] as VerifiedRecord, { id: "another-life" }))).toBe("fork");
    expect(ledger.stand(source, 1)).toMatchObject({ upto: 4, forks: [5] });
    expect(ledger.take(genesis)).toBe("duplicate");
  });

  test("a genesis that remembers another end of the old epoch is a fork at that end", () => {
    const { kept } = life([4, 6], "B".repeat(43));
    for (const order of [kept, kept.toReversed()]) {
      const ledger = openLedger(openMemoryShelf());
      for (const record of order) ledger.take(record);
      expect(ledger.stand(source, 1)).toMatchObject({ upto: 10, forks: [11] });
    }
  });

  test("two geneses for one epoch, or one that cannot mean it, declare nothing", () => {
    const { kept, genesis } = life([4, 6]);
    const forked = openLedger(openMemoryShelf());
    for (const record of kept) forked.take(record);
    forked.take(resigned(genesis, { id: "twin" }));
    expect(forked.stand(source, 1)).toMatchObject({ upto: 3, lost: [] });
    const prev = { epoch: 1, seq: 11, rh: null };
    for (const data of [
      { lost: [6, 4] },
      { lost: [4, 12] },
      { prev: { ...prev, epoch: 2 } },
      { prev: { ...prev, seq: null } },
    ]) {
      const ledger = openLedger(openMemoryShelf());
      const odd = resigned(genesis, { data: { ...genesis.event.data, prev, lost: [4, 6], ...data } });
      for (const record of kept) ledger.take(record === genesis ? odd : record);
      expect(ledger.stand(source, 1)).toMatchObject({ upto: 3, lost: [] });
    }
  });
});

const cloud = newKey();
const payroll: ReceiverKey = { name: "payroll", kid: cloud.signer.kid, key: cloud.signer.publicKey };
const ackBytes = (epoch: number, upto: number, rh: string): Uint8Array =>
  ackOf({ source, epoch, upto, rh, miss: [], bad: [] }, "payroll", "id", 1_760_000_000_000, cloud.signer);

test("the device takes a receipt that ends in what it lost, if the hash can still be the right one", () => {
  const middle = life([4, 6]);
  const tail = life([8, 11]);
  const blind = life([8, 11], null);
  const read = ({ journal }: ReturnType<typeof life>, bytes: Uint8Array) =>
    readReceipt(bytes, identity, [payroll], journal);
  const rhOf = ({ all }: ReturnType<typeof life>, seq: number) => all[seq]?.rh ?? "";
  const wrong = "B".repeat(43);
  for (const scene of [middle, tail, blind]) {
    const inside = scene === middle ? 5 : 9;
    const end = scene === middle ? 6 : 11;
    for (const seq of [inside, end]) {
      expect(read(scene, ackBytes(1, seq, rhOf(scene, seq)))).toMatchObject({ is: "further", to: { epoch: 1, seq } });
    }
    // Record 7 names the hash of 6, the genesis that of 11, unless it did not know it either.
    expect(read(scene, ackBytes(1, end, wrong)).is).toBe(scene === blind ? "further" : "alarm");
    expect(read(scene, ackBytes(1, 12, wrong)).is).toBe("alarm");
  }
  expect(read(middle, ackBytes(1, 9, rhOf(middle, 9))).is).toBe("further");
  expect(read(middle, ackBytes(1, 9, wrong)).is).toBe("alarm");
  tail.journal.moveCursor("payroll", { epoch: 1, seq: 7 });
  expect(read(tail, ackBytes(2, 0, tail.genesis.rh)).is).toBe("further");
});

test("what a genesis that is lost itself may have declared is believed, and only beyond the end of what is here", () => {
  const journal = smallJournal(key);
  journal.grow(7);
  journal.newEpoch({ prev: { epoch: 1, seq: 11, rh: null }, lost: [8, 11] });
  journal.grow(3);
  // A disk that lied once more: epoch 2 is gone with the word about 8 to 11.
  journal.newEpoch({ prev: { epoch: 2, seq: 3, rh: null }, lost: [0, 3] });
  (journal.records as StoredRecord[]).splice(5, 1);
  const read = (seq: number) => readReceipt(ackBytes(1, seq, "B".repeat(43)), identity, [payroll], journal).is;
  expect(journal.records.map(({ epoch, seq }) => `${epoch}/${seq}`)).not.toContain("1/5");
  expect([read(7), read(5), read(11)]).toEqual(["alarm", "alarm", "further"]);
});

test("a receipt for a life that the journal no longer knows at all is no alarm, and moves nothing", () => {
  const { journal, all } = life([0, 11]);
  const receipt = readReceipt(ackBytes(1, 5, all[5]?.rh ?? ""), identity, [payroll], journal);
  expect(receipt.is).toBe("known");
});

test("what declares a loss is sent before a window full of records that wait for it", () => {
  const journal = smallJournal(key);
  journal.grow(60);
  journal.newEpoch({ prev: { epoch: 1, seq: 60, rh: null }, lost: [2, 2] });
  journal.grow(3);
  const sent: string[] = [];
  const { pump, fill } = openTestPump({
    journal,
    windowSize: 64,
    receiptWindow: 10,
    missGraceMs: 0,
    nowMs: () => 0,
    send: (records, answer) => {
      for (const { epoch, seq } of records) sent.push(`${epoch}/${seq}`);
      queueMicrotask(() => answer("brokered"));
    },
  });
  fill();
  expect(sent).toEqual(["2/0", "1/0", "1/1", "1/3", "1/4", "1/5", "1/6", "1/7", "1/8", "1/9"]);
  journal.moveCursor("payroll", { epoch: 1, seq: 60 });
  pump.receipted();
  fill();
  expect(sent.slice(10)).toEqual(["2/1", "2/2", "2/3"]);
});
