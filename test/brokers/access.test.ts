import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isFault } from "../../kiosk/core/fault.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { openPipe, type Pipe } from "../../kiosk/uplink/mqtt.ts";
import { isReceipted, memoryJournal } from "../contract/journal-parts.ts";
import { identity, newKey, realClock, until } from "../unit/uplink/parts.ts";
import { type RealBroker, realBrokers, stranger } from "./brokers.ts";
import { openCloud, openKiosk } from "./scene.ts";

/**
 * The access lists that we ship: who gets in, and what happens to whoever wants more than their own. The brokers stop
 * the same things and say it in different words.
 */

type Name = (typeof realBrokers)[number][0];

interface Words {
  /** What the clock says where it was given another clock's certificate. */
  readonly stranger: RegExp;
  readonly expired: RegExp;
  /** What becomes of a publish outside of one's topics. */
  readonly outside: "refused" | "hung up" | "swallowed";
  /** What becomes of listening to others. */
  readonly listening: "granted, nothing comes" | "refused" | "hung up";
}

const words: Readonly<Record<Name, Words>> = {
  mosquitto: {
    stranger: /^broker-refused: This box.s certificate is another clock.s/,
    expired: /^certificate-expired: The broker says that this box's certificate/,
    outside: "refused",
    listening: "granted, nothing comes",
  },
  RabbitMQ: {
    stranger: /^broker-refused: This box.s certificate is another clock.s/,
    expired: /^certificate-expired: The broker says that this box's certificate/,
    outside: "hung up",
    listening: "hung up",
  },
  NATS: {
    stranger: /^broker-refused: This box.s certificate is another clock.s/,
    expired: /^certificate-expired: This box.s certificate was valid until/,
    outside: "swallowed",
    listening: "refused",
  },
};

