import { execFileSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { compactVerify, importJWK } from "jose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Uplink, UplinkNews } from "../../kiosk/core/ports/uplink.ts";
import { sourceOf } from "../../kiosk/core/record.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { openPipe } from "../../kiosk/uplink/mqtt.ts";
import { ackOf } from "../../kiosk/uplink/receiver/ack.ts";
import type { Stand } from "../../kiosk/uplink/receiver/life.ts";
import { openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import { verifyRecord } from "../../kiosk/uplink/receiver/verify.ts";
import { type DemoBackend, openDemoBackend } from "../../kiosk/uplink/sim/backend.ts";
import { openUplink } from "../../kiosk/uplink/uplink.ts";
import { identity, newKey, quick, realClock, until } from "../unit/uplink/parts.ts";
import { brokers, type Cable, openCable, type TestBroker } from "./broker-parts.ts";
import { isReceipted, memoryJournal } from "./journal-parts.ts";

const deviceKey = newKey();
const receiver = "demo-backend";

describe.each(brokers)("with %s", (_, openBroker) => {
  let house: AsyncDisposableStack;
  let broker: TestBroker;
  let cable: Cable;
  let journal: ReturnType<typeof memoryJournal>;
  let stateDir: string;

  beforeEach(async () => {
    house = new AsyncDisposableStack();
    broker = house.use(await openBroker());
    cable = house.use(await openCable(broker.port));
    journal = memoryJournal(deviceKey);
    stateDir = mkdtempSync(join(tmpdir(), "lintel-uplink-"));
    house.defer(() => rmSync(stateDir, { recursive: true }));
  });
  afterEach(() => house.disposeAsync());

  const directUrl = () => `mqtt://127.0.0.1:${broker.port}`;
  const backend = async (): Promise<DemoBackend> =>
    openDemoBackend({
      broker: { brokerUrl: directUrl() },
      device: { identity, jwk: deviceKey.jwk },
      stateDir,
      clock: realClock,
      coalesceMs: 50,
    });
  const device = async (receiver: DemoBackend["receiver"], pace = {}): Promise<Watched> => {
    const uplink = await openUplink({
      broker: { brokerUrl: cable.url },
      receiver,
      identity,
      signer: deviceKey.signer,
      journal,
      clock: realClock,
      fw: "0.1.0",
      simulated: true,
      pace: { ...quick, ...pace },
    });
    return watch(uplink);
  };
  /** What a device must know of a backend that is not there. */
  const keyOfBackend = async (): Promise<DemoBackend["receiver"]> => {
    await using cloud = await backend();
    return cloud.receiver;
  };
  /** Somebody else on the broker: hears every record and may say anything. */
  const stranger = async () => {
    const heard: { topic: string; bytes: Uint8Array }[] = [];
    const hear = (topic: string, bytes: Uint8Array) => heard.push({ topic, bytes });
    const { signal } = new AbortController();
    const pipe = house.use(await openPipe({ brokerUrl: directUrl(), clientId: "stranger" }, null, hear, signal));
    await pipe.subscribe(generic5.receiverFilters);
    const say = (topic: string, bytes: Uint8Array) => pipe.publish({ topic, bytes, contentType: "x" }, () => {});
    return { heard, say };
  };
  const receipts = generic5.down(identity, "ack");

  test("every record arrives, verifies with jose and openssl too, and is receipted", async () => {
    journal.grow(30);
    const cloud = house.use(await backend());
    const kiosk = house.use(await device(cloud.receiver));
    await until("all receipted", () => isReceipted(journal, receiver));
    expect(await cloud.stored()).toEqual(journal.records.map(({ jws }) => jws));
    const jws = (await cloud.stored())[7] ?? "";
    const { protectedHeader } = await compactVerify(jws, await importJWK({ ...deviceKey.jwk }, "EdDSA"));
    expect(protectedHeader).toEqual({ alg: "EdDSA", kid: deviceKey.signer.kid, typ: "lintel-rec+jws" });
    expect(opensslVerifies(jws, stateDir)).toBe(true);
    await until("the news says so", () => kiosk.news().waiting === 0);
    expect(kiosk.news()).toMatchObject({ online: true, receiver, trouble: null, receipted: { epoch: 1, seq: 31 } });
    expect(cloud.state()).toBe("online");
  });

  test("a PUBACK moves nothing: without a receiver all records stay owed, and arrive once there is one", async () => {
    const known = await keyOfBackend();
    journal.grow(20);
    const onlooker = await stranger();
    house.use(await device(known, { drainAnywayMs: 200 }));
    await until("the broker has everything", () => records(onlooker.heard).size === 22);
    await delay(200);
    expect(journal.waiting(receiver)).toBe(20);
    house.use(await backend());
    await until("all receipted", () => isReceipted(journal, receiver));
  });

  test("the death of the connection is announced by the broker, in our own signed words", async () => {
    const cloud = house.use(await backend());
    house.use(await device(cloud.receiver));
    await until("birth", () => cloud.state() === "online");
    cable.cut();
    await until("death", () => cloud.state() === "offline");
    cable.restore();
    await until("birth again", () => cloud.state() === "online");
  });

  test("closing says goodbye instead of dying", async () => {
    const cloud = house.use(await backend());
    const kiosk = await device(cloud.receiver);
    await until("birth", () => cloud.state() === "online");
    await kiosk[Symbol.asyncDispose]();
    await until("farewell", () => cloud.state() === "leaving");
  });

  test("a pulled cable only makes records wait, and they drain by themselves", async () => {
    const cloud = house.use(await backend());
    const kiosk = house.use(await device(cloud.receiver));
    await until("all receipted", () => isReceipted(journal, receiver));
    cable.cut();
    await until("offline", () => !kiosk.news().online);
    for (let n = 1; n <= 5; n += 1) {
      journal.grow(1);
      kiosk.wake();
      await until(`${n} waiting`, () => kiosk.news().waiting === n);
    }
    expect(kiosk.news().trouble?.code).toBe("broker-unreachable");
    cable.restore();
    await until("drained", () => kiosk.news().waiting === 0 && kiosk.news().online);
    expect(await cloud.stored()).toEqual(journal.records.map(({ jws }) => jws));
  });

  test("a broker that dies in the middle of a drain and forgets everything loses nothing", async () => {
    journal.grow(600);
    const cloud = house.use(await backend());
    house.use(await device(cloud.receiver));
    for (const count of [60, 250]) {
      await until(`${count} stored`, () => cloud.counts().records >= count);
      await broker.restart();
    }
    await until("all receipted", () => isReceipted(journal, receiver), 40_000);
    expect(await cloud.stored()).toEqual(journal.records.map(({ jws }) => jws));
    expect(cloud.counts().forks).toBe(0);
  });

  test("what a receiver gets twice it keeps once, also across its restart", async () => {
    journal.grow(40);
    const first = await backend();
    const kiosk = await device(first.receiver);
    await until("all receipted", () => isReceipted(journal, receiver));
    await kiosk[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    const cloud = house.use(await backend());
    const replay = await stranger();
    for (const { jws } of journal.records) replay.say(generic5.up(identity, "rec"), Buffer.from(jws));
    await until("all taken again", () => cloud.counts().duplicates === 42);
    expect(await cloud.stored()).toEqual(journal.records.map(({ jws }) => jws));
  });

  test("a half-open connection is given up when no PUBACK comes", async () => {
    const cloud = house.use(await backend());
    const kiosk = house.use(await device(cloud.receiver, { pubackMs: 300 }));
    await until("all receipted", () => isReceipted(journal, receiver));
    cable.freeze();
    journal.grow(1);
    kiosk.wake();
    await until("noticed", () => !kiosk.news().online, 3000);
    await until("drained", () => kiosk.news().waiting === 0);
  });

  test("a receipt that is not true moves no cursor and is made known; a true one clears it", async () => {
    const cloud = house.use(await backend());
    const kiosk = house.use(await device(cloud.receiver));
    await until("all receipted", () => isReceipted(journal, receiver));
    const forger = newKey();
    const forgery = await stranger();
    journal.grow(1);
    const before = journal.cursor(receiver);
    const stand: Stand = {
      source: sourceOf(identity),
      epoch: 1,
      upto: 2,
      rh: journal.head().rh,
      miss: [],
      lost: [],
      gone: [],
      have: [],
      bad: [],
      forks: [],
    };
    forgery.say(receipts, ackOf(stand, receiver, "forged", Date.now(), forger.signer));
    await until("alarm", () => kiosk.news().trouble?.code === "receipt-invalid");
    expect(journal.cursor(receiver)).toEqual(before);
    kiosk.wake();
    await until("cleared", () => kiosk.news().trouble === null && kiosk.news().waiting === 0);
  });

  test("noise on the receipt channel is ignored", async () => {
    const cloud = house.use(await backend());
    const kiosk = house.use(await device(cloud.receiver));
    await until("all receipted", () => isReceipted(journal, receiver));
    const loud = await stranger();
    for (const noise of ["", "{", "e", "eyJ.eyJ.x", "{}", "\0\0", `{"data":"${"x".repeat(30_000)}"}`]) {
      loud.say(receipts, Buffer.from(noise));
    }
    journal.grow(1);
    kiosk.wake();
    await until("still working", () => kiosk.news().waiting === 0);
    expect(kiosk.news()).toMatchObject({ online: true, trouble: null });
  });

  test("live records overtake a backlog that is not receipted", async () => {
    const known = await keyOfBackend();
    journal.grow(500);
    const onlooker = await stranger();
    // Nobody receipts, so the backlog stops at its receipt window.
    const kiosk = house.use(await device(known, { drainAnywayMs: 100, receiptWindow: 100 }));
    await until("window full", () => records(onlooker.heard).size === 100);
    journal.grow(3);
    kiosk.wake();
    await until("live ones came", () => records(onlooker.heard).size === 103);
    const { seq } = journal.head();
    expect([...records(onlooker.heard)].slice(-3)).toEqual([seq - 2, seq - 1, seq]);
  });

  test("another box with our identity is noticed, as what it is where the broker says so", async () => {
    const cloud = house.use(await backend());
    const kiosk = house.use(await device(cloud.receiver));
    await until("birth", () => kiosk.news().online);
    const clone = { brokerUrl: directUrl(), clientId: identity.device };
    house.use(await openPipe(clone, null, () => {}, new AbortController().signal));
    await until("pushed out", () => !kiosk.news().online);
    expect(kiosk.news().trouble?.code).toBe(broker.namesTakeOver ? "broker-taken-over" : "broker-unreachable");
  });
});

interface Watched extends AsyncDisposable {
  readonly news: () => UplinkNews;
  readonly wake: () => void;
}

/** Listens as the station does, and remembers the newest. */
function watch(uplink: Uplink): Watched {
  const stop = new AbortController();
  let newest: UplinkNews = { online: false, waiting: -1, receipted: null, receiver: "", trouble: null };
  const listening = (async () => {
    for await (const news of uplink.news(stop.signal)) newest = news;
  })();
  return {
    news: () => newest,
    wake: uplink.wake,
    [Symbol.asyncDispose]: async () => {
      await uplink[Symbol.asyncDispose]();
      stop.abort();
      await listening;
    },
  };
}

const registry = openKeyRegistry();
registry.add(identity, deviceKey.signer.kid, deviceKey.signer.publicKey);

/** Numbers of the records heard, in the order of their first arrival. */
function records(heard: readonly { readonly topic: string; readonly bytes: Uint8Array }[]): ReadonlySet<number> {
  const ours = heard.filter(({ topic }) => topic === generic5.up(identity, "rec"));
  return new Set(ours.map(({ bytes }) => verifyRecord(bytes, registry, identity).event.seq));
}

/** The way of docs/uplink.md for people without a JOSE library. */
function opensslVerifies(jws: string, folder: string): boolean {
  const [header, payload, signature = ""] = jws.split(".");
  const [key, input, sig] = ["key.pem", "input", "sig"].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(key, createPublicKey(deviceKey.privateKey).export({ format: "pem", type: "spki" }));
  writeFileSync(input, `${header}.${payload}`);
  writeFileSync(sig, Buffer.from(signature, "base64url"));
  const args = ["pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", input, "-sigfile", sig];
  return execFileSync("openssl", args, { encoding: "utf8" }).includes("Verified Successfully");
}
