import { stat } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { cardHash, cardHasher, cardText, isCardHash } from "../../kiosk/core/card.ts";
import type { Tap } from "../../kiosk/core/ports/senses.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { type Profile, parseProfiles } from "../../kiosk/reader/profiles.ts";
import { openReaders, type ReaderNews, type ReadersOptions, type Seen } from "../../kiosk/reader/room.ts";
import { openSimReader } from "../../kiosk/reader/sim.ts";
import { type ReaderBench, readerContract, unplugged } from "./reader.ts";
import { listedKeyboard, openTable, PlayedDevice, PlayedPcprox, plainHash } from "./reader-devices.ts";

const startMs = Date.UTC(2026, 5, 1);

/** Profiles of a site for what is on the table. */
const siteProfiles: readonly Profile[] = parseProfiles(
  JSON.stringify({
    profiles: [
      {
        name: "vendor",
        match: { vendor: "1234", usagePage: "ff00" },
        framing: { kind: "report", reportId: 3, offset: 1, length: { at: 0 }, order: "low" },
        number: { from: "hex" },
      },
      {
        name: "asked",
        match: { vendor: "0c27", product: "3bfa" },
        framing: { kind: "pcprox", pollMs: 50 },
        number: { from: "hex", wiegand: "by-length" },
        absentMs: 400,
      },
    ],
  }),
);

async function openBench(more: Partial<ReadersOptions> = {}, table = openTable()) {
  const clock = testClock(startMs);
  const news: ReaderNews[] = [];
  const room = await openReaders({
    ...{ clock, hash: plainHash, profiles: siteProfiles, scanMs: 20, told: (one) => news.push(one) },
    ...{ listDevices: table.listDevices, openDevice: table.openDevice },
    ...more,
  });
  onTestFinished(() => Promise.resolve(room[Symbol.asyncDispose]()));
  return { reader: room, clock, table, news };
}

async function openKeyboard() {
  const table = openTable();
  const device = table.plug(listedKeyboard(), new PlayedDevice());
  const bench = await openBench({}, table);
  const pull = (): void => {
    table.unplug(device);
    device.pull();
  };
  return { ...bench, device, lay: (card: string) => device.type(`${card}\n`), pull };
}

const vendorReport = (card: string): readonly number[] => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(Number(card));
  return [3, 4, ...bytes];
};

async function openVendor(): Promise<ReaderBench> {
  const table = openTable();
  const played = new PlayedDevice();
  table.plug(listedKeyboard({ vendorId: 0x1234, usagePage: 0xff00, usage: 1 }), played);
  const bench = await openBench({}, table);
  return { ...bench, lay: (card) => played.say(vendorReport(card)), pull: () => played.pull() };
}

readerContract("pretended reader", async () => {
  const clock = testClock(startMs);
  const reader = openSimReader({ clock });
  return { reader, clock, lay: (card) => reader.tap(cardHash(`sim:${card}`)), pull: () => reader.fail(unplugged()) };
});
readerContract("reader that types", openKeyboard);
readerContract("reader with reports of its own", openVendor);

/** The next card within `withinMs`, or null. */
async function nextCard({ reader }: Pick<ReaderBench, "reader">, withinMs: number): Promise<string | null> {
  const taps = reader.taps(AbortSignal.timeout(withinMs))[Symbol.asyncIterator]();
  const { done, value } = (await taps.next()) as IteratorResult<Tap, undefined>;
  return done ? null : value.badge;
}

async function cards({ reader }: Pick<ReaderBench, "reader">, count: number): Promise<readonly (string | null)[]> {
  const found: (string | null)[] = [];
  for (let n = 0; n < count; n += 1) found.push(await nextCard({ reader }, 5_000));
  return found;
}

test("a reader that presses no key after its number is understood by its silence", async () => {
  const bench = await openKeyboard();
  bench.device.type("0012345678");
  expect(await nextCard(bench, 5_000)).toBe("card:0012345678");
});

test("once a reader ended a number with Enter, half a number and silence are no card, nor part of the next", async () => {
  const bench = await openKeyboard();
  bench.device.type("0012345678\n");
  expect(await nextCard(bench, 5_000)).toBe("card:0012345678");
  bench.device.type("00999");
  await expect.poll(() => bench.reader.counts().garbage, { timeout: 5_000 }).toBe(1);
  bench.device.type("0055555555\n");
  expect(await nextCard(bench, 5_000)).toBe("card:0055555555");
});

test("a thread that was busy in the middle of a card does not cut it in two", async () => {
  const bench = await openKeyboard();
  bench.device.type("00123");
  // Comes as the kernel's news do, while the thread is busy for longer than the silence that ends a card.
  stat(".", () => bench.device.type("45678"));
  const busyUntilMs = performance.now() + 300;
  while (performance.now() < busyUntilMs);
  expect(await nextCard(bench, 5_000)).toBe("card:0012345678");
  expect(await nextCard(bench, 300)).toBeNull();
});

