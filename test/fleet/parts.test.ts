import fc from "fast-check";
import { expect, test } from "vitest";
import { testClock } from "../../kiosk/host/clock.ts";
import { deviceLine, fleetDevice } from "../../provisioning/fleet/devices.ts";
import { packetCounter } from "../../provisioning/fleet/gauge.ts";
import { openChance, peopleCome } from "../../provisioning/fleet/rooms.ts";

const home = { tenant: "fleet", site: "box" };

test("the same seed is the same fleet, another seed is another, and no two kiosks share a name or a key", () => {
  const lines = (seed: string) => Array.from({ length: 50 }, (_, n) => deviceLine(fleetDevice(seed, n, home)));
  expect(lines("a")).toEqual(lines("a"));
  expect(new Set([...lines("a"), ...lines("b")]).size).toBe(100);
  expect(fleetDevice("a", 0, home).identity.device).toMatch(/^k[0-9a-z]{20}$/);
});

test("messages are counted however the wire cuts them", () => {
  const packet = fc.record({ type: fc.integer({ min: 1, max: 15 }), length: fc.oneof(fc.nat(300), fc.nat(20_000)) });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 5000 })), (packets, cuts) => {
      const wire = Buffer.concat(packets.map(({ type, length }) => bytesOf(type, length)));
      let counted = 0;
      const count = packetCounter(() => {
        counted += 1;
      });
      let at = 0;
      for (const cut of cuts) {
        count(wire.subarray(at, at + cut));
        at += cut;
      }
      count(wire.subarray(at));
      expect(counted).toBe(packets.filter(({ type }) => type === 3).length);
    }),
    { numRuns: 200 },
  );
});

/** Body of 0x30, so that a counter that reads on in it counts too many. */
function bytesOf(type: number, length: number): Buffer {
  const header = [type << 4];
  for (let left = length; ; left = Math.floor(left / 128)) {
    header.push((left % 128) | (left >= 128 ? 0x80 : 0));
    if (left < 128) break;
  }
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0x30)]);
}

test("a thousand punches a minute are about a thousand, and the rush is the middle third", async () => {
  const clock = testClock(0);
  const times: number[] = [];
  const rhythm = { punchesPerMinute: 1000, minutes: 3, rush: 4 };
  const coming = peopleCome(
    rhythm,
    openChance("a day"),
    clock,
    () => times.push(clock.now().monoMs),
    new AbortController().signal,
  );
  let isOver = false;
  void coming.then(() => {
    isOver = true;
  });
  while (!isOver) {
    clock.advance(10);
    // Two turns of the queue: the sleeper wakes, and goes to sleep again.
    await new Promise(setImmediate);
  }
  const inMinute = (minute: number) => times.filter((ms) => Math.floor(ms / 60_000) === minute).length;
  expect(inMinute(0)).toBeGreaterThan(850);
  expect(inMinute(0)).toBeLessThan(1150);
  expect(inMinute(1)).toBeGreaterThan(3600);
  expect(inMinute(1)).toBeLessThan(4400);
  expect(inMinute(2)).toBeLessThan(1150);
});
