import { Fault, isFault } from "../../../kiosk/core/fault.ts";
import { sourceOf } from "../../../kiosk/core/record.ts";
import { takeIn } from "../../../kiosk/uplink/receiver/intake.ts";
import type { Stand } from "../../../kiosk/uplink/receiver/life.ts";
import { openMemorySink } from "../../../kiosk/uplink/receiver/memory-sink.ts";
import { openReceiver, type Receiver, standing } from "../../../kiosk/uplink/receiver/receiver.ts";
import { openKeyRegistry } from "../../../kiosk/uplink/receiver/registry.ts";
import type { Sink } from "../../../kiosk/uplink/receiver/sink.ts";
import type { VerifiedRecord } from "../../../kiosk/uplink/receiver/verify.ts";
import type { WorldBroker } from "./broker.ts";
import type { Chance } from "./chance.ts";
import { device, identity, type KeyPair } from "./house.ts";
import type { Oracle } from "./oracle.ts";
import type { Time } from "./time.ts";

/**
 * A backend: the real receiver kit over a store that takes time to commit, fails, is killed in the middle and is set back
 * to an older copy. What is durable is a list; a new process reads it again, as the kit's own file sink does.
 */
export interface Cloud {
  readonly name: string;
  readonly key: KeyPair;
  /** Killed at this moment; whatever it had not committed is gone. */
  readonly kill: () => void;
  /** A new process, if there is none. */
  readonly start: () => Promise<void>;
  /** The next commits fail. */
  readonly fail: (times: number) => void;
  /** A copy of the store, for `restore`. */
  readonly backUp: () => void;
  /** The copy replaces the store, under a new process. */
  readonly restore: () => Promise<void>;
}

interface CloudOptions {
  readonly name: string;
  readonly key: KeyPair;
  readonly time: Time;
  readonly chance: Chance;
  readonly oracle: Oracle;
  readonly broker: WorldBroker;
}

interface Entry {
  readonly record: VerifiedRecord;
  readonly isFork: boolean;
}

interface Waiting {
  readonly topic: string;
  readonly bytes: Uint8Array;
}

const receiptEveryMs = 500;
const batchMax = 50;
const placeOf = ({ record: { event, jws } }: Entry) => ({ place: { epoch: event.epoch, seq: event.seq }, jws });

export function openCloud({ name, key, time, chance, oracle, broker }: CloudOptions): Cloud {
  let durable: Entry[] = [];
  let copy: readonly Entry[] = [];
  let failures = 0;
  let running: { isDead: boolean; readonly leave: () => void } | null = null;

  const kill = (): void => {
    if (running === null) return;
    running.isDead = true;
    running.leave();
    running = null;
  };

  const start = async (): Promise<void> => {
    if (running !== null) return;
    const life = { isDead: false, leave: (): void => {} };
    running = life;
    let isReading = true;
    const sink = openMemorySink(async ({ records, forks }) => {
      if (isReading) return;
      // The disk takes its time, and a process may die before or after the moment that counts.
      await later(chance.between(1, 80));
      if (life.isDead) return never();
      if (failures > 0) {
        failures -= 1;
        throw new Fault("sink-lost", "the store went away", "Start it again.");
      }
      for (const record of records) {
        durable.push({ record, isFork: false });
        oracle.committed(name, { epoch: record.event.epoch, seq: record.event.seq }, record.jws);
      }
      for (const record of forks) durable.push({ record, isFork: true });
      if (forks.length > 0) oracle.broke("I2 one place, one record", `${name} met a fork`);
      await later(chance.between(0, 20));
      if (life.isDead) return never();
    });
    const later = (ms: number): Promise<void> => new Promise((resolve) => void time.later(ms, resolve));
    await reread(sink, durable);
    isReading = false;
    const keys = openKeyRegistry();
    keys.add(identity, device.signer.kid, device.signer.publicKey);
    const receiver = openReceiver({ sink, keys, name, signer: key.signer, nowMs: time.nowMs });
    serve(receiver, sink, life, later);
  };

  const serve = (
    receiver: Receiver,
    sink: Sink,
    life: { isDead: boolean; leave: () => void },
    later: (ms: number) => Promise<void>,
  ): void => {
    const due = new Map<number, Stand>();
    const waiting: Waiting[] = [];
    let isWorking = false;
    const say = (topic: string, bytes: Uint8Array): void => {
      oracle.receipted(name, bytes);
      broker.send(topic, bytes);
    };
    const owe = (stands: readonly Stand[]): void => {
      for (const stand of stands) due.set(stand.epoch, stand);
    };
    const work = async (): Promise<void> => {
      isWorking = true;
      while (waiting.length > 0) {
        const batch = waiting.slice(0, batchMax);
        try {
          const done = await receiver.ingest(batch);
          if (life.isDead) return;
          waiting.splice(0, batch.length);
          for (const { event } of done.fresh) oracle.acted(name, { epoch: event.epoch, seq: event.seq });
          for (const { topic, bytes } of done.answers) say(topic, bytes);
          owe(done.stands);
        } catch (error) {
          if (!isFault(error, "sink-lost")) throw error;
          await later(1_000);
        }
        if (life.isDead) return;
      }
      isWorking = false;
    };
    const tick = (): void => {
      if (life.isDead) return;
      const stands = [...due.values()].sort((a, b) => a.epoch - b.epoch);
      due.clear();
      for (const { topic, bytes } of receiver.receipts(stands)) say(topic, bytes);
      time.later(receiptEveryMs, tick);
    };
    time.later(receiptEveryMs, tick);
    const { leave } = broker.join(name, (topic, bytes) => {
      if (life.isDead || waiting.length >= 4000) return;
      waiting.push({ topic, bytes });
      if (!isWorking) work().catch((error: unknown) => oracle.broke("no bug", stackOf(error)));
    });
    life.leave = leave;
    void standing(sink, [sourceOf(identity)]).then(
      (stands) => {
        if (!life.isDead) owe(stands.filter(({ miss }) => miss.length > 0));
      },
      (error: unknown) => oracle.broke("no bug", stackOf(error)),
    );
  };

  return {
    name,
    key,
    kill,
    start,
    fail: (times) => {
      failures += times;
    },
    backUp: () => {
      copy = [...durable];
    },
    restore: async () => {
      kill();
      durable = [...copy];
      oracle.setBack(name, durable.filter(({ isFork }) => !isFork).map(placeOf));
      await start();
    },
  };
}

async function reread(sink: Sink, entries: readonly Entry[]): Promise<void> {
  const records = entries.map(({ record }) => record);
  for (let from = 0; from < records.length; from += 500) await takeIn(sink, records.slice(from, from + 500));
}

const never = (): Promise<never> => new Promise(() => {});

export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
