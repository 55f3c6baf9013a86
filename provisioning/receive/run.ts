import { setTimeout as delay } from "node:timers/promises";
import { waitMs } from "../../kiosk/core/backoff.ts";
import { type Fault, isFault } from "../../kiosk/core/fault.ts";
import type { Stand } from "../../kiosk/uplink/receiver/life.ts";
import { type Ingested, type Receiver, standing } from "../../kiosk/uplink/receiver/receiver.ts";
import type { Sink } from "../../kiosk/uplink/receiver/sink.ts";
import { isAmqp, openAmqpPost } from "./amqp.ts";
import { type Delivery, openMax, openPost, type Post, type PostOptions } from "./broker.ts";
import type { Dispatch, Mail } from "./dispatch.ts";
import { dripEveryMs, openDrip } from "./drip.ts";
import { openPressure } from "./pressure.ts";
import { openWaiting } from "./waiting.ts";

const waitingMax = 4 * openMax;
/** Receipts wait this long for company, or for so many records: a clock sends only so far ahead of them. */
const receiptEveryMs = 500;
const receiptEvery = 500;
/** How soon an order that was put into the store is on its way. */
const ordersEveryMs = 1000;
const backoff = { baseMs: 200, capMs: 10_000 };

export interface RunOptions {
  readonly broker: PostOptions;
  readonly sink: Sink;
  readonly receiver: Receiver;
  /** Without it nothing but receipts goes down. */
  readonly dispatch?: Dispatch | null;
  /** Whether what clocks should have was just changed by us. */
  readonly changes?: () => Promise<boolean>;
  readonly say: (sentence: string) => void;
}

export interface Tally {
  records: number;
  duplicates: number;
  forks: number;
  refused: number;
  bad: number;
  receipts: number;
}

/**
 * Receives until `signal` aborts; then what came is kept and receipted, and it returns. A broker or a store that goes
 * away is waited for: nothing is confirmed in the meantime.
 *
 * @throws Fault where the broker cannot be had at the first try.
 */
export async function runReceiver(options: RunOptions, signal: AbortSignal): Promise<Tally> {
  const { broker, sink, receiver, say } = options;
  const tally: Tally = { records: 0, duplicates: 0, forks: 0, refused: 0, bad: 0, receipts: 0 };
  const due = new Map<string, Stand>();
  const waiting = openWaiting();
  const line: { post: Post | null } = { post: null };
  let bell = Promise.withResolvers<void>();
  const ring = () => bell.resolve();
  const heard = (delivery: Delivery) => {
    // Neither kept nor confirmed: the broker or the clock has it still.
    if (waiting.count() >= waitingMax) return;
    waiting.add(delivery);
    ring();
  };
  await receiver.recall();
  const dial = async () => {
    const open = isAmqp(broker.brokerUrl) ? openAmqpPost : openPost;
    const opened = await open(broker, heard, signal);
    line.post = opened;
    void opened.ended.then(() => {
      if (line.post === opened) line.post = null;
    });
    // Whatever the broker confirmed while nobody listened is named missing now, not when a clock asks.
    await missing(sink).then(
      (stands) => {
        for (const stand of stands) due.set(keyOf(stand), stand);
      },
      (error: unknown) => {
        // A store that is away now is waited for where records go into it.
        if (!isFault(error, "sink-lost", "sink-unreachable")) throw error;
      },
    );
    return opened;
  };
  const first = await dial().catch((error: unknown) => {
    // Asked to stop before there was anything to stop.
    if (signal.aborted) return null;
    throw error;
  });
  if (first === null) return tally;
  const connecting = stayOn(first, dial, say, signal);
  signal.addEventListener("abort", ring, { once: true });

  const pressure = openPressure(openMax);
  /** Held back by our last receipt: the next one frees them. */
  let held = new Map<string, Stand>();
  let sinceReceipts = 0;
  const publishDue = () => {
    const pace = pressure.wish();
    const stands = pace === undefined ? new Map([...held, ...due]) : new Map(due);
    held = pace === undefined ? new Map() : new Map([...held, ...due]);
    due.clear();
    sinceReceipts = 0;
    const letters = receiver.receipts([...stands.values()].sort(byAge), pace === undefined ? {} : { pace });
    for (const letter of letters) line.post?.publish(letter);
    tally.receipts += letters.length;
  };
  const timer = setInterval(publishDue, receiptEveryMs);
  const down = startDown(options, line);
  const failing = { attempt: 0 };
  while (!signal.aborted || (waiting.count() > 0 && failing.attempt === 0)) {
    if (waiting.count() === 0) {
      await bell.promise;
      bell = Promise.withResolvers();
      continue;
    }
    // At their own pace: whatever came while the last transaction ran goes into one.
    const turn = waiting.turn();
    const startedMs = performance.now();
    try {
      const done = await receiver.ingest(turn.map(({ topic, bytes }) => ({ topic, bytes })));
      failing.attempt = 0;
      waiting.kept(turn);
      for (const letter of done.answers) line.post?.publish(letter);
      for (const stand of done.stands) due.set(keyOf(stand), stand);
      const { new: fresh, duplicate, fork } = done.outcomes;
      const devices = new Set(done.stands.map(({ source }) => source)).size;
      pressure.took(fresh + duplicate + fork, devices, performance.now() - startedMs, waiting.count());
      sinceReceipts += fresh;
      if (sinceReceipts >= receiptEvery) publishDue();
      await down.answer(done);
      count(tally, done, say);
    } catch (error) {
      if (!isFault(error, "sink-lost", "sink-unreachable")) throw error;
      if (failing.attempt === 0) say(sentenceOf(error));
      await delay(waitMs(backoff, failing.attempt, Math.random()), undefined, { signal }).catch(() => {});
      failing.attempt += 1;
    }
  }
  clearInterval(timer);
  await down.stop();
  publishDue();
  await line.post?.[Symbol.asyncDispose]();
  await connecting;
  return tally;
}

