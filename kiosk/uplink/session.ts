import { type Fault, isFault } from "../core/fault.ts";
import type { Clock, StoredRecord } from "../core/ports.ts";
import type { Identity } from "../core/record.ts";
import { eventOfOwn, structuredContentType, wrap } from "./contract/envelope.ts";
import type { TopicCodec, UpChannel } from "./contract/topics.ts";
import { type ReceiverKey, readReceipt } from "./inbox.ts";
import { openPipe, type PipeOptions } from "./mqtt.ts";
import { brokerFault } from "./mqtt-faults.ts";
import type { Pace } from "./pace.ts";
import { type Pump, startPump } from "./pump.ts";
import { openStallWatch } from "./stall.ts";
import { openStatements, type Speaker } from "./statements.ts";

export interface SessionOptions {
  readonly broker: Omit<PipeOptions, "clientId">;
  readonly codec: TopicCodec;
  readonly speaker: Speaker;
  readonly receiver: ReceiverKey;
  readonly pace: Pace;
  readonly random: () => number;
}

/** What a session tells while it lives. */
export interface SessionListener {
  /** Born: everybody may know that we are here. `wake` says that something was appended. */
  readonly online: (wake: () => void) => void;
  readonly receipted: () => void;
  readonly alarm: (fault: Fault) => void;
}

/**
 * One connection, from CONNECT to its end: SUBSCRIBE, SUBACK, birth, `sync`, then the records.
 *
 * @returns null where `signal` ended it (a graceful leave was said), otherwise why the connection was lost.
 * @throws Fault where it did not come up.
 */
