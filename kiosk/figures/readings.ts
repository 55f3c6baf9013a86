import { X509Certificate } from "node:crypto";
import { readFile, statfs } from "node:fs/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Gauge, type Registry } from "prom-client";
import type { EvenWays, WayFigures } from "../core/even-ways.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { UplinkNews } from "../core/ports/uplink.ts";
import type { Position } from "../core/record.ts";
import { type OwedSince, owedForS } from "../core/technician.ts";
import type { BoxCondition } from "../core/vitals.ts";

/** What is looked up when somebody asks: nothing of it is done for nobody. */
export interface Readings {
  readonly version: string;
  readonly journal: Pick<Journal, "head" | "cursor" | "waiting">;
  /** Names of the receivers that are waited for. */
  readonly receivers: readonly string[];
  readonly uplink: () => UplinkNews;
  readonly condition: () => BoxCondition;
  /** Since when a receiver owes its receipt. */
  readonly owedSince: (receiver: string) => OwedSince;
  /** How long each way in takes people; only ways that enough of them came by. */
  readonly ways: () => EvenWays;
  readonly nowUtcMs: () => number;
  /** A folder on the disk that the journal is on. */
  readonly directory: string;
  /** PEM of the clock's own certificate; undefined where it shows none. */
  readonly certificateFile: string | undefined;
}

export function addReadings(registry: Registry, readings: Readings): Disposable {
  const { journal, receivers } = readings;
  const loop = monitorEventLoopDelay({ resolution: 20 });
  loop.enable();
  const gauge = (name: string, help: string, read: () => number | null | Promise<number | null>): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const value = await Promise.resolve()
          .then(read)
          .catch(() => null);
        // What this machine cannot tell is left out rather than guessed.
        if (value === null || !Number.isFinite(value)) this.remove();
        else this.set(value);
      },
    });
  };
  const byReceiver = (name: string, help: string, read: (receiver: string) => number | null): void => {
    new Gauge({
      name,
      help,
      labelNames: ["receiver"],
      registers: [registry],
      collect() {
        for (const receiver of receivers) {
          const value = read(receiver);
          if (value === null) this.remove({ receiver });
          else this.set({ receiver }, value);
        }
      },
    });
  };
  const byWay = (name: string, help: string, read: (figures: WayFigures) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ["way"],
      registers: [registry],
      collect() {
        this.reset();
        for (const one of readings.ways().ways) this.set({ way: one.way }, read(one));
      },
    });
  };
  new Gauge({ name: "lintel_build_info", help: "Which software runs.", labelNames: ["version"], registers: [registry] })
    .labels(readings.version)
    .set(1);
  gauge("lintel_journal_epoch", "The life of the journal that is written now.", () => journal.head().epoch);
  gauge("lintel_journal_head_sequence", "Number of the newest record in its epoch.", () => journal.head().seq);
  byReceiver("lintel_unreceipted_punches", "Punches and corrections without a receipt.", journal.waiting);
  byReceiver("lintel_receipt_lag_records", "Records of this epoch after the receipt cursor, of any kind.", (receiver) =>
    lagOf(journal.head(), journal.cursor(receiver)),
  );
  byReceiver("lintel_oldest_unreceipted_age_seconds", "Age of the oldest punch without a receipt; 0: none.", (name) =>
    owedForS(readings.owedSince(name), readings.nowUtcMs()),
  );
  byWay(
    "lintel_way_median_seconds",
    "How long a visit takes by this way, median of the newest days.",
    (one) => one.medianMs / 1000,
  );
  byWay(
    "lintel_way_refused_ratio",
    "Which part of the visits by this way ends without a punch.",
    (one) => one.refused / (one.served + one.refused),
  );
  gauge("lintel_uplink_connected", "1 while there is a connection to the broker.", () =>
    readings.uplink().online ? 1 : 0,
  );
  gauge("lintel_uplink_trouble", "1 while the uplink says that something is wrong; the log says what.", () =>
    readings.uplink().trouble === null ? 0 : 1,
  );
  gauge("lintel_temperature_celsius", "Of the processor, read once a minute.", () => {
    const { temp } = readings.condition();
    return temp === undefined ? null : temp / 1000;
  });
  gauge("lintel_disk_free_bytes", "Free on the disk of the journal.", async () => {
    const { bavail, bsize } = await statfs(readings.directory);
    return bavail * bsize;
  });
  gauge("lintel_disk_size_bytes", "Size of the disk of the journal.", async () => {
    const { blocks, bsize } = await statfs(readings.directory);
    return blocks * bsize;
  });
  gauge(
    "lintel_certificate_expiry_timestamp_seconds",
    "When the clock's own certificate ends, Unix time.",
    async () => {
      if (readings.certificateFile === undefined) return null;
      return new X509Certificate(await readFile(readings.certificateFile)).validToDate.getTime() / 1000;
    },
  );
  gauge("lintel_event_loop_delay_p99_seconds", "Of the main thread since the question before.", () =>
    settled(loop, loop.percentile(99)),
  );
  gauge("lintel_process_resident_memory_bytes", "Memory of this process.", () => process.memoryUsage.rss());
  gauge("lintel_process_uptime_seconds", "How long this process lives.", () => process.uptime());
  return { [Symbol.dispose]: () => loop.disable() };
}

/** Nothing was measured yet where a second question follows at once. */
function settled(loop: ReturnType<typeof monitorEventLoopDelay>, nanoseconds: number): number | null {
  const { count } = loop;
  loop.reset();
  return count === 0 ? null : nanoseconds / 1e9;
}

const lagOf = (head: Position, cursor: Position): number =>
  cursor.epoch === head.epoch ? head.seq - cursor.seq : head.seq + 1;
