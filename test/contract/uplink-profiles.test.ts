import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Aedes } from "aedes";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Profile, type ProfileName, profiles, topicProblem } from "../../kiosk/uplink/contract/profiles.ts";
import { openUplink } from "../../kiosk/uplink/uplink.ts";
import { identity, newKey, quick, realClock, until } from "../unit/uplink/parts.ts";
import { isReceipted, memoryJournal } from "./journal-parts.ts";
import { openTestCloud } from "./uplink-cloud.ts";

/** Each kind of broker as an embedded one that hangs up on whoever asks for more than it allows. */

let house: AsyncDisposableStack;
beforeEach(() => {
  house = new AsyncDisposableStack();
});
afterEach(() => house.disposeAsync());

async function openStrictBroker(name: ProfileName) {
  const profile: Profile = profiles[name];
  const faults: string[] = [];
  const versions: number[] = [];
  const topics = new Set<string>();
  const sentAtMs: number[] = [];
  const isDevice = (client: { readonly id: string } | null) => client?.id === identity.device;
  const broker = await Aedes.createBroker({
    preConnect: (client, packet, done) => {
      if (packet.clientId !== identity.device) return done(null, true);
      const version = packet.protocolVersion ?? 4;
      versions.push(version);
      if (!profile.mqtt.includes(version as 4 | 5)) faults.push(`MQTT ${version}`);
      if (packet.will?.retain && !profile.retain) faults.push("a retained will");
      if ((packet.keepalive ?? 0) > (profile.keepaliveMaxS ?? Number.POSITIVE_INFINITY)) faults.push("keepalive");
      if (faults.length > 0) client.close();
      done(null, faults.length === 0);
    },
    authorizePublish: (client, packet, done) => {
      if (!isDevice(client)) return done(null);
      topics.add(packet.topic);
      const problem = topicProblem(name, packet.topic);
      if (problem !== null) faults.push(problem);
      if (packet.retain && !profile.retain) faults.push("retain");
      if (packet.qos > 1) faults.push("QoS 2");
      if (packet.payload.length > profile.payloadMaxBytes) faults.push("payload");
      const now = performance.now();
      sentAtMs.push(now);
      // The documented bounds are a quarter above what we allow ourselves.
      if (sentAtMs.filter((at) => at > now - 1000).length > profile.publishesPerS * 1.3 + 4) faults.push("too fast");
      if (faults.length > 0) client?.close();
      done(null);
    },
    authorizeSubscribe: (client, subscription, done) =>
      done(isDevice(client) && subscription.qos > 1 ? new Error("QoS") : null, subscription),
  });
  const server = createServer((socket) => {
    socket.on("error", () => {});
    broker.handle(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  house.defer(async () => {
    server.close();
    await new Promise<void>((resolve) => broker.close(resolve));
  });
  return { url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, faults, versions, topics };
}

test.each(Object.keys(profiles) as ProfileName[])(
  "%s: a drain, live records and statuses keep within its limits",
  async (profile) => {
    const broker = await openStrictBroker(profile);
    const device = newKey();
    const journal = memoryJournal(device);
    journal.grow(150);
    const cloud = house.use(await openTestCloud({ brokerUrl: broker.url, device, profile }));
    const uplink = house.use(
      await openUplink({
        broker: { brokerUrl: broker.url, keepaliveS: 3600 },
        profile,
        receiver: cloud.receiver,
        identity,
        signer: device.signer,
        journal,
        clock: realClock,
        fw: "0.1.0",
        simulated: false,
        pace: quick,
      }),
    );
    await until("the backlog is receipted", () => isReceipted(journal, "payroll"));
    journal.grow(3);
    uplink.wake();
    uplink.status();
    await until("all is receipted", () => isReceipted(journal, "payroll"));
    expect(broker.faults).toEqual([]);
    expect(broker.versions.at(-1)).toBe(profiles[profile].mqtt[0]);
    const { up } = profiles[profile].codec(identity);
    expect([...broker.topics].sort()).toEqual([up(identity, "rec"), up(identity, "sta"), up(identity, "req")].sort());
    expect(cloud.statuses.map(({ state }) => state)).toContain("online");
  },
);
