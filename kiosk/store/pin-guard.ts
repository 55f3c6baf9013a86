import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Stamp } from "../core/time.ts";
import { writeAtomically } from "./atomic.ts";

/**
 * How often somebody tried, and how long they wait for the next try. Counted on the disk before each try, so that neither
 * a pulled plug nor a new start gives any back; waited for by the monotonic clock, so that setting the wall clock gains
 * nothing either. After a reboot the whole wait begins anew.
 */
export interface PinGuard {
  /** How long nothing is checked: for this one, or for everybody here. */
  readonly waitMs: (key: string) => number;
  /** One more try. Durable when it resolves. @throws Fault `disk-full`, `state-unwritable`. */
  readonly count: (key: string) => Promise<void>;
  /** They knew it. Of what the whole clock has counted only this try goes: one's own PIN pays for no guesses at others'. */
  readonly clear: (key: string) => Promise<void>;
  /** They have another PIN, or none. */
  readonly forget: (key: string) => Promise<void>;
}

interface GuardOptions {
  readonly path: string;
  readonly boot: number;
  readonly now: () => Stamp;
}

/** Three mistakes are free; then half a minute, doubled with each, to a quarter of an hour. */
const person = { free: 3, firstMs: 30_000, longestMs: 15 * 60_000 } as const;
/** Of the whole clock, whoever tries: twelve are free, and one more every five minutes. */
const kiosk = { free: 12, firstMs: 15_000, longestMs: 5 * 60_000 } as const;
const forgivenEveryMs = 5 * 60_000;
/** More keys than people: whoever types through all numbers must not push out those who were counted. */
const keysMax = 20_000;
const kioskKey = "*";

const tally = z.object({ fails: z.int().nonnegative(), boot: z.int(), monoMs: z.number() });
const file = z.object({ version: z.literal(1), tallies: z.record(z.string(), tally) });
type Tally = z.infer<typeof tally>;

export async function openPinGuard({ path, boot, now }: GuardOptions): Promise<PinGuard> {
  const tallies = await readTallies(path, boot, now().monoMs);
  const write = (): Promise<void> =>
    writeAtomically(path, JSON.stringify({ version: 1, tallies: Object.fromEntries(tallies) }));
  /** Since the last try, as far as it is sure: a reboot begins at nothing. */
  const sinceMs = (one: Tally): number => {
    const { monoMs } = now();
    return one.boot === boot && monoMs >= one.monoMs ? monoMs - one.monoMs : monoMs;
  };
  const leftMs = (key: string, rule: typeof person | typeof kiosk): number => {
    const one = tallies.get(key);
    return one === undefined ? 0 : Math.max(0, waitAfter(one.fails, rule) - sinceMs(one));
  };
  const counted = (key: string, forgiveEveryMs: number): void => {
    const before = tallies.get(key);
    const forgiven = before === undefined ? 0 : Math.floor(sinceMs(before) / forgiveEveryMs);
    const fails = Math.max(0, (before?.fails ?? 0) - forgiven) + 1;
    // Taken out first, so that the one counted last stands last.
    tallies.delete(key);
    tallies.set(key, { fails, boot, monoMs: now().monoMs });
  };
  return {
    waitMs: (key) => Math.max(leftMs(key, person), leftMs(kioskKey, kiosk)),
    count: async (key) => {
      counted(key, Number.POSITIVE_INFINITY);
      counted(kioskKey, forgivenEveryMs);
      for (const oldest of tallies.keys()) {
        if (tallies.size <= keysMax) break;
        tallies.delete(oldest);
      }
      await write();
    },
    clear: async (key) => {
      const all = tallies.get(kioskKey);
      if (!tallies.delete(key)) return;
      if (all !== undefined) tallies.set(kioskKey, { ...all, fails: Math.max(0, all.fails - 1) });
      await write();
    },
    forget: async (key) => {
      if (tallies.delete(key)) await write();
    },
  };
}

function waitAfter(fails: number, { free, firstMs, longestMs }: typeof person | typeof kiosk): number {
  return fails < free ? 0 : Math.min(longestMs, firstMs * 2 ** Math.min(20, fails - free));
}

async function readTallies(path: string, boot: number, monoMs: number): Promise<Map<string, Tally>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw error;
  }
  try {
    return new Map(Object.entries(file.parse(JSON.parse(text)).tallies));
  } catch {
    // Somebody's counters are damaged: as if the clock had been tried often just now.
    return new Map([[kioskKey, { fails: kiosk.free, boot, monoMs }]]);
  }
}
