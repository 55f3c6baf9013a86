import type { Fault } from "../../../kiosk/core/fault.ts";
import { generic5 } from "../../../kiosk/uplink/contract/topics.ts";
import type { Letter, OpenPipe, Pipe, Sent } from "../../../kiosk/uplink/mqtt.ts";
import { brokerFault } from "../../../kiosk/uplink/mqtt-faults.ts";
import type { Chance } from "./chance.ts";
import type { Time } from "./time.ts";

/**
 * A broker and the line to it, at their worst: it confirms and loses, gives twice, in another order and late, forgets its
 * queue, hangs up, or holds a connection through which nothing goes any more.
 */
export interface Weather {
  /** Of a hundred messages that were confirmed, so many are never given to anybody. */
  readonly lose: number;
  readonly repeat: number;
  /** So many are held back for up to half a minute, so that others overtake them. */
  readonly delay: number;
  /** So many PUBACKs come up to 15 s late. */
  readonly late: number;
  /** So many are refused with "too much" on a connection that stays. */
  readonly refuse: number;
  /** Messages kept for a receiver that is away; what comes beyond is confirmed and thrown away. */
  readonly queue: number;
}

export const fairWeather: Weather = { lose: 0, repeat: 0, delay: 0, late: 0, refuse: 0, queue: 1000 };

export type Line = "up" | "cut" | "frozen";

export interface WorldBroker {
  /** What a device opens. `isDead` tells whether the one who opened it still lives. */
  readonly openPipeFor: (life: DeviceLife) => OpenPipe;
  /** A receiver's connection; what came while it was away comes first. */
  readonly join: (name: string, heard: (topic: string, bytes: Uint8Array) => void) => { readonly leave: () => void };
  /** From a receiver to a device. */
  readonly send: (topic: string, bytes: Uint8Array) => void;
  readonly line: (line: Line) => void;
  /** Everybody is thrown out and everything is forgotten; back after so long. */
  readonly restart: (downMs: number) => void;
  readonly weather: (weather: Weather) => void;
}

export interface DeviceLife {
  readonly isDead: () => boolean;
  /** Called before and after each thing that a device does to the world; false once it is dead. */
  readonly gate: (port: string) => boolean;
  /** What the device hands over. */
  readonly published: (letter: Letter) => void;
  /** It closed a connection in good order; null where it never was born on it. */
  readonly left: (lastState: string | null) => void;
}

interface Connection {
  readonly life: DeviceLife;
  readonly will: Letter | null;
  readonly heard: (topic: string, bytes: Uint8Array) => void;
  readonly end: (why: Fault | null) => void;
  isOver: boolean;
  /** Nothing goes through it any more, and neither side knows. */
  isFrozen: boolean;
  isSubscribed: boolean;
  /** What its newest status said. */
  state: string | null;
}

const where = "broker:1883";
const lost = (why: string): Fault => brokerFault(where, new Error(why));
/** How long a broker waits before it believes that a silent client is dead. */
const keepaliveMs = 45_000;

