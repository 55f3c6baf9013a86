import { type Fault, isFault } from "../core/fault.ts";
import { LuError } from "../core/jws.ts";
import type { Order, OrderHandlers } from "../core/orders.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { OrderBook } from "../core/ports/uplink.ts";
import type { CmdlogData, Identity } from "../core/record.ts";
import type { CommandEvent } from "./contract/command.ts";
import type { CloudKey } from "./contract/keys.ts";
import { acceptCommand, ops } from "./contract/orders.ts";
import type { DownChannel } from "./contract/topics.ts";
import { canTell, type KnownTime } from "./known-time.ts";
import { openExecutor } from "./orders/executor.ts";
import { type LaneBounds, openLane } from "./orders/lane.ts";
import { openRefusals } from "./orders/refusals.ts";
import { openUntold } from "./orders/untold.ts";
import { verifiedCommand } from "./orders/verified.ts";

/** Takes one kind of message, of which nothing is verified yet. A Fault is told; what it throws besides is a bug. */
export interface DownInbox {
  readonly receive: (bytes: Uint8Array) => Promise<void>;
}

export interface DownlinkOptions {
  readonly identity: Identity;
  readonly groups: readonly string[];
  /** Asked for every message, so that a change of keys holds at once. */
  readonly keys: () => readonly CloudKey[];
  readonly clock: Clock;
  /** What time it is, as far as that is known; what the clock itself claims where nothing is said. */
  readonly timeNow?: () => KnownTime;
  /** Its `append` wakes the uplink. */
  readonly journal: Pick<Journal, "append" | "read" | "head">;
  readonly book: OrderBook;
  readonly handlers: OrderHandlers;
  /** Null: what comes for it is dropped. */
  readonly roster: DownInbox | null;
  readonly config: DownInbox | null;
  readonly time: DownInbox | null;
  /** What keeps orders, pages or settings from being taken in. */
  readonly trouble?: (fault: Fault) => void;
  /** An order is over: for the log. */
  readonly over?: (order: Order, result: CmdlogData) => void;
  readonly pace?: Partial<DownlinkPace>;
}

export interface DownlinkPace {
  readonly bounds: Readonly<Record<DownChannel, LaneBounds>>;
  /** Records of refusals. */
  readonly refusalsPerMinute: number;
  /** A disk that takes no writes is tried again this soon. */
  readonly retryMs: number;
  /** Orders wait this long for somebody to say what time it is: it comes with the first receipt. */
  readonly untoldMs: number;
}

/** A verification is some tenths of a millisecond: all lanes together stay below a tenth of one core. */
const usualPace: DownlinkPace = {
  bounds: {
    ack: { messagesMax: 0, bytesMax: 0, perS: 1 },
    cmd: { messagesMax: 512, bytesMax: 4 * 1024 * 1024, perS: 100 },
    cfg: { messagesMax: 16, bytesMax: 1024 * 1024, perS: 20 },
    // The pages of fifty thousand people come in one go.
    ros: { messagesMax: 2048, bytesMax: 32 * 1024 * 1024, perS: 200 },
    tim: { messagesMax: 16, bytesMax: 256 * 1024, perS: 20 },
  },
  refusalsPerMinute: 10,
  retryMs: 5_000,
  untoldMs: 60_000,
};

/** What comes down that is no receipt: each channel by itself, one message at a time, whatever anybody sends. */
export interface Downlink {
  /** For `openUplink`'s option of this name. Never throws, never waits. */
  readonly heard: (channel: DownChannel, bytes: Uint8Array) => void;
  /** Finishes what an earlier run left, then takes what comes until `signal` aborts. A bug rejects. Once. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

const claimOf = (clock: Pick<Clock, "now" | "quality">): KnownTime => {
  const { source: src, errorMs: errMs } = clock.quality();
  return { utcMs: clock.now().utcMs, errMs, src };
};

export function openDownlink(options: DownlinkOptions): Downlink {
  const { book, clock, journal, keys, trouble = () => {}, over = () => {} } = options;
  const timeNow = options.timeNow ?? (() => claimOf(clock));
  const { bounds, refusalsPerMinute, retryMs, untoldMs } = { ...usualPace, ...options.pace };
  const executor = openExecutor({ journal, book, handlers: options.handlers, clock, trouble, over, retryMs });
  const refusals = openRefusals({ journal, book, clock, perMinute: refusalsPerMinute });
  const isKnown = (id: string): boolean => book.has(id) || refusals.has(id);
  const commands = openLane(bounds.cmd, clock);
  const inboxes = (
    [
      ["ros", options.roster],
      ["cfg", options.config],
      ["tim", options.time],
    ] as const
  ).flatMap(([channel, inbox]) => (inbox === null ? [] : [{ channel, inbox, lane: openLane(bounds[channel], clock) }]));

  const untold = openUntold({ clock, isTold: () => canTell(timeNow()), patienceMs: untoldMs });

  /** The order, or null where it was refused, has to wait, or nobody we know sent it. @throws bugs only. */
  const accepted = async (bytes: Uint8Array): Promise<CommandEvent | null> => {
    const now = timeNow();
    try {
      const event = acceptCommand(bytes, {
        device: options.identity,
        groups: options.groups,
        keys: keys(),
        now,
        seen: { low: book.low, has: isKnown },
      });
      if (Date.parse(event.data.nbf) >= book.sinceUtcMs()) return event;
      throw new LuError(3004, "it is older than the book of orders, which was lost");
    } catch (error) {
      if (!(error instanceof LuError)) throw error;
      // Below that, it is not proved that any of our cloud's keys signed it: garbage leaves no trace.
      if (error.code < 3001) return null;
      const { id, expMs } = verifiedCommand(bytes);
      // Sent again: its result is in the journal, or will be.
      if (isKnown(id)) return null;
      if (error.code === 3003 && !canTell(now) && untold.hold(bytes)) return null;
      const isLate = error.code === 3003 && now.utcMs - now.errMs > expMs;
      await refusals.refuse(id, isLate ? "expired" : "rejected", error.code, error.message);
      return null;
    }
  };

  const runOrders = async (signal: AbortSignal): Promise<void> => {
    await executor.resume(signal);
    await refusals.recall(signal);
    await commands.run(async (bytes) => {
      const event = await accepted(bytes);
      if (event === null) return;
      const { op, args, exp, cn } = event.data;
      const order: Order = { id: event.id, op, args, expiresUtcMs: Date.parse(exp) };
      await executor.carryOut(order, ops.get(op) ?? [], cn, signal);
    }, signal);
  };

  const toldOf = ({ receive }: DownInbox) => {
    return async (bytes: Uint8Array): Promise<void> => {
      try {
        await receive(bytes);
      } catch (error) {
        if (!isFault(error) || error.code === "journal-corrupt") throw error;
        trouble(error);
      }
    };
  };

  return {
    heard: (channel, bytes) => {
      if (channel === "cmd") commands.put(bytes);
      else inboxes.find((one) => one.channel === channel)?.lane.put(bytes);
    },
    run: async (signal) => {
      const ended = new AbortController();
      const until = AbortSignal.any([signal, ended.signal]);
      const waiting = untold.run(commands.put, until);
      const work = [runOrders(until), waiting, ...inboxes.map(({ inbox, lane }) => lane.run(toldOf(inbox), until))];
      try {
        await Promise.all(work);
      } finally {
        ended.abort();
        await Promise.allSettled(work);
      }
    },
  };
}
