import { Fault, isFault } from "../core/fault.ts";
import type { Claim } from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { Identity } from "../core/record.ts";
import type { Figures } from "../core/vitals.ts";
import { openBucket } from "./bucket.ts";
import type { packAside } from "./contract/batch.ts";
import { structuredContentType } from "./contract/envelope.ts";
import { type Profile, type ProfileName, profiles } from "./contract/profiles.ts";
import { type DownChannel, everyDevice, isDownChannel, type TopicCodec, type UpChannel } from "./contract/topics.ts";
import { type Delivery, openDelivery } from "./delivery.ts";
import type { Genuine, ReceiverKey } from "./inbox.ts";
import type { Letter, OpenPipe, Pipe, PipeOptions } from "./mqtt.ts";
import { brokerFault } from "./mqtt-faults.ts";
import type { Pace } from "./pace.ts";
import type { Restraint } from "./restraint.ts";
import { claimIn } from "./spent.ts";
import { openStatements, type Speaker } from "./statements.ts";
import { telemetryLetter } from "./telemetry.ts";
import { type TimeWitness, witnessOf } from "./time-check.ts";

export interface SessionOptions {
  readonly broker: Omit<PipeOptions, "clientId" | "mqtt">;
  readonly openPipe: OpenPipe;
  readonly profile: ProfileName;
  readonly speaker: Speaker;
  /** At least one. */
  readonly receivers: readonly ReceiverKey[];
  readonly batches: boolean;
  readonly restraint: Restraint;
  readonly pack: typeof packAside;
  readonly figures: (() => Promise<Figures>) | null;
  /** Holds what a genuine receipt claims against the journal. @returns true where a new life of it began by that. */
  readonly yieldTo: (claim: Claim) => Promise<boolean>;
  /** Records stay here for now, but alerts. */
  readonly isSilenced: () => boolean;
  readonly pace: Pace;
  readonly random: () => number;
}

/** What a session tells while it lives. */
export interface SessionListener {
  /** Born: everybody may know that we are here. */
  readonly online: (reins: Reins) => void;
  /** The broker takes our records. */
  readonly brokered: () => void;
  readonly receipted: (genuine: Genuine) => void;
  readonly alarm: (fault: Fault) => void;
  /** The broker refuses our records and keeps the connection. */
  readonly refused: (fault: Fault) => void;
  /** The broker is there and whoever should receipt is not heard, or is heard again. Told when it changes. */
  readonly silent: (isSilent: boolean) => void;
  readonly time: (witness: TimeWitness) => void;
  /** Commands, settings, roster, time: whatever came down that is no receipt, unbounded. Nothing is verified yet. */
  readonly heard: (channel: DownChannel, bytes: Uint8Array) => void;
}

/** What can be asked of a session from outside. */
export interface Reins {
  /** Something was appended. */
  readonly wake: () => void;
  readonly sync: () => void;
  /** A status, now. */
  readonly status: () => void;
  readonly replay: Delivery["replay"];
  /** A signed request that somebody else made. */
  readonly request: (bytes: Uint8Array) => void;
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
  const { pace, receivers, speaker } = options;
  const { identity, clock, journal } = speaker;
  const profile: Profile = profiles[options.profile];
  const codec = profile.codec(identity);
  const caps = ["rec", "sync", "miss", "pace", "timefix", ...(options.batches ? ["batch"] : [])];
  const statements = openStatements(
    speaker,
    receivers.map(({ name }) => name),
    caps,
  );
  const letter = (channel: UpChannel, bytes: Uint8Array): Letter => ({
    topic: codec.up(identity, channel),
    bytes,
    contentType: structuredContentType,
    retain: channel === "sta" && profile.retain,
  });
  const nowMs = () => clock.now().monoMs;
  const budget = openBucket(pace.heardPerS, nowMs());
  // Receipts that come before the birth is through are asked for again by `sync`.
  let receive: (bytes: Uint8Array) => void = () => {};
  const heard = (topic: string, bytes: Uint8Array) => {
    const channel = channelForUs(codec, topic, identity);
    if (channel === null) return;
    // The downlink bounds itself, and the pages of a roster must not drown the receipts.
    if (channel !== "ack") return tell.heard(channel, bytes);
    // A flood must not cost more than a little; a receipt that drowns in it is asked for again.
    if (budget.level(nowMs()) < 1) return;
    budget.take(1, nowMs());
    receive(bytes);
  };
  await using pipe = await options.openPipe(
    pipeOptions(options.broker, profile, identity),
    letter("sta", statements.status("offline", "ok")),
    heard,
    signal,
  );
  const where = new URL(options.broker.brokerUrl).host;
  const say = sayer(pipe, where, clock);
  /** Not waited for: what matters about it is the answer, or the watchdog. A refusal of one is not the end. */
  const mention = (message: Letter): void =>
    pipe.publish(message, (fault, refusal) => fault !== null && refusal === undefined && pipe.destroy(fault));

