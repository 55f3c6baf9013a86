import fc from "fast-check";
import { expect, test } from "vitest";
import { sourceOf } from "../../kiosk/core/record.ts";
import { gapsOf } from "../../kiosk/uplink/receiver/gaps.ts";
import { standsOf, takeIn } from "../../kiosk/uplink/receiver/intake.ts";
import { openLedger } from "../../kiosk/uplink/receiver/ledger.ts";
import { openMemoryShelf } from "../../kiosk/uplink/receiver/memory-shelf.ts";
import { openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import { pageRows, type Sink } from "../../kiosk/uplink/receiver/sink.ts";
import { type VerifiedRecord, verifyRecord } from "../../kiosk/uplink/receiver/verify.ts";
import { identity, newKey, signedWire, smallJournal } from "../unit/uplink/parts.ts";

/** What every sink promises. The ledger that remembers everything in memory is the model they are held against. */
export interface SinkKind {
  /** A new, empty store. */
  readonly empty: () => Promise<SinkStore>;
  /** Property runs that its speed allows. */
  readonly runs: number;
}

export interface SinkStore extends AsyncDisposable {
  /** Opens it, also while another is open where the kind allows it. */
  readonly open: () => Promise<Sink>;
  readonly outlives: boolean;
  readonly isShared: boolean;
  /** Somebody can be forgotten in it. */
  readonly canStub: boolean;
  /** Whether any of these texts is anywhere in its bytes. */
  readonly holds?: (tokens: readonly string[]) => Promise<boolean>;
}

const key = newKey();
const keys = openKeyRegistry();
keys.add(identity, key.signer.kid, key.signer.publicKey);
const source = sourceOf(identity);
const resigned = (record: VerifiedRecord, changes: object): VerifiedRecord =>
  verifyRecord(signedWire("lintel-rec+jws", { ...record.event, ...changes }, key), keys);

/** Two lives of a journal, with a genesis that declares `lost`, a hole in the second, and what was forgotten, if anything. */
export function lives(
  lost: readonly [number, number],
  low: readonly [number, number] | null = null,
): readonly VerifiedRecord[] {
  const journal = smallJournal(key);
  journal.grow(11);
  const first = journal.records.map(({ jws }) => verifyRecord(Buffer.from(jws), keys));
  const { rh } = journal.head();
  journal.newEpoch({ prev: { epoch: 1, seq: 11, rh }, lost });
  journal.grow(5);
  const all = [...first, ...journal.records.map(({ jws }) => verifyRecord(Buffer.from(jws), keys))];
  const last = all.at(-1);
  if (last === undefined) throw new Error("a journal has records");
  const hole = resigned(last, {
    id: "hole",
    type: "dev.lintel.hole.v1",
    seq: last.event.seq + 1,
    prev: last.rh,
    data: { ranges: [[2, 3]], cause: "rot" },
  });
  const forgotten = low === null ? [] : [checkpointAfter(hole, low)];
  return [...new Map([...all, hole, ...forgotten].map((record) => [record.rh, record])).values()];
}

const checkpointAfter = (last: VerifiedRecord, low: readonly [number, number]): VerifiedRecord =>
  resigned(last, {
    id: "checkpoint",
    type: "dev.lintel.checkpoint.v1",
    seq: last.event.seq + 1,
    prev: last.rh,
    data: { size: last.event.seq + 1, root: last.rh, head: last.rh, low },
  });

const scene = fc
  .tuple(fc.nat(11), fc.nat(11), fc.option(fc.tuple(fc.integer({ min: 1, max: 2 }), fc.nat(9))))
  .map(([a, b, low]) => lives([Math.min(a, b), Math.max(a, b)], low))
  .chain((records) => {
    const twins = records.map((record) => resigned(record, { id: "twin" }));
    return fc.record({
      deliveries: fc.array(fc.constantFrom(...records), { minLength: 10, maxLength: 60 }),
      twins: fc.array(fc.constantFrom(...twins), { maxLength: 2 }),
      cuts: fc.array(fc.nat(60), { maxLength: 6 }),
      head: fc.nat(14),
    });
  });

export function sinkContract({ empty, runs }: SinkKind): void {
  test("answers as the ledger that remembers everything, whatever comes, in whatever order and batches", async () => {
    await fc.assert(
      fc.asyncProperty(scene, async ({ deliveries, twins, cuts, head }) => {
        await using store = await empty();
        await using sink = await store.open();
        const model = openLedger(openMemoryShelf());
        const order = [...deliveries, ...twins];
        const ends = [...new Set([...cuts.map((cut) => Math.min(cut, order.length)), order.length])].sort(
          (a, b) => a - b,
        );
        let from = 0;
        model.expect(source, 1, head);
        for (const end of ends) {
          const batch = order.slice(from, end);
          from = end;
          const expected = batch.map((record) => model.take(record));
          const { outcomes, stands } = await takeIn(sink, batch, [{ source, epoch: 1, seq: head }]);
          expect(outcomes).toEqual(expected);
          const known = model.stands(source);
          expect(stands.filter(({ epoch }) => known.some((stand) => stand.epoch === epoch))).toEqual(known);
        }
        expect(await sink.read.counts()).toMatchObject({
          records: new Set(order.map(({ event }) => `${event.epoch}/${event.seq}`)).size,
        });
      }),
      { numRuns: runs },
    );
  });

  test("a receiver that was set back goes on over what its clock forgot in the meantime, and says that it is gone", async () => {
    await using store = await empty();
    await using sink = await store.open();
    const all = lives([4, 6], [2, 5]);
    const left = all.filter(({ event: { epoch, seq } }) => seq === 0 || (epoch === 2 && seq >= 5));
    // A backup of the first days, and then what the clock has still.
    await takeIn(sink, all.slice(0, 3));
    const stands = await takeIn(sink, left, [{ source, epoch: 2, seq: 7 }]);
    const [first, second] = stands.stands;
    expect(first).toMatchObject({ epoch: 1, upto: 2, miss: [], lost: [[4, 6]] });
    expect(first?.gone).toEqual([
      [3, 3],
      [7, 11],
    ]);
    expect(second).toMatchObject({ epoch: 2, upto: 7, miss: [], lost: [[2, 3]] });
    expect(second?.gone).toEqual([
      [1, 1],
      [4, 4],
    ]);
    expect(gapsOf(second ?? never(), null, "payroll").map(({ class: kind }) => kind)).toEqual([
      "gone",
      "declared",
      "gone",
    ]);
    // What comes all the same is taken.
    const late = all.filter(({ event: { epoch, seq } }) => epoch === 2 && seq === 1);
    const [, after] = (await takeIn(sink, late)).stands;
    expect(after).toMatchObject({ upto: 7, gone: [[4, 4]] });
  });

  test("keeps the text as it was signed, finds it again, and the first for a place stays", async () => {
    await using store = await empty();
    await using sink = await store.open();
    const [first, second] = lives([4, 6]);
    if (first === undefined || second === undefined) throw new Error("two records wanted");
    const twin = resigned(second, { id: "twin" });
    await takeIn(sink, [first, second, twin]);
    const page = await sink.read.page({ source, epoch: 1 }, 0, 10);
    expect(page.map(({ jws }) => jws)).toEqual([first.jws, second.jws]);
    expect((await sink.read.byId(second.event.id)).map(({ rh }) => rh)).toEqual([second.rh]);
    const prefix = Buffer.from(second.rh, "base64url").subarray(0, 5);
    expect((await sink.read.byHash(prefix)).map(({ seq }) => seq)).toEqual([1]);
    expect(await sink.read.streams()).toEqual([{ source, epoch: 1 }]);
    expect(await sink.read.counts()).toEqual({ records: 2, forks: 1, quarantined: 0 });
  });

  test("what came before its turn is named, and no more once there are two of it", async () => {
    await using store = await empty();
    await using sink = await store.open();
    const records = lives([9, 1]);
    const [third, fifth] = [records[3], records[5]];
    if (third === undefined || fifth === undefined) throw new Error("six records wanted");
    await takeIn(sink, [...records.slice(0, 2), third, ...records.slice(5, 8)]);
    const before = await standsOf(sink, [source]);
    expect(before).toMatchObject([
      {
        upto: 1,
        miss: [
          [2, 2],
          [4, 4],
        ],
        have: [
          [3, 3],
          [5, 7],
        ],
      },
    ]);
    await takeIn(sink, [resigned(fifth, { id: "twin" })]);
    expect(await standsOf(sink, [source])).toMatchObject([
      {
        upto: 1,
        have: [
          [3, 3],
          [6, 7],
        ],
        forks: [5],
      },
    ]);
  });

  test("does all of a transaction or nothing", async () => {
    await using store = await empty();
    await using sink = await store.open();
    const records = lives([4, 6]);
    await takeIn(sink, records.slice(0, 3));
    const failed = sink.transact([source], async (drawer) => {
      await drawer.put(records.slice(3, 6));
      await drawer.save([{ ...{ source, epoch: 1, upto: 5, rh: "x", head: 9 }, lost: [], bad: [], since: [] }]);
      throw new Error("changed my mind");
    });
    await expect(failed).rejects.toThrow("changed my mind");
    expect(await standsOf(sink, [source])).toMatchObject([{ upto: 2, rh: records[2]?.rh, miss: [] }]);
    expect(await sink.read.counts()).toMatchObject({ records: 3 });
  });

  test("takes what a clock may sign and a database would refuse: poison never blocks the queue", async () => {
    await using store = await empty();
    await using sink = await store.open();
    const [first, second, third] = lives([4, 6]);
    if (first === undefined || second === undefined || third === undefined) throw new Error("three records wanted");
    const odd = resigned(second, {
      id: "nul\0in the id",
      time: "0000-13-45T99:99:99Z",
      type: "dev.lintel.from-the-future.v9",
      data: { sub: "\0", kind: "a\0b", t: { local: "\0" }, "nested\0": ["\0"] },
    });
    const { outcomes } = await takeIn(sink, [first, odd, resigned(third, { prev: odd.rh })]);
    expect(outcomes).toEqual(["new", "new", "new"]);
    const { stands } = await takeIn(sink, [odd]);
    expect(stands).toMatchObject([{ upto: 2, bad: [] }]);
    expect((await sink.read.page({ source, epoch: 1 }, 1, 1))[0]?.jws).toBe(odd.jws);
  });

  test("counts over more than a page at once when the missing one comes", { timeout: 60_000 }, async () => {
    await using store = await empty();
    await using sink = await store.open();
    const count = pageRows + 500;
    // Signed by nobody: a sink does not verify.
    const records = Array.from({ length: count }, (_, seq) => ({ ...blank, rh: hashNo(seq), event: eventNo(seq) }));
    for (let from = 1; from < count; from += 1000) await takeIn(sink, records.slice(from, from + 1000));
    expect(await standsOf(sink, [source])).toMatchObject([{ upto: -1, miss: [[0, 0]] }]);
    const { stands } = await takeIn(sink, records.slice(0, 1));
    expect(stands).toMatchObject([{ upto: count - 1, rh: hashNo(count - 1), miss: [], bad: [] }]);
  });

  test("sets aside what nobody known signed, and counts it", async () => {
    await using store = await empty();
    await using sink = await store.open();
    await sink.quarantine([{ heardMs: 1.5, topic: "a\0b", code: 1006, bytes: Uint8Array.of(0, 1, 2) }]);
    expect(await sink.read.counts()).toEqual({ records: 0, forks: 0, quarantined: 1 });
  });

  test("knows after it was opened again what it knew before", async () => {
    await using store = await empty();
    const records = lives([4, 6]);
    const twin = resigned(records[9] as VerifiedRecord, { id: "twin" });
    const before = await (async () => {
      await using sink = await store.open();
      await takeIn(sink, [...records.filter((_, n) => n !== 2), twin], [{ source, epoch: 2, seq: 20 }]);
      return await standsOf(sink, [source]);
    })();
    if (!store.outlives) return;
    await using again = await store.open();
    const now = await standsOf(again, [source]);
    const withoutHead = (stands: typeof now) => stands.map(({ miss: _, ...rest }) => rest);
    expect(withoutHead(now)).toEqual(withoutHead(before));
  });

  test("of somebody who was forgotten stubs stay: the log stands, what comes again is known, their text is nowhere", async () => {
    await using store = await empty();
    await using sink = await store.open();
    const records = lives([4, 6]);
    const theirs = "p_forgotten00000000000";
    const changed: VerifiedRecord[] = [];
    for (const record of records.slice(0, 8)) {
      const isTheirs = record.event.seq > 1 && record.event.seq % 2 === 0;
      const about = isTheirs ? { type: "dev.lintel.punch.v1", data: { sub: theirs, kind: "in" } } : {};
      changed.push(resigned(record, { prev: changed.at(-1)?.rh ?? record.event.prev, ...about }));
    }
    const ours = changed.filter(({ jws }) => Buffer.from(jws.split(".")[1] ?? "", "base64url").includes(theirs));
    expect(ours.length).toBeGreaterThan(1);
    const [twinOf] = ours;
    if (twinOf === undefined) throw new Error("one of theirs wanted");
    const twin = resigned(twinOf, { id: "twin" });
    const isOver = (type: string, timeMs: number) =>
      type === "dev.lintel.punch.v1" && timeMs < Number.POSITIVE_INFINITY;
    if (!store.canStub) {
      await takeIn(sink, changed);
      await expect(sink.stub(theirs, isOver)).rejects.toMatchObject({ code: "sink-unusable" });
      return;
    }
    await takeIn(sink, changed);
    const before = await standsOf(sink, [source]);
    expect(await sink.stub(theirs, () => false)).toBe(0);
    expect(await sink.stub("p_somebodyelse00000000", isOver)).toBe(0);
    expect(await sink.stub(theirs, isOver)).toBe(ours.length);
    expect(await sink.stub(theirs, isOver)).toBe(0);
    expect(await standsOf(sink, [source])).toEqual(before);
    const page = await sink.read.page({ source, epoch: 1 }, 0, 100);
    expect(page.map(({ rh }) => rh)).toEqual(changed.map(({ rh }) => rh));
    expect(page.filter(({ jws }) => jws === null).map(({ rh }) => rh)).toEqual(ours.map(({ rh }) => rh));
    expect((await sink.read.byId(twinOf.event.id)).map(({ jws }) => jws)).toEqual([null]);
    const hash = Buffer.from(twinOf.rh, "base64url");
    expect((await sink.read.byHash(hash)).map(({ seq, jws }) => [seq, jws])).toEqual([[twinOf.event.seq, null]]);
    // What the clock sends once more is known and does not come back; a second truth still shows.
    const again = await takeIn(sink, [...changed, twin]);
    expect(again.outcomes).toEqual([...changed.map(() => "duplicate"), "fork"]);
    expect((await sink.read.page({ source, epoch: 1 }, 0, 100)).filter(({ jws }) => jws === null)).toHaveLength(
      ours.length,
    );
    expect(await sink.stub(theirs, isOver)).toBe(0);
    expect(await store.holds?.([...ours, twin].map(({ jws }) => jws))).not.toBe(true);
    expect(await store.holds?.([changed[0]?.jws ?? ""])).not.toBe(false);
  });

  test("lets two receivers take the same records at the same time, and one of them is first", async () => {
    await using store = await empty();
    if (!store.isShared) return;
    await using one = await store.open();
    await using other = await store.open();
    const records = lives([4, 6]);
    const batches = Array.from({ length: 8 }, (_, n) => (n % 2 === 0 ? records : records.toReversed()));
    const taken = await Promise.all(batches.map((batch, n) => takeIn(n % 2 === 0 ? one : other, batch)));
    const fresh = taken.flatMap(({ outcomes }) => outcomes).filter((outcome) => outcome === "new");
    expect(fresh.length).toBe(records.length);
    const model = openLedger(openMemoryShelf());
    for (const record of records) model.take(record);
    expect(await standsOf(one, [source])).toEqual(model.stands(source));
  });
}

const hashNo = (seq: number): string => {
  const bytes = Buffer.alloc(32, 7);
  bytes.writeUInt32BE(seq);
  return bytes.toString("base64url");
};
const blank = { source, kid: "k".repeat(16), flaw: null, jws: "e30.e30." };
const eventNo = (seq: number): VerifiedRecord["event"] => ({
  specversion: "1.0",
  id: `${seq}`,
  source,
  type: "dev.lintel.boot.v1",
  time: "2026-01-01T00:00:00.000Z",
  epoch: 1,
  seq,
  prev: seq === 0 ? "A".repeat(43) : hashNo(seq - 1),
  data: {},
});

function never(): never {
  throw new Error("a stand was wanted");
}
