import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Position } from "../../kiosk/core/record.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { openPipe } from "../../kiosk/uplink/mqtt.ts";
import { openDemoBackend } from "../../kiosk/uplink/sim/backend.ts";
import { openSimBroker } from "../../kiosk/uplink/sim/broker.ts";
import { openUplink } from "../../kiosk/uplink/uplink.ts";
import { identity, newKey, quick, realClock, until } from "../unit/uplink/parts.ts";
import { isReceipted, memoryJournal } from "./journal-parts.ts";

/** The demo's own cloud, as `npm start` has it. */

const key = newKey();
let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "lintel-cloud-"));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

async function open() {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await openSimBroker());
  const backend = stack.use(
    await openDemoBackend({
      broker: { brokerUrl: broker.backendUrl },
      device: { identity, jwk: key.jwk },
      stateDir,
      clock: realClock,
      coalesceMs: 50,
    }),
  );
  const owned = stack.move();
  return { ...backend, broker, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
type Cloud = Awaited<ReturnType<typeof open>>;
const connect = (cloud: Cloud, journal = memoryJournal(key)) =>
  openUplink({
    broker: { brokerUrl: cloud.broker.deviceUrl },
    receiver: cloud.receiver,
    identity,
    signer: key.signer,
    journal,
    clock: realClock,
    fw: "0.1.0",
    simulated: true,
    pace: quick,
  });

test("pulling the network cable in the drawer makes records wait; plugging it in drains them", async () => {
  await using cloud = await open();
  const journal = memoryJournal(key);
  await using uplink = await connect(cloud, journal);
  expect(uplink.simulated).toBe(true);
  await until("receipted", () => isReceipted(journal, cloud.receiver.name));
  cloud.broker.cut();
  expect(cloud.broker.isCut()).toBe(true);
  await until("noticed", () => cloud.state() === "offline");
  journal.grow(4);
  uplink.wake();
  expect(journal.waiting(cloud.receiver.name)).toBe(4);
  cloud.broker.restore();
  await until("drained", () => journal.waiting(cloud.receiver.name) === 0);
});

test("the backend keeps its key and its records over a restart, so old receipts stay true", async () => {
  const journal = memoryJournal(key);
  journal.grow(5);
  const name = await (async () => {
    await using cloud = await open();
    await using _ = await connect(cloud, journal);
    await until("receipted", () => isReceipted(journal, cloud.receiver.name));
    return { ...cloud.receiver };
  })();
  await using again = await open();
  expect(again.receiver).toEqual(name);
  expect((await again.stored()).length).toBe(7);
  journal.grow(1);
  await using _ = await connect(again, journal);
  await until("receipted", () => isReceipted(journal, name.name));
  expect(again.counts()).toMatchObject({ records: 1, duplicates: 0, forks: 0, quarantined: 0 });
  expect(statSync(join(stateDir, "demo-backend-key.pem")).mode & 0o077).toBe(0);
  expect(readFileSync(join(stateDir, "demo-backend-key.pem"), "utf8")).toContain("PRIVATE KEY");
});

test("receipts are told one by one, with how many records each covers", async () => {
  await using cloud = await open();
  const journal = memoryJournal(key);
  journal.grow(9);
  await using uplink = await connect(cloud, journal);
  let covered = 0;
  for await (const receipt of cloud.receipts(AbortSignal.timeout(20_000))) {
    if (receipt === null) continue;
    covered += receipt.records;
    if (receipt.upto < 10) continue;
    expect(receipt).toMatchObject({ receiver: "demo-backend", epoch: 1, upto: 10 });
    break;
  }
  expect(covered).toBeLessThanOrEqual(11);
  uplink.wake();
});

test("EC-1 a device with another key is not believed, and its messages are set aside", async () => {
  await using cloud = await open();
  const stranger = memoryJournal(newKey());
  stranger.grow(2);
  await using uplink = await openUplink({
    broker: { brokerUrl: cloud.broker.deviceUrl },
    receiver: cloud.receiver,
    identity,
    signer: newKey().signer,
    journal: stranger,
    clock: realClock,
    fw: "0.1.0",
    simulated: true,
    pace: { ...quick, drainAnywayMs: 100 },
  });
  await until("set aside", () => cloud.counts().quarantined >= 3);
  expect(cloud.counts().records).toBe(0);
  expect(stranger.waiting(cloud.receiver.name)).toBe(2);
  uplink.wake();
});

test("a backend whose disk takes nothing neither falls over noise nor receipts, and goes on when it does again", async () => {
  await using cloud = await open();
  const journal = memoryJournal(key);
  await using uplink = await connect(cloud, journal);
  await until("receipted", () => isReceipted(journal, cloud.receiver.name));
  const { quarantined } = cloud.counts();
  const stranger = { brokerUrl: cloud.broker.backendUrl, clientId: "stranger" };
  await using pipe = await openPipe(stranger, null, () => {}, new AbortController().signal);
  const noise = () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    pipe.publish({ topic: generic5.up(identity, "rec"), bytes: Buffer.from("noise"), contentType: "x" }, resolve);
    return promise;
  };
  {
    using other = new DatabaseSync(join(stateDir, "demo-backend.sqlite"));
    other.exec("begin immediate");
    await noise();
    journal.grow(1);
    uplink.wake();
    await realClock.sleep(400, new AbortController().signal);
    expect(cloud.counts().quarantined).toBe(quarantined);
    expect(journal.waiting(cloud.receiver.name)).toBe(1);
  }
  await noise();
  await until("set aside again", () => cloud.counts().quarantined > quarantined);
  await until("receipted again", () => isReceipted(journal, cloud.receiver.name));
});

test("a disk that takes no receipt ends the session and not the clock, and the receipt counts when there is room again", async () => {
  await using cloud = await open();
  const journal = memoryJournal(key);
  let isFull = true;
  const { moveCursor } = journal;
  const cramped = Object.assign(journal, {
    moveCursor: (receiver: string, to: Position) => {
      if (isFull) throw new Fault("disk-full", "no space", "Free some space.");
      moveCursor(receiver, to);
    },
  });
  await using uplink = await connect(cloud, cramped);
  const stop = new AbortController();
  const troubles = new Set<string>();
  const listening = (async () => {
    for await (const { trouble } of uplink.news(stop.signal)) if (trouble !== null) troubles.add(trouble.code);
  })();
  await until("the trouble is told", () => troubles.has("disk-full"));
  expect(isReceipted(journal, cloud.receiver.name)).toBe(false);
  isFull = false;
  await until("receipted", () => isReceipted(journal, cloud.receiver.name));
  stop.abort();
  await listening;
});
