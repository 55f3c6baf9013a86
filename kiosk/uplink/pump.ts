import type { Journal, StoredRecord } from "../core/ports/journal.ts";
import { isBefore, type Position } from "../core/record.ts";
import type { Miss } from "./inbox.ts";
import type { Leash } from "./leash.ts";
import { genesesAfter } from "./loss.ts";
import { type Offer, openOffers } from "./offers.ts";
import { openPages } from "./pages.ts";
import { openPressing } from "./pressing.ts";
import { openRanges } from "./ranges.ts";
import type { Lane } from "./window.ts";

/**
 * Decides which record goes next to one receiver, during one connection. The journal is the queue: nothing is remembered
 * here that the receipt cursor would not bring back, and a PUBACK only frees a place in the window.
 *
 * Alerts go before everything, then live records. The backlog follows oldest first, but for the genesis records of later epochs and for what a
 * receipt names as missing, which lead.
 */
export interface Pump {
  /**
   * Sends one message. `idle`: there is nothing to send, or the window is full and a PUBACK will make room. `held`: the
   * pace does not let it go yet, so try again soon.
   */
  readonly step: () => "sent" | "idle" | "held";
  /** The same for alerts alone: they do not wait to hear where the receiver stands. */
  readonly press: () => "sent" | "idle" | "held";
  /** The receipt cursor moved. */
  readonly receipted: () => void;
  /** Sends these once more, before the backlog, if their PUBACK is old enough for them to have arrived. */
  readonly resend: (miss: Miss) => void;
  /** Sends these, wherever the cursor is: a receiver that was restored from a backup asks for what it has lost. */
  readonly replay: (epoch: number, from: number, to: number) => void;
  /** Starts over behind the cursor: everything not receipted is sent again, once. */
  readonly rewind: () => void;
  /** True where the broker has confirmed something that the receiver has not receipted. */
  readonly isOwedReceipt: () => boolean;
  /** Another receiver's pump sent these, and this receiver hears them too. Call what is returned with their fate. */
  readonly overhear: (records: readonly StoredRecord[], lane: Lane) => (fate: Fate) => void;
}

/** What became of a publish: the broker has it, or refused it and it has to go again. */
export type Fate = "brokered" | "returned";

export interface PumpOptions {
  readonly journal: Journal;
  readonly receiver: string;
  /** Backlog records offered beyond the receipt cursor. */
  readonly receiptWindow: number;
  readonly missGraceMs: number;
  /** Records below the cursor that a receipt misses are sent again at most this often. */
  readonly replayGraceMs: number;
  readonly leash: Leash;
  /** Most backlog records in one message; 1 where batches are not wanted. */
  readonly batchMax: () => number;
  readonly nowMs: () => number;
  /** Whether the connection has room for one more message of this lane, and whether the pace lets it go. */
  readonly gate: (lane: Lane) => "open" | "full" | "held";
  /** Publishes, one record or several as a batch; `fate` once, never when the connection broke. */
  readonly send: (records: readonly StoredRecord[], lane: Lane, fate: (fate: Fate) => void) => void;
}

