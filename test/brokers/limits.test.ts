import { connect, type IClientOptions } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { profiles } from "../../kiosk/uplink/contract/profiles.ts";
import { openSimBroker } from "../../kiosk/uplink/sim/broker.ts";
import { openUplink, type UplinkOptions } from "../../kiosk/uplink/uplink.ts";
import { isReceipted, memoryJournal } from "../contract/journal-parts.ts";
import { openTestCloud } from "../contract/uplink-cloud.ts";
import { identity, newKey, quick, realClock, until } from "../unit/uplink/parts.ts";
import { type Limits, openGate } from "./gate.ts";

/**
 * The clouds that cannot run on this machine: the embedded broker behind a gate that hangs up on whatever their
 * documents forbid, or on less where they forbid nothing (IoT Hub knows no bound of one connection) or were once stricter. It shows that a clock keeps within the documents, and not that a cloud keeps to them.
 */

const device = newKey();
type Cloud = "aws" | "azure-eg" | "azure-iothub";

const usual = { filtersPerSubscribe: 8, subscriptions: 50, topicMaxBytes: 256, topicMaxSlashes: 7, topics: null };
const clouds: Readonly<Record<Cloud, Limits>> = {
  aws: {
    ...usual,
    versions: [4, 5],
    keepaliveMaxS: 1200,
    allowsRetain: true,
    payloadMaxBytes: 128 * 1024,
    publishesPerS: 100,
    bytesPerS: 512 * 1024,
    inFlight: 100,
  },
  "azure-eg": {
    ...usual,
    versions: [4, 5],
    keepaliveMaxS: 1160,
    allowsRetain: false,
    payloadMaxBytes: 512 * 1024,
    publishesPerS: 100,
    bytesPerS: 1024 * 1024,
    inFlight: 100,
  },
  "azure-iothub": {
    ...usual,
    versions: [4],
    keepaliveMaxS: 1177,
    allowsRetain: false,
    payloadMaxBytes: 256 * 1024,
    publishesPerS: 100,
    bytesPerS: 1024 * 1024,
    inFlight: 100,
    filtersPerSubscribe: 5,
    subscriptions: 5,
    topics: new RegExp(`^devices/${identity.device}/messages/(events/[^/]*|devicebound/#)$`),
  },
};
const names = Object.keys(clouds) as readonly Cloud[];

let house: AsyncDisposableStack;
beforeEach(() => {
  house = new AsyncDisposableStack();
});
afterEach(() => house.disposeAsync());

async function scene(name: Cloud) {
  const broker = house.use(await openSimBroker());
  const gate = house.use(await openGate(Number(new URL(broker.deviceUrl).port), clouds[name]));
  const journal = memoryJournal(device);
  const cloud = house.use(await openTestCloud({ brokerUrl: broker.backendUrl, device, profile: name }));
  const clock = async (options: Pick<UplinkOptions, "profile" | "batches">) => {
    const uplink = await openUplink({
      // Longer than any of them takes.
      broker: { brokerUrl: gate.url, keepaliveS: 3600 },
      receiver: cloud.receiver,
      identity,
      signer: device.signer,
      journal,
      clock: realClock,
      fw: "0.1.0",
      simulated: false,
      pace: quick,
      ...options,
    });
    house.use(uplink);
    return uplink;
  };
  return { gate, journal, cloud, clock };
}

