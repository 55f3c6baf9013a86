import { setTimeout as delay } from "node:timers/promises";
import { waitMs } from "../../kiosk/core/backoff.ts";
import { type Fault, isFault } from "../../kiosk/core/fault.ts";
import type { Stand } from "../../kiosk/uplink/receiver/life.ts";
import { type Ingested, type Receiver, standing } from "../../kiosk/uplink/receiver/receiver.ts";
import type { Sink } from "../../kiosk/uplink/receiver/sink.ts";
import { isAmqp, openAmqpPost } from "./amqp.ts";
import { type Delivery, openMax, openPost, type Post, type PostOptions } from "./broker.ts";

/** Messages of one transaction. A batch counts as one and may hold a hundred records. */
const batchMax = 500;
const waitingMax = 4 * openMax;
/** Receipts wait this long for company. */
const receiptEveryMs = 500;
const backoff = { baseMs: 200, capMs: 10_000 };

export interface RunOptions {
  readonly broker: PostOptions;
  readonly sink: Sink;
  readonly receiver: Receiver;
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
export async function runReceiver({ broker, sink, receiver, say }: RunOptions, signal: AbortSignal): Promise<Tally> {
  const tally: Tally = { records: 0, duplicates: 0, forks: 0, refused: 0, bad: 0, receipts: 0 };
  const due = new Map<string, Stand>();
  let waiting: Delivery[] = [];
  const line: { post: Post | null } = { post: null };
  let bell = Promise.withResolvers<void>();
  const ring = () => bell.resolve();
  const heard = (delivery: Delivery) => {
    // Neither kept nor confirmed: the broker or the clock has it still.
    if (waiting.length >= waitingMax) return;
    waiting.push(delivery);
    ring();
  };
  await receiver.recall();
  const dial = async () => {
    const open = isAmqp(broker.brokerUrl) ? openAmqpPost : openPost;
    const opened = await open(broker, heard, signal);
    line.post = opened;
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

  const publishDue = () => {
    const letters = receiver.receipts([...due.values()].sort(byAge));
    due.clear();
    for (const letter of letters) line.post?.publish(letter);
    tally.receipts += letters.length;
  };
  const timer = setInterval(publishDue, receiptEveryMs);
  const failing = { attempt: 0 };
  while (!signal.aborted || (waiting.length > 0 && failing.attempt === 0)) {
    if (waiting.length === 0) {
      await bell.promise;
      bell = Promise.withResolvers();
      continue;
    }
    // At their own pace: whatever came while the last transaction ran goes into one.
    const batch = waiting.slice(0, batchMax);
    try {
      const done = await receiver.ingest(batch.map(({ topic, bytes }) => ({ topic, bytes })));
      failing.attempt = 0;
      waiting = waiting.slice(batch.length);
      for (const { confirm } of batch) confirm();
      for (const letter of done.answers) line.post?.publish(letter);
      for (const stand of done.stands) due.set(keyOf(stand), stand);
      count(tally, done, say);
    } catch (error) {
      if (!isFault(error, "sink-lost", "sink-unreachable")) throw error;
      if (failing.attempt === 0) say(sentenceOf(error));
      await delay(waitMs(backoff, failing.attempt, Math.random()), undefined, { signal }).catch(() => {});
      failing.attempt += 1;
    }
  }
  clearInterval(timer);
  publishDue();
  await line.post?.[Symbol.asyncDispose]();
  await connecting;
  return tally;
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