export function startPump(options: PumpOptions): Pump {
  const { journal, receiver, receiptWindow, leash, nowMs } = options;
  /** Only receipts move it, and each of them is told. */
  let cursor = journal.cursor(receiver);
  /** Offered in this connection and not receipted; the backlog's part of it is bounded by the receipt window. */
  const offers = openOffers();
  /** Goes before the rest of the backlog: what is owed, and what is not owed and yet was asked for. */
  const urgent = openRanges(journal);
  const replays = openRanges(journal);
  // A receiver that waits for a lost record must hear of the loss before the receipt window is full of what comes after.
  const declare = (): void => {
    const [oldest] = journal.read(cursor, 1);
    if (oldest !== undefined)
      for (const { epoch, seq } of genesesAfter(oldest.epoch, journal)) urgent.add(epoch, seq, seq);
  };
  declare();
  let backlog = openPages(journal, cursor);
  let pressing = openPressing(journal, cursor);
  let live = openPages(journal, journal.head());
  /** The newest record of the backlog lane; what comes after is live. */
  let lastOfBacklog: Position = journal.head();
  let replayedMs = Number.NEGATIVE_INFINITY;

  const nextLive = (): StoredRecord | undefined => {
    for (let record = live.peek(); record !== undefined; record = live.peek()) {
      if (offers.get(record) === undefined) return record;
      live.skip();
    }
    return undefined;
  };

  const takeBacklog = (): StoredRecord | undefined => {
    for (let record = urgent.take(); record !== undefined; record = urgent.take()) {
      if (isBefore(cursor, record)) return record;
    }
    const asked = replays.take();
    if (asked !== undefined) return asked;
    while (offers.countBacklog() < receiptWindow && isBefore(backlog.after(), lastOfBacklog)) {
      const record = backlog.peek();
      backlog.skip();
      if (record === undefined || offers.get(record) === undefined) return record;
    }
    return undefined;
  };

  const isWaiting = (): boolean =>
    !urgent.isEmpty() ||
    !replays.isEmpty() ||
    (offers.countBacklog() < receiptWindow && isBefore(backlog.after(), lastOfBacklog));

  const enter = (record: StoredRecord, lane: Lane): Offer => {
    const position = { epoch: record.epoch, seq: record.seq };
    const entry: Offer = { position, lane, brokeredMs: null };
    // The live lane goes on beyond the window; what is not remembered is still sent, and found again by a rewind.
    // What lies below the cursor is nobody's debt, so it is not counted either.
    const isOwed = isBefore(cursor, position);
    if (isOwed && offers.count() < 2 * receiptWindow && offers.get(position) === undefined) offers.add(entry);
    return entry;
  };

  const settle = (entries: readonly Offer[], fate: Fate): void => {
    for (const entry of entries) {
      if (fate === "brokered") {
        entry.brokeredMs = nowMs();
        continue;
      }
      const { epoch, seq } = entry.position;
      offers.drop(entry);
      (isBefore(cursor, entry.position) ? urgent : replays).add(epoch, seq, seq);
    }
  };

  const dispatch = (records: readonly StoredRecord[], lane: Lane): "sent" => {
    const entries = records.map((record) => enter(record, lane));
    options.send(records, lane, (fate) => settle(entries, fate));
    return "sent";
  };

  const stepPressing = (): "sent" | "idle" | "held" => {
    for (let alert = pressing.peek(cursor); alert !== undefined; alert = pressing.peek(cursor)) {
      if (offers.get(alert) !== undefined) {
        pressing.skip();
        continue;
      }
      const gate = options.gate("live");
      if (gate !== "open") return gate === "held" ? "held" : "idle";
      pressing.skip();
      return dispatch([alert], "live");
    }
    return "idle";
  };

  const stepLive = (): "sent" | "idle" | "held" => {
    const fresh = nextLive();
    if (fresh === undefined) return "idle";
    const gate = options.gate("live");
    if (gate !== "open") return gate === "held" ? "held" : "idle";
    live.skip();
    return dispatch([fresh], "live");
  };

  const stepBacklog = (): "sent" | "idle" | "held" => {
    const gate = options.gate("backlog");
    if (gate === "full") return "idle";
    const allowed = gate === "held" ? 0 : Math.min(leash.allowed(nowMs()), Math.max(1, options.batchMax()));
    const records: StoredRecord[] = [];
    while (records.length < allowed) {
      const record = takeBacklog();
      if (record === undefined) break;
      records.push(record);
      if (offers.countBacklog() + records.length >= receiptWindow) break;
    }
    if (allowed === 0) return isWaiting() ? "held" : "idle";
    if (records.length === 0) return "idle";
    leash.spent(records.length, nowMs());
    return dispatch(records, "backlog");
  };

  return {
    step: () => {
      const alert = stepPressing();
      if (alert !== "idle") return alert;
      const first = stepLive();
      return first === "idle" ? stepBacklog() : first;
    },
    press: stepPressing,
    receipted: () => {
      cursor = journal.cursor(receiver);
      offers.dropUpTo(cursor);
      // Somebody else's connection, or an earlier one of ours, brought the receiver further than we got.
      if (isBefore(backlog.after(), cursor)) {
        backlog = openPages(journal, isBefore(cursor, lastOfBacklog) ? cursor : lastOfBacklog);
      }
      if (isBefore(live.after(), cursor)) live = openPages(journal, cursor);
    },
    resend: ({ epoch, ranges }) => {
      if (ranges.length === 0) return;
      const oldEnoughMs = nowMs() - options.missGraceMs;
      for (const entry of offers) {
        const { position, brokeredMs } = entry;
        if (brokeredMs === null || brokeredMs > oldEnoughMs || position.epoch !== epoch) continue;
        if (!ranges.some(([from, to]) => from <= position.seq && position.seq <= to)) continue;
        urgent.add(epoch, position.seq, position.seq);
        offers.drop(entry);
      }
      // It once said that it had them, so they are nobody's debt; a store that was set back lacks them all the same.
      const lost = ranges
        .map(([from, to]) => [from, epoch < cursor.epoch ? to : Math.min(to, cursor.seq)] as const)
        .filter(([from, to]) => epoch <= cursor.epoch && from <= to);
      if (lost.length === 0 || nowMs() - replayedMs < options.replayGraceMs) return;
      replayedMs = nowMs();
      for (const [from, to] of lost) replays.add(epoch, from, to);
    },
    replay: (epoch, from, to) => replays.add(epoch, from, to),
    rewind: () => {
      offers.clear();
      urgent.clear();
      declare();
      pressing = openPressing(journal, cursor);
      lastOfBacklog = live.after();
      backlog = openPages(journal, cursor);
    },
    isOwedReceipt: () => [...offers].some(({ brokeredMs }) => brokeredMs !== null),
    overhear: (records, lane) => {
      const fresh = records.filter((record) => offers.get(record) === undefined);
      const entries = fresh
        .filter(() => lane === "live" || offers.countBacklog() < receiptWindow)
        .map((record) => enter(record, lane));
      return (fate) => {
        if (fate === "brokered") settle(entries, fate);
        // The other pump sends it again; forgotten here, it will be overheard again.
        else for (const entry of entries) offers.drop(entry);
      };
    },
  };
}
