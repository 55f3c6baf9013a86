import { setImmediate as breath } from "node:timers/promises";
import { expect, test } from "vitest";
import { Fault } from "../../../kiosk/core/fault.ts";
import type { HousingSeen } from "../../../kiosk/core/housing.ts";
import { testClock } from "../../../kiosk/host/clock.ts";
import { watchHousing } from "../../../kiosk/housing/watch.ts";

const full = new Fault("disk-full", "the disk is full", "Make room.");

/** A housing whose switch and disk do as they are told; `look` lets the clock look once, and once more to be sure. */
function openScene() {
  const clock = testClock(1_000);
  let seen: HousingSeen = { isOpen: false };
  const now = { isOpen: false, isFull: false };
  const done = { acts: [] as string[], lines: 0, locks: 0, notes: [] as unknown[], words: [] as string[] };
  const says: boolean[] = [];
  const ending = new AbortController();
  const watching = watchHousing(
    {
      housing: { label: "a switch", simulated: true, isOpen: async () => says.shift() ?? now.isOpen },
      file: {
        get: () => seen,
        change: async (change) => {
          if (now.isFull) throw full;
          seen = change(seen);
        },
      },
      journal: {
        append: async ({ data }, at) => {
          if (now.isFull) throw full;
          done.acts.push(`${"act" in data ? data.act : ""} ${at.utcMs}`);
          return undefined as never;
        },
      },
      clock,
      lock: async () => {
        done.locks += 1;
      },
      opened: () => {
        done.lines += 1;
      },
      looked: (word) => done.words.push(word),
      note: (fault) => done.notes.push(fault),
    },
    ending.signal,
  );
  const look = async (): Promise<void> => {
    for (const ms of [1_800, 200]) {
      clock.advance(ms);
      for (let turns = 0; turns < 10; turns += 1) await breath();
    }
  };
  const end = async (): Promise<void> => {
    ending.abort();
    await watching;
  };
  return { now, says, done, look, end, seen: () => seen };
}

test("S3 IC-28 a contact that bounces, or a line that is only just pulled up, opens and closes nothing", async () => {
  const { now, says, done, look, end } = openScene();
  await look();
  says.push(true, false);
  for (let looks = 0; looks < 3; looks += 1) await look();
  expect(done).toMatchObject({ acts: [], lines: 0, locks: 0 });
  expect(done.words.join(), "it was asked again").toContain("closed,open,closed");
  now.isOpen = true;
  for (let looks = 0; looks < 3; looks += 1) await look();
  says.push(false, true);
  for (let looks = 0; looks < 3; looks += 1) await look();
  expect(done.acts).toHaveLength(1);
  expect(done).toMatchObject({ lines: 1, locks: 1 });
  await end();
});

test("S3 IC-28 what was opened and closed while the disk was full is written with its own times once there is room", async () => {
  const { now, done, look, end, seen } = openScene();
  await look();
  now.isFull = true;
  for (const isOpen of [true, false]) {
    now.isOpen = isOpen;
    for (let looks = 0; looks < 3; looks += 1) await look();
  }
  expect(done).toMatchObject({ acts: [], lines: 1, notes: [full] });
  expect(done.locks).toBeGreaterThan(0);
  now.isFull = false;
  for (let looks = 0; looks < 2; looks += 1) await look();
  const [opened = "", closed = ""] = done.acts;
  expect(done.acts.map((act) => act.split(" ")[0])).toEqual(["opened", "closed"]);
  expect(Number(closed.split(" ")[1]) - Number(opened.split(" ")[1])).toBeGreaterThanOrEqual(4_000);
  expect(seen()).toEqual({ isOpen: false });
  await end();
});
