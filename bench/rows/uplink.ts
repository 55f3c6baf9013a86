import { spawn } from "node:child_process";
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { connectAsync } from "mqtt";
import { recordHash } from "../../kiosk/core/chain.ts";
import { type Signer, signJws, verifyJws } from "../../kiosk/core/jws.ts";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";
import { personId } from "../../kiosk/core/person.ts";
import type { Clock, Journal } from "../../kiosk/core/ports.ts";
import { isBefore, type RecordBody } from "../../kiosk/core/record.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { openMemoryJournal } from "../../kiosk/store/memory-journal.ts";
import { pack } from "../../kiosk/uplink/contract/batch.ts";
import { eventOfOwn, structuredContentType, wrap } from "../../kiosk/uplink/contract/envelope.ts";
import { profiles } from "../../kiosk/uplink/contract/profiles.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import type { SignedEvent } from "../../kiosk/uplink/contract/wire.ts";
import { openUplink } from "../../kiosk/uplink/uplink.ts";
import { bound, compare, quantile, type Row } from "../measure.ts";

/** A backlog on its way, against mqtt.js sending the same bytes; mosquitto in between, a receiver on a thread of its own. */

const identity = { tenant: "bench", site: "bench", device: `k${"0".repeat(20)}` };
const windowSize = 64;
const usualPublishesPerS = profiles.generic5.publishesPerS;

export async function measure(): Promise<readonly Row[]> {
  await using house = new AsyncDisposableStack();
  const brokerUrl = await openMosquitto(house);
  const device = newKey();
  const clock = await openSystemClock();
  const directory = mkdtempSync(join(import.meta.dirname, "../results-"));
  house.defer(() => rmSync(directory, { recursive: true }));
  const journal = house.use(
    await openJournal({
      ...{ directory, identity, signer: device.signer, clock },
      ...{ firmware: "bench", boot: 1, isFirstStart: true },
    }),
  );
  const backlog = 24_000;
  for (let left = backlog; left > 0; left -= 8000) {
    await Promise.all(Array.from({ length: 8000 }, () => journal.append(body(clock), clock.now())));
  }
  const records = journal.read({ epoch: 0, seq: -1 }, 2 * backlog);
  const messages = records.map(({ jws }) => wrap(jws, eventOfOwn(jws)));
  const scene = { brokerUrl, device, clock, journal };
  // Nothing verifies here, because the other side's receiver would not either.
  const receiver = house.use(await openReceiver(brokerUrl, device, false));
  const few = openMemoryJournal({ identity, signer: device.signer, clock, firmware: "bench", boot: 1 });
  for (let n = 0; n < 800; n += 1) await few.append(body(clock), clock.now());
  const small = { ...scene, journal: few };
  const single = () => drain(scene, receiver, false);
  return [
    await compare({
      what: `drain of ${backlog} records: read, wrap, send, receipt, cursor`,
      against: "mqtt.js with QoS 1, the same bytes and window, until the receiver has them",
      reads: "faster",
      target: 0.6,
      ours: single,
      theirs: async () => {
        await receiver.expect("nobody");
        await publishAll(brokerUrl, messages);
        await receiver.has(messages.length);
      },
      rounds: 7,
      repeat: 1,
    }),
    await compare({
      what: "the same drain in gzip batches",
      against: "one record in one message",
      reads: "faster",
      target: 5,
      ours: () => drain(scene, receiver, true),
      theirs: single,
      rounds: 5,
      repeat: 1,
    }),
    await compare({
      what: "800 records in gzip batches, within the 200 messages a second that a shared broker allows",
      against: "one record in one message, within the same",
      reads: "faster",
      target: 5,
      ours: () => drain(small, receiver, true, usualPublishesPerS),
      theirs: () => drain(small, receiver, false, usualPublishesPerS),
      rounds: 2,
      repeat: 1,
    }),
    ...sizes(records.slice(-200).map(({ jws }) => jws)),
    ...(await month(brokerUrl, device, clock)),
  ];
}

