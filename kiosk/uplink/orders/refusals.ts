import { isFault } from "../../core/fault.ts";
import type { LuCode } from "../../core/jws.ts";
import type { Clock, Journal, OrderBook } from "../../core/ports.ts";

/** Writes down what was refused, but never more than a little: whoever is refused may go on for ever. */
export interface Refusals {
  readonly refuse: (id: string, state: "rejected" | "expired", code: LuCode, why: string) => Promise<void>;
}

export interface RefusalOptions {
  readonly journal: Pick<Journal, "append">;
  readonly book: Pick<OrderBook, "refuse">;
  readonly clock: Pick<Clock, "now">;
  readonly perMinute: number;
}

const minuteMs = 60_000;

export function openRefusals({ journal, book, clock, perMinute }: RefusalOptions): Refusals {
  let writtenMs: readonly number[] = [];
  let unwritten = 0;
  return {
    refuse: async (id, state, code, why) => {
      const at = clock.now();
      writtenMs = writtenMs.filter((ms) => at.monoMs - ms < minuteMs);
      if (writtenMs.length >= perMinute) {
        unwritten += 1;
        return;
      }
      writtenMs = [...writtenMs, at.monoMs];
      const others = unwritten === 0 ? "" : `; ${unwritten} more refused before, not written`;
      try {
        await journal.append({ type: "cmdlog", data: { cmd: id, state, code, detail: `${why}${others}` } }, at);
        unwritten = 0;
        book.refuse(id);
      } catch (error) {
        // It changes nothing here, and whoever sent it may ask again.
        if (!isFault(error) || error.code === "journal-corrupt") throw error;
        unwritten += 1;
      }
    },
  };
}
