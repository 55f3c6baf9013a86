import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import type { Clock } from "../core/ports/senses.ts";
import type { ClockQuality, Stamp } from "../core/time.ts";

/** A crystal of a small board may be off by this much: 100 parts per million, as milliseconds per second. */
const driftMsPerS = 0.1;
const ntpErrorMs = 1_000;
/** A battery clock that nobody compared with anything. */
const rtcErrorMs = 3_600_000;
/** We know nothing: ten years. */
const unknownErrorMs = 10 * 365 * 86_400_000;
/** No clock of ours was built before; a wall clock that says so lost its battery. */
const earliestUtcMs = Date.UTC(2026, 0, 1);

export interface SystemClockOptions {
  /** Whether a time service has set this machine's clock. */
  readonly ask?: () => Promise<boolean>;
  /** A machine that starts before its network is asked again, so often. */
  readonly askAgainMs?: number;
}

/**
 * The machine's clocks. How good the wall clock is, systemd is asked at start and, until it says yes, now and then: what was
 * set once is claimed with drift since.
 */
export async function openSystemClock({
  ask = askWhetherSynchronised,
  askAgainMs = 60_000,
}: SystemClockOptions = {}): Promise<Clock> {
  // The machine's monotonic clock, the same in every process of one boot, at the price of the process's own.
  const beganMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  const now = (): Stamp => ({ utcMs: Date.now(), monoMs: Math.floor(beganMs + performance.now()) });
  let setMs = now().monoMs;
  let askedMs = setMs;
  let isSynchronised = await ask();
  const askAgain = (monoMs: number): void => {
    if (isSynchronised || monoMs - askedMs < askAgainMs) return;
    askedMs = monoMs;
    void ask().then((is) => {
      if (!is || isSynchronised) return;
      isSynchronised = true;
      setMs = now().monoMs;
    });
  };
  const hasRtc = existsSync("/dev/rtc0");
  return {
    now,
    quality: () => {
      const { utcMs, monoMs } = now();
      askAgain(monoMs);
      const ageS = Math.floor((monoMs - setMs) / 1_000);
      if (utcMs < earliestUtcMs) return { source: "none", errorMs: unknownErrorMs, ageS };
      if (isSynchronised) return { source: "ntp", errorMs: Math.ceil(ntpErrorMs + ageS * driftMsPerS), ageS };
      return hasRtc ? { source: "rtc", errorMs: rtcErrorMs, ageS } : { source: "none", errorMs: unknownErrorMs, ageS };
    },
    sleep: async (ms, signal) => {
      await wait(ms, undefined, { signal }).catch(() => undefined);
    },
  };
}

/** Which boot of the machine this is, as the kernel names it; a new name means a new boot. */
export async function bootId(): Promise<string> {
  const text = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  // A kernel without it: every process start counts as a boot, which is true enough for ordering.
  return text.trim() || `process-${process.pid}-${Date.now()}`;
}

async function askWhetherSynchronised(): Promise<boolean> {
  const ask = promisify(execFile);
  const answer = await ask("timedatectl", ["show", "-p", "NTPSynchronized"], { timeout: 2_000 }).catch(() => null);
  return answer?.stdout.trim() === "NTPSynchronized=yes";
}

/** A clock that stands still until it is moved by hand. */
export interface TestClock extends Clock {
  /** Both clocks go on; sleepers that are due wake in order. */
  readonly advance: (ms: number) => void;
  /** Somebody sets the wall clock; waiting is not affected. */
  readonly setWall: (utcMs: number) => void;
}

export function testClock(utcMs: number, quality: ClockQuality = { source: "ntp", errorMs: 25, ageS: 60 }): TestClock {
  let stamp: Stamp = { utcMs, monoMs: 0 };
  const sleepers = new Set<{ readonly dueMs: number; readonly wake: () => void }>();
  return {
    now: () => stamp,
    quality: () => quality,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        const sleeper = { dueMs: stamp.monoMs + ms, wake };
        if (signal.aborted || ms <= 0) return resolve();
        sleepers.add(sleeper);
        signal.addEventListener("abort", wake, { once: true });
      }),
    advance: (ms) => {
      stamp = { utcMs: stamp.utcMs + ms, monoMs: stamp.monoMs + ms };
      const due = [...sleepers].filter(({ dueMs }) => dueMs <= stamp.monoMs).sort((a, b) => a.dueMs - b.dueMs);
      for (const { wake } of due) wake();
    },
    setWall: (wallMs) => {
      stamp = { ...stamp, utcMs: wallMs };
    },
  };
}