  await within(pipe.subscribe(codec.deviceFilters(identity), profile.hearsAtQos), pace.greetMs, clock, signal, () =>
    brokerFault(where, new Error("no SUBACK in time")),
  );
  /** What was said and not confirmed may be known or not; so the broker shall say by the will how it ended. */
  const orWill = (error: unknown): Fault => {
    const fault = isFault(error) ? error : brokerFault(where, error);
    pipe.destroy(fault);
    return fault;
  };
  await say(letter("sta", statements.status("online", "ok")), pace.greetMs, signal).catch((error: unknown) => {
    throw orWill(error);
  });

  const pipeEnded = abortedWhen(pipe.ended);
  const either = AbortSignal.any([signal, pipeEnded]);
  const orEnd = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!isFault(error) || error.code === "journal-corrupt") throw error;
      pipe.destroy(error);
    }
  };
  /** Nobody has said anything yet, and it was time. */
  let isUnanswered = false;
  /** When each open question was asked. */
  const asked = new Map<string, number>();
  const delivery = openDelivery({
    pipe,
    topic: codec.up(identity, "rec"),
    journal,
    identity,
    receivers,
    pace,
    restraint: options.restraint,
    pack: options.pack,
    isSilenced: options.isSilenced,
    nowMs,
    later: (ms, act) => void clock.sleep(ms, either).then(() => either.aborted || orEnd(act)),
    orEnd,
    tell: {
      ...tell,
      receipted: (genuine) => {
        isUnanswered = false;
        const sentMonoMs = (genuine.n !== undefined && asked.get(genuine.n)) || null;
        tell.receipted(genuine);
        tell.time(witnessOf(Date.parse(genuine.at), clock.now(), sentMonoMs));
      },
    },
  });
  receive = (bytes) =>
    orEnd(() => {
      const receipt = delivery.receive(bytes);
      const isAnswer = receipt.is !== "ignored" && receipt.is !== "alarm" && receipt.n !== undefined;
      const claim = receipt.is === "alarm" || isAnswer ? claimIn(bytes, identity, receivers) : null;
      if (claim !== null) void yieldTo(claim);
    });
  /** Numbers that an earlier life of this disk has used are not ours to use: what was being sent here is sent anew. */
  const yieldTo = async (claim: Claim): Promise<void> => {
    try {
      if (await options.yieldTo(claim)) pipe.destroy(rolledBack());
    } catch (error) {
      if (!isFault(error) || error.code === "journal-corrupt") throw error;
      pipe.destroy(error);
    }
  };
  const sync = () => {
    const { bytes, n } = statements.sync();
    asked.set(n, nowMs());
    for (const old of [...asked.keys()].slice(0, -openQuestionsMax)) asked.delete(old);
    mention(letter("req", bytes));
  };
  let mark = statements.mark("ok");
  let toldMs = nowMs();
  let heartbeatMs = toldMs + jittered(pace.heartbeatMs, options.random);
  const status = () => {
    mark = statements.mark(delivery.receipts());
    toldMs = nowMs();
    heartbeatMs = toldMs + jittered(pace.heartbeatMs, options.random);
    mention(letter("sta", statements.status("online", delivery.receipts())));
  };
  tell.online({
    wake: () => orEnd(delivery.wake),
    sync: () => orEnd(sync),
    status: () => orEnd(status),
    replay: (...what) => orEnd(() => delivery.replay(...what)),
    request: (bytes) => mention(letter("req", bytes)),
  });
  sync();

  const startedMs = nowMs();
  let isSilent = false;
  let syncAgainMs = startedMs + pace.syncAgainMs;
  let figuresMs = startedMs;
  while (!either.aborted) {
    await clock.sleep(pace.tickMs, either);
    const now = nowMs();
    if (either.aborted) break;
    if (delivery.inFlight() > 0 && now - delivery.lastPubackMs() >= pace.pubackMs) {
      pipe.destroy(brokerFault(where, new Error(`no PUBACK for ${Math.round(pace.pubackMs / 1000)} s`)));
      break;
    }
    if (!delivery.hasAnswer() && now >= syncAgainMs) {
      sync();
      syncAgainMs = Number.POSITIVE_INFINITY;
    }
    if (!delivery.hasAnswer() && now - startedMs >= pace.drainAnywayMs) {
      isUnanswered = true;
      orEnd(delivery.drainAnyway);
    }
    const isChanged = now - toldMs >= pace.changeMs && mark !== statements.mark(delivery.receipts());
    if (isChanged || now >= heartbeatMs) status();
    if (options.figures !== null && !options.isSilenced() && now - figuresMs >= pace.telemetryMs) {
      const overMs = now - figuresMs;
      figuresMs = now;
      void options.figures().then((figures) => {
        const message = telemetryLetter(figures, overMs, speaker, codec.up(identity, "tel"));
        if (message !== null && !either.aborted) mention(message);
      });
    }
    orEnd(() => {
      if (delivery.look()) sync();
    });
    const wasSilent: boolean = isSilent;
    isSilent = isUnanswered || delivery.receipts() === "stalled";
    if (isSilent !== wasSilent) tell.silent(isSilent);
  }
  if (!signal.aborted) {
    const why = await pipe.ended;
    const complaint = pipe.complaint();
    if (complaint === "slower" || complaint === "too-large") options.restraint.complained(complaint, null);
    else options.restraint.lostBatch(delivery.hasLostBatch());
    return why;
  }
  await say(letter("sta", statements.status("leaving", delivery.receipts())), leaveMs, pipeEnded).catch(orWill);
  return null;
}

