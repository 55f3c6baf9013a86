import { createHistogram } from "node:perf_hooks";
import type { Clock } from "../../kiosk/core/ports/senses.ts";
import type { UplinkOptions } from "../../kiosk/uplink/uplink.ts";
import type { FleetDevice } from "./devices.ts";
import type { Figures } from "./figures.ts";
import { openGauge, type Reading } from "./gauge.ts";
import { type JournalKind, openShelf } from "./journals.ts";
import { openVirtualKiosk, type VirtualKiosk } from "./kiosk.ts";
import { type Chance, peopleCome, punchOf, type Rhythm } from "./rooms.ts";

export interface FleetOptions extends Pick<UplinkOptions, "broker" | "profile" | "receiver" | "pace" | "batches"> {
  readonly devices: readonly FleetDevice[];
  readonly clock: Clock;
  readonly chance: Chance;
  readonly journals: JournalKind;
  /** Where journals on disk lie and are continued; null: a temporary folder. */
  readonly state: string | null;
  /** The kiosks connect spread over so long: a site's power comes back for all of them at once, their start does not. */
  readonly arriveMs: number;
}

/** Many clocks in one process, with the code of one. */
export interface Fleet extends AsyncDisposable {
  readonly figures: () => Figures;
  /** Resolves when every kiosk was started; those that find no broker go on trying. */
  readonly arrive: (signal: AbortSignal) => Promise<void>;
  /** People punch until the rhythm's minutes are over. */
  readonly work: (rhythm: Rhythm, signal: AbortSignal) => Promise<void>;
  /** Resolves when everything is receipted, or after `withinMs`. */
  readonly drain: (withinMs: number, signal: AbortSignal) => Promise<void>;
}

const firmware = "fleet";
/** Kiosks whose line has a meter. */
const gaugedMax = 20;
/** Of fewer, a thousand would be mostly what the process itself needs. */
const projectableMin = 200;

export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const { devices, clock, chance, arriveMs, broker } = options;
  await using stack = new AsyncDisposableStack();
  const shelf = stack.use(openShelf(options.journals, options.state, clock, firmware));
  const gauge = stack.use(await openGauge(broker));
  const kiosks = new Map<number, VirtualKiosk>();
  stack.defer(async () => {
    await Promise.all([...kiosks.values()].map((kiosk) => kiosk[Symbol.asyncDispose]()));
  });
  const rssBeforeMb = process.memoryUsage.rss() / 2 ** 20;
  const openedMs = clock.now().monoMs;
  const lags = createHistogram();
  const connects = openRate(() => clock.now().monoMs);
  const count = { punches: 0, refused: 0, receipted: 0, gaugedPunches: 0 };
  const appending = new Set<Promise<void>>();
  const mark = (): Mark => ({ atMs: clock.now().monoMs, cpu: process.cpuUsage(), wire: gauge.read() });
  let worked: { readonly from: Mark; readonly to: Mark | null } = { from: mark(), to: null };

  const open = async (number: number, device: FleetDevice): Promise<void> => {
    const kiosk = await openVirtualKiosk({
      ...options,
      broker: number < gaugedMax ? { ...withoutFiles(broker), brokerUrl: gauge.brokerUrl } : broker,
      device,
      journal: await shelf.open(device),
      clock,
      fw: firmware,
      receipted: (lagMs) => {
        count.receipted += 1;
        lags.record(Math.max(1, Math.round(lagMs)));
      },
      connected: connects.note,
    });
    kiosks.set(number, kiosk);
  };

  const punch = (): void => {
    const number = Math.floor(chance() * devices.length);
    const kiosk = kiosks.get(number);
    if (kiosk === undefined) return;
    const done = kiosk.punch(punchOf(number, chance, clock, shelf.boot)).then((isAccepted) => {
      count[isAccepted ? "punches" : "refused"] += 1;
      if (isAccepted && number < gaugedMax) count.gaugedPunches += 1;
      appending.delete(done);
    });
    appending.add(done);
  };

  const owed = (): number => [...kiosks.values()].reduce((sum, kiosk) => sum + kiosk.owed(), 0);
  const figures = (): Figures => {
    const { from, to } = worked;
    const now = to ?? mark();
    const spentUs = now.cpu.user + now.cpu.system - from.cpu.user - from.cpu.system;
    const cpuPercent = spentUs / 10 / (now.atMs - from.atMs);
    const rssMb = process.memoryUsage.rss() / 2 ** 20;
    const moreMb = rssMb - rssBeforeMb;
    const thousands = devices.length / 1000;
    const perPunch = (reading: number): number => (count.gaugedPunches === 0 ? 0 : reading / count.gaugedPunches);
    return {
      forS: Math.round((clock.now().monoMs - openedMs) / 1000),
      kiosks: devices.length,
      journals: shelf.kind,
      online: [...kiosks.values()].filter((kiosk) => kiosk.isOnline()).length,
      connects: connects.read(),
      punches: count.punches,
      refused: count.refused,
      receipted: count.receipted,
      owed: owed(),
      lagMs: lags.count === 0 ? null : { p50: lags.percentile(50), p95: lags.percentile(95), max: lags.max },
      perPunch: {
        messagesUp: perPunch(now.wire.messagesUp - from.wire.messagesUp),
        messagesDown: perPunch(now.wire.messagesDown - from.wire.messagesDown),
        bytesUp: perPunch(now.wire.bytesUp - from.wire.bytesUp),
        bytesDown: perPunch(now.wire.bytesDown - from.wire.bytesDown),
      },
      cpuPercent,
      rssMb,
      perThousand:
        devices.length < projectableMin ? null : { cpuPercent: cpuPercent / thousands, rssMb: moreMb / thousands },
      troubles: troublesOf(kiosks.values()),
    };
  };

  const opened = stack.move();
  return {
    figures,
    arrive: async (signal) => {
      await Promise.all(
        devices.map(async (device, number) => {
          await clock.sleep(chance() * arriveMs, signal);
          if (!signal.aborted) await open(number, device);
        }),
      );
    },
    work: async (rhythm, signal) => {
      // What it costs to connect is not a punch's.
      worked = { from: mark(), to: null };
      await peopleCome(rhythm, chance, clock, punch, signal);
      await Promise.all(appending);
      worked = { from: worked.from, to: mark() };
    },
    drain: async (withinMs, signal) => {
      const untilMs = clock.now().monoMs + withinMs;
      while (owed() > 0 && clock.now().monoMs < untilMs && !signal.aborted) await clock.sleep(100, signal);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

interface Mark {
  readonly atMs: number;
  readonly cpu: NodeJS.CpuUsage;
  readonly wire: Reading;
}

/** The gauge speaks TLS for them. */
const withoutFiles = ({
  caFile: _,
  certFile: __,
  keyFile: ___,
  ...rest
}: UplinkOptions["broker"]): UplinkOptions["broker"] => rest;

/** How many in all, and in the busiest second. */
function openRate(nowMs: () => number) {
  let all = 0;
  let second = { at: 0, count: 0 };
  let most = 0;
  return {
    note: () => {
      const at = Math.floor(nowMs() / 1000);
      if (at !== second.at) second = { at, count: 0 };
      second.count += 1;
      all += 1;
      most = Math.max(most, second.count);
    },
    read: () => ({ all, mostInOneSecond: most }),
  };
}

function troublesOf(kiosks: Iterable<VirtualKiosk>): Readonly<Record<string, number>> {
  const troubles: Record<string, number> = {};
  for (const kiosk of kiosks) {
    const code = kiosk.trouble();
    if (code !== null) troubles[code] = (troubles[code] ?? 0) + 1;
  }
  return troubles;
}