/** What goes down besides receipts. A store that is away loses nothing: orders stay open, and clocks ask again. */
function startDown(
  { dispatch, changes, say }: RunOptions,
  line: { readonly post: Post | null },
): { readonly answer: (done: Ingested) => Promise<void>; readonly stop: () => Promise<void> } {
  if (!dispatch) return { answer: async () => {}, stop: async () => {} };
  const drip = openDrip();
  const send = ({ urgent, pages }: Mail) => {
    for (const letter of urgent) line.post?.publish(letter);
    drip.add(pages);
  };
  const quietly = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => {
      if (!isFault(error)) throw error;
      if (!isFault(error, "sink-lost", "sink-unreachable")) say(sentenceOf(error));
    });
  const look = async () => {
    if (await changes?.()) send(await dispatch.round());
    // What is claimed by one that cannot send it would wait for nothing.
    if (line.post !== null) send({ urgent: await dispatch.turns(), pages: [] });
  };
  const stopped = new AbortController();
  const looking = (async () => {
    while (!stopped.signal.aborted) {
      await quietly(look());
      await delay(ordersEveryMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
  })();
  const dripping = setInterval(() => {
    for (const letter of drip.next()) line.post?.publish(letter);
  }, dripEveryMs);
  return {
    answer: (done) => quietly(dispatch.answer(done).then(send)),
    stop: async () => {
      clearInterval(dripping);
      stopped.abort();
      await looking;
    },
  };
}

const byAge = (a: Stand, b: Stand): number =>
  a.source === b.source ? a.epoch - b.epoch : a.source < b.source ? -1 : 1;

const keyOf = ({ source, epoch }: Stand): string => `${source} ${epoch}`;

/** Where something has not come that a clock signed for. */
async function missing(sink: Sink): Promise<readonly Stand[]> {
  const sources = [...new Set((await sink.read.streams()).map(({ source }) => source))];
  const stands: Stand[] = [];
  for (let at = 0; at < sources.length; at += 200) {
    const some = await standing(sink, sources.slice(at, at + 200));
    stands.push(...some.filter(({ miss }) => miss.length > 0));
  }
  return stands;
}

function count(tally: Tally, { outcomes, quarantined, fresh }: Ingested, say: (sentence: string) => void): void {
  const flawed = fresh.filter(({ flaw }) => flaw !== null);
  tally.records += outcomes.new;
  tally.duplicates += outcomes.duplicate;
  tally.forks += outcomes.fork;
  tally.refused += quarantined.length;
  tally.bad += flawed.length;
  for (const { code, topic } of quarantined.slice(0, 3)) say(`Set aside a message on ${printable(topic)}: LU-${code}`);
  for (const { source, event, flaw } of flawed.slice(0, 3)) {
    say(`Kept and reported as bad: ${source} ${event.epoch}/${event.seq}, LU-${flaw}`);
  }
  if (outcomes.fork > 0) say(`FORK: ${outcomes.fork} second record(s) for a place that is taken. See lintel gaps.`);
}

/** A topic is anybody's text. */
const printable = (text: string): string => JSON.stringify(text.slice(0, 120));

const sentenceOf = ({ message, remedy, code }: Fault): string => `${message}. ${remedy} (${code})`;

async function stayOn(
  first: Post,
  dial: () => Promise<Post>,
  say: (sentence: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let post: Post | null = first;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    if (post !== null) {
      const why = await post.ended;
      if (why === null || signal.aborted) return;
      say(sentenceOf(why));
      attempt = 0;
    }
    await delay(waitMs(backoff, attempt, Math.random()), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    post = await dial().catch((error: unknown) => {
      if (isFault(error)) return null;
      throw error;
    });
    if (post !== null) say("Connected again.");
  }
}