describe.each(realBrokers)("%s, as we ship it", (name, open) => {
  let broker: RealBroker;
  let house: AsyncDisposableStack;
  const device = newKey();
  beforeAll(async () => {
    broker = await open();
  });
  afterAll(() => broker[Symbol.asyncDispose]());
  beforeEach(() => {
    house = new AsyncDisposableStack();
  });
  afterEach(() => house.disposeAsync());

  const client = async (certificate: string, clientId: string, port = broker.port) => {
    const { file } = broker.pki;
    const heard: string[] = [];
    const own = { certFile: file(`${certificate}.pem`), keyFile: file(`${certificate}.key`) };
    const options = { brokerUrl: `mqtts://localhost:${port}`, caFile: file("broker-ca.pem"), ...own, clientId };
    const { signal } = new AbortController();
    const pipe = await openPipe(options, null, (topic) => heard.push(topic), signal);
    house.use(pipe);
    return { pipe, heard };
  };
  const kiosk = async (certificate: string) => {
    const journal = memoryJournal(device);
    journal.grow(3);
    const cloud = house.use(await openCloud(broker, device));
    const opened = house.use(await openKiosk(broker, { device, journal, receiver: cloud.receiver, certificate }));
    return { cloud, journal, troubles: opened.troubles, newest: opened.newest };
  };
  const patience = (ms: number) => realClock.sleep(ms, new AbortController().signal);
  const fateOf = async (pipe: Pipe, topic: string): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    pipe.publish({ topic, bytes: Buffer.from("anything"), contentType: "text/plain" }, (fault, refusal) =>
      resolve(fault === null ? "swallowed" : refusal === "not-allowed" ? "refused" : "hung up"),
    );
    return Promise.race([promise, pipe.ended.then(() => "hung up")]);
  };

  test("a clock with another clock's certificate says no word, and is told why", async () => {
    const { cloud, journal, troubles, newest } = await kiosk("stranger");
    await until("named", () => troubles.size > 0);
    expect([...troubles].join()).toMatch(words[name].stranger);
    await patience(300);
    expect(newest().online).toBe(false);
    expect([cloud.order, cloud.statuses, cloud.refused()]).toEqual([[], [], 0]);
    expect(journal.waiting("payroll")).toBe(3);
  });

  test("whoever has another clock's certificate throws nobody out by using a clock's id", async () => {
    const ours = await client("device", identity.device);
    const other = await client("stranger", identity.device).catch((error: unknown) => {
      if (isFault(error, "broker-refused")) return null;
      throw error;
    });
    if (other !== null) await fateOf(other.pipe, generic5.up({ ...identity, device: stranger }, "rec"));
    expect(await fateOf(ours.pipe, generic5.up(identity, "tel"))).toBe("swallowed");
  });

  test("IC-11 an expired certificate is refused and named", async () => {
    const { troubles, cloud } = await kiosk("expired");
    await until("named", () => troubles.size > 0);
    expect([...troubles].join()).toMatch(words[name].expired);
    expect(cloud.order).toEqual([]);
  });

  test("without any certificate nobody gets in", async () => {
    const options = { brokerUrl: `mqtts://localhost:${broker.port}`, caFile: broker.pki.file("broker-ca.pem") };
    const opening = openPipe({ ...options, clientId: identity.device }, null, () => {}, AbortSignal.timeout(5000));
    await expect(opening).rejects.toThrow(/certificate|refused|trusted|No MQTT/);
  });

  test.each([
    ["in another clock's name", generic5.up({ ...identity, device: stranger }, "rec")],
    ["in another company's name", generic5.up({ ...identity, tenant: "other" }, "rec")],
    ["as if it were payroll", generic5.down(identity, "ack")],
  ])("what a clock publishes %s reaches nobody", async (_, topic) => {
    const payroll = await client("payroll", "lintel-receive-0a", broker.receiverPort);
    await payroll.pipe.subscribe(["lintel1/+/+/+/up/rec"]);
    const { pipe, heard } = await client("device", identity.device);
    await pipe.subscribe(generic5.deviceFilters(identity));
    expect(await fateOf(pipe, topic)).toBe(words[name].outside);
    const after = await client("device", identity.device).catch(async () => {
      // NATS keeps an id that changes hands away for a second.
      await patience(1200);
      return client("device", identity.device);
    });
    expect(await fateOf(after.pipe, generic5.up(identity, "rec"))).toBe("swallowed");
    await until("its own arrives", () => payroll.heard.length > 0);
    expect(payroll.heard).toEqual([generic5.up(identity, "rec")]);
    expect(heard).toEqual([]);
  });

  test("OH-7 a clock hears what is for it and for its site, and nothing else", async () => {
    const payroll = await client("payroll", "lintel-receive-0b", broker.receiverPort);
    const other = generic5.down({ ...identity, device: stranger }, "cmd");
    const curious = await client("device", identity.device);
    const listening = await curious.pipe.subscribe([other]).then(
      () => "granted, nothing comes",
      (error: unknown) => (isFault(error, "broker-refused") ? "refused" : "hung up"),
    );
    expect(listening).toBe(words[name].listening);
    // Where it was granted it stays, so that there is something that must not come.
    if (listening !== "granted, nothing comes") await curious.pipe[Symbol.asyncDispose]();
    const ours = listening === "granted, nothing comes" ? curious : await client("device", identity.device);
    await ours.pipe.subscribe(generic5.deviceFilters(identity));
    const site = generic5.site(identity, "cmd") ?? "";
    const own = generic5.down(identity, "cmd");
    for (const topic of [other, site, own]) expect(await fateOf(payroll.pipe, topic)).toBe("swallowed");
    await until("its own comes", () => ours.heard.includes(own));
    expect(ours.heard).toEqual([site, own]);
  });

  test("the right certificate, afterwards: all is well", async () => {
    const { journal, troubles } = await kiosk("device");
    await until("receipted", () => isReceipted(journal, "payroll"));
    expect([...troubles]).toEqual([]);
  });
});

test("mosquitto, as we ship it: a clock's certificate does not open the receivers' door, whatever id it claims", async () => {
  await using broker = await realBrokers[0][1]();
  const { file } = broker.pki;
  const own = { certFile: file("device.pem"), keyFile: file("device.key"), caFile: file("broker-ca.pem") };
  const brokerUrl = `mqtts://localhost:${broker.receiverPort}`;
  const opening = openPipe({ ...own, brokerUrl, clientId: "payroll" }, null, () => {}, AbortSignal.timeout(5000));
  await expect(opening).rejects.toThrow(/No trusted connection/);
});
