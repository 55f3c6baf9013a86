import { readFile } from "node:fs/promises";
import type { CloudTrust } from "./cloud-keys.ts";
import type { Config } from "./config.ts";
import { Fault, type FaultCode } from "./core/fault.ts";
import type { OrderHandler } from "./core/orders.ts";
import type { Journal } from "./core/ports/journal.ts";
import type { RosterChanges, RosterStore } from "./core/ports/people.ts";
import type { WantedSettings } from "./core/ports/uplink.ts";
import type { Log, LogTail } from "./host/log.ts";
import { rebootMachine } from "./host/reboot.ts";
import { createOrders, type OrderedScreen } from "./orders.ts";
import { openOrderBook } from "./store/order-book.ts";
import type { Settings } from "./store/settings.ts";
import { type ConfigInbox, openConfigInbox, type Weighed } from "./uplink/config-inbox.ts";
import { type Downlink, openDownlink } from "./uplink/downlink.ts";
import { openTimeKnowledge, type TimeKnowledge } from "./uplink/known-time.ts";
import type { SupportKey } from "./uplink/orders/parcel.ts";
import { openTimeQuestions } from "./uplink/orders/time-question.ts";
import { openRosterInbox } from "./uplink/roster-inbox.ts";
import type { Condition, Speaker } from "./uplink/statements.ts";
import type { LiveUplink } from "./uplink/uplink.ts";

/** Settings that came from afar, and how they would stand here. */
export interface Afar {
  readonly wanted: WantedSettings;
  readonly weigh: (values: Values, good: Values | null) => Weighed;
}

type Values = Readonly<Record<string, unknown>>;

export interface CloudOptions {
  readonly config: Config;
  readonly trust: CloudTrust;
  readonly afar: Afar;
  readonly roster: RosterStore;
  /** Its journal appends such that the uplink wakes. */
  readonly speaker: Omit<Speaker, "journal" | "condition"> & {
    readonly journal: Pick<Journal, "append" | "read" | "head">;
  };
  readonly settings: Settings;
  readonly bootId: string;
  readonly log: Log;
  readonly tail: LogTail;
  readonly screen: OrderedScreen;
  readonly setVolume: (percent: number) => void;
  /** Closes this house between two visits, and opens it anew. Returns at once. */
  readonly again: (why: string) => void;
  /** After the roster changed. */
  readonly rosterChanged: (changes: RosterChanges) => void;
  /** Orders that need more of the house than this: erasure, keys. */
  readonly more: readonly (readonly [string, OrderHandler])[];
  /** What ends everything. */
  readonly ending: AbortSignal;
}

/** What the cloud may do to this clock. It is opened before the way to the broker is: nothing that comes is missed. */
export interface Cloud {
  readonly heard: Downlink["heard"];
  readonly receipted: ConfigInbox["receipted"];
  /** For the status: which roster and which settings hold. */
  readonly condition: () => Pick<Condition, "ros" | "cfg">;
  /** The way to the broker is there. */
  readonly connect: (uplink: LiveUplink) => void;
  readonly run: Downlink["run"];
  /** True time came to be known better than our clock knows it. */
  readonly learn: TimeKnowledge["learn"];
}

/** @throws Fault where its files cannot be opened, or the support key's is none. */
export async function openCloud(options: CloudOptions, rooms: AsyncDisposableStack): Promise<Cloud> {
  const { config, trust, afar, roster, speaker, settings, log, ending } = options;
  const { clock, identity } = speaker;
  const note = ({ message, remedy, code }: Pick<Fault, "message" | "remedy" | "code">): void =>
    log.warn(`${message}. ${remedy}`, { code });
  const supportKey = await readSupportKey(config.supportKey);
  const book = rooms.use(await openOrderBook({ directory: config.state }));

  let uplink: LiveUplink | null = null;
  const request = (bytes: Uint8Array): void => uplink?.request(bytes);
  const keys = () => trust.keys;
  const asked = { keys, asker: speaker, groups: config.groups, request, trouble: note };
  const rosterInbox = rooms.use(openRosterInbox({ ...asked, store: roster, changed: options.rosterChanged }));
  const configInbox = rooms.use(
    openConfigInbox({
      ...asked,
      store: afar.wanted,
      fw: speaker.fw,
      weigh: afar.weigh,
      apply: () => options.again("other settings came from afar"),
      reverted: (why) => log.warn(`Settings from afar are taken back: ${why}`, { event: "settings-reverted" }),
    }),
  );
  const knowledge = openTimeKnowledge(clock);
  const time = openTimeQuestions({ speaker, keys, request, witness: (witness) => uplink?.witness(witness) });
  const handlers = createOrders({
    clock,
    uplink: {
      status: () => uplink?.status(),
      sync: () => uplink?.sync(),
      replay: (...what) => uplink?.replay(...what),
    },
    isOnline: () => uplink?.newest().online ?? false,
    askTime: time.ask,
    settings,
    bootId: options.bootId,
    screen: options.screen,
    setVolume: options.setVolume,
    restart: options.again,
    reboot: rebootMachine,
    logLines: options.tail.lines,
    supportKey,
    more: new Map([...rosterInbox.handlers, ...configInbox.handlers, ...options.more]),
    ending,
  });
  const downlink = openDownlink({
    identity,
    groups: config.groups,
    keys,
    clock,
    timeNow: knowledge.now,
    journal: speaker.journal,
    book,
    handlers,
    roster: rosterInbox,
    config: configInbox,
    time,
    trouble: note,
    over: ({ op, id }, { state }) => log.info(`The order ${op} is over: ${state}`, { event: "order", op, id, state }),
  });
  return {
    heard: downlink.heard,
    receipted: configInbox.receipted,
    condition: () => ({ ros: rosterInbox.standing(), cfg: configInbox.standing() }),
    connect: (opened) => {
      uplink = opened;
    },
    run: downlink.run,
    learn: knowledge.learn,
  };
}

async function readSupportKey(file: string | undefined): Promise<SupportKey | null> {
  if (file === undefined) return null;
  try {
    return JSON.parse(await readFile(file, "utf8")) as SupportKey;
  } catch (cause) {
    const code: FaultCode = "config-invalid";
    throw new Fault(
      code,
      `supportKey: ${file} cannot be read as a JWK`,
      "Name the JWK file of the support key.",
      cause,
    );
  }
}