export async function runSession(
  options: SessionOptions,
  tell: SessionListener,
  signal: AbortSignal,
): Promise<Fault | null> {
  const { codec, pace, receiver, speaker } = options;
  const { identity, clock, journal } = speaker;
  const statements = openStatements(speaker, receiver.name);
  const letter = (channel: UpChannel, bytes: Uint8Array) => ({
    topic: codec.up(identity, channel),
    bytes,
    contentType: structuredContentType,
  });
  // Receipts that come before the birth is through are asked for again by `sync`.
  let receive: (bytes: Uint8Array) => void = () => {};
  await using pipe = await openPipe(
    { ...options.broker, clientId: identity.device },
    letter("sta", statements.status("offline")),
    (topic, bytes) => {
      if (isOurs(codec, topic, identity)) receive(bytes);
    },
    signal,
  );
  const where = new URL(options.broker.brokerUrl).host;
  const say = (channel: UpChannel, bytes: Uint8Array, ms: number, stop: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    pipe.publish(letter(channel, bytes), (fault) => (fault === null ? resolve() : reject(fault)));
    void pipe.ended.then((fault) => reject(fault ?? brokerFault(where, new Error("closed"))));
    return within(promise, ms, clock, stop, () => brokerFault(where, new Error("no PUBACK in time")));
  };
  /** Not waited for: what matters about it is the answer, or the watchdog. */
  const mention = (channel: UpChannel, bytes: Uint8Array): void =>
    pipe.publish(letter(channel, bytes), (fault) => fault !== null && pipe.destroy(fault));

  await within(pipe.subscribe(codec.deviceFilters(identity)), pace.greetMs, clock, signal, () =>
    brokerFault(where, new Error("no SUBACK in time")),
  );
  await say("sta", statements.status("online"), pace.greetMs, signal);

  /** A disk that takes no writes ends the session and not the clock: receipts are asked for again with the next one. */
  const orEnd = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!isFault(error) || error.code === "journal-corrupt") throw error;
      pipe.destroy(error);
    }
  };
  const nowMs = () => clock.now().monoMs;
  let lastPubackMs = nowMs();
  const pump = startPump({
    journal,
    receiver: receiver.name,
    windowSize: pipe.windowSize,
    receiptWindow: pace.receiptWindow,
    missGraceMs: pace.missGraceMs,
    nowMs,
    send: (record, brokered) => {
      if (pump.inFlight() <= 1) lastPubackMs = nowMs();
      pipe.publish(letter("rec", wireOf(record)), (fault) => {
        if (fault !== null) return pipe.destroy(fault);
        lastPubackMs = nowMs();
        orEnd(brokered);
      });
    },
  });
  const stall = openStallWatch(pace, nowMs());
  let isDraining = false;
  const drain = () => {
    isDraining = true;
    pump.fill();
  };
  const read = (bytes: Uint8Array) => {
    const receipt = readReceipt(bytes, identity, receiver, journal);
    if (receipt.is === "ignored") return;
    if (receipt.is === "alarm") return tell.alarm(receipt.fault);
    if (receipt.is === "further") {
      journal.moveCursor(receiver.name, receipt.to);
      stall.progress(nowMs());
    }
    tell.receipted();
    // The first answer says where to go on, so nothing that was receipted while we were away is sent again.
    if (isDraining || receipt.is === "further") pump.receipted();
    pump.resend(receipt.miss);
    drain();
  };
  receive = (bytes) => orEnd(() => read(bytes));
  const sync = () => mention("req", statements.sync());
  tell.online(() => isDraining && orEnd(pump.fill));
  sync();

  const startedMs = nowMs();
  let heartbeatMs = startedMs + jittered(pace.heartbeatMs, options.random);
  let syncAgainMs = startedMs + pace.syncAgainMs;
  const pipeEnded = abortedWhen(pipe.ended);
  const either = AbortSignal.any([signal, pipeEnded]);
  while (!either.aborted) {
    await clock.sleep(pace.tickMs, either);
    const now = nowMs();
    if (either.aborted) break;
    if (pump.inFlight() > 0 && now - lastPubackMs >= pace.pubackMs) {
      pipe.destroy(brokerFault(where, new Error(`no PUBACK for ${Math.round(pace.pubackMs / 1000)} s`)));
      break;
    }
    if (!isDraining && now >= syncAgainMs) {
      sync();
      syncAgainMs = Number.POSITIVE_INFINITY;
    }
    if (!isDraining && now - startedMs >= pace.drainAnywayMs) drain();
    if (now >= heartbeatMs) {
      mention("sta", statements.status("online"));
      heartbeatMs = now + jittered(pace.heartbeatMs, options.random);
    }
    attend(stall.look(now, isDraining && pump.isOwedReceipt()), sync, pump);
  }
  if (!signal.aborted) return pipe.ended;
  // Best effort: whoever misses it hears nothing more and will notice by the missing heartbeat.
  await say("sta", statements.status("leaving"), leaveMs, pipeEnded).catch(() => {});
  return null;
}

function attend(advice: "wait" | "ask" | "rewind", sync: () => void, pump: Pump): void {
  if (advice === "ask") sync();
  if (advice === "rewind") pump.rewind();
}

const wireOf = (record: StoredRecord): Uint8Array => wrap(record.jws, eventOfOwn(record.jws));

function isOurs(codec: TopicCodec, topic: string, identity: Identity): boolean {
  const address = codec.decode(topic);
  return address?.channel === "ack" && address.device.device === identity.device;
}

/** Twenty percent to either side, so that a site's clocks do not all speak at once. */
const jittered = (ms: number, random: () => number): number => ms * (0.8 + 0.4 * random());

function abortedWhen(ended: Promise<unknown>): AbortSignal {
  const controller = new AbortController();
  void ended.then(() => controller.abort());
  return controller.signal;
}

/** A box that is being switched off waits this long for its farewell. */
const leaveMs = 1000;

async function within<T>(
  promise: Promise<T>,
  ms: number,
  clock: Clock,
  stop: AbortSignal,
  fault: () => Fault,
): Promise<T> {
  const done = new AbortController();
  const late = clock.sleep(ms, AbortSignal.any([done.signal, stop])).then(() => {
    if (!done.signal.aborted) throw fault();
    return promise;
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    done.abort();
  }
}
