import { waitMs } from "../core/backoff.ts";
import { type Fault, isFault } from "../core/fault.ts";
import type { PublicJwk } from "../core/kid.ts";
import type { Uplink, UplinkNews } from "../core/ports.ts";
import { keyFromJwk } from "./contract/keys.ts";
import { generic5, type TopicCodec } from "./contract/topics.ts";
import type { PipeOptions } from "./mqtt.ts";
import { openNews } from "./news.ts";
import { type Pace, usualPace } from "./pace.ts";
import { runSession, type SessionListener, type SessionOptions } from "./session.ts";
import type { Speaker } from "./statements.ts";

export interface UplinkOptions extends Speaker {
  readonly broker: Omit<PipeOptions, "clientId">;
  /** Who receipts. Its name is also that of the cursor in the journal, so it never changes. */
  readonly receiver: { readonly name: string; readonly jwk: PublicJwk };
  /** True where broker and receiver are the demo's own. */
  readonly simulated: boolean;
  readonly codec?: TopicCodec;
  readonly pace?: Partial<Pace>;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** Opens at once and connects by itself, for ever: a broker that is away is news, not an error. */
export async function openUplink(options: UplinkOptions): Promise<Uplink> {
  const { journal, simulated } = options;
  const { kid, key } = keyFromJwk(options.receiver.jwk);
  const receiver = { name: options.receiver.name, kid, key };
  const link: Link = { online: false, trouble: null, alarm: null };
  const newest = (): UplinkNews => {
    const cursor = journal.cursor(receiver.name);
    return {
      online: link.online,
      waiting: journal.waiting(receiver.name),
      receipted: cursor.epoch === 0 ? null : cursor,
      receiver: receiver.name,
      trouble: link.alarm ?? link.trouble,
    };
  };
  const news = openNews(newest());
  const tell = () => news.tell(newest());
  let wakeSession: () => void = () => {};
  const listener: SessionListener = {
    online: (wake) => {
      wakeSession = wake;
      link.online = true;
      link.trouble = null;
      tell();
    },
    receipted: () => {
      link.alarm = null;
      tell();
    },
    alarm: (fault) => {
      link.alarm = fault;
      tell();
    },
  };
  const offline = (fault: Fault) => {
    wakeSession = () => {};
    link.online = false;
    link.trouble = fault;
    tell();
  };
  const session: SessionOptions = {
    broker: options.broker,
    codec: options.codec ?? generic5,
    speaker: options,
    receiver,
    pace: { ...usualPace, ...options.pace },
    random: options.random ?? Math.random,
  };
  const stop = new AbortController();
  const running = keepConnected(session, listener, offline, stop.signal);
  return {
    simulated,
    news: (signal) => news.listen(AbortSignal.any([signal, stop.signal])),
    wake: () => {
      wakeSession();
      tell();
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

interface Link {
  online: boolean;
  trouble: Fault | null;
  /** Stays until a genuine receipt comes. */
  alarm: Fault | null;
}

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
