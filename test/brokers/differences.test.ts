import { readFileSync } from "node:fs";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isFault } from "../../kiosk/core/fault.ts";
import { receiverAddresses } from "../../kiosk/uplink/contract/profiles.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { openPipe } from "../../kiosk/uplink/mqtt.ts";
import { identity, realClock, until } from "../unit/uplink/parts.ts";
import { type RealBroker, realBrokers } from "./brokers.ts";

/** What differs between the brokers, as found. docs/brokers/README.md tells it; here it is seen to be true. */

interface Found {
  readonly speaks: "MQTT 5" | "MQTT 3.1.1";
  /** Subscribing to `$share/…`. */
  readonly share: "divides" | "hung up" | "refused";
  /** Whether a retained status comes to whoever subscribes later to `lintel1/+/+/+/up/sta`. */
  readonly retainedByWildcard: boolean;
  readonly qos2Granted: 1 | 2;
  readonly qos2Publish: "delivered" | "hung up";
  /** Whether a client id is of any use to whoever has another good certificate. */
  readonly bindsId: boolean;
  /** Whether an id that is taken twice within a moment is kept out for a second. */
  readonly keepsOutFlapping: boolean;
}

const found: Readonly<Record<(typeof realBrokers)[number][0], Found>> = {
  mosquitto: {
    speaks: "MQTT 5",
    share: "divides",
    retainedByWildcard: true,
    qos2Granted: 2,
    qos2Publish: "delivered",
    bindsId: true,
    keepsOutFlapping: false,
  },
  RabbitMQ: {
    speaks: "MQTT 3.1.1",
    share: "hung up",
    retainedByWildcard: false,
    qos2Granted: 1,
    qos2Publish: "delivered",
    bindsId: false,
    keepsOutFlapping: false,
  },
  NATS: {
    speaks: "MQTT 3.1.1",
    share: "refused",
    retainedByWildcard: true,
    qos2Granted: 1,
    qos2Publish: "hung up",
    bindsId: false,
    keepsOutFlapping: true,
  },
};

const record = generic5.up(identity, "rec");
const status = generic5.up(identity, "sta");

