import { Fault } from "../../../kiosk/core/fault.ts";
import { blankMemory, recalled, withPeople } from "../../../kiosk/core/memory.ts";
import type { OrderHandler } from "../../../kiosk/core/orders.ts";
import type { Appended, Journal } from "../../../kiosk/core/ports/journal.ts";
import type { Clock } from "../../../kiosk/core/ports/senses.ts";
import type { Position } from "../../../kiosk/core/record.ts";
import { isBefore, sourceOf } from "../../../kiosk/core/record.ts";
import type { FaceSeen } from "../../../kiosk/core/sight.ts";
import { utcText } from "../../../kiosk/core/time.ts";
import { listen } from "../../../kiosk/listen.ts";
import { createStation, type Station } from "../../../kiosk/run.ts";
import { openJournal } from "../../../kiosk/store/journal.ts";
import { openOrderBook } from "../../../kiosk/store/order-book.ts";
import { keepJournal } from "../../../kiosk/store/upkeep.ts";
import { generic5 } from "../../../kiosk/uplink/contract/topics.ts";
import { openDownlink } from "../../../kiosk/uplink/downlink.ts";
import { openUplink, type Receiver } from "../../../kiosk/uplink/uplink.ts";
import { bossKeys } from "./boss.ts";
import type { DeviceLife, WorldBroker } from "./broker.ts";
import type { Chance } from "./chance.ts";
import { stackOf } from "./cloud.ts";
import type { Crash, Disk, OpenJournal } from "./disk.ts";
import { device, identity, people, policy } from "./house.ts";
import type { Oracle } from "./oracle.ts";
import type { Time } from "./time.ts";

/**
 * A clock on the wall from its start to its death: the real loop, reducer, journal, upkeep and uplink, wired as house.ts
 * wires them, with this world behind every port. Between two calls of a port nothing that a death could lose or keep
 * changes, so a death at any call, before it and after it, is a death at any await.
 */
export interface Kiosk {
  readonly tap: (card: number) => void;
  /** Stands before the camera for a moment. */
  readonly look: (who: number, draw: number) => void;
  readonly room: (room: "camera" | "reader", isUp: boolean) => void;
  /** So many records at once, as a long offline day would leave. */
  readonly crowd: (count: number) => void;
  readonly remember: () => void;
  readonly isDead: () => boolean;
  /** Ends at the port's call number `calls` from now. */
  readonly doom: (how: Crash | "stop", calls: number) => void;
  /** SIGTERM. Resolves when everything is closed. */
  readonly stop: () => Promise<void>;
  readonly die: (how: Crash) => void;
  /** Closes what a dead process left open in ours. */
  readonly bury: () => Promise<void>;
  readonly waiting: () => { readonly head: Position; readonly cursors: readonly Position[] };
}

export interface KioskOptions {
  readonly time: Time;
  readonly chance: Chance;
  readonly oracle: Oracle;
  readonly broker: WorldBroker;
  readonly disk: Disk;
  readonly receivers: readonly Receiver[];
  readonly batches: boolean;
  /** Counts boots of the machine; monotonic time starts anew with each. */
  readonly boot: number;
  readonly bootedMs: number;
  /** Where the wall clock is, against the truth. */
  readonly wallOffMs: () => number;
  readonly state: DiskState;
  readonly isFirstStart: boolean;
  /** It died, or stopped by itself. */
  readonly died: (how: Crash | "stop") => void;
}

/** Outlives the process: it is the disk that is ill. */
export interface DiskState {
  isFull: boolean;
  failNext: number;
  /** Planted: others can read what is written and not yet synced. */
  readonly servesUnsynced: boolean;
}

const full = (): Fault => new Fault("disk-full", "the disk is full", "Free some space.");
const failed = (): Fault => new Fault("journal-write-failed", "the disk failed", "Replace it.");

