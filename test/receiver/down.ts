import { expect, test } from "vitest";
import { sourceOf } from "../../kiosk/core/record.ts";
import { takeIn } from "../../kiosk/uplink/receiver/intake.ts";
import { firstWaitMs, type OpenOrder } from "../../kiosk/uplink/receiver/order-shelf.ts";
import { openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import { verifyRecord } from "../../kiosk/uplink/receiver/verify.ts";
import { identity, newKey, signedWire, smallJournal } from "../unit/uplink/parts.ts";
import type { SinkKind } from "./sink.ts";

/** What every sink promises about what goes down to clocks: orders, and what they should have. */

const key = newKey();
const keys = openKeyRegistry();
keys.add(identity, key.signer.kid, key.signer.publicKey);
const source = sourceOf(identity);
const other = sourceOf({ ...identity, device: `k${"1".repeat(20)}` });

const order = (id: string, changes: Partial<OpenOrder> = {}): OpenOrder => ({
  ...{ id, source, op: "identify", orderedMs: 1000, expiresMs: 1_000_000 },
  letter: { topic: `to/${id}`, bytes: Buffer.from(`bytes of ${id}`) },
  ...changes,
});

const journal = smallJournal(key);
const boot = verifyRecord(Buffer.from(journal.records[0]?.jws ?? ""), keys);
const said = (seq: number, cmd: string, state: string, more: object = {}) =>
  verifyRecord(
    signedWire(
      "lintel-rec+jws",
      { ...boot.event, id: `said-${seq}`, seq, type: "dev.lintel.cmdlog.v1", data: { cmd, state, ...more } },
      key,
    ),
    keys,
  );

export function downContract({ empty }: SinkKind): void {
  test("keeps an order open until a record of its clock says that it is over, and the first end stays", async () => {
    await using store = await empty();
    await using sink = await store.open();
    for (const id of ["a", "b"]) await sink.orders.put(order(id));
    await sink.orders.put(order("c", { source: other }));
    const ids = async () => (await sink.orders.open(source, 2000)).map(({ id }) => id);
    expect(await ids()).toEqual(["a", "b"]);
    expect(Buffer.from((await sink.orders.open(other, 2000))[0]?.letter.bytes ?? []).toString()).toBe("bytes of c");
    await takeIn(sink, [said(0, "a", "accepted")], [], [], 3000);
    expect(await ids()).toEqual(["a", "b"]);
    await takeIn(sink, [said(1, "a", "failed", { code: 3006, detail: "no\0paper" })], [], [], 4000);
    await takeIn(sink, [said(2, "a", "done"), said(3, "a", "accepted")], [], [], 5000);
    // Nobody speaks for another clock.
    await takeIn(sink, [said(4, "c", "done")], [], [], 5000);
    expect(await ids()).toEqual(["b"]);
    const list = (await sink.orders.list(10)).map(({ id, state, detail, saidMs }) => [id, state, detail, saidMs]);
    expect(list).toEqual([
      ["a", "failed", expect.stringMatching(/^LU-3006 no.paper$/s), 4000],
      ["b", "open", null, null],
      ["c", "open", null, null],
    ]);
    expect((await sink.orders.list(1)).map(({ id }) => id)).toEqual(["c"]);
  });

  test("an order that nobody answered in time is not sent any more, and may still be answered", async () => {
    await using store = await empty();
    await using sink = await store.open();
    await sink.orders.put(order("late", { expiresMs: 2000 }));
    expect(await sink.orders.open(source, 2001)).toEqual([]);
    expect(await sink.orders.claim(2001, 10)).toEqual([]);
    await takeIn(sink, [said(0, "late", "done")]);
    expect((await sink.orders.list(10))[0]?.state).toBe("done");
  });

  test("gives an order whose turn it is to one receiver, and to another when there was no answer for long", async () => {
    await using store = await empty();
    await using one = await store.open();
    await using another = store.isShared ? await store.open() : one;
    for (let n = 0; n < 10; n += 1) await one.orders.put(order(`${n}`));
    const claims = await Promise.all([one.orders.claim(2000, 6), another.orders.claim(2000, 6)]);
    const rest = await another.orders.claim(2000, 6);
    const ids = [...claims.flat(), ...rest].map(({ id }) => id);
    expect(ids.toSorted()).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`));
    expect(await another.orders.claim(2000 + firstWaitMs - 1, 20)).toEqual([]);
    expect((await another.orders.claim(2000 + firstWaitMs, 20)).length).toBe(10);
    expect(await one.orders.claim(2000 + 2 * firstWaitMs, 20)).toEqual([]);
    expect((await one.orders.claim(2000 + 3 * firstWaitMs, 20)).length).toBe(10);
  });

  test("an order is as gone as its record where the transaction fails", async () => {
    await using store = await empty();
    await using sink = await store.open();
    await sink.orders.put(order("a"));
    const failed = sink.transact([source], async (drawer) => {
      await drawer.tellOrders([{ source, id: "a", state: "done", detail: null }], 1);
      throw new Error("changed my mind");
    });
    await expect(failed).rejects.toThrow("changed my mind");
    expect((await sink.orders.open(source, 2000)).map(({ id }) => id)).toEqual(["a"]);
  });

  test("keeps what clocks should have by version, and two who change it take turns", async () => {
    await using store = await empty();
    await using one = await store.open();
    await using another = store.isShared ? await store.open() : one;
    expect(await one.desired.version("ros")).toBe(0);
    const raise = (sink: typeof one, name: string) =>
      sink.desired.change("ros", (rows) => {
        const v = rows.reduce((newest, row) => Math.max(newest, row.v), 0) + 1;
        return [{ kind: "ros", name, v, text: `${name} at ${v}` }];
      });
    await Promise.all(["a", "b", "c", "d"].map((name, n) => raise(n % 2 === 0 ? one : another, name)));
    expect(await another.desired.version("ros")).toBe(4);
    expect((await one.desired.read("ros")).map(({ v }) => v).toSorted()).toEqual([1, 2, 3, 4]);
    await one.desired.change("ros", () => [{ kind: "ros", name: "a", v: 5, text: null }]);
    expect((await another.desired.read("ros")).find(({ name }) => name === "a")).toMatchObject({ v: 5, text: null });
    expect(await another.desired.version("cfg")).toBe(0);
  });

  test("remembers since when something is missing, as long as it is", async () => {
    await using store = await empty();
    await using sink = await store.open();
    journal.grow(Math.max(0, 10 - journal.records.length));
    const records = journal.records.map(({ jws }) => verifyRecord(Buffer.from(jws), keys));
    const [first, , , , fourth] = records;
    if (first === undefined || fourth === undefined) throw new Error("records wanted");
    const stream = { source, epoch: 1 };
    await takeIn(sink, [first, fourth], [], [], 1000.5);
    expect(await sink.read.since(stream)).toEqual([[1, 3, 1000]]);
    await takeIn(sink, records.slice(2, 3), [{ ...stream, seq: 9 }], [], 2000);
    expect(await sink.read.since(stream)).toEqual([
      [1, 1, 1000],
      [3, 3, 1000],
      [5, 9, 2000],
    ]);
    await takeIn(sink, records, [], [], 3000);
    expect(await sink.read.since(stream)).toEqual([]);
  });
}
