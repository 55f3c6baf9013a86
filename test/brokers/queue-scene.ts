import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import type { Pace } from "../../kiosk/uplink/pace.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { deviceLine, fleetDevice } from "../../provisioning/fleet/devices.ts";
import { summaryOf } from "../../provisioning/fleet/figures.ts";
import { openFleet } from "../../provisioning/fleet/fleet.ts";
import { openChance } from "../../provisioning/fleet/rooms.ts";
import { openReceiptKey } from "../../provisioning/receive/keys.ts";
import { type ReceiverProcess, startReceiver } from "../receiver/receiver-process.ts";
import { realClock, until } from "../unit/uplink/parts.ts";
import { type Cluster, openCluster } from "./cluster.ts";

/** Clocks that publish by MQTT, and receivers that take their records from a quorum queue by AMQP. */
export interface QueueScene {
  readonly cluster: Cluster;
  /** Two processes on one queue and one store. */
  readonly receivers: readonly [ReceiverProcess, ReceiverProcess];
  /** Another one of them. */
  readonly receiver: () => ReceiverProcess;
  /** Until so many more punches are receipted. */
  readonly receipted: (more: number, when: string) => Promise<void>;
  /** Until every clock is connected. */
  readonly everybody: (when: string) => Promise<void>;
  readonly told: (what: string) => void;
}

/** What a clock does in minutes, in seconds. */
const brisk: Partial<Pace> = {
  backoff: { baseMs: 200, capMs: 2000 },
  syncAgainMs: 2000,
  drainAnywayMs: 5000,
  stallSyncMs: 3000,
  rewindMs: 10_000,
  tickMs: 250,
};

/**
 * Thirty clocks punch while `happening` goes on. At its end every punch is receipted, in the store once, and the queue is
 * empty.
 *
 * @param happening resolves with the receivers that are still there.
 */
export async function keepsEveryPunch(
  nodes: 1 | 3,
  happening: (scene: QueueScene) => Promise<readonly ReceiverProcess[]>,
): Promise<void> {
  const kiosks = 30;
  const startedMs = performance.now();
  const told = (what: string) =>
    process.stdout.write(`${((performance.now() - startedMs) / 1000).toFixed(0)} s ${what}\n`);
  await using cluster = await openCluster(nodes);
  told(`${nodes} nodes are up`);
  const { pki } = cluster;
  const devices = Array.from({ length: kiosks }, (_, n) =>
    fleetDevice("cluster", n, { tenant: "acme", site: "blr-01" }),
  );
  writeFileSync(pki.file("devices"), devices.map((device) => `${deviceLine(device)}\n`).join(""));
  const { jwk } = openReceiptKey(pki.file("receipts.pem"));
  const own = [
    "--ca",
    pki.file("broker-ca.pem"),
    "--cert",
    pki.file("payroll.pem"),
    "--cert-key",
    pki.file("payroll.key"),
  ];
  const flags = [
    ...["--broker", cluster.amqpUrls, "--queue", "lintel-payroll", "--sink", `sqlite:${pki.file("payroll.sqlite")}`],
    ...["--devices", pki.file("devices"), "--key", pki.file("receipts.pem"), ...own],
  ];
  await using one = startReceiver(...flags);
  await using other = startReceiver(...flags);
  await Promise.all([one.says("Receiving as payroll"), other.says("Receiving as payroll")]);
  await using fleet = await openFleet({
    devices,
    broker: {
      brokerUrl: cluster.mqttUrl,
      caFile: pki.file("broker-ca.pem"),
      certFile: pki.file("fleet.pem"),
      keyFile: pki.file("fleet.key"),
    },
    profile: "rabbitmq",
    receiver: { name: "payroll", jwk },
    pace: brisk,
    clock: realClock,
    chance: openChance("cluster"),
    journals: "disk",
    state: null,
    arriveMs: 2000,
  });
  const { signal } = new AbortController();
  await fleet.arrive(signal);
  const receipted = async (more: number, when: string): Promise<void> => {
    const wanted = fleet.figures().receipted + more;
    for (const deadline = performance.now() + 100_000; performance.now() < deadline; await delay(50)) {
      if (fleet.figures().receipted >= wanted) return;
    }
    throw new Error(`no ${more} receipts ${when}: ${summaryOf(fleet.figures())}\n${one.stderr()}\n${other.stderr()}`);
  };
  const everybody = (when: string): Promise<void> =>
    until(`everybody is online ${when}`, () => fleet.figures().online === kiosks, 100_000);
  const stop = new AbortController();
  const working = fleet.work({ punchesPerMinute: 1800, minutes: 10, rush: 1 }, stop.signal);
  await receipted(100, "at first");
  const queue = await cluster.queue("lintel-payroll");
  expect(queue?.type).toBe("quorum");
  expect(queue?.members).toHaveLength(nodes);
  // Not everybody with a good certificate may read the hours. Asked only now: a broker that still wakes up refuses everybody.
  const stranger = flags.map((flag) => flag.replace(/payroll\.(pem|key)$/, "fleet.$1"));
  await using refused = startReceiver(...stranger);
  await refused.says("(broker-refused)", 60_000);
  expect(await refused.ended()).toBe(2);
  const left = await happening({
    cluster,
    receivers: [one, other],
    receiver: () => startReceiver(...flags),
    receipted,
    everybody,
    told,
  });
  stop.abort();
  await working;
  await fleet.drain(60_000, signal);
  // Whoever lost its node last may still be on the way back; what everybody then says of themselves fills the queue once more.
  await everybody("in the end");
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await delay(250)) {
    if ((await cluster.queue("lintel-payroll"))?.messages === 0) break;
  }
  const figures = fleet.figures();
  told(summaryOf(figures));
  expect(figures).toMatchObject({ refused: 0, owed: 0 });
  expect(figures.receipted).toBe(figures.punches);
  expect((await cluster.queue("lintel-payroll"))?.messages).toBe(0);
  for (const receiver of left) expect(await receiver.end("SIGTERM")).toBe(0);

  await using sink = openSqliteSink(pki.file("payroll.sqlite"));
  const punches = await sink.read.ofType("dev.lintel.punch.v1");
  expect(punches.length).toBe(figures.punches);
  expect(new Set(punches.map(({ jws }) => jws)).size).toBe(punches.length);
  expect(await sink.read.streams()).toHaveLength(kiosks);
  expect(`${one.stderr()}${other.stderr()}`).not.toMatch(/FORK|Set aside|bad:/);
  told("done");
}
