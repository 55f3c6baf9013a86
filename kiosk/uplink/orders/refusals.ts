import { isFault } from "../../core/fault.ts";
import type { LuCode } from "../../core/jws.ts";
import type { Journal } from "../../core/ports/journal.ts";
import type { Clock } from "../../core/ports/senses.ts";
import type { OrderBook } from "../../core/ports/uplink.ts";
import type { GenesisData, Position } from "../../core/record.ts";
import { eventOfOwn } from "../contract/envelope.ts";
import { ordersToldOf } from "./past.ts";

/** Writes down what was refused, but never more than a little: whoever is refused may go on for ever. */
export interface Refusals {
  readonly refuse: (id: string, state: "rejected" | "expired", code: LuCode, why: string) => Promise<void>;
  /** It was refused, also where the book did not take that any more. */
  readonly has: (id: string) => boolean;
  /** Learns what a crash kept from the book. For the start. */
  readonly recall: (signal: AbortSignal) => Promise<void>;
}

export interface RefusalOptions {
  readonly journal: Pick<Journal, "append" | "read" | "head">;
  readonly book: Pick<OrderBook, "refuse" | "has">;
  readonly clock: Pick<Clock, "now">;
  readonly perMinute: number;
}

const minuteMs = 60_000;
/** Between a refusal's record and the book there is nothing but what others append meanwhile. */
const recallRecords = 512;
const untoldMax = 1024;

export function openRefusals({ journal, book, clock, perMinute }: RefusalOptions): Refusals {
  let writtenMs: readonly number[] = [];
  let unwritten = 0;
  /** Refused in the journal and not in the book; the newest. */
  const untold = new Set<string>();
  const tell = (id: string): void => {
    untold.add(id);
    const [oldest] = untold;
    if (untold.size > untoldMax && oldest !== undefined) untold.delete(oldest);
    book.refuse(id);
    untold.delete(id);
  };
  return {
    has: (id) => untold.has(id),
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
        tell(id);
      } catch (error) {
        // It changes nothing here, and whoever sent it may ask again.
        if (!isFault(error) || error.code === "journal-corrupt") throw error;
        if (!untold.has(id)) unwritten += 1;
      }
    },
    recall: async (signal) => {
      const told = await ordersToldOf(journal, lately(journal), signal);
      for (const [id, { isOver }] of told) {
        if (!isOver || book.has(id)) continue;
        try {
          tell(id);
        } catch (error) {
          if (!isFault(error)) throw error;
        }
      }
    },
  };
}

/** A place some records back, also in the epoch before. */
function lately(journal: Pick<Journal, "read" | "head">): Position {
  const { epoch, seq } = journal.head();
  if (seq >= recallRecords) return { epoch, seq: seq - recallRecords };
  const [genesis] = journal.read({ epoch, seq: -1 }, 1);
  const { prev } = genesis === undefined ? { prev: null } : (eventOfOwn(genesis.jws).data as Partial<GenesisData>);
  const isKnown = genesis?.type === "genesis" && prev?.epoch && prev.seq !== null;
  return isKnown ? { epoch: prev.epoch, seq: Math.max(-1, prev.seq - recallRecords) } : { epoch, seq: -1 };
}