test("what leaves the room is a hash under the site's key, and the number is nowhere in it", async () => {
  const table = openTable();
  const device = table.plug(listedKeyboard(), new PlayedDevice());
  const hash = cardHasher(new Uint8Array(32).fill(3));
  const bench = await openBench({ hash }, table);
  device.type("0012345678\n");
  const badge = await nextCard(bench, 5_000);
  expect(badge).toBe(hash(cardText("card:0012345678")));
  expect(isCardHash(badge ?? "")).toBe(true);
});

describe("several readers", () => {
  async function openTwo() {
    const table = openTable();
    const [left, right] = [0, 1].map(() => table.plug(listedKeyboard(), new PlayedDevice())) as [
      PlayedDevice,
      PlayedDevice,
    ];
    return { ...(await openBench({}, table)), left, right };
  }

  test("never mix: two people who tap at once at two readers are two taps", async () => {
    const bench = await openTwo();
    // Digit by digit in turns, and the first is complete last.
    for (const at of [..."12345678"].keys()) {
      bench.left.type("12345678".charAt(at));
      bench.right.type("87654321".charAt(at));
    }
    bench.right.type("\n");
    bench.left.type("\n");
    expect(await cards(bench, 2)).toEqual(["card:87654321", "card:12345678"]);
    expect(bench.reader.counts()).toMatchObject({ taps: 2, garbage: 0 });
  });

  test("go on when one is pulled, and it is taken up when it is back; the last one's loss is a fault", async () => {
    const bench = await openTwo();
    bench.table.unplug(bench.left);
    bench.left.pull();
    await expect.poll(() => bench.news.at(-1)?.is, { timeout: 5_000 }).toBe("lost");
    bench.right.type("1111\n");
    expect(await nextCard(bench, 5_000)).toBe("card:1111");
    const back = bench.table.plug(listedKeyboard(), new PlayedDevice());
    await expect.poll(() => bench.reader.open().length, { timeout: 5_000 }).toBe(2);
    back.type("2222\n");
    expect(await nextCard(bench, 5_000)).toBe("card:2222");
    expect(bench.news.map(({ is }) => is)).toEqual(["found", "found", "lost", "found"]);
    for (const device of [back, bench.right]) {
      bench.table.unplug(device);
      device.pull();
    }
    await expect(nextCard(bench, 5_000)).rejects.toMatchObject({ code: "reader-lost" });
    expect(bench.reader.counts().lost).toBe(3);
  });

  test("that vanish from the list without a word are lost too", async () => {
    const bench = await openTwo();
    bench.table.unplug(bench.left);
    await expect.poll(() => bench.news.at(-1)?.is, { timeout: 5_000 }).toBe("lost");
    expect(bench.left.closed).toBe(1);
    expect(bench.right.closed).toBe(0);
  });

  test("of which one may not be opened work without it, and it is said once", async () => {
    const table = openTable();
    table.plug(listedKeyboard(), new PlayedDevice());
    const locked = listedKeyboard();
    table.plug(locked, new PlayedDevice());
    const openDevice = (path: string) =>
      path === locked.path ? Promise.reject(new Error("permission denied")) : table.openDevice(path);
    const bench = await openBench({ openDevice }, table);
    await wait(100);
    expect(bench.reader.open()).toHaveLength(1);
    expect(bench.news.filter(({ is }) => is === "closed-to-us")).toHaveLength(1);
  });

  test("that one device shows itself as are taken once: by serial where nobody knows the port", async () => {
    const table = openTable();
    const one = { serialNumber: "A1", vendorId: 0x09d8 };
    const mouse = listedKeyboard({ ...one, usage: 2 });
    const keys = listedKeyboard({ ...one, interface: 1 });
    const more = listedKeyboard({ ...one, interface: 2 });
    for (const device of [mouse, keys, more]) table.plug(device, new PlayedDevice());
    await openBench({}, table);
    await wait(100);
    expect(table.opened).toEqual([keys.path]);
  });
});

test("closing a reader closes its device; one that was pulled and cannot be closed is closed all the same", async () => {
  const bench = await openKeyboard();
  await bench.reader[Symbol.asyncDispose]();
  expect(bench.device.closed).toBe(1);
  class Stubborn extends PlayedDevice {
    override close = (): Promise<void> => Promise.reject(new Error("device has been disconnected"));
  }
  const table = openTable();
  const stubborn = table.plug(listedKeyboard(), new Stubborn());
  const pulled = await openBench({}, table);
  stubborn.pull();
  await expect(Promise.resolve(pulled.reader[Symbol.asyncDispose]())).resolves.toBeUndefined();
});

