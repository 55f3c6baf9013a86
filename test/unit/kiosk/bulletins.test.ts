import { expect, test } from "vitest";
import { openBulletins } from "../../../kiosk/bulletins.ts";
import type { Bulletin } from "../../../kiosk/core/bulletin.ts";
import { Fault } from "../../../kiosk/core/fault.ts";
import { personId } from "../../../kiosk/core/person.ts";
import { testClock } from "../../../kiosk/host/clock.ts";
import { openSettings } from "../../../kiosk/store/settings.ts";
import { scratch } from "../../scratch.ts";

const now = Date.UTC(2026, 10, 23, 8);
const dayMs = 24 * 3_600_000;
const sub = personId("p_8m2q7x4w9t1v6r3s5k0n");
const bulletin = (id: string, more: Partial<Bulletin> = {}): Bulletin => ({
  ...{ id, text: `about ${id}`, untilUtcMs: null, sub: null },
  ...more,
});

async function scene() {
  const directory = scratch();
  const clock = testClock(now);
  const noted: unknown[] = [];
  const open = async () => {
    const shown: Bulletin[] = [];
    const settings = await openSettings(directory);
    const note = (fault: unknown) => void noted.push(fault);
    return { shown, settings, ...openBulletins({ settings, clock, note, show: (one) => shown.push(one) }) };
  };
  return { clock, noted, open };
}

test("what hung on the wall hangs there again after a restart, in its order, unless it is over", async () => {
  const { clock, open } = await scene();
  const before = await open();
  await before.announce(bulletin("short", { untilUtcMs: now + 1_000 }));
  await before.announce(bulletin("all"));
  await before.announce(bulletin("one", { sub }));
  await before.announce(bulletin("all"));
  expect(before.shown.map(({ id }) => id)).toEqual(["short", "all", "one", "all"]);
  clock.advance(2_000);
  const after = await open();
  after.showAgain();
  expect(after.shown).toEqual([
    { id: "one", text: "about one", sub, untilUtcMs: now + 14 * dayMs },
    { id: "all", text: "about all", sub: null, untilUtcMs: now + 14 * dayMs },
  ]);
  clock.advance(14 * dayMs);
  const late = await open();
  late.showAgain();
  expect(late.shown).toEqual([]);
});

test("what was said to somebody who is forgotten is not kept", async () => {
  const { open } = await scene();
  const { announce, forget, settings } = await open();
  await announce(bulletin("one", { sub }));
  await announce(bulletin("all"));
  await forget(sub);
  expect(JSON.stringify(settings.get())).not.toContain(sub);
  const after = await open();
  after.showAgain();
  expect(after.shown.map(({ id }) => id)).toEqual(["all"]);
});

test("a disk that keeps nothing keeps nobody from reading it", async () => {
  const { clock } = await scene();
  const shown: Bulletin[] = [];
  const noted: unknown[] = [];
  const full = new Fault("disk-full", "the disk is full", "Free some space.");
  const settings = { get: () => ({ version: 1 as const, boots: 0, bootId: "" }), change: () => Promise.reject(full) };
  const bulletins = openBulletins({ settings, clock, show: (one) => shown.push(one), note: (one) => noted.push(one) });
  await bulletins.announce(bulletin("all"));
  expect([shown.length, noted]).toEqual([1, [full]]);
});
