import { expect, onTestFinished, test } from "vitest";
import type { ReaderSeen } from "../../../kiosk/core/desk.ts";
import type { Event } from "../../../kiosk/core/event.ts";
import type { RoomState } from "../../../kiosk/core/health.ts";
import { openSystemClock } from "../../../kiosk/host/clock.ts";
import { parseProfiles } from "../../../kiosk/reader/profiles.ts";
import { openSimReader } from "../../../kiosk/reader/sim.ts";
import { createReaders, keepReader } from "../../../kiosk/readers.ts";
import { listedKeyboard, openTable, PlayedDevice, plainHash } from "../../contract/reader-devices.ts";

const patience = { timeout: 10_000, interval: 10 };

async function openClock(setting: string) {
  const clock = await openSystemClock();
  const table = openTable();
  const openDevice = (path: string) => table.openDevice(path);
  const devices = { listDevices: table.listDevices, openDevice, scanMs: 20 };
  const readers = createReaders({ hash: plainHash, profiles: parseProfiles(null), devices });
  const states: string[] = [];
  const taps: string[] = [];
  const stop = new AbortController();
  const report = (state: RoomState): void => {
    const said = state.is === "down" ? state.code : state.is;
    if (states.at(-1) !== said) states.push(said);
  };
  const post = (event: Event): void => {
    if (event.kind === "tap") taps.push(event.tap.badge);
  };
  const backoff = { baseMs: 10, capMs: 10 };
  const kept = keepReader(setting, null, { clock, backoff, random: () => 0, report, post, readers }, stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await kept;
  });
  return { clock, table, readers, states, taps };
}

test("a clock without a reader is not ill; one that had a reader is, until it is back", async () => {
  const { table, states, taps, readers } = await openClock("auto");
  await expect.poll(() => states, patience).toEqual(["none"]);
  const reader = table.plug(listedKeyboard(), new PlayedDevice());
  await expect.poll(() => states.at(-1), patience).toBe("up");
  reader.type("1001\n");
  await expect.poll(() => taps, patience).toEqual(["card:1001"]);
  table.unplug(reader);
  reader.pull();
  await expect.poll(() => states, patience).toEqual(["none", "up", "reader-lost", "reader-missing"]);
  const back = table.plug(listedKeyboard(), new PlayedDevice());
  await expect.poll(() => states.at(-1), patience).toBe("up");
  back.type("1002\n");
  await expect.poll(() => taps, patience).toEqual(["card:1001", "card:1002"]);
  // What was counted before the reader was lost counts still.
  expect(readers.counts()).toEqual({ taps: 2, garbage: 0, overflow: 0, lost: 1 });
  // Telemetry has what is new, once.
  const figures = (taps: number, lost: number) => ({
    metrics: {
      "lintel.reader.taps": taps,
      "lintel.reader.garbage": 0,
      "lintel.reader.overflow": 0,
      "lintel.reader.lost": lost,
    },
  });
  expect(readers.figures()).toEqual(figures(2, 1));
  expect(readers.figures()).toEqual(figures(0, 0));
});

test("a card that a technician waits for is no punch; the next one is", async () => {
  const { table, readers, taps, states } = await openClock("hid");
  const reader = table.plug(listedKeyboard(), new PlayedDevice());
  await expect.poll(() => states.at(-1), patience).toBe("up");
  const next = readers.nextTap((badge) => badge !== "card:1001", AbortSignal.timeout(20_000));
  reader.type("1001\n");
  reader.type("1002\n");
  reader.type("1003\n");
  expect((await next).badge).toBe("card:1002");
  await expect.poll(() => taps, patience).toEqual(["card:1001", "card:1003"]);
});

test("what readers say is shown while somebody watches, also by a reader that comes meanwhile", async () => {
  const { table, readers, states } = await openClock("auto");
  const stop = new AbortController();
  const seen: ReaderSeen[] = [];
  const watching = readers.watch((one) => seen.push(one), stop.signal);
  const device = listedKeyboard();
  const reader = table.plug(device, new PlayedDevice());
  table.plug(listedKeyboard({ vendorId: 0x046d, path: "/dev/no-such-typewriter" }), new PlayedDevice());
  await expect.poll(() => states.at(-1), patience).toBe("up");
  reader.type("1001\n");
  await expect.poll(() => seen, patience).toHaveLength(1);
  expect(seen[0]).toMatchObject({ framed: "1001", card: "card:1001", hash: "card:1001" });
  expect(seen[0]?.reports[0]).toBe("00001e0000000000");
  stop.abort();
  await watching;
  reader.type("1002\n");
  expect(seen).toHaveLength(1);
  const { readers: cards } = await readers.survey();
  expect(cards).toMatchObject([
    { path: device.path, is: "open", profile: "elatec-wedge", why: "" },
    { is: "not-ours", profile: null, why: "no profile knows its vendor" },
  ]);
});

test("a demo's reader is waited for like a real one", async () => {
  const clock = await openSystemClock();
  const readers = createReaders({ hash: plainHash, profiles: [] });
  const cards = openSimReader({ clock });
  const taps: string[] = [];
  const stop = new AbortController();
  const post = (event: Event): void => {
    if (event.kind === "tap") taps.push(event.tap.badge);
  };
  const keeping = {
    clock,
    backoff: { baseMs: 10, capMs: 10 },
    random: () => 0,
    report: () => undefined,
    post,
    readers,
  };
  const kept = keepReader("auto", cards, keeping, stop.signal);
  const next = readers.nextTap(() => true, AbortSignal.timeout(20_000));
  cards.tap("a" as never);
  cards.tap("b" as never);
  expect((await next).badge).toBe("a");
  await expect.poll(() => taps, patience).toEqual(["b"]);
  stop.abort();
  await kept;
});

test("a reader that is there and may not be opened is an illness, also of a clock that never had one", async () => {
  const { table, states } = await openClock("auto");
  const device = listedKeyboard();
  table.plug(device, new PlayedDevice());
  const open = table.openDevice;
  table.openDevice = () => Promise.reject(new Error("permission denied"));
  await expect.poll(() => states.at(-1), patience).toBe("reader-closed");
  table.openDevice = open;
  await expect.poll(() => states.at(-1), patience).toBe("up");
});
