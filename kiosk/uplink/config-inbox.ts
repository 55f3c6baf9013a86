import { createHash } from "node:crypto";
import { Fault } from "../core/fault.ts";
import { LuError } from "../core/jws.ts";
import type { OrderHandlers } from "../core/orders.ts";
import type { Wanted, WantedSettings } from "../core/ports/uplink.ts";
import { type Asker, question } from "./asking.ts";
import { checkAudience } from "./contract/audience.ts";
import { acceptConfig, type ConfigEvent, configEvent } from "./contract/config.ts";
import { type CloudKey, unwrapFromCloud } from "./contract/keys.ts";
import type { StatusEvent } from "./contract/wire.ts";

/** What comes down as `dn/cfg`: tried, and kept only if the clock still works with it. */
export interface ConfigInbox extends AsyncDisposable {
  /** Whatever the bytes are, it does not reject. */
  readonly receive: (bytes: Uint8Array) => Promise<void>;
  /** A genuine receipt came under the connection of this run. */
  readonly receipted: () => void;
  /** For the status: `cfg`. */
  readonly standing: () => NonNullable<StatusEvent["data"]["cfg"]>;
  /** `config.apply` and `config.reset`. */
  readonly handlers: OrderHandlers;
}

/** JSON that was found to be an object, and nothing more. */
type Values = Readonly<Record<string, unknown>>;

/** How settings from afar would stand at this clock. */
export interface Weighed {
  /** Nothing changes by them. */
  readonly isSame: boolean;
  /** They change how the broker is reached, so only a receipt shows that they work. */
  readonly touchesNetwork: boolean;
  /** What somebody at the clock said otherwise. */
  readonly overruled: readonly string[];
}

export interface ConfigInboxOptions {
  /** What of it is tried now was begun by this very run. */
  readonly store: WantedSettings;
  /** Those of the role `cfg` count; asked for every message. */
  readonly keys: () => readonly CloudKey[];
  readonly asker: Asker;
  /** Groups that settings may speak to this clock by. Default: none. */
  readonly groups?: readonly string[];
  /** Version of the software here. */
  readonly fw: string;
  /** Sends a signed question, or loses it where there is no connection. */
  readonly request: (bytes: Uint8Array) => void;
  /** @throws Fault `config-…` where they are not valid here. */
  readonly weigh: (wanted: Values, good: Values | null) => Weighed;
  /** Lets the clock run anew with what the store has now, between two visits. Returns at once. */
  readonly apply: () => void;
  /** A message that is not used, by its number. */
  readonly refused?: (error: LuError) => void;
  /** What was tried is taken back: why, in words. */
  readonly reverted?: (why: string) => void;
  /** The disk takes no settings. */
  readonly trouble?: (fault: Fault) => void;
  readonly pace?: Partial<ConfigPace>;
}

export interface ConfigPace {
  /** A changed connection that brought no receipt in this time is taken back. */
  readonly trialMs: number;
  /** Anything else that the clock ran with for so long is kept. */
  readonly settleMs: number;
  readonly tickMs: number;
}

const usualConfigPace: ConfigPace = { trialMs: 600_000, settleMs: 30_000, tickMs: 1_000 };

