import type { Memory } from "./memory.ts";
import type { Stamp } from "./time.ts";

/** "This is the clock you look for": asked for from afar, seen by whoever walks the halls, gone when somebody punches. */

const longestMs = 10 * 60_000;

export function lit(memory: Memory, forMs: number, at: Stamp): Memory {
  const leftMs = Math.min(longestMs, forMs);
  return leftMs > 0 ? { ...memory, beacon: { untilMs: at.monoMs + leftMs } } : memory;
}

/** @param before the same memory before the event: somebody who begins to punch has the screen from then on. */
export function dimmed(memory: Memory, before: Memory, at: Stamp): Memory {
  const { beacon } = memory;
  if (beacon === null) return memory;
  const isTaken = before.state.at === "idle" && memory.state.at !== "idle";
  return isTaken || at.monoMs >= beacon.untilMs ? { ...memory, beacon: null } : memory;
}