describe.each(realBrokers)("%s", (name, open) => {
  let broker: RealBroker;
  let house: AsyncDisposableStack;
  beforeAll(async () => {
    broker = await open();
  });
  afterAll(() => broker[Symbol.asyncDispose]());
  beforeEach(() => {
    house = new AsyncDisposableStack();
  });
  afterEach(() => house.disposeAsync());

  interface Client extends MqttClient {
    readonly heard: { readonly topic: string; readonly text: string; readonly isRetained: boolean }[];
    readonly isLost: () => boolean;
  }
  const version = () => (found[name].speaks === "MQTT 5" ? 5 : 4);
  const client = async (
    clientId: string,
    certificate: "device" | "payroll" | "stranger",
    more: IClientOptions = {},
  ): Promise<Client> => {
    const { file } = broker.pki;
    const pem = (which: string) => readFileSync(file(which));
    const port = certificate === "payroll" ? broker.receiverPort : broker.port;
    const opened = await connectAsync(`mqtts://localhost:${port}`, {
      ...{ clientId, protocolVersion: version(), reconnectPeriod: 0, connectTimeout: 5000 },
      ...{ ca: pem("broker-ca.pem"), cert: pem(`${certificate}.pem`), key: pem(`${certificate}.key`) },
      ...more,
    });
    const heard: Client["heard"] = [];
    let isLost = false;
    opened.on("error", () => {});
    opened.on("close", () => {
      isLost = true;
    });
    opened.on("message", (topic, payload, { retain }) =>
      heard.push({ topic, text: payload.toString("utf8"), isRetained: retain }),
    );
    house.defer(() => void opened.end(true));
    return Object.assign(opened, { heard, isLost: () => isLost });
  };
  /** As a clock connects. */
  const pipe = async () => {
    const { file } = broker.pki;
    const own = { certFile: file("device.pem"), keyFile: file("device.key"), caFile: file("broker-ca.pem") };
    const options = { brokerUrl: `mqtts://localhost:${broker.port}`, clientId: identity.device, ...own };
    return house.use(await openPipe(options, null, () => {}, new AbortController().signal));
  };
  const clock = () => client(identity.device, "device");
  const payroll = (n: number, more: IClientOptions = {}) => client(`lintel-receive-${n}`, "payroll", more);

  test("the version that a clock ends up with", async () => {
    expect((await pipe()).protocol).toBe(found[name].speaks);
  });

  test("what becomes of a shared subscription", async () => {
    const [shared = ""] = receiverAddresses("generic5", "group");
    const receivers = [await payroll(1), await payroll(2)];
    const fates = await Promise.all(
      receivers.map(async (receiver) => {
        const outcome = Promise.withResolvers<string>();
        receiver.once("close", () => outcome.resolve("hung up"));
        receiver.subscribeAsync(shared, { qos: 1 }).then(
          (granted) =>
            outcome.resolve(granted.length > 0 && granted.every(({ qos }) => qos <= 1) ? "divides" : "refused"),
          () => setTimeout(() => outcome.resolve(receiver.isLost() ? "hung up" : "refused"), 200),
        );
        return outcome.promise;
      }),
    );
    expect(fates).toEqual([found[name].share, found[name].share]);
    if (found[name].share !== "divides") return;
    const sender = await clock();
    for (let n = 0; n < 20; n += 1) await sender.publishAsync(record, `${n}`, { qos: 1 });
    const all = () => receivers.flatMap(({ heard }) => heard.map(({ text }) => Number(text)));
    await until("all of it", () => all().length >= 20);
    expect(all().sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    for (const { heard } of receivers) expect(heard.length).toBeGreaterThan(0);
  });

  test("whether a receiver that comes later is told the last status", async () => {
    const sender = await clock();
    await sender.publishAsync(status, "last", { qos: 1, retain: true });
    const [exact, wild] = [await payroll(3), await payroll(4)];
    await exact.subscribeAsync(status, { qos: 1 });
    await wild.subscribeAsync("lintel1/+/+/+/up/sta", { qos: 1 });
    await until("by its own topic", () => exact.heard.length > 0);
    expect(exact.heard).toEqual([{ topic: status, text: "last", isRetained: true }]);
    if (found[name].retainedByWildcard) await until("by wildcard", () => wild.heard.length > 0);
    else await realClock.sleep(500, new AbortController().signal);
    expect(wild.heard).toEqual(found[name].retainedByWildcard ? exact.heard : []);
    await sender.publishAsync(status, "", { qos: 1, retain: true });
  });

  test("what becomes of QoS 2", async () => {
    const [receiver, sender] = [await payroll(5), await clock()];
    const [granted] = await receiver.subscribeAsync("lintel1/+/+/+/up/rec", { qos: 2 });
    expect(granted?.qos).toBe(found[name].qos2Granted);
    void sender.publishAsync(record, "twice", { qos: 2 }).catch(() => {});
    await until("its fate", () => sender.isLost() || receiver.heard.length > 0);
    expect(sender.isLost() ? "hung up" : "delivered").toBe(found[name].qos2Publish);
  });

  test("whether an id belongs to its certificate", async () => {
    const first = await clock();
    // Clocks and receivers have one authority on the others, so any of their certificates will do there.
    const other = found[name].bindsId ? "stranger" : "payroll";
    const second = await client(identity.device, other);
    await until("its fate", () => first.isLost() || second.connected);
    await realClock.sleep(300, new AbortController().signal);
    expect(first.isLost()).toBe(!found[name].bindsId);
    await second.endAsync();
    await realClock.sleep(found[name].keepsOutFlapping ? 1200 : 0, new AbortController().signal);
  });

  test("a second connection under the same id ends the first, and nobody says why", async () => {
    const first = await clock();
    const reasons: (number | undefined)[] = [];
    first.on("disconnect", ({ reasonCode }) => reasons.push(reasonCode));
    const second = await clock();
    await until("the first is gone", first.isLost);
    expect(reasons).toEqual([]);
    expect(second.isLost()).toBe(false);
    const third = await pipe().catch((error: unknown) => {
      if (isFault(error, "broker-unreachable")) return null;
      throw error;
    });
    expect(third === null).toBe(found[name].keepsOutFlapping);
  });

  test("the will of a dead connection comes, and is kept for later where it was to be kept", async () => {
    const receiver = await payroll(6);
    await receiver.subscribeAsync(status, { qos: 1 });
    // An id that was taken over a moment ago is kept out by NATS.
    await realClock.sleep(found[name].keepsOutFlapping ? 1200 : 0, new AbortController().signal);
    const dying = await client(identity.device, "device", {
      will: { topic: status, payload: Buffer.from("dead"), qos: 1, retain: true },
    });
    dying.stream.destroy();
    await until("the will", () => receiver.heard.some(({ text }) => text === "dead"));
    const later = await payroll(7);
    await later.subscribeAsync(status, { qos: 1 });
    await until("kept", () => later.heard.length > 0);
    expect(later.heard).toEqual([{ topic: status, text: "dead", isRetained: true }]);
  });

  test("the largest batch passes", async () => {
    const [receiver, sender] = [await payroll(8), await clock()];
    await receiver.subscribeAsync(record, { qos: 1 });
    await sender.publishAsync(record, "x".repeat(96 * 1024), { qos: 1 });
    await until("it came", () => receiver.heard.length > 0);
    expect(receiver.heard[0]?.text.length).toBe(96 * 1024);
  });
});
