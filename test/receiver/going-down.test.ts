import fc from "fast-check";
import { expect, test } from "vitest";
import { turnPages } from "../../kiosk/uplink/contract/turn-pages.ts";
import { openMemorySink } from "../../kiosk/uplink/receiver/memory-sink.ts";
import { emptyRoster, pagesBetween } from "../../kiosk/uplink/receiver/roster-publisher.ts";
import { openDrip } from "../../provisioning/receive/drip.ts";
import { prometheusText } from "../../provisioning/receive/metrics.ts";
import { openPressure } from "../../provisioning/receive/pressure.ts";
import { getRoster, putRoster, stepFrom } from "../../provisioning/receive/roster.ts";
import { putSettings, settingsFor } from "../../provisioning/receive/settings.ts";

/** The small parts of `lintel receive` that say what goes down, and how fast. */

test("from whatever version a clock has, the step leads to the roster of today, and nobody comes back", async () => {
  const id = (n: number) => `p_${String(n).padStart(20, "0")}`;
  const people = fc.dictionary(fc.nat(6).map(id), fc.constantFrom("a", "b", "c"), { maxKeys: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(people, { minLength: 1, maxLength: 6 }), fc.nat(6), async (versions, from) => {
      const { desired } = openMemorySink();
      let clock = emptyRoster;
      let root = "";
      for (const [n, version] of versions.entries()) {
        await putRoster(desired, new Map(Object.entries(version)), n * 1000);
        const kept = await getRoster(desired);
        if (n !== from) continue;
        const step = stepFrom({ v: 0, root: "" }, kept);
        if (step === null) continue;
        clock = turnPages(clock, pagesBetween(step.before, step.after));
        root = kept.roots.get(clock.v) ?? "";
      }
      const kept = await getRoster(desired);
      const step = stepFrom({ v: clock.v, root }, kept);
      const now = step === null ? clock : turnPages(clock, pagesBetween(step.before, step.after));
      expect(now.v).toBe(kept.now.v);
      expect([...now.items].toSorted()).toEqual([...kept.now.items].toSorted());
      const last = Object.entries(versions.at(-1) ?? {});
      expect([...now.items].map(([name, { text }]) => [name, text]).toSorted()).toEqual(last.toSorted());
    }),
    { numRuns: 100 },
  );
});

test("the same roster again is no news, and a store that was lost goes on above what clocks have", async () => {
  const one = openMemorySink();
  const anna = new Map([["p_00000000000000000001", "{}"]]);
  expect(await putRoster(one.desired, anna, 5_000_000)).toBe(true);
  expect(await putRoster(one.desired, anna, 6_000_000)).toBe(false);
  const lost = await one.desired.version("ros");
  const other = openMemorySink();
  await putRoster(other.desired, anna, 7_000_000);
  expect(await other.desired.version("ros")).toBeGreaterThan(lost);
  // What a clock says that it has, and never was ours, is led on from by a snapshot.
  const step = stepFrom({ v: lost, root: "x" }, await getRoster(other.desired));
  expect(step?.before).toBe(emptyRoster);
});

test("the nearest settings count, and taking them back is newer than they were", async () => {
  const { desired } = openMemorySink();
  const doc = (text: string) => JSON.stringify({ min_fw: "0.0.0", doc: text });
  const device = { tenant: "acme", site: "north", device: `k${"0".repeat(20)}` };
  const at = async (files: Record<string, string>, ms: number) => {
    await putSettings(desired, new Map(Object.entries(files).map(([name, text]) => [name, doc(text)])), ms);
    return settingsFor(device, await desired.read("cfg"));
  };
  const first = await at({ all: "A", "site:north": "N", [device.device]: "D", "site:south": "S" }, 1000);
  expect(first?.doc).toBe("D");
  const second = await at({ all: "A", "site:north": "N" }, 2000);
  expect(second?.doc).toBe("N");
  expect(second?.v).toBeGreaterThan(first?.v ?? 0);
  expect(await at({ "site:south": "S" }, 3000)).toBe(null);
});

test("a slow store asks for less than it manages, a very slow one for a rest, and a quick one for nothing", () => {
  const pressure = openPressure(1000);
  pressure.took(500, 5, 100, 0);
  expect(pressure.wish()).toBe(undefined);
  pressure.took(500, 5, 5000, 0);
  expect(pressure.wish()).toEqual({ rps: 16 });
  pressure.took(500, 1000, 5000, 0);
  expect(pressure.wish()).toEqual({ hold: 13 });
  pressure.took(500, 1, 100, 2000);
  expect(pressure.wish()).toEqual({ rps: 4000 });
  pressure.took(500, 1, 100, 0);
  expect(pressure.wish()).toBe(undefined);
});

test("pages leave a few at a time, and what nobody could ever take is left out", () => {
  const drip = openDrip();
  drip.add(Array.from({ length: 30_000 }, (_, n) => ({ topic: `${n}`, bytes: new Uint8Array() })));
  const first = drip.next();
  expect(first.length).toBe(20);
  let all = first.length;
  for (let some = drip.next(); some.length > 0; some = drip.next()) all += some.length;
  expect(all).toBe(20_000);
});

test("what is missing is told to a scraper by clock and class, and how long it is known", () => {
  const source = "urn:lintel:acme:north:k1";
  const gap = { source, epoch: 1, from: 3, to: 5, class: "missing" as const, sinceMs: 10_000 };
  const text = prometheusText([{ source, heard: "2026-01-01T00:00:00.000Z", epochs: [], gaps: [gap] }], 70_000);
  expect(text).toContain(`lintel_gap_records{source="${source}",class="missing"} 3\n`);
  expect(text).toContain(`lintel_gap_oldest_seconds{source="${source}",class="missing"} 60\n`);
  expect(text).toContain(`lintel_gap_records{source="${source}",class="gone"} 0\n`);
  expect(text).toContain(`lintel_heard_timestamp_seconds{source="${source}"} 1767225600`);
});
