import { randomUUID } from "node:crypto";
import { Fault } from "./core/fault.ts";
import type { Order, OrderHandler, OrderHandlers, OrderResult } from "./core/orders.ts";
import { type PersonId, personId } from "./core/person.ts";
import type { Clock } from "./core/ports/senses.ts";
import type { Settings } from "./store/settings.ts";
import { argsOf, readArgs } from "./uplink/orders/args.ts";
import { type SupportKey, sealLines } from "./uplink/orders/parcel.ts";
import type { TimeWitness } from "./uplink/time-check.ts";
import type { LiveUplink } from "./uplink/uplink.ts";

export interface OrdersOptions {
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly uplink: Pick<LiveUplink, "status" | "sync" | "replay">;
  /** There is a connection now. */
  readonly isOnline: () => boolean;
  /** Asks what time it truly is. @throws Fault where nobody answers. */
  readonly askTime: (signal: AbortSignal) => Promise<TimeWitness>;
  readonly settings: Settings;
  /** This boot, as the kernel names it. */
  readonly bootId: string;
  readonly screen: OrderedScreen;
  readonly setVolume: (percent: number) => void;
  /** Ends this process such that it is started again. */
  readonly restart: (why: string) => void;
  /** Boots the machine. @throws Fault where that is not allowed. */
  readonly reboot: () => Promise<void>;
  /** The newest lines of the log, redacted, oldest first. */
  readonly logLines: () => readonly string[];
  /** For whom the log is sealed; null: it is not given out. */
  readonly supportKey: SupportKey | null;
  /** Orders that others carry out: settings, roster, erasure, keys. */
  readonly more: OrderHandlers;
  /** The one that ends the downlink as well. */
  readonly ending: AbortSignal;
  /** How long a box may take to go down, and how long a connection is waited for. */
  readonly patienceMs?: number;
}

/** What orders do on the wall. */
export interface OrderedScreen {
  /** The same id replaces, it does not add. */
  readonly announce: (bulletin: {
    readonly id: string;
    readonly text: string;
    readonly untilUtcMs: number | null;
    readonly sub: PersonId | null;
    readonly isNews?: boolean;
  }) => void | Promise<void>;
  readonly identify: (forMs: number) => void;
}

/** What this clock does when its cloud says so, by `op`. Doing any of it twice is the same as doing it once. */
export function createOrders(options: OrdersOptions): OrderHandlers {
  const { clock, uplink, settings, screen, ending, patienceMs = 120_000 } = options;
  const goDown = endOfLife(options, patienceMs);
  const run = randomUUID();
  /** An order that a crash cut short is carried on with before the connection stands again. */
  const untilOnline = async (): Promise<void> => {
    const untilMs = clock.now().monoMs + patienceMs;
    while (!options.isOnline() && clock.now().monoMs < untilMs && !ending.aborted) await clock.sleep(250, ending);
    if (!options.isOnline()) throw refused("there is no connection", "Order it again later.");
  };
  const own: readonly (readonly [string, OrderHandler])[] = [
    ["status", does(() => uplink.status())],
    ["sync", does(() => uplink.sync())],
    [
      "time.check",
      async () => {
        await untilOnline();
        const { fromMs, toMs, at } = await options.askTime(ending);
        const trueMs = toMs === null ? fromMs : (fromMs + toMs) / 2;
        const err = toMs === null ? null : Math.ceil((toMs - fromMs) / 2);
        return { out: JSON.stringify({ offset: Math.round(at.utcMs - trueMs), err }) };
      },
    ],
    [
      "resend",
      async (order) => {
        const { ep, from, to, rcv } = readArgs(argsOf.resend, order);
        await untilOnline();
        uplink.replay(rcv ?? null, ep, from, to ?? Number.MAX_SAFE_INTEGER);
        return {};
      },
    ],
    [
      "message.show",
      async (order) => {
        const { text, until, sub, class: cls } = readArgs(argsOf["message.show"], order);
        const untilUtcMs = until === undefined ? null : Date.parse(until);
        const whose = sub === undefined ? null : personId(sub);
        await screen.announce({ id: order.id, text, untilUtcMs, sub: whose, ...(cls === "news" && { isNews: true }) });
        return {};
      },
    ],
    [
      "volume",
      async (order) => {
        const { percent } = readArgs(argsOf.volume, order);
        await settings.change((data) => {
          data.volume = percent;
        });
        options.setVolume(percent);
        return {};
      },
    ],
    ["identify", does((order) => screen.identify(readArgs(argsOf.identify, order).forS * 1000))],
    ["reboot", (order) => goDown(order, "reboot", options.bootId, options.reboot)],
    ["service.restart", (order) => goDown(order, "restart", run, async () => options.restart("ordered by the cloud"))],
    [
      "log.collect",
      async () => {
        if (options.supportKey === null) {
          throw refused("no support key is configured, and a log leaves only sealed", "Configure a support key.");
        }
        const { parcel, count } = await sealLines(options.logLines(), options.supportKey);
        return { detail: `the newest ${count} lines`, out: parcel };
      },
    ],
  ];
  return new Map([...options.more, ...own]);
}

const does =
  (act: (order: Order) => void): OrderHandler =>
  async (order) => {
    act(order);
    return {};
  };

const refused = (message: string, remedy: string): Fault => new Fault("order-refused", message, remedy);

/**
 * Ends this life once for an order: which life it was is written down before, so that the next one knows that the order
 * was carried out, and does not end as well.
 */
function endOfLife({ settings, clock, ending }: OrdersOptions, patienceMs: number) {
  return async (
    { id, op }: Order,
    kind: "reboot" | "restart",
    life: string,
    end: () => Promise<void>,
  ): Promise<OrderResult> => {
    const before = settings.get()[kind];
    if (before?.order === id && before.life !== life) return {};
    await settings.change((data) => {
      data[kind] = { order: id, life };
    });
    await end();
    await clock.sleep(patienceMs, ending);
    // Nobody reads this where the end has come: the next life answers.
    throw refused(`${op} was asked for, and nothing happened`, "Switch the box off and on.");
  };
}
