import { waitMs } from "../core/backoff.ts";
import { Fault, isFault } from "../core/fault.ts";
import type { PublicJwk } from "../core/kid.ts";
import type { Claim } from "../core/ports/journal.ts";
import type { Held, Uplink, UplinkNews } from "../core/ports/uplink.ts";
import type { Vitals } from "../core/vitals.ts";
import { pack, packAside } from "./contract/batch.ts";
import { keyFromJwk } from "./contract/keys.ts";
import { type ProfileName, profiles } from "./contract/profiles.ts";
import type { DownChannel } from "./contract/topics.ts";
import type { Genuine, ReceiverKey } from "./inbox.ts";
import { type OpenPipe, openPipe } from "./mqtt.ts";
import { openNews } from "./news.ts";
import { type Pace, usualPace } from "./pace.ts";
import { openRestraint } from "./restraint.ts";
import { type Reins, runSession, type SessionListener, type SessionOptions } from "./session.ts";
import type { Speaker } from "./statements.ts";
import { openTimeWatch, type TimeFix, type TimeWitness } from "./time-check.ts";

/** Who receipts. The name is also that of the cursor in the journal, so it never changes. */
export interface Receiver {
  /** `[a-z0-9-]{1,24}` */
  readonly name: string;
  readonly jwk: PublicJwk;
}

