import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { openVitals } from "../../kiosk/host/telemetry.ts";
import { telemetryEvent } from "../../kiosk/uplink/contract/telemetry.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { openPipe } from "../../kiosk/uplink/mqtt.ts";
import { telemetryLetter } from "../../kiosk/uplink/telemetry.ts";
import { openUplink } from "../../kiosk/uplink/uplink.ts";
import { identity, newKey, quick, realClock, smallJournal, until } from "../unit/uplink/parts.ts";
import { brokers } from "./broker-parts.ts";

const key = newKey();
const journal = smallJournal(key);
const speaker = { identity, signer: key.signer, journal, clock: realClock, fw: "0.1.0" };

test("the box's figures are whole numbers with a unit, and cost next to nothing", async () => {
  await using vitals = await openVitals({ directory: tmpdir() });
  const before = process.cpuUsage();
  const startMs = performance.now();
  const { metrics } = await vitals.read();
  const { user, system } = process.cpuUsage(before);
  // Once a minute: a hundredth of a percent of a core, and a reading that is over long before the next.
  expect((user + system) / 1000).toBeLessThan(250);
  expect(performance.now() - startMs).toBeLessThan(3000);
  expect(Object.keys(metrics)).toEqual(
    expect.arrayContaining(["system.memory.used_permille", "process.memory.rss_bytes", "system.disk.used_permille"]),
  );
  for (const [name, value] of Object.entries(metrics)) {
    expect(name).toMatch(/^[a-z][a-z0-9_.]*_(permille|seconds|bytes|us|millicelsius|bits)$|\.errors$/);
    expect(Number.isSafeInteger(value), name).toBe(true);
  }
  expect(vitals.condition().disk).toBeGreaterThanOrEqual(0);
});

test("what the rooms counted goes along, and a folder that is gone takes nothing else with it", async () => {
  const counters = () => ({
    metrics: {
      "lintel.camera.frames_per_minute": 600,
      "lintel.pad.rejects_per_hour": 2,
      "lintel.journal.commit_p99_us": 900.4,
    },
    histograms: {
      "lintel.match.latency_ms": [
        [10, 5],
        [50, 1],
      ] as const,
    },
  });
  await using vitals = await openVitals({ directory: "/nowhere/at/all", counters });
  const { metrics, histograms } = await vitals.read();
  expect(metrics).toMatchObject({ "lintel.camera.frames_per_minute": 600, "lintel.journal.commit_p99_us": 900 });
  expect(metrics["system.disk.used_permille"]).toBeUndefined();
  expect(vitals.condition().disk).toBeUndefined();
  const letter = telemetryLetter({ metrics, histograms: histograms ?? {} }, 60_000, speaker, "t");
  expect(letter).toMatchObject({ qos: 0, expiryS: 300 });
});

test("figures of another shape are not sent: a name is no metric, a fraction no figure", () => {
  const wrong = [{ "lintel.Erika Mustermann": 1 }, { p_7k2m9x4q8r1t5v3w6y0z: 0.5 }, { "lintel.x": Number.NaN }];
  for (const metrics of wrong) expect(telemetryLetter({ metrics }, 60_000, speaker, "t")).toBe(null);
});

test.each(brokers)("telemetry arrives at %s about once a period, and nobody waits for it", async (_, openBroker) => {
  await using broker = await openBroker();
  const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
  const heard: unknown[] = [];
  const hear = (_: string, bytes: Uint8Array) => heard.push(JSON.parse(Buffer.from(bytes).toString("utf8")));
  await using backend = await openPipe({ brokerUrl, clientId: "backend" }, null, hear, new AbortController().signal);
  await backend.subscribe([generic5.up(identity, "tel")]);
  await using _uplink = await openUplink({
    ...speaker,
    broker: { brokerUrl },
    receiver: { name: "payroll", jwk: newKey().jwk },
    vitals: { read: async () => ({ metrics: { "lintel.camera.frames_per_minute": 600 } }) },
    simulated: false,
    pace: { ...quick, telemetryMs: 100 },
  });
  await until("two came", () => heard.length >= 2);
  expect(telemetryEvent.parse(heard[0]).data).toMatchObject({ metrics: { "lintel.camera.frames_per_minute": 600 } });
});