function pipeOptions(broker: SessionOptions["broker"], profile: Profile, { device }: Identity): PipeOptions {
  const keepaliveS = Math.min(broker.keepaliveS ?? 30, profile.keepaliveMaxS ?? Number.POSITIVE_INFINITY);
  return { ...broker, clientId: device, mqtt: profile.mqtt, keepaliveS };
}

/** Null where it is for somebody else, or nothing that we know. */
function channelForUs(codec: TopicCodec, topic: string, identity: Identity): DownChannel | null {
  const address = codec.decode(topic);
  if (address === null || !isDownChannel(address.channel)) return null;
  const { tenant, site, device } = address.device;
  if (tenant !== identity.tenant || site !== identity.site) return null;
  if (device === identity.device) return address.channel;
  // Receipts are never for a whole site.
  return device === everyDevice && address.channel !== "ack" ? address.channel : null;
}

/** Publishes and waits for the PUBACK. */
function sayer(pipe: Pipe, where: string, clock: Clock) {
  return (message: Letter, ms: number, stop: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    pipe.publish(message, (fault) => (fault === null ? resolve() : reject(fault)));
    void pipe.ended.then((fault) => reject(fault ?? brokerFault(where, new Error("closed"))));
    return within(promise, ms, clock, stop, () => brokerFault(where, new Error("no PUBACK in time")));
  };
}

/** Twenty percent to either side, so that a site's clocks do not all speak at once. */
const jittered = (ms: number, random: () => number): number => ms * (0.8 + 0.4 * random());

function abortedWhen(ended: Promise<unknown>): AbortSignal {
  const controller = new AbortController();
  void ended.then(() => controller.abort());
  return controller.signal;
}

const rolledBack = (): Fault =>
  new Fault(
    "journal-rolled-back",
    "A receipt knows more of this clock than its own disk",
    "Somebody restored an older copy of this disk; the clock goes on in a new life. Find out who, and why.",
  );

const openQuestionsMax = 8;

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