test("a table with none is a missing reader; one that may not be opened is a closed one", async () => {
  const table = openTable();
  await expect(openBench({}, table)).rejects.toMatchObject({ code: "reader-missing" });
  table.plug(listedKeyboard(), new PlayedDevice());
  const opening = openBench({ openDevice: () => Promise.reject(new Error("cannot open device")) }, table);
  await expect(opening).rejects.toMatchObject({ code: "reader-closed" });
});

test("unasked, only keyboards of makers of badge readers are taken: what people type is none of our business", async () => {
  const table = openTable();
  const persons = listedKeyboard({ vendorId: 0x046d, productId: 0xc31c });
  const lamp = listedKeyboard({ usagePage: 0xff00, usage: 1 });
  table.plug(persons, new PlayedDevice());
  table.plug(lamp, new PlayedDevice());
  await expect(openBench({}, table)).rejects.toMatchObject({ code: "reader-missing" });
  expect(table.opened).toEqual([]);
  const elatec = listedKeyboard();
  table.plug(elatec, new PlayedDevice());
  await openBench({}, table);
  expect(table.opened).toEqual([elatec.path]);
});

test("a reader that somebody named is taken alone, and as a keyboard where no profile knows it", async () => {
  const table = openTable();
  table.plug(listedKeyboard(), new PlayedDevice());
  const named = listedKeyboard({ vendorId: 0x4321 });
  const device = table.plug(named, new PlayedDevice());
  const bench = await openBench({ path: named.path ?? "" }, table);
  expect(table.opened).toEqual([named.path]);
  device.type("4711\n");
  expect(await nextCard(bench, 5_000)).toBe("card:4711");
});

describe("a reader that is asked", () => {
  async function openAsked() {
    const table = openTable();
    const device = table.plug(listedKeyboard({ vendorId: 0x0c27, productId: 0x3bfa }), new PlayedPcprox());
    const bench = await openBench({}, table);
    const passMs = async (ms: number): Promise<void> => {
      // A poll each step, so that time passes for a card that lies there as it does for one that is away.
      for (let passed = 0; passed < ms; passed += 100) {
        await wait(120);
        bench.clock.advance(100);
      }
    };
    return { ...bench, device, passMs };
  }
  const lying = { value: (77n << 16n) | 61234n, bits: 24 };

  test("says facility and number of 26 bits without their parity; a card that stays is one tap", async () => {
    const bench = await openAsked();
    bench.device.card = lying;
    expect(await nextCard(bench, 5_000)).toBe("w26:77-61234");
    await bench.passMs(800);
    expect(bench.reader.counts().taps).toBe(1);
    bench.device.card = null;
    await bench.passMs(600);
    bench.device.card = lying;
    expect(await nextCard(bench, 5_000)).toBe("w26:77-61234");
  });

  test("may flicker: away for a moment is not away", async () => {
    const bench = await openAsked();
    bench.device.card = lying;
    expect(await nextCard(bench, 5_000)).toBe("w26:77-61234");
    bench.device.card = null;
    await wait(120);
    bench.device.card = lying;
    await wait(200);
    expect(bench.reader.counts().taps).toBe(1);
  });

  test("types as well, and is not heard twice", async () => {
    const bench = await openAsked();
    bench.device.type("07761234\n");
    bench.device.card = lying;
    expect(await nextCard(bench, 5_000)).toBe("w26:77-61234");
    expect(await nextCard(bench, 300)).toBeNull();
  });

  test("is lost when it answers no more", async () => {
    const bench = await openAsked();
    bench.table.unplug(bench.device);
    bench.device.isPulled = true;
    await expect(nextCard(bench, 5_000)).rejects.toMatchObject({ code: "reader-lost" });
  });
});

test("the test screen shows bytes, framing, number and hash, also of what is no card, and only to who watches", async () => {
  const bench = await openKeyboard();
  bench.device.type("1111\n");
  const seen: Seen[] = [];
  const end = bench.reader.watch((one) => seen.push(one));
  bench.device.type("4711\n");
  bench.device.type("77\n");
  end();
  bench.device.type("2222\n");
  expect(seen).toMatchObject([
    { framed: "4711", card: "card:4711", hash: "card:4711", label: expect.stringMatching(/^elatec-wedge at /) },
    { framed: null, card: null, hash: null },
  ]);
  expect(seen[0]?.reports).toHaveLength(10);
});

test("this machine's devices can be listed by the real library, and nobody's keyboard is taken", async () => {
  // Build machines have no badge reader; where one is plugged in, it opens.
  const reader = await openReaders({ clock: testClock(startMs), hash: plainHash }).catch((error: unknown) => error);
  if (reader instanceof Error)
    expect(reader).toMatchObject({ code: expect.stringMatching(/^reader-(missing|closed)$/) });
  else await (reader as ReaderBench["reader"])[Symbol.asyncDispose]();
});
