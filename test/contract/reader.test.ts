import { EventEmitter } from "node:events";
import { stat } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Device } from "node-hid";
import { expect, onTestFinished, test } from "vitest";
import { cardHash } from "../../kiosk/core/card.ts";
import type { Tap } from "../../kiosk/core/ports.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { type HidDevice, openHidReader } from "../../kiosk/reader/hid.ts";
import { openSimReader } from "../../kiosk/reader/sim.ts";
import { reportsOf } from "./keyboard.ts";
import { type ReaderBench, readerContract, unplugged } from "./reader.ts";

const startMs = Date.UTC(2026, 5, 1);

/** A keyboard wedge as node-hid gives it to us: reports as they come, and its errors are strings. */
class PlayedKeyboard extends EventEmitter implements HidDevice {
  closed = 0;
  type(text: string): void {
    for (const report of reportsOf(text)) this.emit("data", report);
  }
  async close(): Promise<void> {
    this.closed += 1;
  }
}

async function openPlayed(device = new PlayedKeyboard()): Promise<ReaderBench & { readonly device: PlayedKeyboard }> {
  const clock = testClock(startMs);
  const reader = await openHidReader({ clock, path: "/dev/hidraw9", openDevice: async () => device });
  onTestFinished(() => reader[Symbol.asyncDispose]());
  return {
    reader,
    clock,
    device,
    lay: (card) => device.type(`${card}\n`),
    pull: () => device.emit("error", "could not read from HID device"),
  };
}

readerContract("pretended reader", async () => {
  const clock = testClock(startMs);
  const reader = openSimReader({ clock });
  return { reader, clock, lay: (card) => reader.tap(cardHash(`sim:${card}`)), pull: () => reader.fail(unplugged()) };
});
readerContract("HID reader", openPlayed);

/** The next card within `withinMs`, or null. */
async function nextCard({ reader }: ReaderBench, withinMs: number): Promise<string | null> {
  const taps = reader.taps(AbortSignal.timeout(withinMs))[Symbol.asyncIterator]();
  const { done, value } = (await taps.next()) as IteratorResult<Tap, undefined>;
  return done ? null : value.badge;
}

test("a reader that presses no key after its number is understood by its silence", async () => {
  const bench = await openPlayed();
  bench.device.type("0012345678");
  expect(await nextCard(bench, 2_000)).toBe("hid:0012345678");
});

test("once a reader ended a number with Enter, half a number and silence are no card, nor part of the next", async () => {
  const bench = await openPlayed();
  bench.device.type("0012345678\n");
  expect(await nextCard(bench, 2_000)).toBe("hid:0012345678");
  bench.device.type("00999");
  await wait(200);
  bench.device.type("0055555555\n");
  expect(await nextCard(bench, 2_000)).toBe("hid:0055555555");
});

test("a thread that was busy in the middle of a card does not cut it in two", async () => {
  const bench = await openPlayed();
  bench.device.type("00123");
  // Comes as the kernel's news do, while the thread is busy for longer than the silence that ends a card.
  stat(".", () => bench.device.type("45678"));
  const busyUntilMs = performance.now() + 300;
  while (performance.now() < busyUntilMs);
  expect(await nextCard(bench, 2_000)).toBe("hid:0012345678");
  expect(await nextCard(bench, 300)).toBeNull();
});

test("closing a reader closes its device; one that was pulled and cannot be closed is closed all the same", async () => {
  const bench = await openPlayed();
  await bench.reader[Symbol.asyncDispose]();
  expect(bench.device.closed).toBe(1);
  class Stubborn extends PlayedKeyboard {
    override close = (): Promise<void> => Promise.reject(new Error("device has been disconnected"));
  }
  const pulled = await openPlayed(new Stubborn());
  pulled.pull();
  await expect(pulled.reader[Symbol.asyncDispose]()).resolves.toBeUndefined();
});

test("a node that cannot be opened is a missing reader", async () => {
  const opening = openHidReader({
    clock: testClock(startMs),
    path: "/dev/hidraw9",
    openDevice: () => Promise.reject(new Error("cannot open device")),
  });
  await expect(opening).rejects.toMatchObject({ code: "reader-missing" });
});

test("unasked, only keyboards of makers of badge readers are taken: what people type is none of our business", async () => {
  const keyboard = { usagePage: 1, usage: 6, interface: 0, release: 1 };
  const persons: Device = { ...keyboard, vendorId: 0x046d, productId: 0xc31c, path: "/dev/hidraw0" };
  const elatecs: Device = { ...keyboard, vendorId: 0x09d8, productId: 0x0410, path: "/dev/hidraw2" };
  const itsLamp: Device = { ...elatecs, usagePage: 0xff00, usage: 1, path: "/dev/hidraw1" };
  const opened: string[] = [];
  const openDevice = async (path: string): Promise<HidDevice> => {
    opened.push(path);
    return new PlayedKeyboard();
  };
  const open = (devices: readonly Device[]) =>
    openHidReader({ clock: testClock(startMs), openDevice, listDevices: async () => devices });

  await expect(open([])).rejects.toMatchObject({ code: "reader-missing" });
  await expect(open([persons, itsLamp])).rejects.toMatchObject({ code: "reader-missing" });
  expect(opened).toEqual([]);
  await using reader = await open([persons, itsLamp, elatecs]);
  expect(reader.simulated).toBe(false);
  expect(opened).toEqual(["/dev/hidraw2"]);
});

test("this machine's devices can be listed by the real library, and nobody's keyboard is taken", async () => {
  // Build machines have no badge reader; where one is plugged in, it opens.
  const reader = await openHidReader({ clock: testClock(startMs) }).catch((error: unknown) => error);
  if (reader instanceof Error) expect(reader).toMatchObject({ code: "reader-missing" });
  else await (reader as ReaderBench["reader"])[Symbol.asyncDispose]();
});