describe("the gate hangs up on whoever asks for too much", () => {
  const topic = (name: Cloud) => profiles[name].codec(identity).up(identity, "rec");
  const many =
    (count: number, bytes: number, qos: 0 | 1 = 1) =>
    async (client: ReturnType<typeof connect>, on: string) => {
      for (let n = 0; n < count; n += 1) client.publish(on, "x".repeat(bytes), { qos });
    };
  type Act = (client: ReturnType<typeof connect>, on: string) => unknown;
  const offences: readonly (readonly [string, readonly Cloud[], IClientOptions, Act])[] = [
    ["MQTT 5", ["azure-iothub"], { protocolVersion: 5 }, () => {}],
    ["keepalive", names, { keepalive: 3600 }, () => {}],
    ["retain", ["azure-eg", "azure-iothub"], {}, (client, on) => client.publish(on, "x", { qos: 1, retain: true })],
    ["QoS 2", names, {}, (client, on) => client.publish(on, "x", { qos: 2 })],
    ["payload", ["aws"], {}, many(1, 129 * 1024)],
    ["in flight", names, {}, many(101, 1)],
    ["publishes a second", names, {}, many(101, 1, 0)],
    ["bytes a second", ["aws"], {}, many(6, 100 * 1024)],
    ["slashes", names, {}, (client) => client.publish("a/b/c/d/e/f/g/h/i", "x", { qos: 1 })],
    ["topic length", names, {}, (client) => client.publish("a".repeat(257), "x", { qos: 1 })],
    [
      "filters of one SUBSCRIBE",
      names,
      {},
      (client) => client.subscribe(Array.from({ length: 9 }, (_, n) => `a/${n}`)),
    ],
    ["a topic of its own making", ["azure-iothub"], {}, (client) => client.publish("lintel1/a", "x", { qos: 1 })],
  ];
  test.each(offences.flatMap(([fault, of, options, act]) => of.map((name) => ({ fault, name, options, act }))))(
    "$name: $fault",
    async ({ fault, name, options, act }) => {
      const broker = house.use(await openSimBroker());
      const gate = house.use(await openGate(Number(new URL(broker.deviceUrl).port), clouds[name]));
      const client = connect(gate.url, { clientId: "x", protocolVersion: 4, reconnectPeriod: 0, ...options });
      client.on("error", () => {});
      client.on("connect", () => act(client, topic(name)));
      await until("hung up", () => gate.faults.length > 0);
      expect(gate.faults).toEqual([fault]);
      client.end(true);
    },
  );
});

test.each(names)(
  "%s: a month in batches, a morning one by one, and live punches keep within its limits",
  async (name) => {
    const { gate, journal, cloud, clock } = await scene(name);
    journal.grow(1500);
    const first = await clock({ profile: name, batches: true });
    await until("the month", () => isReceipted(journal, "payroll"));
    await first[Symbol.asyncDispose]();
    journal.grow(200);
    const second = await clock({ profile: name });
    await until("the morning", () => isReceipted(journal, "payroll"));
    for (let n = 0; n < 10; n += 1) {
      journal.grow(1);
      second.wake();
    }
    await until("live", () => isReceipted(journal, "payroll"));
    expect(gate.faults).toEqual([]);
    expect(cloud.stored.size).toBe(journal.records.length);
    // It was no walk: something was really on its way, and really large.
    expect(gate.seen.inFlight).toBeGreaterThan(1);
    expect(gate.seen.payloadBytes).toBeGreaterThan(10_000);
    expect(gate.seen.publishesInASecond).toBeGreaterThan(profiles[name].publishesPerS / 2);
  },
);

test.each(["azure-eg", "azure-iothub"] as const)(
  "%s with the wrong profile: it never comes online, says so, loses nothing, and drains with the right one",
  async (name) => {
    const { gate, journal, cloud, clock } = await scene(name);
    journal.grow(5);
    const wrong = await clock({ profile: "generic5" });
    await until("hung up on a few times", () => gate.faults.length >= 3);
    const stop = new AbortController();
    for await (const news of wrong.news(stop.signal)) {
      expect(news.online).toBe(false);
      if (news.trouble !== null) break;
    }
    stop.abort();
    await wrong[Symbol.asyncDispose]();
    expect(cloud.stored.size).toBe(0);
    await clock({ profile: name });
    await until("all of it", () => isReceipted(journal, "payroll"));
    expect(cloud.stored.size).toBe(journal.records.length);
  },
);