interface Key {
  readonly signer: Signer;
  readonly jwk: PublicJwk;
  readonly publicKey: KeyObject;
}

function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { kty = "", crv = "", x = "" } = publicKey.export({ format: "jwk" });
  const jwk = { kty, crv, x };
  const signer: Signer = {
    ...{ kid: kidOf(jwk), alg: "EdDSA", publicKey },
    sign: (input) => sign(null, Buffer.from(input), privateKey),
  };
  return { signer, jwk, publicKey };
}

const body = (clock: Clock): RecordBody => ({
  type: "punch",
  data: {
    kind: "in",
    sub: personId(`p_${randomSubject()}`),
    method: ["face"],
    assure: { match: "high", live: "pass", card: "none" },
    t: {
      ...{ local: "2026-11-23T08:57:03.120+01:00", tz: "Europe/Berlin", src: "ntp", err: 25, age: 412, boot: 17 },
      mono: clock.now().monoMs,
    },
    ...{ loc: "gate-2", pol: "default.1", dec: "accept" },
  },
});

/** As random as a real one: it cannot be squeezed. */
const randomSubject = (): string =>
  BigInt(`0x${randomBytes(16).toString("hex")}`)
    .toString(36)
    .padStart(20, "0")
    .slice(-20);

function sizes(tokens: readonly string[]): readonly Row[] {
  const structured = tokens.map((jws) => wrap(jws, eventOfOwn(jws)).length);
  const batched = (pack(tokens.slice(0, 50))?.length ?? Number.NaN) / 50;
  const most = (values: readonly number[]) => Math.max(...values);
  return [
    bound("bytes of a punch, structured", most(structured), 1400, "B"),
    bound("bytes of a punch, bare", most(tokens.map(({ length }) => length)), 1100, "B"),
    bound("bytes of a punch, in a batch of 50", batched, 320, "B"),
  ];
}

/** A month's backlog to a receiver that verifies every record, while people go on punching; broker limits as usual. */
async function month(brokerUrl: string, device: Key, clock: Clock): Promise<readonly Row[]> {
  const journal = openMemoryJournal({ identity, signer: device.signer, clock, firmware: "bench", boot: 1 });
  for (let n = 0; n < 100_000; n += 1) await journal.append(body(clock), clock.now());
  await using receiver = await openReceiver(brokerUrl, device, true);
  await receiver.expect("month");
  const startMs = performance.now();
  await using uplink = await openUplink({
    ...optionsOf({ brokerUrl, device, clock, journal }, receiver, true, "month"),
  });
  const waits: { readonly seq: number; readonly atMs: number }[] = [];
  const waitsMs: number[] = [];
  const end = journal.head();
  let drainedMs = Number.NaN;
  while (Number.isNaN(drainedMs)) {
    await delay(20);
    const now = performance.now();
    if (waits.length === 0 || now - (waits.at(-1)?.atMs ?? 0) >= 500) {
      const { stored } = await journal.append(body(clock), clock.now());
      waits.push({ seq: stored.seq, atMs: now });
      uplink.wake();
    }
    for (const seq of receiver.live()) {
      const wait = waits.find((one) => one.seq === seq);
      if (wait !== undefined) waitsMs.push(now - wait.atMs);
    }
    if (!isBefore(journal.cursor("month"), end)) drainedMs = performance.now() - startMs;
    if (now - startMs > 180_000) throw new Error("a month's backlog did not drain in three minutes");
  }
  return [
    bound("100,000 punches of backlog, until the last is receipted", drainedMs, 60_000, "ms"),
    bound("a live punch meanwhile, until the receiver has it (p95)", quantile(waitsMs, 0.95), 2000, "ms"),
  ];
}

interface Scene {
  readonly brokerUrl: string;
  readonly device: Key;
  readonly clock: Clock;
  readonly journal: Journal;
}

