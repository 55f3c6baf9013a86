import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { Fault } from "../../../kiosk/core/fault.ts";
import { testClock } from "../../../kiosk/host/clock.ts";
import { keepKeys } from "../../../kiosk/sealing/keys-at-night.ts";

const hourMs = 3_600_000;
/** Noon in Berlin. */
const noonMs = Date.UTC(2026, 10, 22, 11);

function startNights(isDueAtStart: boolean, fail: () => Error | null = () => null) {
  const clock = testClock(noonMs);
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  const rotations: number[] = [];
  const notes: string[] = [];
  let isDue = isDueAtStart;
  const keys = {
    isDue: () => isDue,
    rotate: async () => {
      const error = fail();
      if (error !== null) throw error;
      rotations.push((clock.now().utcMs - noonMs) / hourMs);
      isDue = false;
    },
  };
  const note = ({ code }: Fault): void => void notes.push(code);
  const done = keepKeys({ keys, clock, timeZone: "Europe/Berlin", note }, ended.signal);
  return {
    ...{ rotations, notes, done },
    spend: () => {
      isDue = true;
    },
    pass: async (hours: number) => {
      for (let tenth = 0; tenth < hours * 6; tenth += 1) {
        clock.advance(hourMs / 6);
        for (let turns = 0; turns < 3; turns += 1) await turn();
      }
    },
  };
}

test("what is due at the start is done at once, and what becomes due in the next night, once", async () => {
  const nights = startNights(true);
  await nights.pass(1);
  expect(nights.rotations).toEqual([0]);
  nights.spend();
  await nights.pass(12);
  expect(nights.rotations).toEqual([0]);
  await nights.pass(12);
  expect(nights.rotations).toHaveLength(2);
  // Noon and fourteen hours.
  expect(nights.rotations[1]).toBeCloseTo(14, 0);
  await nights.pass(48);
  expect(nights.rotations).toHaveLength(2);
});

test("a full disk is said, and asked again later", async () => {
  let fault: Fault | null = new Fault("disk-full", "the disk is full", "Free some.");
  const nights = startNights(true, () => fault);
  await nights.pass(1);
  expect(nights.notes).toEqual(["disk-full"]);
  fault = null;
  await nights.pass(16);
  expect(nights.rotations).toHaveLength(1);
});

test("a bug ends it", async () => {
  const nights = startNights(true, () => new RangeError("a bug"));
  await expect(nights.done).rejects.toThrow("a bug");
});
