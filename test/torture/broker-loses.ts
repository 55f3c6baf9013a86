import { setTimeout as delay } from "node:timers/promises";
import { connect, connectAsync, type IClientOptions } from "mqtt";
import { openProxy } from "../crash/proxy.ts";
import { openPostgres } from "../receiver/postgres.ts";
import { until } from "../unit/uplink/parts.ts";
import { type Mosquitto, openMosquitto } from "./broker.ts";
import type { Chance } from "./chance.ts";
import { healedVerdict, openLives } from "./healing.ts";
import { openOffice } from "./office.ts";
import type { Verdict } from "./verdict.ts";

/** After so long without a receipt everything unreceipted is sent again. */
export const retryMs = 10_000;

export interface LostByBroker extends Verdict {
  /** PUBACKs that the clock got before anybody kept anything: what the broker promised. */
  readonly promised: number;
  /** Of those, what the broker gave to a durable subscriber that came back: what it kept of its promise. */
  readonly delivered: number;
  /** From the moment when a receiver listens again to the last receipt. */
  readonly healingMs: number;
}

/**
 * A broker confirms `records` of a clock while nobody listens but a durable subscription. Then `harm` is done, the
 * subscriber counts what it is given, and a receiver that was not there gets everything from the clock all the same.
 */
async function promisesBroken(
  settings: readonly string[],
  records: number,
  harm: (broker: Mosquitto) => Promise<void>,
): Promise<LostByBroker> {
  await using stack = new AsyncDisposableStack();
  const [broker, database, office] = await Promise.all([openMosquitto(settings), openPostgres(), openOffice()]);
  for (const part of [office, database, broker]) stack.use(part);
  const cable = stack.use(await openProxy(broker.port));
  const sink = await database.create();
  const durable: IClientOptions = { clientId: "durable", clean: false, reconnectPeriod: 0 };
  const first = await connectAsync(broker.url, durable);
  await first.subscribeAsync("lintel1/+/+/+/up/rec", { qos: 1 });
  await first.endAsync();
  const { state, receiptKey } = office;
  const pace = { rewindMs: retryMs, rewindCapMs: retryMs, drainAnywayMs: 500, publishesPerS: 5000 };
  const plan = {
    state,
    receiptKey,
    brokerUrl: cable.url,
    backlog: records,
    pace: { ...pace, receiptWindow: records * 2 },
  };
  const clock = stack.use(await openLives(plan));
  // The records from 0 on, and the birth and the question before them.
  await until("the broker has promised everything", () => cable.promised() >= records + 3, 60_000);
  const promised = cable.promised();
  await harm(broker);
  const counted = await given(broker.url, durable);
  const receiver = stack.use(office.hire(broker.url, sink));
  await receiver.listens();
  const verdict = await healedVerdict(office, clock, sink);
  return { ...verdict, promised, delivered: counted };
}

/** Messages that the broker held for somebody who was away. */
async function given(url: string, durable: IClientOptions): Promise<number> {
  let count = 0;
  let lastMs = performance.now();
  const client = connect(url, durable);
  client.on("message", () => {
    count += 1;
    lastMs = performance.now();
  });
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  while (performance.now() - lastMs < 1000) await delay(50);
  await client.endAsync(true);
  return count;
}

/** mosquitto with `persistence true`, killed after it confirmed: what it held in memory is gone. */
export const brokerForgets = (records: number): Promise<LostByBroker> =>
  promisesBroken([], records, async (broker) => {
    await broker.kill();
    await broker.start();
  });

/** Nobody there while more is sent than the broker's queue holds: it confirms all of it and keeps 1,000. */
export const queueOverflows = (records: number): Promise<LostByBroker> =>
  promisesBroken(["max_queued_messages 1000"], records, async () => {});

/**
 * Three receivers share the records of one clock and the middle of the stream is killed: what the broker had given to
 * the dead one, and to nobody else, comes again.
 */
export async function workerDies(chance: Chance, records: number): Promise<Verdict & { readonly healingMs: number }> {
  await using stack = new AsyncDisposableStack();
  const [broker, database, office] = await Promise.all([openMosquitto(), openPostgres(), openOffice()]);
  for (const part of [office, database, broker]) stack.use(part);
  const sink = await database.create();
  const workers = [0, 1, 2].map(() => stack.use(office.hire(broker.url, sink)));
  await Promise.all(workers.map((worker) => worker.listens()));
  const { state, receiptKey } = office;
  const pace = { rewindMs: retryMs, rewindCapMs: retryMs, publishesPerS: 1000 };
  const clock = stack.use(await openLives({ state, receiptKey, brokerUrl: broker.url, backlog: records, pace }));
  const share = chance.between(0.1, 0.6);
  await until("the stream flows", () => clock.now().news().receipted.seq > records * share, 60_000);
  // Gone for good: its place in the group is nobody's.
  const [victim] = workers;
  await victim?.kill(120_000);
  return await healedVerdict(office, clock, sink);
}
