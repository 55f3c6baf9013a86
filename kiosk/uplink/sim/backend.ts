import { join } from "node:path";
import { type Backoff, waitMs } from "../../core/backoff.ts";
import { isFault } from "../../core/fault.ts";
import type { PublicJwk } from "../../core/kid.ts";
import type { Clock } from "../../core/ports/senses.ts";
import { type Identity, sourceOf } from "../../core/record.ts";
import { structuredContentType } from "../contract/envelope.ts";
import type { Ingress } from "../contract/ingress.ts";
import { generic5 } from "../contract/topics.ts";
import { openPipe, type Pipe, type PipeOptions } from "../mqtt.ts";
import { type News, openNews } from "../news.ts";
import type { Letter } from "../receiver/letter.ts";
import type { Stand } from "../receiver/life.ts";
import { type Ingested, openReceiver, standing } from "../receiver/receiver.ts";
import { openSqliteSink } from "../receiver/sqlite-sink.ts";
import { openAckKey } from "./ack-key.ts";
import { openDeviceKeys } from "./device-keys.ts";

/**
 * THE DEMO'S BACKEND: what a payroll cloud would do with the receiver kit, small enough to read at one sitting. It
 * verifies, stores in SQLite, and only then receipts. `lintel receive` is the one for more than a wall.
 */
export interface DemoBackend extends AsyncDisposable {
  /** What the device must know to believe receipts. */
  readonly receiver: { readonly name: string; readonly jwk: PublicJwk };
  /** The newest receipt whenever one was sent. Ends when `signal` aborts. */
  readonly receipts: (signal: AbortSignal) => AsyncIterable<DemoReceipt | null>;
  /** Last believed state of the device, or null before the first birth. */
  readonly state: () => "online" | "offline" | "leaving" | null;
  /** What is stored, as signed, oldest first. */
  readonly stored: () => Promise<readonly string[]>;
  readonly counts: () => DemoCounts;
}

export interface DemoReceipt {
  readonly receiver: string;
  readonly epoch: number;
  /** Everything up to this number is stored. */
  readonly upto: number;
  /** Receipts of one record per line would be noise: how many this one covers. */
  readonly records: number;
}

export interface DemoCounts {
  readonly records: number;
  readonly duplicates: number;
  readonly forks: number;
  /** Messages that verified for no device of ours. */
  readonly quarantined: number;
}

export interface DemoBackendOptions {
  readonly broker: Omit<PipeOptions, "clientId">;
  readonly device: { readonly identity: Identity; readonly jwk: PublicJwk };
  /** Where its database and key live; null keeps both in memory. */
  readonly stateDir: string | null;
  readonly clock: Clock;
  /** Receipts wait this long for company. 5 s is usual in a cloud. */
  readonly coalesceMs?: number;
  readonly backoff?: Backoff;
  readonly name?: string;
}

/** Messages of one transaction, and those that wait for theirs; what comes beyond, the device sends again. */
const batchMax = 500;
const waitingMax = 4 * batchMax;
/** Most records that `stored` shows. */
const storedMax = 100_000;