export function openBroker(time: Time, chance: Chance, receivers: readonly string[], first: Weather): WorldBroker {
  let weather = first;
  let line: Line = "up";
  let downUntilMs = 0;
  let device: Connection | null = null;
  const queues = new Map(receivers.map((name) => [name, [] as { topic: string; bytes: Uint8Array }[]]));
  const listeners = new Map<string, (topic: string, bytes: Uint8Array) => void>();
  const latency = (): number => chance.between(5, 120);

  const deliver = (topic: string, bytes: Uint8Array): void => {
    const channel = generic5.decode(topic)?.channel;
    if (channel !== "rec" && channel !== "sta" && channel !== "req") return;
    for (const name of receivers) {
      if (chance.happens(weather.lose)) continue;
      for (let copy = chance.happens(weather.repeat) ? chance.between(2, 4) : 1; copy > 0; copy -= 1) {
        const heldMs = chance.happens(weather.delay) ? chance.between(1_000, 30_000) : 0;
        time.later(latency() + heldMs, () => {
          const listener = listeners.get(name);
          if (listener !== undefined) return listener(topic, bytes);
          const queue = queues.get(name) ?? [];
          if (queue.length < weather.queue) queue.push({ topic, bytes });
        });
      }
    }
  };

  const drop = (connection: Connection, why: Fault | null, isRude: boolean): void => {
    if (connection.isOver) return;
    connection.isOver = true;
    if (device === connection) device = null;
    if (isRude && connection.will !== null && line === "up") deliver(connection.will.topic, connection.will.bytes);
    if (!connection.life.isDead()) connection.end(why);
  };

  const pipeOf = (connection: Connection, ended: Promise<Fault | null>): Pipe => ({
    protocol: "MQTT 5",
    windowSize: 64,
    packetMaxBytes: Number.POSITIVE_INFINITY,
    ended,
    publish: (letter, sent) => publish(connection, letter, sent),
    subscribe: async () => {
      await new Promise<void>((resolve) => {
        time.later(latency(), () => {
          connection.isSubscribed = true;
          if (!connection.isFrozen && !connection.life.isDead()) resolve();
        });
      });
    },
    soon: (act) =>
      void time.later(0, () => {
        if (!connection.isOver && !connection.life.isDead()) act();
      }),
    complaint: () => undefined,
    destroy: (why) => drop(connection, why, true),
    [Symbol.asyncDispose]: async () => {
      if (!connection.isOver && !connection.isFrozen) connection.life.left(connection.state);
      drop(connection, null, connection.isFrozen);
    },
  });

  const publish = (connection: Connection, letter: Letter, sent: Sent): void => {
    const { life } = connection;
    if (connection.isOver || !life.gate("publish")) return;
    life.published(letter);
    const isRefused = chance.happens(weather.refuse);
    // What was handed over before a DISCONNECT arrives before it.
    if (!isRefused) connection.state = stateIn(letter) ?? connection.state;
    if (!life.gate("published")) return;
    time.later(latency(), () => {
      if (connection.isOver || connection.isFrozen || line !== "up") return;
      const answer = (fault: Fault | null): void => {
        const ms = latency() + (chance.happens(weather.late) ? chance.between(1_000, 15_000) : 0);
        time.later(ms, () => {
          if (connection.isOver || connection.isFrozen || line !== "up" || !life.gate("puback")) return;
          if (fault === null) sent(null);
          else sent(fault, "slower");
        });
      };
      if (isRefused) {
        return answer(brokerFault(where, Object.assign(new Error("quota exceeded"), { reasonCode: 0x97 }), "publish"));
      }
      answer(null);
      deliver(letter.topic, letter.bytes);
    });
  };

  const openPipeFor =
    (life: DeviceLife): OpenPipe =>
    (_, will, heard, signal) =>
      new Promise<Pipe>((resolve, reject) => {
        const refuse = (): void => reject(lost("no answer"));
        if (signal.aborted || !life.gate("connect")) return refuse();
        // A line that is dead is waited at for as long as a socket would be.
        time.later(line === "frozen" ? 10_000 : latency(), () => {
          if (life.isDead()) return;
          if (signal.aborted || line !== "up" || time.nowMs() < downUntilMs) return refuse();
          const { promise: ended, resolve: end } = Promise.withResolvers<Fault | null>();
          const connection: Connection = {
            ...{ life, will, heard, end },
            ...{ isOver: false, isFrozen: false, isSubscribed: false, state: null },
          };
          // One identity, one session: the older connection of the same device ends.
          if (device !== null) drop(device, lost("taken over"), true);
          device = connection;
          resolve(pipeOf(connection, ended));
        });
      });

  const leaveDead = (connection: Connection): void => {
    time.later(chance.happens(50) ? latency() : keepaliveMs, () => drop(connection, lost("dead"), true));
  };

  return {
    openPipeFor: (life) => {
      // Whoever was connected before is dead by now, and the broker learns of it early or late.
      if (device?.life.isDead()) leaveDead(device);
      return openPipeFor(life);
    },
    join: (name, heard) => {
      listeners.set(name, heard);
      const queue = queues.get(name) ?? [];
      for (const { topic, bytes } of queue.splice(0)) time.later(latency(), () => listeners.get(name)?.(topic, bytes));
      return {
        leave: () => {
          if (listeners.get(name) === heard) listeners.delete(name);
        },
      };
    },
    send: (topic, bytes) => {
      if (chance.happens(weather.lose)) return;
      for (let copy = chance.happens(weather.repeat) ? chance.between(2, 4) : 1; copy > 0; copy -= 1) {
        const heldMs = chance.happens(weather.delay) ? chance.between(1_000, 30_000) : 0;
        time.later(latency() + heldMs, () => {
          if (device === null || device.isOver || device.isFrozen || !device.isSubscribed || line !== "up") return;
          if (device.life.gate("heard")) device.heard(topic, bytes);
        });
      }
    },
    line: (next) => {
      line = next;
      if (device === null) return;
      if (next === "cut") drop(device, lost("connection reset"), true);
      if (next !== "frozen") return;
      const frozen = device;
      frozen.isFrozen = true;
      // What mqtt.js does when a PINGREQ is not answered.
      time.later(keepaliveMs, () => drop(frozen, lost("no PINGRESP"), true));
    },
    restart: (downMs) => {
      downUntilMs = time.nowMs() + downMs;
      for (const queue of queues.values()) queue.splice(0);
      if (device !== null) drop(device, lost("connection reset"), false);
    },
    weather: (next) => {
      weather = next;
    },
  };
}

function stateIn({ topic, bytes }: Letter): string | null {
  if (generic5.decode(topic)?.channel !== "sta") return null;
  const { data } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { readonly data: string };
  const payload = Buffer.from(data.split(".")[1] ?? "", "base64url").toString("utf8");
  return (JSON.parse(payload) as { readonly data: { readonly state: string } }).data.state;
}
