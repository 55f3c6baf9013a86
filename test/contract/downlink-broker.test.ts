import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Order } from "../../kiosk/core/orders.ts";
import { sourceOf } from "../../kiosk/core/record.ts";
import { utcText } from "../../kiosk/core/time.ts";
import { openOrderBook } from "../../kiosk/store/order-book.ts";
import { structuredContentType } from "../../kiosk/uplink/contract/envelope.ts";
import { timeRequest } from "../../kiosk/uplink/contract/requests.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { type Downlink, openDownlink } from "../../kiosk/uplink/downlink.ts";
import { openPipe } from "../../kiosk/uplink/mqtt.ts";
import { openTimeQuestions } from "../../kiosk/uplink/orders/time-question.ts";
import { type Letter, letterTo } from "../../kiosk/uplink/receiver/letter.ts";
import { openMemorySink } from "../../kiosk/uplink/receiver/memory-sink.ts";
import { openOutbox } from "../../kiosk/uplink/receiver/outbox.ts";
import { openReceiver } from "../../kiosk/uplink/receiver/receiver.ts";
import { openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import { openSimBroker } from "../../kiosk/uplink/sim/broker.ts";
import type { TimeFix } from "../../kiosk/uplink/time-check.ts";
import { openUplink } from "../../kiosk/uplink/uplink.ts";
import { scratch } from "../scratch.ts";
import { identity, newKey, quick, realClock, signedWire, until } from "../unit/uplink/parts.ts";
import { cloudKeys, keyOf } from "./downlink-parts.ts";
import { memoryJournal } from "./journal-parts.ts";

/** From the backend's outbox over a real broker to the wall and back: a clock, the receiver kit, nothing in between. */

let house: AsyncDisposableStack;
beforeEach(() => {
  house = new AsyncDisposableStack();
});
afterEach(() => house.disposeAsync());

const device = newKey();

async function scene(clock = realClock) {
  const broker = house.use(await openSimBroker());
  const journal = memoryJournal(device);
  const registry = openKeyRegistry();
  registry.add(identity, device.signer.kid, device.signer.publicKey);
  const ackKey = newKey();
  const sink = openMemorySink();
  const receiver = openReceiver({ name: "payroll", signer: ackKey.signer, keys: registry, sink });
  const shelf = sink.orders;
  const signers = new Map(["cmd:ops", "cmd:sec", "cmd:dpo"].map((role) => [role, keyOf(role).signer]));
  const outbox = openOutbox({ issuer: "hq", signers, shelf });
  const captured: { topic: string; bytes: Uint8Array }[] = [];
  const states: string[] = [];

  // The backend: everything that came is taken in, answered, and what it says about orders is settled.
  let last: Promise<unknown> = Promise.resolve();
  const say = ({ topic, bytes }: Letter): void => {
    captured.push({ topic, bytes });
    cloud.publish({ topic, bytes, contentType: structuredContentType }, () => {});
  };
  const take = async (topic: string, bytes: Uint8Array): Promise<void> => {
    const { fresh, answers, statuses, requests } = await receiver.ingest([{ topic, bytes }]);
    for (const { event } of fresh) {
      if (event.type === "dev.lintel.cmdlog.v1") states.push(String(event.data.state));
    }
    for (const answer of answers) say(answer);
    if (statuses.some(({ data }) => data.state === "online")) {
      for (const letter of await outbox.due(sourceOf(identity))) say(letter);
    }
    for (const request of requests) {
      const asked = timeRequest.safeParse(request);
      if (!asked.success) continue;
      const sender = { issuer: "hq", signer: keyOf("tim").signer };
      say(letterTo(identity, "tim", { n: asked.data.data.n, utc: utcText(Date.now()) }, sender));
    }
  };
  const cloud = house.use(
    await openPipe(
      { brokerUrl: broker.backendUrl, clientId: "cloud" },
      null,
      (topic, bytes) => {
        last = last.then(() => take(topic, bytes));
      },
      new AbortController().signal,
    ),
  );
  await cloud.subscribe(generic5.receiverFilters);

  const carriedOut: Order[] = [];
  const fixes: TimeFix[] = [];
  let downlink: Downlink | null = null;
  const uplink = house.use(
    await openUplink({
      ...{ broker: { brokerUrl: broker.deviceUrl }, receiver: { name: "payroll", jwk: ackKey.jwk } },
      ...{ identity, signer: device.signer, journal, clock, fw: "0.1.0", simulated: true, pace: quick },
      heard: (...what) => downlink?.heard(...what),
      fixed: (fix) => fixes.push(fix),
    }),
  );
  const time = openTimeQuestions({
    speaker: { identity, signer: device.signer, clock },
    keys: () => cloudKeys,
    request: uplink.request,
    witness: uplink.witness,
  });
  const wakeful = {
    ...{ head: journal.head, read: journal.read },
    append: async (...what: Parameters<typeof journal.append>) => {
      const appended = await journal.append(...what);
      uplink.wake();
      return appended;
    },
  };
  const stop = new AbortController();
  const note = async (order: Order) => {
    carriedOut.push(order);
    return {};
  };
  downlink = openDownlink({
    ...{ identity, groups: [], keys: () => cloudKeys, clock, journal: wakeful, time },
    book: house.use(await openOrderBook({ directory: scratch() })),
    handlers: new Map([
      ["identify", note],
      ["erase.all", note],
      [
        "time.check",
        async () => {
          const { fromMs, toMs, at } = await time.ask(stop.signal);
          return { out: JSON.stringify({ earlyMs: at.utcMs - (toMs ?? 0), lateMs: at.utcMs - fromMs }) };
        },
      ],
    ]),
    ...{ roster: null, config: null },
  });
  const running = downlink.run(stop.signal);
  house.defer(async () => {
    stop.abort();
    await running;
  });
  const closed = async () => {
    const deadline = performance.now() + 30_000;
    for (let isOpen = true; isOpen && performance.now() < deadline; ) {
      await delay(20);
      isOpen = (await shelf.open(sourceOf(identity), Date.now())).length > 0;
    }
    expect(await shelf.open(sourceOf(identity), Date.now()), "nothing is open").toEqual([]);
  };
  const order = async (op: string, args = {}) => {
    const made = await outbox.order(identity, op, args, 60_000);
    say(made.letter);
    return made.id;
  };
  return { broker, journal, carriedOut, captured, states, fixes, order, closed, outbox, say, time };
}

test("an order goes out, is carried out, its records come back, and the outbox closes it", async () => {
  const { order, closed, carriedOut, states } = await scene();
  const one = await order("identify", { forS: 3 });
  const two = await order("erase.all");
  await until("both carried out", () => carriedOut.length === 2);
  expect(carriedOut.map(({ id }) => id)).toEqual([one, two]);
  await closed();
  await until("all four records came", () => states.length === 4);
  expect(states.toSorted()).toEqual(["accepted", "accepted", "done", "done"]);
});

test("ordered while the clock is away: it comes after the birth, and once", async () => {
  const { broker, outbox, closed, carriedOut, states } = await scene();
  broker.cut();
  const { id } = await outbox.order(identity, "identify", {}, 60_000);
  broker.restore();
  await until("carried out", () => carriedOut.length === 1);
  broker.cut();
  broker.restore();
  await closed();
  expect(carriedOut.map((order) => order.id)).toEqual([id]);
  await until("two records came", () => states.length === 2);
});

test("every message that came down, again ten times in any order: nothing is carried out, known or written again", async () => {
  const { order, closed, carriedOut, captured, states, journal, say, fixes } = await scene();
  for (let n = 0; n < 5; n += 1) await order("identify");
  await order("time.check");
  await closed();
  await until("twelve records", () => states.length === 12);
  await until("receipted", () => journal.cursor("payroll").seq === journal.head().seq);
  const before = { head: journal.head(), cursor: journal.cursor("payroll"), fixes: fixes.length };
  const again = Array.from({ length: 10 }, () => captured.slice()).flat();
  again.sort(() => Math.random() - 0.5);
  for (const letter of again) say(letter);
  const last = await order("identify");
  await until("the last one is over", () => carriedOut.at(-1)?.id === last);
  await until("its records are receipted", () => journal.cursor("payroll").seq === before.head.seq + 2);
  expect(carriedOut).toHaveLength(6);
  expect(journal.head().seq).toBe(before.head.seq + 2);
  expect(fixes).toHaveLength(before.fixes);
});

test("L13 asked for the time, a clock that is two hours ahead says by how much, and a timefix is made of it", async () => {
  const ahead = {
    ...realClock,
    now: () => ({ utcMs: Date.now() + 7_200_000, monoMs: performance.now() }),
    quality: () => ({ source: "none" as const, errorMs: 1e12, ageS: 1 }),
  };
  const { order, journal, fixes } = await scene(ahead);
  await order("time.check");
  await until("answered", () => journal.records.some(({ jws }) => outOf(jws) !== null));
  const { earlyMs, lateMs } = JSON.parse(
    journal.records.map(({ jws }) => outOf(jws)).find((out) => out !== null) ?? "{}",
  );
  expect(earlyMs).toBeLessThanOrEqual(7_200_000 + 5);
  expect(lateMs).toBeGreaterThanOrEqual(7_200_000 - 5);
  await until("fixed", () => fixes.length > 0);
  expect(Math.abs((fixes[0]?.utcMs ?? 0) - Date.now())).toBeLessThan(60_000);
});

function outOf(jws: string): string | null {
  const { data } = JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8"));
  return typeof data.out === "string" ? data.out : null;
}

test("an answer about the time counts once, and only to a question of ours", async () => {
  const { time } = await scene();
  const foreign = {
    specversion: "1.0" as const,
    ...{ id: "t1", source: "urn:lintel:acme:cloud:hq", type: "dev.lintel.time.v1", time: utcText(0) },
    data: { n: "not ours", utc: utcText(0) },
  };
  await time.receive(signedWire("lintel-tim+jws", foreign, keyOf("tim")));
  await time.receive(signedWire("lintel-tim+jws", foreign, keyOf("ack")));
  await time.receive(Buffer.from("noise"));
  await expect(time.ask(AbortSignal.abort())).rejects.toMatchObject({ code: "clock-wrong" });
});
