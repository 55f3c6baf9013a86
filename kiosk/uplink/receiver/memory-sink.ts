import { isBefore } from "../../core/record.ts";
import { declaring, forgetting } from "./ending.ts";
import { blankLife, type Kept, type Stream } from "./life.ts";
import { type MemoryDown, openMemoryDown } from "./memory-down.ts";
import { type Drawer, type Found, pageRows, type Quarantined, type SavedLife, type Sink } from "./sink.ts";
import { isOverAbout } from "./stub.ts";
import type { VerifiedRecord } from "./verify.ts";

/** What a transaction of a memory sink did, for whoever makes it durable. */
export interface Done {
  readonly records: readonly VerifiedRecord[];
  readonly forks: readonly VerifiedRecord[];
}

export const quarantineMax = 10_000;

/**
 * Keeps records as long as the process lives: for tests, for trying a receiver out, and under sinks that write a log.
 * Never receipt from it alone.
 *
 * @param durable called at the end of each transaction that put something, before it counts as done.
 */
export function openMemorySink(durable: (done: Done) => Promise<void> = async () => {}): Sink {
  const devices = new Map<string, Device>();
  const statuses: Statuses = new Map();
  const down = openMemoryDown();
  let quarantined: readonly Quarantined[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  const deviceOf = (source: string): Device => {
    const device = devices.get(source) ?? { epochs: new Map(), lives: new Map(), forks: [] };
    devices.set(source, device);
    return device;
  };
  const transact = async <T>(work: (drawer: Drawer) => Promise<T>): Promise<T> => {
    // What undoes what was done, newest last.
    const undo: (() => void)[] = [];
    const done = { records: [], forks: [] } satisfies Done;
    try {
      const result = await work(drawerOf(deviceOf, statuses, down, done, undo));
      if (done.records.length + done.forks.length > 0) await durable(done);
      return result;
    } catch (error) {
      for (const back of undo.toReversed()) back();
      throw error;
    }
  };
  const foundIn = ({ source, epoch }: Stream): readonly Found[] =>
    [...(devices.get(source)?.epochs.get(epoch) ?? [])]
      .sort(([a], [b]) => a - b)
      .map(([seq, { rh, jws }]) => ({ source, epoch, seq, rh, jws: jws === stubText ? null : jws }));
  const typed = (stream: Stream): readonly (Found & { readonly type: string; readonly id: string })[] =>
    foundIn(stream).map((found) => {
      const { type = "", id = "" } = devices.get(stream.source)?.epochs.get(stream.epoch)?.get(found.seq)?.event ?? {};
      return { ...found, type, id };
    });
  const streams = (): readonly Stream[] =>
    [...devices].flatMap(([source, { epochs }]) =>
      [...epochs.keys()].sort((a, b) => a - b).map((epoch) => ({ source, epoch })),
    );
  const all = (): ReturnType<typeof typed> => streams().flatMap(typed);
  return {
    transact: (_, work) => {
      const mine = turn.then(() => transact(work));
      turn = mine.catch(() => {});
      return mine;
    },
    quarantine: async (messages) => {
      quarantined = [...quarantined, ...messages].slice(-quarantineMax);
    },
    stub: (sub, isOver) => {
      const mine = turn.then(() => {
        let count = 0;
        const isDue = ({ jws }: VerifiedRecord) => jws !== stubText && isOverAbout(jws, sub, isOver);
        for (const device of devices.values()) {
          for (const places of device.epochs.values()) {
            for (const [seq, record] of places) {
              if (!isDue(record)) continue;
              places.set(seq, stubOf(record));
              count += 1;
            }
          }
          for (const [index, fork] of device.forks.entries()) if (isDue(fork)) device.forks[index] = stubOf(fork);
        }
        return count;
      });
      turn = mine.catch(() => {});
      return mine;
    },
    orders: down.orders,
    desired: down.desired,
    read: {
      since: async ({ source, epoch }) => devices.get(source)?.lives.get(epoch)?.since ?? [],
      streams: async () => streams(),
      status: async (source) => statuses.get(source) ?? null,
      byId: async (id) =>
        all()
          .filter((found) => found.id === id)
          .slice(0, 10)
          .map(foundOf),
      byHash: async (prefix) =>
        all()
          .filter(({ rh }) => Buffer.from(rh, "base64url").subarray(0, prefix.length).equals(prefix))
          .slice(0, 10)
          .map(foundOf),
      ofType: async (type, stream) =>
        (stream === undefined ? all() : typed(stream)).filter((found) => found.type === type).map(foundOf),
      page: async (stream, from, limit) =>
        foundIn(stream)
          .filter(({ seq }) => seq >= from)
          .slice(0, limit),
      counts: async () => ({
        records: all().length,
        forks: [...devices.values()].reduce((sum, { forks }) => sum + forks.length, 0),
        quarantined: quarantined.length,
      }),
    },
    [Symbol.asyncDispose]: async () => {
      await turn;
    },
  };
}

interface Device {
  readonly epochs: Map<number, Map<number, VerifiedRecord>>;
  readonly lives: Map<number, SavedLife>;
  readonly forks: VerifiedRecord[];
}

type Statuses = Map<string, { readonly jws: string; readonly heardMs: number }>;

function drawerOf(
  deviceOf: (source: string) => Device,
  statuses: Statuses,
  down: MemoryDown,
  done: { readonly records: VerifiedRecord[]; readonly forks: VerifiedRecord[] },
  undo: (() => void)[],
): Drawer {
  const set = <K, V>(map: Map<K, V>, key: K, value: V) => {
    const before = map.get(key);
    undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
    map.set(key, value);
  };
  return {
    put: async (batch) =>
      batch.map((record): Kept | null => {
        const { epoch, seq } = record.event;
        const { epochs } = deviceOf(record.source);
        const places = epochs.get(epoch) ?? new Map<number, VerifiedRecord>();
        epochs.set(epoch, places);
        const first = places.get(seq);
        if (first !== undefined) return keptOf(first);
        set(places, seq, record);
        done.records.push(record);
        return null;
      }),
    putForks: async (batch) => {
      for (const record of batch) {
        const { forks } = deviceOf(record.source);
        if (forks.some(({ rh }) => rh === record.rh)) continue;
        forks.push(record);
        undo.push(() => forks.pop());
        done.forks.push(record);
      }
    },
    about: async (sources) =>
      sources.map((source) => {
        const { forks, epochs, lives } = deviceOf(source);
        return {
          forks: forks.map(({ event: { epoch, seq } }) => ({ epoch, seq })),
          declarers: declarersIn([...epochs.values()].flatMap((places) => [...places.values()])),
          epochs: [...lives.keys()].sort((a, b) => a - b),
        };
      }),
    load: async (streams) =>
      streams.map((stream) => {
        const { epochs, lives } = deviceOf(stream.source);
        const life = lives.get(stream.epoch) ?? { ...blankLife(stream), head: -1, since: [] };
        const rows = [...(epochs.get(stream.epoch) ?? [])]
          .filter(([seq]) => seq > life.upto)
          .map(([seq, record]) => ({ seq, ...keptOf(record) }))
          .sort((a, b) => a.seq - b.seq);
        return { life, rows: rows.slice(0, pageRows), isAll: rows.length <= pageRows };
      }),
    save: async (lives) => {
      for (const life of lives) set(deviceOf(life.source).lives, life.epoch, life);
    },
    tellOrders: async (news, nowMs) => {
      undo.push(down.tell(news, nowMs));
    },
    putStatus: async (source, jws, heardMs) => set(statuses, source, { jws, heardMs }),
  };
}

const keptOf = ({ rh, event, flaw }: VerifiedRecord): Kept => ({ rh, prev: event.prev, flaw });

/** What stands in the place of a text that went. */
export const stubText = "";

const foundOf = ({ source, epoch, seq, rh, jws }: Found): Found => ({ source, epoch, seq, rh, jws });

const stubOf = (record: VerifiedRecord): VerifiedRecord => ({
  ...record,
  event: { ...record.event, time: "1970-01-01T00:00:00.000Z", data: {} },
  jws: stubText,
});

function declarersIn(records: readonly VerifiedRecord[]): readonly string[] {
  const good = records.filter(({ flaw }) => flaw === null);
  const newest = good
    .filter(({ event }) => event.type === forgetting)
    .reduce<VerifiedRecord | null>((latest, one) => {
      return latest === null || isBefore(latest.event, one.event) ? one : latest;
    }, null);
  const losses = good.filter(({ event }) => declaring.includes(event.type));
  return [...losses, ...(newest === null ? [] : [newest])].map(({ jws }) => jws);
}