export async function bootKiosk(options: KioskOptions): Promise<Kiosk> {
  const { time, chance, oracle, broker, disk, receivers, state, boot, bootedMs, wallOffMs } = options;
  let isDead = false;
  let doom: { readonly how: Crash | "stop"; calls: number } | null = null;
  const names = receivers.map(({ name }) => name);

  const die = (how: Crash): void => {
    if (isDead) return;
    isDead = true;
    disk.crash(how);
    if (how === "old-disk") oracle.diskWentBack();
    options.died(how);
  };
  const gate = (): boolean => {
    if (isDead) return false;
    if (doom === null) return true;
    doom.calls -= 1;
    if (doom.calls > 0) return true;
    const { how } = doom;
    doom = null;
    if (how !== "stop") die(how);
    else options.died("stop");
    return !isDead;
  };
  const clock: Clock = {
    now: () => ({ utcMs: time.nowMs() + wallOffMs(), monoMs: time.nowMs() - bootedMs }),
    quality: () => ({ source: "ntp", errorMs: 25, ageS: 60 }),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted || ms <= 0) return resolve();
        const wake = (): void => {
          callOff();
          signal.removeEventListener("abort", wake);
          if (!isDead) resolve();
        };
        const callOff = time.later(ms, wake);
        signal.addEventListener("abort", wake, { once: true });
      }),
  };
  const awake = new AbortController();
  const pause = (ms: number): Promise<void> => clock.sleep(ms, awake.signal);

  const { signer } = device;
  const opening = openJournal({
    ...{ directory: disk.folder(), identity, signer, clock, firmware: "0", boot },
    ...{ isFirstStart: options.isFirstStart, ballastBytes: 0 },
  });
  const real = await time.busy(opening);
  const textAt = (place: Position): string | undefined => real.at(place)?.jws;
  let known: Position = { epoch: 0, seq: -1 };
  /** Tells the oracle of everything that the disk has now, also of what the journal wrote by itself. */
  const note = (): void => {
    const head = real.head();
    for (; isBefore(known, head); ) {
      const next = { epoch: known.epoch, seq: known.seq + 1 };
      const record = known.epoch === 0 ? undefined : real.at(next);
      if (record !== undefined) oracle.durable(record);
      known = next.epoch < head.epoch && record === undefined ? { epoch: known.epoch + 1, seq: -1 } : next;
    }
  };
  note();
  // A disk that lies can always go back to its first day, also behind every new epoch since.
  if (options.isFirstStart) disk.remember();
  oracle.opened(textAt);
  for (const name of names) oracle.cursor(name, real.cursor(name));
  const journal = guarded(real);

  function guarded(inner: OpenJournal): OpenJournal {
    const write = (): void => {
      if (state.isFull) throw full();
      if (state.failNext > 0) {
        state.failNext -= 1;
        throw failed();
      }
    };
    /** What is written takes a while to be on the disk, and nobody sees it before. */
    const slowly = async <T>(work: () => Promise<T>): Promise<T> => {
      if (!gate()) return never();
      if (!state.servesUnsynced) await pause(chance.between(0, 60));
      write();
      if (!gate()) return never();
      const result = await time.busy(work());
      if (state.servesUnsynced) await pause(chance.between(1, 2_000));
      if (isDead) return never();
      note();
      if (!gate()) return never();
      return result;
    };
    const append: Journal["append"] = (body, at) => slowly((): Promise<Appended> => inner.append(body, at));
    return {
      ...inner,
      get notice() {
        return inner.notice;
      },
      append,
      probe: async () => {
        if (!gate()) return never();
        write();
        return time.busy(inner.probe());
      },
      read: (after, limit) => {
        const records = inner.read(after, limit);
        if (!isDead) disk.settled();
        return records;
      },
      moveCursor: (receiver, to) => {
        if (!gate()) return;
        write();
        inner.moveCursor(receiver, to);
        oracle.cursor(receiver, inner.cursor(receiver));
        gate();
      },
      yieldTo: async (claim, at) => {
        if (!gate()) return never();
        const notice = await time.busy(inner.yieldTo(claim, at));
        if (isDead) return never();
        note();
        return gate() ? notice : never();
      },
      checkpoint: (at) => slowly(() => inner.checkpoint(at)),
      prune: async (rule, at) => {
        if (!gate()) return never();
        write();
        const isMore = await time.busy(inner.prune(rule, at));
        if (isDead) return never();
        note();
        if (isMore) oracle.pruned(textAt, names);
        return gate() ? isMore : never();
      },
    };
  }

  const life: DeviceLife = {
    isDead: () => isDead,
    gate: () => gate(),
    left: (lastState) => {
      if (!isDead && lastState === "online") oracle.broke("who leaves says so", "left in good order, and stays online");
    },
    published: ({ topic, bytes }) => oracle.published(generic5.decode(topic)?.channel === "rec", bytes),
  };
  const [receiver, ...alsoReceivers] = receivers;
  if (receiver === undefined) throw new Error("a world has a receiver");
  const bug = (error: unknown): void => {
    if (!isDead) oracle.broke("no bug", stackOf(error));
  };
  const book: Pick<Journal, "append" | "probe"> = {
    probe: journal.probe,
    append: async (body, at) => {
      const appended = await journal.append(body, at);
      uplink.wake();
      return appended;
    },
  };
  const remark = (error: unknown): void => {
    if (!(error instanceof Fault)) bug(error);
  };
  const orders = await time.busy(
    openOrderBook({ directory: disk.folder(), nowUtcMs: () => time.nowMs() + wallOffMs() }),
  );
  const around =
    <A extends readonly unknown[]>(write: (...args: A) => void) =>
    (...args: A): void => {
      if (!gate()) return;
      write(...args);
      gate();
    };
  const { accept, attempt, begin, finish, refuse } = orders;
  const carryOut: OrderHandler = async ({ id }) => {
    if (!gate()) return never();
    oracle.ran(id);
    await pause(chance.between(0, 2_000));
    return {};
  };
  const downlink = openDownlink({
    ...{ identity, clock, groups: [], roster: null, config: null, time: null },
    keys: () => bossKeys,
    journal: { append: (body, at) => book.append(body, at), read: journal.read, head: journal.head },
    book: {
      ...orders,
      get isBlank() {
        return orders.isBlank;
      },
      ...{ accept: around(accept), attempt: around(attempt), begin: around(begin) },
      ...{ finish: around(finish), refuse: around(refuse) },
    },
    handlers: new Map([["sync", carryOut]]),
  });
  const uplink = await openUplink({
    ...{ identity, signer, journal, clock, fw: "0", receiver, alsoReceivers, simulated: false },
    broker: { brokerUrl: "mqtt://broker:1883" },
    openPipe: broker.openPipeFor(life),
    batches: options.batches,
    random: chance.draw,
    heard: downlink.heard,
    pace,
    yieldTo: async (claim) => (await journal.yieldTo(claim, clock.now())) !== null,
    fixed: ({ monoMs, utcMs, errMs }) => {
      const data = { boot, mono: Math.round(monoMs), utc: utcText(utcMs), err: Math.ceil(errMs), src: "ack" } as const;
      book.append({ type: "timefix", data }, clock.now()).catch(remark);
    },
  });
  const station: Station = createStation({
    memory: {
      ...recalled(withPeople(blankMemory, people), journal.recall(clock.now().utcMs - 3 * 24 * 3_600_000)),
      source: sourceOf(identity),
    },
    policy,
    place: { site: "", gate: "", timeZone: "Etc/UTC", locale: "en" },
    clock,
    journal: book,
    screen: {
      show: ({ view }) => {
        if (gate() && view.at === "thanks") oracle.thanked(view.receipt);
      },
    },
    moment: () => ({ clock: clock.quality(), boot }),
    forget: () => {},
    enrolled: () => {},
    observed: () => {},
  });
  const ending = new AbortController();
  const retention = { receivers: names, keepDays: 7, holdSinceUtcMs: null };
  const work = [
    station.run(ending.signal),
    listen(uplink.news(ending.signal), (news) => station.post({ kind: "uplink", news, at: clock.now() })),
    downlink.run(ending.signal),
    keepJournal({ journal, clock, retention: () => retention, told: () => {} }, ending.signal),
  ];
  for (const one of work) one.catch(bug);
  for (const room of ["journal", "camera", "engine", "reader"] as const) {
    station.post({ kind: "room", room, state: { is: "up" }, at: clock.now() });
  }
  station.post({ kind: "ready", at: clock.now() });
  const here = { camera: true, reader: true };

  const sight = (who: number, draw: number): void => {
    const { claim } = station.attention();
    const whom = people[who]?.id ?? null;
    const face: FaceSeen = {
      track: who + 1,
      box: { x: 0.3, y: 0.3, width: 0.3, height: 0.4 },
      problem: null,
      progress: 1,
      live: 0.9,
      repeats: false,
      company: false,
      able: { turn: false, blink: false },
      challenge: null,
      match: claim === null ? { person: whom, similarity: 0.9, margin: 0.5, agreeing: 5 } : null,
      claim: claim === null ? null : { person: claim, similarity: claim === whom ? 0.9 : 0.1, agreeing: 5 },
    };
    const at = clock.now();
    station.post({ kind: "sight", sight: { at, faces: 1, face, codes: [], enrol: null }, draw, at });
  };

  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await orders[Symbol.asyncDispose]();
    await real[Symbol.asyncDispose]();
  };
  let stopping: Promise<void> | null = null;
  return {
    isDead: () => isDead,
    tap: (card) => {
      const badge = people[card]?.badges[0];
      if (isDead || !here.reader || badge === undefined) return;
      station.post({ kind: "tap", tap: { badge, at: clock.now() }, at: clock.now() });
    },
    look: (who, draw) => {
      for (let n = 0; n < 4; n += 1) {
        time.later(n * 200, () => {
          if (!isDead && here.camera) sight(who, draw);
        });
      }
    },
    room: (room, isUp) => {
      if (isDead) return;
      here[room] = isUp;
      const code = room === "camera" ? ("camera-lost" as const) : ("reader-lost" as const);
      const is = isUp ? ({ is: "up" } as const) : ({ is: "down", code, remedy: "" } as const);
      station.post({ kind: "room", room, state: is, at: clock.now() });
    },
    crowd: (count) => {
      const data = { act: "consent", sub: null, by: "desk", detail: "counted" } as const;
      for (let n = 0; n < count && !isDead; n += 1) book.append({ type: "audit", data }, clock.now()).catch(remark);
    },
    remember: () => {
      if (!isDead) disk.remember();
    },
    doom: (how, calls) => {
      doom = { how, calls };
    },
    stop: () => {
      stopping ??= (async () => {
        ending.abort();
        await Promise.all(work);
        await uplink[Symbol.asyncDispose]();
        if (isDead) return;
        await time.busy(close());
        isDead = true;
      })();
      return stopping;
    },
    die,
    bury: () => time.busy(close()),
    waiting: () => ({ head: real.head(), cursors: names.map((name) => real.cursor(name)) }),
  };
}

const never = (): Promise<never> => new Promise(() => {});

/** Hours of patience would only be hours of ticks: the same rules, sooner. */
const pace = {
  backoff: { baseMs: 500, capMs: 15_000 },
  stallSyncMs: 20_000,
  rewindMs: 60_000,
  rewindCapMs: 240_000,
  replayGraceMs: 15_000,
  slowMs: 10_000,
};