export function openConfigInbox(options: ConfigInboxOptions): ConfigInbox {
  const { store, keys, asker, fw, weigh, apply, reverted = () => {}, trouble = () => {} } = options;
  const pace = { ...usualConfigPace, ...options.pace };
  const nowMs = () => asker.clock.now().monoMs;
  const startedMs = nowMs();
  const good = (): Values | null => valuesOf(store.good());
  /** What this run tries; what comes later is the next run's. */
  let trial = store.trying()?.wanted ?? null;
  const weighed = weighQuietly(weigh, valuesOf(trial ?? store.good()), trial === null ? null : good());
  let hasReceipt = false;
  let isAtWork = false;

  const takeBack = async (why: string): Promise<void> => {
    await store.revert();
    trial = null;
    reverted(why);
    apply();
  };
  const look = async (): Promise<void> => {
    if (trial === null || isAtWork) return;
    isAtWork = true;
    try {
      const triedMs = nowMs() - startedMs;
      if (weighed === null) await takeBack("the settings are not valid here");
      else if (weighed.touchesNetwork ? hasReceipt : triedMs >= pace.settleMs) {
        await store.keep();
        trial = null;
      } else if (weighed.touchesNetwork && triedMs >= pace.trialMs) await takeBack("no receipt came with the settings");
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      trouble(error);
    } finally {
      isAtWork = false;
    }
  };

  const take = async (data: ConfigEvent["data"]): Promise<void> => {
    const wanted: Wanted = { v: data.v, h: hashOf(data.doc), doc: data.doc };
    try {
      const values = asValues(acceptConfig(data, store.floor(), fw));
      const isSame = valid(() => weigh(values, good())).isSame && store.trying() === null;
      await tryNext(wanted);
      if (isSame) await store.keep();
      else apply();
    } catch (error) {
      if (error instanceof LuError && error.code === 4004) await noteRefusal(wanted);
      throw error;
    }
  };
  /** The next run tries it: receipts of this one say nothing about it. */
  const tryNext = async (wanted: Wanted): Promise<void> => {
    const before = trial;
    trial = null;
    try {
      await store.try(wanted);
    } catch (error) {
      trial = before;
      throw error;
    }
  };
  const noteRefusal = async ({ v, h }: Wanted): Promise<void> => {
    const before = store.refused();
    if (before?.v !== v || before.h !== h) await store.refuse({ v, h });
  };

  const stop = new AbortController();
  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await look();
      await asker.clock.sleep(pace.tickMs, stop.signal);
    }
  };
  const watching = watch();
  return {
    receive: async (bytes) => {
      try {
        const { event } = unwrapFromCloud(bytes, "lintel-cfg+jws", "cfg", keys());
        const config = configEvent.safeParse(event);
        if (!config.success) throw new LuError(1001, "no settings");
        checkAudience(config.data.data.aud, asker.identity, options.groups ?? []);
        await take(config.data.data);
      } catch (error) {
        if (error instanceof LuError) options.refused?.(error);
        else if (error instanceof Fault) trouble(error);
        else throw error;
      }
    },
    receipted: () => {
      hasReceipt = true;
    },
    standing: () => {
      const [held, refused, tried] = [store.good(), store.refused(), store.trying()];
      return {
        v: held?.v ?? 0,
        h: held?.h ?? null,
        ...(refused !== null && { err: 4004, failed: refused.v }),
        ...(tried !== null && { trying: tried.wanted.v }),
        ...(weighed !== null && weighed.overruled.length > 0 && { overruled: [...weighed.overruled] }),
      };
    },
    handlers: new Map([
      [
        "config.apply",
        async () => {
          const { v, h } = { v: store.good()?.v ?? 0, h: store.good()?.h ?? null };
          options.request(question("config-request", { have: v, h }, asker));
          return { detail: `asked for settings newer than version ${v}` };
        },
      ],
      [
        "config.reset",
        async () => {
          await store.reset();
          trial = null;
          apply();
          return { detail: "only what was set at the clock holds" };
        },
      ],
    ]),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await watching;
    },
  };
}

const hashOf = (doc: string): string => createHash("sha256").update(doc).digest("base64url");

const asValues = (value: unknown): Values => Object.fromEntries(Object.entries(value ?? {}));

/** What is stored was an object when it was stored. */
const valuesOf = (wanted: Wanted | null): Values | null => (wanted === null ? null : asValues(JSON.parse(wanted.doc)));

/** @throws LuError 4004 instead of a Fault: it is the cloud that has to correct it. */
function valid(weigh: () => Weighed): Weighed {
  try {
    return weigh();
  } catch (error) {
    if (error instanceof Fault) throw new LuError(4004, error.message);
    throw error;
  }
}

/** Null where what holds or is tried is not valid here any more. */
function weighQuietly(weigh: ConfigInboxOptions["weigh"], values: Values | null, good: Values | null): Weighed | null {
  try {
    return weigh(values ?? {}, good);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}
