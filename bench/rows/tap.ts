import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { cardHasher, cardText } from "../../kiosk/core/card.ts";
import { blankMemory, withPeople } from "../../kiosk/core/memory.ts";
import { type Person, personId } from "../../kiosk/core/person.ts";
import { defaultPolicy } from "../../kiosk/core/policy.ts";
import { parseProfiles } from "../../kiosk/reader/profiles.ts";
import { openReaders } from "../../kiosk/reader/room.ts";
import { createStation } from "../../kiosk/run.ts";
import { reportsOf } from "../../test/contract/keyboard.ts";
import { listedKeyboard, openTable, PlayedDevice } from "../../test/contract/reader-devices.ts";
import { bound, quantile, type Row } from "../measure.ts";
import { punchBench } from "../punches.ts";

const crowd = 200;
const taps = 400;
const hash = cardHasher(new Uint8Array(32).fill(7));
const cardOf = (n: number): string => String(4_711_000 + n).padStart(10, "0");
const people: readonly Person[] = Array.from({ length: crowd }, (_, n) => ({
  id: personId(`p_${String(n).padStart(20, "0")}`),
  displayName: `Person ${n}`,
  badges: [hash(cardText(`card:${cardOf(n)}`))],
  lookAlikes: [],
}));

/**
 * From the last report of a reader that types to the screenful that thanks, with real reader room, station and journal,
 * no camera; in turns with the commit alone, which is what a person has to wait for in any case.
 */
export async function measure(): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(import.meta.dirname, "../results-"));
  try {
    return await tapToThanks(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function tapToThanks(directory: string): Promise<readonly Row[]> {
  const bench = await punchBench();
  const { clock } = bench;
  await using journal = await bench.open(join(directory, "clock"));
  await using other = await bench.open(join(directory, "alone"));
  const table = openTable();
  const device = table.plug(listedKeyboard(), new PlayedDevice());
  await using readers = await openReaders({ clock, hash, profiles: parseProfiles(null), ...table });
  let thanked = Promise.withResolvers<void>();
  let last = "";
  const station = createStation({
    memory: withPeople(blankMemory, people),
    policy: { ...defaultPolicy, duplicateWindowMs: 0 },
    place: { site: "", gate: "", timeZone: "Etc/UTC", locale: "en" },
    ...{ clock, journal },
    screen: {
      show: ({ view }) => {
        const now = view.at === "thanks" ? view.receipt : "";
        if (now !== "" && now !== last) thanked.resolve();
        last = now;
      },
    },
    moment: () => ({ clock: clock.quality(), boot: 1 }),
    forget: () => undefined,
    enrolled: () => undefined,
    observed: () => undefined,
  });
  const stop = new AbortController();
  const running = station.run(stop.signal);
  for (const room of ["camera", "engine"] as const) {
    station.post({ kind: "room", room, state: { is: "none" }, at: clock.now() });
  }
  for (const room of ["reader", "journal"] as const) {
    station.post({ kind: "room", room, state: { is: "up" }, at: clock.now() });
  }
  station.post({ kind: "ready", at: clock.now() });
  const reading = (async () => {
    for await (const tap of readers.taps(stop.signal)) station.post({ kind: "tap", tap, at: clock.now() });
  })();
  const ours: number[] = [];
  const alone: number[] = [];
  for (let n = 0; n < taps; n += 1) {
    alone.push(await timed(() => bench.punch(other)));
    thanked = Promise.withResolvers<void>();
    const reports = reportsOf(`${cardOf(n % crowd)}\n`);
    device.say(...reports.slice(0, -2));
    ours.push(
      await timed(() => {
        device.say(...reports.slice(-2));
        return Promise.race([thanked.promise, tooLate()]);
      }),
    );
  }
  stop.abort();
  await Promise.all([running, reading]);
  const [tap, commit] = [quantile(ours, 0.95), quantile(alone, 0.95)];
  return [bound("badge tap to thanks, p95, beyond the p95 of a durable commit", Math.max(0, tap - commit), 50, "ms")];
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await act();
  return performance.now() - startMs;
}

async function tooLate(): Promise<never> {
  await wait(30_000, undefined, { ref: false });
  throw new Error("a tap was not answered");
}
