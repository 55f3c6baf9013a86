import { readFile, statfs } from "node:fs/promises";
import { availableParallelism, loadavg, uptime } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { cpuTemperature, mem, networkStats } from "systeminformation";
import type { BoxCondition, Figures, Vitals } from "../core/vitals.ts";

/**
 * Reads how the box feels. Only what is cheap is asked of systeminformation (memory 1 ms, network 3 to 18, temperature 8
 * to 31 of which most is a child process): its lists of services, processes and versions cost up to a second and are
 * never called. The rest is read where the kernel says it.
 */
export interface VitalsOptions {
  /** A folder on the disk that the journal is on. */
  readonly directory: string;
  /** What the rooms counted since the call before: `lintel.camera.frames_per_minute` and the like. */
  readonly counters?: () => Figures;
}

/** Bits of under-voltage and throttling, on a Raspberry Pi. */
const throttledFile = "/sys/devices/platform/soc/soc:firmware/get_throttled";

/** A sensor that hangs must not keep the others from being told. */
const patienceMs = 3000;

export async function openVitals({ directory, counters = () => ({ metrics: {} }) }: VitalsOptions): Promise<Vitals> {
  const loop = monitorEventLoopDelay({ resolution: 20 });
  loop.enable();
  let cpu = process.cpuUsage();
  let sinceMs = performance.now();
  let before = await networkOf();
  let latest: BoxCondition = {};

  const processShare = (): number => {
    const spent = process.cpuUsage(cpu);
    const overMs = performance.now() - sinceMs;
    cpu = process.cpuUsage();
    sinceMs = performance.now();
    return permille((spent.user + spent.system) / 1000, overMs);
  };

  const read = async (): Promise<Figures> => {
    const [memory, disk, network, milliCelsius, throttled] = await Promise.all([
      quietly(mem()),
      quietly(statfs(directory)),
      networkOf(),
      temperature(),
      throttledBits(),
    ]);
    const diskUsed = disk && permille(disk.blocks - disk.bavail, disk.blocks);
    const counted = counters();
    const metrics: Record<string, number | undefined> = {
      "system.load_permille": permille(loadavg()[0] ?? 0, availableParallelism()),
      "system.uptime_seconds": uptime(),
      "system.memory.used_permille": memory && permille(memory.total - memory.available, memory.total),
      "system.disk.used_permille": diskUsed,
      "system.disk.free_bytes": disk && disk.bavail * disk.bsize,
      "system.temperature_millicelsius": milliCelsius,
      "system.throttled_bits": throttled,
      "system.network.received_bytes": network && before && Math.max(0, network.received - before.received),
      "system.network.sent_bytes": network && before && Math.max(0, network.sent - before.sent),
      "system.network.errors": network && before && Math.max(0, network.errors - before.errors),
      "process.cpu.utilization_permille": processShare(),
      "process.memory.rss_bytes": process.memoryUsage.rss(),
      "nodejs.eventloop.delay_p50_us": loop.percentile(50) / 1000,
      "nodejs.eventloop.delay_p99_us": loop.percentile(99) / 1000,
      "nodejs.eventloop.delay_max_us": loop.max / 1000,
      ...counted.metrics,
    };
    loop.reset();
    before = network;
    latest = {
      ...(diskUsed !== undefined && { disk: Math.min(100, Math.round(diskUsed / 10)) }),
      ...(milliCelsius !== undefined && { temp: milliCelsius }),
    };
    const known = Object.entries(metrics).filter(([, value]) => value !== undefined && Number.isFinite(value));
    return {
      metrics: Object.fromEntries(known.map(([name, value]) => [name, Math.round(value ?? 0)])),
      ...(counted.histograms && { histograms: counted.histograms }),
    };
  };
  await read();
  return {
    read,
    condition: () => latest,
    [Symbol.asyncDispose]: async () => {
      loop.disable();
    },
  };
}

const permille = (part: number, whole: number): number => (whole > 0 ? Math.round((1000 * part) / whole) : 0);

/** All interfaces together: which of them there are is the house's business. */
async function networkOf(): Promise<{ received: number; sent: number; errors: number } | undefined> {
  const all = await quietly(networkStats());
  return all?.reduce(
    (sum, { rx_bytes, tx_bytes, rx_errors, tx_errors }) => ({
      received: sum.received + rx_bytes,
      sent: sum.sent + tx_bytes,
      errors: sum.errors + rx_errors + tx_errors,
    }),
    { received: 0, sent: 0, errors: 0 },
  );
}

async function temperature(): Promise<number | undefined> {
  const zone = Number(await quietly(readFile("/sys/class/thermal/thermal_zone0/temp", "utf8")));
  if (Number.isInteger(zone) && zone > 0) return zone;
  const celsius = (await quietly(cpuTemperature()))?.main;
  return typeof celsius === "number" ? Math.round(1000 * celsius) : undefined;
}

async function throttledBits(): Promise<number | undefined> {
  const text = await quietly(readFile(throttledFile, "utf8"));
  const bits = text === undefined ? Number.NaN : Number.parseInt(text.trim(), 16);
  return Number.isInteger(bits) ? bits : undefined;
}

/** What this machine does not tell, or not in time, is left out. */
async function quietly<T>(reading: Promise<T>): Promise<T | undefined> {
  const done = new AbortController();
  const late = wait(patienceMs, undefined, { signal: done.signal, ref: false }).catch(() => undefined);
  try {
    return await Promise.race([reading.catch(() => undefined), late]);
  } finally {
    done.abort();
  }
}
