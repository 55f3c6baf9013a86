import { afterEach, beforeEach, expect, test } from "vitest";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { openPipe } from "../../kiosk/uplink/mqtt.ts";
import { openCable } from "../contract/broker-parts.ts";
import { isReceipted, memoryJournal } from "../contract/journal-parts.ts";
import { identity, newKey, realClock, until } from "../unit/uplink/parts.ts";
import { type RealBroker, realBrokers } from "./brokers.ts";
import { openCloud, openKiosk } from "./scene.ts";

/** What must be the same whoever carries it. */

/**
 * Whether a retained status outlives the death of the broker, for whoever asks for its exact topic. RabbitMQ writes it
 * down every two seconds, so it may or may not.
 */
const remembers: Readonly<Record<string, boolean | undefined>> = { mosquitto: false, NATS: true };

async function lastStatus({ receiverPort, pki }: RealBroker): Promise<boolean> {
  const heard: string[] = [];
  const own = {
    certFile: pki.file("payroll.pem"),
    keyFile: pki.file("payroll.key"),
    caFile: pki.file("broker-ca.pem"),
  };
  const options = { ...own, brokerUrl: `mqtts://localhost:${receiverPort}`, clientId: "lintel-receive-00" };
  const { signal } = new AbortController();
  await using pipe = await openPipe(options, null, (topic) => heard.push(topic), signal);
  await pipe.subscribe([generic5.up(identity, "sta")]);
  await realClock.sleep(300, signal);
  return heard.length > 0;
}

let house: AsyncDisposableStack;
beforeEach(() => {
  house = new AsyncDisposableStack();
});
afterEach(() => house.disposeAsync());

test.each(realBrokers)(
  "%s, as we ship it, killed in the middle of 200 punches: each is kept once, in order, and receipted",
  async (name, open) => {
    const broker = house.use(await open());
    const cable = house.use(await openCable(broker.port));
    const device = newKey();
    const journal = memoryJournal(device);
    const cloud = house.use(await openCloud(broker, device));
    const port = Number(new URL(cable.url).port);
    const kiosk = house.use(await openKiosk(broker, { device, journal, receiver: cloud.receiver, port }));
    const complete = (what: string) => until(what, () => isReceipted(journal, "payroll"));
    await complete("what it began with");

    journal.grow(120);
    kiosk.wake();
    await until("half of them", () => cloud.order.length >= 60);
    await broker.kill();
    // The receiver comes back first: whoever hears everything must hear it in order.
    cable.cut();
    expect(isReceipted(journal, "payroll")).toBe(false);
    journal.grow(79);
    kiosk.wake();
    await broker.start();
    await until("the receiver is back", () => cloud.said.includes("Connected again."));
    const isRemembered = await lastStatus(broker);
    expect(isRemembered).toBe(remembers[name] ?? isRemembered);
    cable.restore();
    await complete("all that waited");
    journal.grow(1);
    kiosk.wake();
    await complete("one that was punched afterwards");

    const numbers = journal.records.map(({ seq }) => seq);
    expect(numbers.length).toBeGreaterThanOrEqual(202);
    expect(cloud.order).toEqual(numbers);
    expect(await cloud.kept()).toEqual(journal.records.map(({ jws }) => jws));
    expect([...kiosk.troubles].filter((trouble) => !trouble.startsWith("broker-unreachable"))).toEqual([]);
    cable.cut();
    await until("its death is announced", () => cloud.statuses.at(-1) === "offline");
    cable.restore();
    await until("it is back, and knows it", () => cloud.statuses.at(-1) === "online" && kiosk.newest().online);
    await kiosk[Symbol.asyncDispose]();
    await until("it says goodbye", () => cloud.statuses.at(-1) === "leaving");
    expect(await cloud.end()).toMatchObject({ records: numbers.length, forks: 0, refused: 0, bad: 0 });
  },
);