const optionsOf = (
  { brokerUrl, device, clock, journal }: Scene,
  receiver: Receiver,
  batches: boolean,
  name: string,
) => ({
  ...{ broker: { brokerUrl }, receiver: { name, jwk: receiver.jwk }, identity, signer: device.signer },
  ...{ journal, clock, fw: "bench", simulated: false, batches },
});

let drains = 0;

async function drain(
  scene: Scene,
  receiver: Receiver,
  batches: boolean,
  publishesPerS = Number.POSITIVE_INFINITY,
): Promise<void> {
  drains += 1;
  const name = `r${drains}`;
  await receiver.expect(name);
  await using uplink = await openUplink({ ...optionsOf(scene, receiver, batches, name), pace: { publishesPerS } });
  const { signal } = new AbortController();
  for await (const _ of uplink.news(signal)) {
    if (!isBefore(scene.journal.cursor(name), scene.journal.head())) return;
  }
}

async function publishAll(brokerUrl: string, messages: readonly Uint8Array[]): Promise<void> {
  const client = await connectAsync(brokerUrl, { protocolVersion: 5, reconnectPeriod: 0 });
  const topic = generic5.up(identity, "rec");
  const properties = { contentType: structuredContentType };
  let next = 0;
  await Promise.all(
    Array.from({ length: windowSize }, async () => {
      for (let message = messages[next++]; message !== undefined; message = messages[next++]) {
        await client.publishAsync(topic, message as Buffer, { qos: 1, properties });
      }
    }),
  );
  await client.endAsync();
}

