import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test, vi } from "vitest";
import { openBoots } from "../../kiosk/boots.ts";
import { bookOf } from "../../kiosk/core/attendance/attendance.ts";
import { cardHash } from "../../kiosk/core/card.ts";
import { blankMemory, recalled, withPeople } from "../../kiosk/core/memory.ts";
import { type Person, personId } from "../../kiosk/core/person.ts";
import { defaultPolicy, type Policy } from "../../kiosk/core/policy.ts";
import { step } from "../../kiosk/core/station.ts";
import type { View } from "../../kiosk/core/view.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { openLog } from "../../kiosk/host/log.ts";
import { createStation } from "../../kiosk/run.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { at, punch, startMs } from "../contract/journal.ts";
import { scratch } from "../scratch.ts";
import { journalFolder, openClockJournal } from "./clockwork.ts";

/**
 * The conjunction of a power cut and a clock that shows any date (docs/decisions/0014): a real journal whose writer is
 * killed, and the real loop on it in the boot that follows.
 */

const ana: Person = {
  id: personId("p_8m2q7x4w9t1v6r3s5k0n"),
  displayName: "Ana Morales",
  badges: [cardHash("4711")],
  lookAlikes: [],
};
const log = openLog("plain", () => {});
const spanMs = 16 * 24 * 3_600_000;
const hourMs = 3_600_000;
const batteryClock = { source: "rtc", errorMs: 3_600_000, ageS: 0 } as const;

/** Ana came at eight, in the first boot, by a clock that knew the time. */
async function cameAtEight(): Promise<string> {
  const state = scratch();
  const { start } = await openBoots(journalFolder(state), log, "boot-a");
  expect(start).toEqual({ isNewBoot: true, wasUnclean: false });
  const journal = await openClockJournal(state);
  await journal.append(punch("in"), at(0));
  await journal[Symbol.asyncDispose]();
  return state;
}

/** What a power cut does: whoever writes is gone in the middle of it. */
async function cutPower(state: string): Promise<void> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, "writer.ts"), state], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (writer.stdout === null) throw new RangeError("a piped child has a stdout");
  const lines = createInterface({ input: writer.stdout });
  await once(lines, "line");
  writer.kill("SIGKILL");
  await once(lines, "close");
}

/** The clock's next boot, at whatever its battery clock shows. */
async function startAgain(state: string, wallMs: number, rules: Partial<Policy> = {}) {
  const { start } = await openBoots(journalFolder(state), log, "boot-b");
  const clock = testClock(wallMs, batteryClock);
  const journal = await openClockJournal(state, { clock, boot: 2 });
  const policy: Policy = { ...defaultPolicy, timeZone: "Europe/Berlin", ...rules };
  const memory = { ...recalled(withPeople(blankMemory, [ana]), journal.recall(wallMs - spanMs, spanMs)), start };
  let view: View | null = null;
  const stop = new AbortController();
  const station = createStation({
    ...{ memory, policy, clock, journal },
    place: { site: "", gate: "", timeZone: policy.timeZone, locale: "en" },
    screen: {
      show: (shown) => {
        view = shown.view;
      },
    },
    moment: () => ({ clock: clock.quality(), boot: 2 }),
    forget: () => {},
    enrolled: () => {},
    observed: () => {},
  });
  const running = station.run(stop.signal);
  station.post({ kind: "room", room: "reader", state: { is: "up" }, at: clock.now() });
  for (const room of ["camera", "engine"] as const) {
    station.post({ kind: "room", room, state: { is: "none" }, at: clock.now() });
  }
  station.post({ kind: "ready", at: clock.now() });
  return {
    ...{ start, clock, journal, memory, policy },
    tap: () => {
      const [badge = cardHash("")] = ana.badges;
      station.post({ kind: "tap", tap: { badge, at: clock.now() }, at: clock.now() });
    },
    until: (wanted: View["at"]) =>
      vi.waitFor(() => {
        expect(view?.at).toBe(wanted);
        return view;
      }, 20_000),
    newest: () => eventOf(journal.at(journal.head())?.jws ?? ""),
    end: async () => {
      stop.abort();
      await running;
      await journal[Symbol.asyncDispose]();
    },
  };
}

