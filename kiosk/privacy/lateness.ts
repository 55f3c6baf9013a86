import { type Floor, type Late, lateBy, risenTo } from "../core/known-late.ts";
import type { Memory } from "../core/memory.ts";
import type { RetentionBook } from "../core/ports/forgetting.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { Stamp } from "../core/time.ts";

/** True time of a moment, as somebody signed it. */
export interface SignedTime {
  readonly utcMs: number;
  readonly monoMs: number;
  readonly errMs: number;
}

/** How late it is at least, as far as this clock can know over restarts, power cuts and batteries that died. */
export interface Lateness {
  readonly now: () => Late;
  /** Somebody signed what time it is. What was believed before gives way to it, also backwards. */
  readonly learn: (time: SignedTime) => void;
  /** Durable when it resolves. */
  readonly keep: () => Promise<void>;
}

export interface LatenessOptions {
  readonly clock: Pick<Clock, "now" | "quality">;
  readonly book: Pick<RetentionBook, "floorUtcMs" | "keepFloor">;
  readonly start: Memory["start"];
}

const driftPerMs = 1e-4;

export function openLateness({ clock, book, start }: LatenessOptions): Lateness {
  const kept = book.floorUtcMs();
  let floor: Floor | null = kept === null ? null : { utcMs: kept, monoMs: clock.now().monoMs };
  let before: Stamp | null = null;
  let signed: SignedTime | null = null;
  const now = (): Late => {
    const at = clock.now();
    if (signed !== null) {
      const sinceMs = Math.max(0, at.monoMs - signed.monoMs);
      const utcMs = Math.floor(signed.utcMs + sinceMs - signed.errMs - sinceMs * driftPerMs);
      floor = { utcMs, monoMs: at.monoMs };
      return { utcMs, isDated: true };
    }
    const late = lateBy({ now: at, clock: clock.quality(), floor, before, ...start });
    if (late.isDated) before = at;
    if (late.isDated && late.utcMs !== null) floor = { utcMs: late.utcMs, monoMs: at.monoMs };
    return late;
  };
  return {
    now,
    learn: (time) => {
      signed = time;
    },
    keep: async () => {
      const { utcMs } = now();
      const risen = floor === null ? null : risenTo(floor, clock.now().monoMs);
      const known = utcMs ?? risen;
      if (known !== null) await book.keepFloor(known);
    },
  };
}