/** @throws Fault where the broker is not there at the first try; later it comes back by itself. */
export async function openDemoBackend(options: DemoBackendOptions): Promise<DemoBackend> {
  const { clock, device, stateDir } = options;
  const name = options.name ?? "demo-backend";
  const source = sourceOf(device.identity);
  const { jwk, signer } = openAckKey(stateDir === null ? null : join(stateDir, "demo-backend-key.pem"));
  const sink = openSqliteSink(stateDir === null ? ":memory:" : join(stateDir, "demo-backend.sqlite"));
  const first = stateDir === null ? null : join(stateDir, "demo-backend-device.jwk");
  const changes = await sink.read.ofType("dev.lintel.keychange.v1");
  const keys = openDeviceKeys(
    device,
    first,
    changes.flatMap(({ jws }) => jws ?? []),
  );
  const receiver = openReceiver({ sink, keys, name, signer, nowMs: () => clock.now().utcMs });

  const receipts: News<DemoReceipt | null> = openNews<DemoReceipt | null>(null);
  const counts = { records: 0, duplicates: 0, forks: 0, quarantined: (await sink.read.counts()).quarantined };
  const told = new Map((await standing(sink, [source])).map(({ epoch, upto }) => [epoch, upto] as const));
  const due = new Map<number, Stand>();
  let pipe: Pipe | null = null;
  let life: { readonly sess: string; readonly state: "online" | "offline" | "leaving" } | null = null;

  const publish = ({ topic, bytes }: Letter) => {
    const open = pipe;
    open?.publish({ topic, bytes, contentType: structuredContentType }, (fault) => {
      if (fault !== null) open.destroy(fault);
    });
  };
  const tell = ({ epoch, upto }: Stand) => {
    const before = told.get(epoch) ?? -1;
    if (upto <= before) return;
    told.set(epoch, upto);
    receipts.tell({ receiver: name, epoch, upto, records: upto - before });
  };
  /** Of what is committed, older epochs first. */
  const receipt = () => {
    const stands = [...due.values()].sort((a, b) => a.epoch - b.epoch);
    due.clear();
    for (const letter of receiver.receipts(stands)) publish(letter);
    for (const stand of stands) tell(stand);
  };
  const bell = openSlowBell(options.coalesceMs ?? 300, clock, receipt);
  const taken = ({ outcomes, quarantined, statuses, stands, answers }: Ingested) => {
    counts.records += outcomes.new;
    counts.duplicates += outcomes.duplicate;
    counts.forks += outcomes.fork;
    counts.quarantined += quarantined.length;
    for (const { data } of statuses) {
      // A death or a farewell of an older session must not silence a newer one.
      if (data.state === "online" || life?.sess === data.sess) life = { sess: data.sess, state: data.state };
    }
    for (const letter of answers) publish(letter);
    for (const stand of stands) {
      if (answers.length > 0) tell(stand);
      else due.set(stand.epoch, stand);
    }
    if (due.size > 0) bell.ring();
  };

  let waiting: Ingress[] = [];
  let working: Promise<void> | null = null;
  const work = async () => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchMax);
      waiting = waiting.slice(batch.length);
      try {
        taken(await receiver.ingest(batch));
      } catch (error) {
        // The disk refused: nothing is receipted, and the device will send it again.
        if (!isFault(error, "sink-lost")) throw error;
      }
    }
    working = null;
  };
  const heard = (topic: string, bytes: Uint8Array) => {
    if (waiting.length < waitingMax) waiting.push({ topic, bytes });
    working ??= work();
  };

  const stop = new AbortController();
  const dial = async () => {
    const opened = await openPipe({ ...options.broker, clientId: `${name}-${process.pid}` }, null, heard, stop.signal);
    try {
      await opened.subscribe(generic5.receiverFilters);
    } catch (error) {
      await opened[Symbol.asyncDispose]();
      throw error;
    }
    pipe = opened;
    // Whatever the broker confirmed while nobody listened is named missing now, not in ten minutes.
    for (const stand of await standing(sink, [source])) due.set(stand.epoch, stand);
    receipt();
    return opened;
  };
  const backoff = options.backoff ?? { baseMs: 200, capMs: 5000 };
  const running = stayOn(await dial(), dial, backoff, clock, stop.signal);
  return {
    receiver: { name, jwk },
    receipts: (signal) => receipts.listen(AbortSignal.any([signal, stop.signal])),
    state: () => life?.state ?? null,
    stored: async () => {
      const pages = (await sink.read.streams()).map((stream) => sink.read.page(stream, 0, storedMax));
      return (await Promise.all(pages)).flat().flatMap(({ jws }) => jws ?? []);
    },
    counts: () => ({ ...counts }),
    [Symbol.asyncDispose]: async () => {
      bell.stop();
      stop.abort();
      await pipe?.[Symbol.asyncDispose]();
      await running;
      await working;
      await sink[Symbol.asyncDispose]();
    },
  };
}

async function stayOn(
  first: Pipe,
  dial: () => Promise<Pipe>,
  backoff: Backoff,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let pipe: Pipe | null = first;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    if (pipe !== null) {
      await pipe.ended;
      attempt = 0;
    }
    await clock.sleep(waitMs(backoff, attempt, Math.random()), signal);
    if (signal.aborted) return;
    pipe = await dial().catch((error: unknown): null => {
      if (isFault(error)) return null;
      throw error;
    });
  }
}

/** Acts once, `ms` after the first ring. */
function openSlowBell(
  ms: number,
  clock: Clock,
  act: () => void,
): { readonly ring: () => void; readonly stop: () => void } {
  const stopped = new AbortController();
  let isRung = false;
  return {
    ring: () => {
      if (isRung) return;
      isRung = true;
      void clock.sleep(ms, stopped.signal).then(() => {
        isRung = false;
        if (!stopped.signal.aborted) act();
      });
    },
    stop: () => stopped.abort(),
  };
}