test.each([
  ["back by three years", startMs - 3 * 365 * 24 * hourMs],
  ["to a date that looks right", startMs + 9 * hourMs],
  ["ahead by ten years", startMs + 10 * 365 * 24 * hourMs],
])(
  "power cut and clock set %s: the punch is taken, flagged, and its direction follows the order",
  async (_, wallMs) => {
    const state = await cameAtEight();
    await cutPower(state);
    const wall = await startAgain(state, wallMs);
    expect(wall.start).toEqual({ isNewBoot: true, wasUnclean: true });
    wall.tap();
    // Suggested: it stands on the thanks, and one touch changes it. Nobody is asked about yesterday.
    expect(await wall.until("thanks")).toMatchObject({ kind: "out" });
    const { type, data } = wall.newest();
    expect(type).toBe("dev.lintel.punch.v1");
    expect(data).toMatchObject({ kind: "out", inf: true, sub: ana.id, dec: "flag", why: ["clock-weak"] });
    await wall.end();
  },
);

test("power cut and clock set back: where the site's rule needs a date, the person is asked, and silence is an answer", async () => {
  const state = await cameAtEight();
  await cutPower(state);
  // By its date it would be the first punch of a day, and `first-last` would say in without a question.
  const wall = await startAgain(state, startMs - 3 * 365 * 24 * hourMs, { direction: "first-last" });
  wall.tap();
  expect(await wall.until("choose")).toMatchObject({ suggested: "out" });
  wall.clock.advance(wall.policy.askMs + 1);
  await wall.until("thanks");
  expect(wall.newest().data).toMatchObject({ kind: "out", inf: true, dec: "flag", why: ["clock-weak"] });
  await wall.end();
});

test("the cut is remembered for the boot, however often the process starts in it; a clean stop ends it", async () => {
  const state = await cameAtEight();
  await cutPower(state);
  const folder = journalFolder(state);
  const wall = await startAgain(state, startMs + hourMs);
  await wall.end();
  expect((await openBoots(folder, log, "boot-b")).start).toEqual({ isNewBoot: true, wasUnclean: true });
  expect((await openBoots(folder, log, "boot-c")).start).toEqual({ isNewBoot: true, wasUnclean: false });
  expect((await openBoots(folder, log, "boot-c")).start).toEqual({ isNewBoot: false, wasUnclean: false });
  // A process that died in the same boot is no power cut: the machine's clock went on.
  await cutPower(state);
  expect((await openBoots(folder, log, "boot-c")).start.wasUnclean).toBe(false);
});

test("once the boot knows the time, what it took before is dated, at once and after every restart", async () => {
  const state = await cameAtEight();
  await cutPower(state);
  const backMs = startMs - 3 * 365 * 24 * hourMs;
  const wall = await startAgain(state, backMs);
  wall.clock.advance(60_000);
  wall.tap();
  await wall.until("thanks");
  // Signed words from outside: a minute after the punch it was 17:01.
  const fix = { boot: 2, mono: 120_000, utc: new Date(startMs + 9 * hourMs + 60_000).toISOString(), err: 40 };
  const { event } = await wall.journal.append({ type: "timefix", data: { ...fix, src: "ack" } }, wall.clock.now());
  const read = wall.journal.recall(backMs - spanMs, spanMs);
  const dated = { kind: "out", time: "reckoned", utcMs: startMs + 9 * hourMs };

  const before = recalled(
    withPeople(blankMemory, [ana]),
    read.filter(({ id }) => id !== event.id),
  );
  expect(bookOf(before.attendance, ana.id).marks.at(-1)).toMatchObject({ kind: "out", time: "unsure" });
  const [live] = step(before, { kind: "time-fixed", fix: event, at: wall.clock.now() }, wall.policy);
  expect(bookOf(live.attendance, ana.id).marks.at(-1)).toMatchObject(dated);
  await wall.end();

  const rightMs = startMs + 10 * hourMs;
  const next = await startAgain(state, rightMs);
  expect(bookOf(next.memory.attendance, ana.id).marks.at(-1)).toMatchObject(dated);
  await next.end();
});
