import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { Order } from "../../../kiosk/core/orders.ts";
import { openOrderBook } from "../../../kiosk/store/order-book.ts";

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), "lintel-orders-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const order = (id: string): Order => ({ id, op: "identify", args: { forS: 5 }, expiresUtcMs: 1_800_000_000_000 });
const after = { epoch: 1, seq: 7 };
const ops = ["cmd:ops"];

test("what was accepted is known, and open until it is finished, also after a restart", async () => {
  const directory = folder();
  {
    await using book = await openOrderBook({ directory });
    expect(book.isBlank).toBe(true);
    book.begin([], null);
    expect(book.isBlank).toBe(false);
    book.accept(order("a"), ops, 1, after);
    book.accept(order("b"), ["cmd:sec", "cmd:dpo"], 1, after);
    book.attempt("b");
    book.finish("a");
  }
  await using book = await openOrderBook({ directory });
  expect(book.isBlank).toBe(false);
  expect(["a", "b", "c"].map(book.has)).toEqual([true, true, false]);
  expect(book.unfinished()).toEqual([{ order: order("b"), after, tries: 1 }]);
});

test("of each role so many are remembered; the mark rises to the lowest that is over, and what is open stays", async () => {
  await using book = await openOrderBook({ directory: folder(), idsMax: 3 });
  book.begin([], null);
  for (const count of [50, 10, 40, 30]) {
    book.accept(order(`n${count}`), ops, count, after);
    if (count !== 10) book.finish(`n${count}`);
  }
  expect(book.low("cmd:ops")).toBe(40);
  expect(book.low("cmd:sec")).toBe(-1);
  expect([50, 10, 40, 30].map((count) => book.has(`n${count}`))).toEqual([true, true, false, true]);
  expect(book.unfinished().map(({ order: { id } }) => id)).toEqual(["n10"]);
});

test("whatever is accepted in whatever order is never forgotten without a mark above it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 40 }), async (arrivals) => {
      await using book = await openOrderBook({ directory: folder(), idsMax: 4 });
      book.begin([], null);
      for (const [index, [count, isOver]] of arrivals.entries()) {
        if (count <= book.low("cmd:ops")) continue;
        book.accept(order(`${index}`), ops, count, after);
        if (isOver) book.finish(`${index}`);
        for (const [earlier, [seen]] of arrivals.slice(0, index + 1).entries()) {
          expect(book.has(`${earlier}`) || seen <= book.low("cmd:ops")).toBe(true);
        }
      }
    }),
    { numRuns: 15 },
  );
});

test("refused ones are remembered, the newest so many", async () => {
  await using book = await openOrderBook({ directory: folder(), idsMax: 3 });
  book.begin(["told"], null);
  for (const id of ["a", "b", "c", "a"]) book.refuse(id);
  expect(["told", "a", "b", "c"].map(book.has)).toEqual([false, true, true, true]);
});

test("what was lost with an older book is bounded by a moment, which a clock that was ahead does not keep for ever", async () => {
  const directory = folder();
  {
    await using book = await openOrderBook({ directory });
    book.begin(["told"], 5_000);
    expect(book.sinceUtcMs()).toBe(5_000);
  }
  await using book = await openOrderBook({ directory, nowUtcMs: () => 4_000 });
  expect(book.sinceUtcMs()).toBe(4_000);
  expect(book.has("told")).toBe(true);
});

async function filled(directory: string): Promise<void> {
  await using book = await openOrderBook({ directory });
  book.begin([], null);
  for (let count = 0; count < 200; count += 1) book.accept(order(`order-${count}`), ops, count, after);
}

test("a file that is none any more is put aside, and a blank book says so", async () => {
  const directory = folder();
  await filled(directory);
  writeFileSync(join(directory, "orders.sqlite"), "rust".repeat(3_000));
  await using book = await openOrderBook({ directory });
  expect(book.isBlank).toBe(true);
  expect(readFileSync(book.setAside ?? "", "utf8")).toContain("rustrust");
});

test("an order that decayed on the disk is damage, and never carried out", async () => {
  const directory = folder();
  await filled(directory);
  const database = new DatabaseSync(join(directory, "orders.sqlite"));
  database.exec(`update pending set body = replace(body, '"forS":5', '"forS":6') where id = 'order-7'`);
  database.close();
  await using book = await openOrderBook({ directory });
  expect(book.isBlank).toBe(true);
  expect(book.setAside).not.toBeNull();
});

test("any page cut away or overwritten gives the book as it was, or a blank one: never half of it", async () => {
  const directory = folder();
  await filled(directory);
  const whole = readFileSync(join(directory, "orders.sqlite"));
  const spots = fc.sample(fc.tuple(fc.nat(whole.length - 600), fc.boolean()), 25);
  for (const [at, isCut] of spots) {
    const hurt = folder();
    const bytes = isCut ? whole.subarray(0, at) : Buffer.from(whole).fill(0xa5, at, at + 512);
    writeFileSync(join(hurt, "orders.sqlite"), bytes);
    await using book = await openOrderBook({ directory: hurt });
    if (book.isBlank) continue;
    expect(book.unfinished()).toHaveLength(200);
    for (let count = 0; count < 200; count += 1) expect(book.has(`order-${count}`)).toBe(true);
  }
});