async function openMosquitto(house: AsyncDisposableStack): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  const folder = mkdtempSync(join(tmpdir(), "lintel-bench-"));
  house.defer(() => rmSync(folder, { recursive: true }));
  const lines = [`listener ${port} 127.0.0.1`, "allow_anonymous true", "max_queued_messages 0", "set_tcp_nodelay true"];
  writeFileSync(join(folder, "conf"), [...lines, "log_type none", `user ${userInfo().username}`].join("\n"));
  const child = spawn("/usr/sbin/mosquitto", ["-c", join(folder, "conf")], { stdio: "ignore" });
  house.defer(async () => {
    const exited = once(child, "exit");
    if (child.kill("SIGKILL")) await exited;
  });
  const brokerUrl = `mqtt://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries += 1) {
    const client = await connectAsync(brokerUrl, { reconnectPeriod: 0 }).catch(() => null);
    await client?.endAsync();
    if (client !== null) return brokerUrl;
    await delay(50);
  }
  throw new Error("mosquitto does not start: apt install mosquitto");
}

interface Receiver extends AsyncDisposable {
  readonly jwk: PublicJwk;
  /** From now on it receipts under this name and has nothing. */
  readonly expect: (name: string) => Promise<void>;
  /** Resolves when so many came since. */
  readonly has: (records: number) => Promise<void>;
  /** Numbers that came ahead of the backlog since the last call. */
  readonly live: () => readonly number[];
}

async function openReceiver(brokerUrl: string, device: Key, verifies: boolean): Promise<Receiver> {
  const ready = Promise.withResolvers<PublicJwk>();
  let answered = Promise.withResolvers<void>();
  const ask = (question: string | number): Promise<void> => {
    answered = Promise.withResolvers<void>();
    worker.postMessage(question);
    return answered.promise;
  };
  let live: number[] = [];
  const worker = new Worker(new URL(import.meta.url), { workerData: { brokerUrl, jwk: device.jwk, verifies } });
  worker.on("error", ready.reject);
  worker.on("message", (message: { jwk?: PublicJwk; live?: number }) => {
    if (message.jwk !== undefined) ready.resolve(message.jwk);
    else if (message.live !== undefined) live.push(message.live);
    else answered.resolve();
  });
  const jwk = await ready.promise;
  return {
    jwk,
    expect: ask,
    has: ask,
    live: () => {
      const came = live;
      live = [];
      return came;
    },
    [Symbol.asyncDispose]: async () => {
      await worker.terminate();
    },
  };
}

/** The receiver's thread: keeps tokens by number, receipts every 500 records and 20 ms after the last. */
async function receive(port: NonNullable<typeof parentPort>): Promise<void> {
  const { brokerUrl, jwk, verifies } = workerData as { brokerUrl: string; jwk: PublicJwk; verifies: boolean };
  const own = newKey();
  const { createPublicKey } = await import("node:crypto");
  const deviceKey = createPublicKey({ key: { ...jwk }, format: "jwk" });
  const client = await connectAsync(brokerUrl, { protocolVersion: 5 });
  let name = "";
  let upto = -1;
  let sinceReceipt = 0;
  let tokens = new Map<number, string>();
  let wanted = Number.POSITIVE_INFINITY;
  const tellWhenAll = () => {
    if (tokens.size < wanted) return;
    wanted = Number.POSITIVE_INFINITY;
    port.postMessage({});
  };
  let bell: NodeJS.Timeout | undefined;
  const hashAt = (seq: number) => {
    const jws = tokens.get(seq);
    return jws === undefined ? "A".repeat(43) : recordHash(jws.slice(0, jws.lastIndexOf(".")));
  };
  const receipt = () => {
    clearTimeout(bell);
    bell = undefined;
    sinceReceipt = 0;
    while (tokens.has(upto + 1)) upto += 1;
    const at = new Date().toISOString();
    const data = { dev: identity.device, ep: 1, upto, rh: hashAt(upto), miss: [], bad: [], at };
    const event: SignedEvent = {
      ...{ specversion: "1.0", id: `${Math.random()}`, source: `urn:lintel:bench:cloud:${name}` },
      ...{ type: "dev.lintel.ack.v1", time: at, data: { ...data, rcv: name } },
    };
    const bytes = wrap(signJws("lintel-ack+jws", JSON.stringify(event), own.signer).jws, event);
    client.publish(generic5.down(identity, "ack"), Buffer.from(bytes), { qos: 1 });
  };
  client.on("message", (topic, payload) => {
    if (topic === generic5.up(identity, "req")) return receipt();
    for (const jws of tokensIn(payload)) {
      if (verifies) verifyJws(jws, "lintel-rec+jws", () => deviceKey);
      const seq = seqOf(jws);
      if (verifies && seq > 100_000) port.postMessage({ live: seq });
      tokens.set(seq, jws);
      sinceReceipt += 1;
    }
    tellWhenAll();
    if (sinceReceipt >= 500) receipt();
    else bell ??= setTimeout(receipt, 20);
  });
  await client.subscribeAsync([generic5.up(identity, "rec"), generic5.up(identity, "req")], { qos: 1 });
  port.on("message", (next: string | number) => {
    if (typeof next === "number") {
      wanted = next;
      return tellWhenAll();
    }
    name = next;
    upto = -1;
    sinceReceipt = 0;
    tokens = new Map();
    port.postMessage({});
  });
  port.postMessage({ jwk: own.jwk });
}

/** Without the checks of a real receiver: the device is what is measured. */
function tokensIn(payload: Buffer): readonly string[] {
  const isBatch = payload[0] === 0x1f;
  const { data } = JSON.parse((isBatch ? gunzipSync(payload) : payload).toString("latin1")) as { data: unknown };
  return isBatch ? (data as { records: string[] }).records : [String(data)];
}

/** From the beginning of the payload, so that a receiver that verifies nothing costs next to nothing. */
function seqOf(jws: string): number {
  const from = jws.indexOf(".") + 1;
  const start = Buffer.from(jws.slice(from, from + 400), "base64url").toString("latin1");
  return Number(/"seq":(\d+)/.exec(start)?.[1]);
}

if (!isMainThread && parentPort !== null) await receive(parentPort);