export interface UplinkOptions extends Speaker {
  readonly broker: SessionOptions["broker"];
  /** What kind of broker it is: how its topics are spelled and what it allows. `generic5` where nothing is said. */
  readonly profile?: ProfileName;
  /** MQTT where nothing is said. */
  readonly openPipe?: OpenPipe;
  /** Whom the screen speaks of. */
  readonly receiver: Receiver;
  /** Others on the same broker that must have every record as well, each with a cursor of its own. */
  readonly alsoReceivers?: readonly Receiver[];
  /** Whether a backlog goes in gzip batches: every receiver must be able to open them. */
  readonly batches?: boolean;
  /** Figures for telemetry; none are sent where there are none. */
  readonly vitals?: Pick<Vitals, "read">;
  /** True where broker and receiver are the demo's own. */
  readonly simulated: boolean;
  /** Commands, settings, roster, time: whatever came down that is no receipt, unbounded: see `openDownlink`. */
  readonly heard?: (channel: DownChannel, bytes: Uint8Array) => void;
  /** True time is known better than our clock knows it: make a `timefix` record of it. */
  readonly fixed?: (fix: TimeFix) => void;
  /**
   * A genuine receipt may know more of this clock than its journal: begin a new life of it then, and say so.
   * Without it, such a receipt is an alarm and nothing more.
   */
  readonly yieldTo?: (claim: Claim) => Promise<boolean>;
  /** Nothing is sent but alerts, what this clock is, and its questions; the journal keeps the rest. */
  readonly isSilenced?: () => boolean;
  /** A genuine receipt came under this connection, whether it says something new or not. */
  readonly receipted?: () => void;
  readonly pace?: Partial<Pace>;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** What the downlink may ask of a connection, besides what everybody may. Does nothing while there is none. */
export interface LiveUplink extends Uplink, Omit<Reins, "wake"> {
  /** Somebody else's signed word about true time: looked at like that of a receipt. */
  readonly witness: (witness: TimeWitness) => void;
}

/** Opens at once and connects by itself, for ever: a broker that is away is news, not an error. */
export async function openUplink(options: UplinkOptions): Promise<LiveUplink> {
  const { journal, simulated, receiver } = options;
  const receivers = [receiver, ...(options.alsoReceivers ?? [])].map(
    ({ name, jwk }): ReceiverKey => ({ name, ...keyFromJwk(jwk) }),
  );
  if (new Set(receivers.map(({ name }) => name)).size < receivers.length) {
    throw new RangeError("two receivers of one name would share a cursor");
  }
  const link: Link = { reins: null, held: null, trouble: null, refused: null, alarm: null, clock: null, silent: null };
  const newest = (): UplinkNews => {
    const cursor = journal.cursor(receiver.name);
    return {
      online: link.reins !== null,
      waiting: Math.max(...receivers.map(({ name }) => journal.waiting(name))),
      receipted: cursor.epoch === 0 ? null : cursor,
      held: link.held,
      receiver: receiver.name,
      trouble: link.alarm ?? link.trouble ?? link.refused ?? link.clock ?? link.silent,
    };
  };
  const news = openNews(newest());
  const tell = () => news.tell(newest());
  const set = (changes: Partial<Link>) => {
    Object.assign(link, changes);
    tell();
  };
  const time = openTimeWatch({
    clock: options.clock,
    fixed: (fix) => options.fixed?.(fix),
    trouble: (fault) => set({ clock: fault }),
    ask: () => link.reins?.sync(),
  });
  const listener: SessionListener = {
    online: (reins) => set({ reins, trouble: null }),
    brokered: () => link.refused !== null && set({ refused: null }),
    receipted: (genuine) => {
      const isShown = genuine.by === receiver.name;
      set({ alarm: null, held: isShown ? newer(link.held, genuine) : link.held });
      options.receipted?.();
    },
    alarm: (fault) => set({ alarm: fault }),
    refused: (fault) => set({ refused: fault }),
    silent: (isSilent) => set({ silent: isSilent ? silence(options.broker.brokerUrl) : null }),
    time: time.witness,
    heard: (channel, bytes) => options.heard?.(channel, bytes),
  };
  const { vitals } = options;
  const profile = options.profile ?? "generic5";
  const pace: Pace = { ...usualPace, ...options.pace };
  const batches = options.batches ?? false;
  const session: SessionOptions = {
    broker: options.broker,
    openPipe: options.openPipe ?? openPipe,
    // A pretended broker lives in pretended time, which other threads know nothing of.
    pack: options.openPipe === undefined ? packAside : (tokens, packed) => packed(pack(tokens)),
    profile,
    speaker: options,
    receivers,
    batches,
    restraint: openRestraint({
      publishesPerS: pace.publishesPerS ?? profiles[profile].publishesPerS,
      slowMs: pace.slowMs,
      batches,
      nowMs: () => options.clock.now().monoMs,
    }),
    yieldTo: options.yieldTo ?? (async () => false),
    isSilenced: options.isSilenced ?? (() => false),
    figures: vitals === undefined ? null : () => vitals.read(),
    pace,
    random: options.random ?? Math.random,
  };
  const stop = new AbortController();
  const offline = (fault: Fault) => set({ reins: null, trouble: fault, silent: null });
  const running = keepConnected(session, listener, offline, stop.signal);
  return {
    simulated,
    newest,
    news: (signal) => news.listen(AbortSignal.any([signal, stop.signal])),
    wake: () => {
      link.reins?.wake();
      tell();
    },
    sync: () => link.reins?.sync(),
    status: () => link.reins?.status(),
    replay: (...what) => link.reins?.replay(...what),
    request: (bytes) => link.reins?.request(bytes),
    witness: time.witness,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

interface Link {
  /** Null while there is no connection. */
  reins: Reins | null;
  /** What the receiver of the screen has of the newest life that it spoke of. */
  held: Held | null;
  trouble: Fault | null;
  /** The broker's access list keeps our records out, until it lets one in. */
  refused: Fault | null;
  /** Stays until a genuine receipt comes. */
  alarm: Fault | null;
  /** Our clock is wrong, as a receiver's signed time shows. */
  clock: Fault | null;
  /** The broker takes everything and nobody receipts. */
  silent: Fault | null;
}

/** Receipts of older lives go first and say nothing of what is on the screen. */
const newer = (before: Held | null, { held }: Genuine): Held =>
  before !== null && held.epoch < before.epoch ? before : held;

const silence = (brokerUrl: string): Fault =>
  new Fault(
    "receiver-silent",
    `${new URL(brokerUrl).host} takes our punches and nobody has receipted them`,
    "Check that the receiver runs and knows this clock's key, and that the broker lets it hear this clock; punches are kept here and sent again.",
  );

async function keepConnected(
  options: SessionOptions,
  listener: SessionListener,
  offline: (fault: Fault) => void,
  signal: AbortSignal,
): Promise<void> {
  const { pace, random, speaker } = options;
  let attempt = 0;
  while (!signal.aborted) {
    const startedMs = speaker.clock.now().monoMs;
    const fault = await runSession(options, listener, signal).catch((error: unknown) => {
      // A decayed journal is repaired by opening it anew, so the process has to end.
      if (isFault(error) && error.code !== "journal-corrupt") return error;
      throw error;
    });
    if (fault === null || signal.aborted) return;
    offline(fault);
    if (speaker.clock.now().monoMs - startedMs >= pace.stableMs) attempt = 0;
    const [fromMs, toMs] = pace.takenOverMs;
    const isTakenOver = isFault(fault, "broker-taken-over");
    const pauseMs = isTakenOver ? fromMs + random() * (toMs - fromMs) : waitMs(pace.backoff, attempt, random());
    attempt += 1;
    await speaker.clock.sleep(pauseMs, signal);
  }
}
