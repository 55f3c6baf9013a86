import { join } from "node:path";
import { v7 } from "uuid";
import { type Backoff, waitMs } from "../../core/backoff.ts";
import { isFault } from "../../core/fault.ts";
import { LuError } from "../../core/jws.ts";
import type { PublicJwk } from "../../core/kid.ts";
import type { Clock } from "../../core/ports.ts";
import { type Identity, sourceOf } from "../../core/record.ts";
import { structuredContentType } from "../contract/envelope.ts";
import { generic5 } from "../contract/topics.ts";
import { openPipe, type Pipe, type PipeOptions } from "../mqtt.ts";
import { type News, openNews } from "../news.ts";
import { ackOf } from "../receiver/ack.ts";
import { openLedger } from "../receiver/ledger.ts";
import { type VerifiedRecord, verifyRecord, verifyStatus, verifySync } from "../receiver/verify.ts";
import { openAckKey } from "./ack-key.ts";
import { openDeviceKeys } from "./device-keys.ts";
import { openSqliteShelf } from "./sqlite-shelf.ts";

/**
 * THE DEMO'S BACKEND: what a payroll cloud would do, small enough to read at one sitting. It verifies, stores, and only
 * then receipts. It is not made for more than a few devices.
 */
export interface DemoBackend extends AsyncDisposable {
  /** What the device must know to believe receipts. */
  readonly receiver: { readonly name: string; readonly jwk: PublicJwk };
  /** The newest receipt whenever one was sent. Ends when `signal` aborts. */
  readonly receipts: (signal: AbortSignal) => AsyncIterable<DemoReceipt | null>;
  /** Last believed state of the device, or null before the first birth. */
  readonly state: () => "online" | "offline" | "leaving" | null;
  /** What is stored, as signed, oldest first. */
  readonly stored: () => readonly string[];
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

/** Records taken from the broker and not yet committed: then they are, and receipted without waiting. */
const batchMax = 500;

const countOf = { new: "records", duplicate: "duplicates", fork: "forks" } as const;

/** @throws Fault where the broker is not there at the first try; later it comes back by itself. */
export async function openDemoBackend(options: DemoBackendOptions): Promise<DemoBackend> {
  const { clock, device, stateDir } = options;
  const name = options.name ?? "demo-backend";
  const source = sourceOf(device.identity);
  const ackKey = openAckKey(stateDir === null ? null : join(stateDir, "demo-backend-key.pem"));
  const shelf = openSqliteShelf(stateDir === null ? ":memory:" : join(stateDir, "demo-backend.sqlite"));
  let ledger = openLedger(shelf);
  const keyFile = stateDir === null ? null : join(stateDir, "demo-backend-device.jwk");
  const keys = openDeviceKeys(device, keyFile, shelf.keychangesOf(source));

  const receipts: News<DemoReceipt | null> = openNews<DemoReceipt | null>(null);
  const counts = { records: 0, duplicates: 0, forks: 0, quarantined: shelf.quarantined() };
  const told = new Map<number, number>(ledger.stands(source).map(({ epoch, upto }) => [epoch, upto]));
  let batch: VerifiedRecord[] = [];
  let pipe: Pipe | null = null;
  let life: { readonly sess: string; readonly state: "online" | "offline" | "leaving" } | null = null;

  /** False where the disk refused: the batch is dropped, nothing is receipted, and the device will send it again. */
  const commit = (): boolean => {
    const records = batch;
    batch = [];
    if (records.length === 0) return true;
    try {
      const outcomes = shelf.commit(() => records.map((record) => ledger.take(record)));
      for (const outcome of outcomes) counts[countOf[outcome]] += 1;
      return true;
    } catch {
      // The ledger took what the disk did not keep, so it has to read anew what is really there.
      ledger = openLedger(shelf);
      return false;
    }
  };
  /** Commits first: a receipt must never be ahead of the disk. */
  const receipt = (epoch: number) => {
    if (!commit()) return;
    const stand = ledger.stand(source, epoch);
    const bytes = ackOf(stand, name, v7(), clock.now().utcMs, ackKey.signer);
    const open = pipe;
    open?.publish(
      { topic: generic5.down(device.identity, "ack"), bytes, contentType: structuredContentType },
      (fault) => {
        if (fault !== null) open.destroy(fault);
      },
    );
    const before = told.get(epoch) ?? -1;
    if (stand.upto <= before) return;
    told.set(epoch, stand.upto);
    receipts.tell({ receiver: name, epoch, upto: stand.upto, records: stand.upto - before });
  };

  /** False where the disk refused: what nobody known signed is then forgotten, and the next message is heard all the same. */
  const setAside = (topic: string, { code }: LuError, bytes: Uint8Array): boolean => {
    try {
      shelf.quarantine(clock.now().utcMs, topic, code, bytes);
      return true;
    } catch {
      return false;
    }
  };
  /** Older epochs go first: the device clears them in order. */
  const olderThan = (epoch: number): readonly number[] => shelf.epochs(source).filter((known) => known < epoch);
  const bell = openSlowBell(options.coalesceMs ?? 300, clock);
  const heard = (topic: string, bytes: Uint8Array) => {
    const address = generic5.decode(topic);
    if (address === null) return;
    try {
      if (address.channel === "rec") {
        const record = verifyRecord(bytes, keys, address.device);
        // Before it is durable: should it not become so, the device sends it again.
        keys.learn(record);
        batch.push(record);
        const { epoch, seq } = record.event;
        // A genesis may declare what an older epoch waits for.
        const due = seq === 0 ? olderThan(epoch) : [];
        for (const one of [...due, epoch]) bell.ring(() => receipt(one), `${one}`);
        if (batch.length >= batchMax) receipt(epoch);
      } else if (address.channel === "sta") {
        const { sess, state, ep, head } = verifyStatus(bytes, keys, address.device).data;
        ledger.expect(source, ep, head.seq);
        // A death or a farewell of an older session must not silence a newer one.
        if (state === "online" || life?.sess === sess) life = { sess, state };
      } else if (address.channel === "req") {
        const { ep, head } = verifySync(bytes, keys, address.device).data;
        ledger.expect(source, ep, head.seq);
        commit();
        for (const epoch of [...olderThan(ep), ep]) receipt(epoch);
      }
    } catch (error) {
      if (!(error instanceof LuError)) throw error;
      if (setAside(topic, error, bytes)) counts.quarantined += 1;
    }
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
    for (const { epoch } of ledger.stands(source)) receipt(epoch);
    return opened;
  };
  const backoff = options.backoff ?? { baseMs: 200, capMs: 5000 };
  const running = stayOn(await dial(), dial, backoff, clock, stop.signal);
  return {
    receiver: { name, jwk: ackKey.jwk },
    receipts: (signal) => receipts.listen(AbortSignal.any([signal, stop.signal])),
    state: () => life?.state ?? null,
    stored: () => shelf.jwsOf(source),
    counts: () => ({ ...counts }),
    [Symbol.asyncDispose]: async () => {
      bell.stop();
      stop.abort();
      await pipe?.[Symbol.asyncDispose]();
      await running;
      commit();
      shelf[Symbol.dispose]();
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

/** Runs the newest work of each name once, `ms` after the first ring. */
function openSlowBell(
  ms: number,
  clock: Clock,
): { readonly ring: (work: () => void, name: string) => void; readonly stop: () => void } {
  const stopped = new AbortController();
  const rung = new Map<string, () => void>();
  return {
    ring: (work, name) => {
      const isFirst = rung.size === 0;
      rung.set(name, work);
      if (!isFirst) return;
      void clock.sleep(ms, stopped.signal).then(() => {
        const works = [...rung.values()];
        rung.clear();
        if (!stopped.signal.aborted) for (const act of works) act();
      });
    },
    stop: () => stopped.abort(),
  };
}
