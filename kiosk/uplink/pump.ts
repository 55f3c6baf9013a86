import type { Journal, StoredRecord } from "../core/ports.ts";
import { isBefore, type Position } from "../core/record.ts";
import type { Miss } from "./inbox.ts";
import { genesesAfter } from "./loss.ts";

/**
 * Decides which record goes next, during one connection. The journal is the queue: nothing is remembered here that the
 * receipt cursor would not bring back, and a PUBACK only frees a place in the window.
 *
 * Two lanes. *Live*: committed since this connection came up; goes first, and a quarter of the window is kept for it, so
 * "who is in the building" stays fresh while a month's backlog drains. *Backlog*: the rest, oldest first, but for the
 * genesis records of later epochs, which lead.
 */
export interface Pump {
  /** Sends while there is something to send and room for it. */
  readonly fill: () => void;
  /** The receipt cursor moved. */
  readonly receipted: () => void;
  /** Sends these once more, before the backlog, if their PUBACK is old enough for them to have arrived. */
  readonly resend: (miss: Miss) => void;
  /** Starts over behind the cursor: everything not receipted is sent again, once. */
  readonly rewind: () => void;
  /** Publishes without PUBACK. */
  readonly inFlight: () => number;
  /** True where the broker has confirmed something that the receiver has not receipted. */
  readonly isOwedReceipt: () => boolean;
}

export interface PumpOptions {
  readonly journal: Journal;
  readonly receiver: string;
  readonly windowSize: number;
  readonly receiptWindow: number;
  readonly missGraceMs: number;
  readonly nowMs: () => number;
  /** Publishes; `brokered` at PUBACK, never when the connection broke. */
  readonly send: (record: StoredRecord, brokered: () => void) => void;
}

interface Offer {
  readonly position: Position;
  readonly lane: Lane;
  /** When its PUBACK came, monotonic. */
  brokeredMs: number | null;
}

type Lane = "live" | "backlog";

const pageSize = 64;

export function startPump(options: PumpOptions): Pump {
  const { journal, receiver, windowSize, receiptWindow } = options;
  const backlogShare = Math.max(1, Math.floor(windowSize * 0.75));
  /** Offered in this connection and not receipted; the backlog's part of it is bounded by the receipt window. */
  const offers = new Map<string, Offer>();
  const inFlight = { live: 0, backlog: 0 };
  // A receiver that waits for a lost record must hear of the loss before the receipt window is full of what comes after.
  const declarations = (): Position[] => {
    const [oldest] = journal.read(journal.cursor(receiver), 1);
    return oldest === undefined ? [] : [...genesesAfter(oldest.epoch, journal)];
  };
  let urgent = declarations();
  let backlog = pageFrom(journal.cursor(receiver));
  let live = pageFrom(journal.head());
  /** The newest record of the backlog lane; what comes after is live. */
  let lastOfBacklog: Position = journal.head();

  let backlogOffered = 0;
  const drop = (key: string, { lane }: Offer): void => {
    if (offers.delete(key) && lane === "backlog") backlogOffered -= 1;
  };

  const nextUrgent = (): StoredRecord | undefined => {
    for (let position = urgent.shift(); position !== undefined; position = urgent.shift()) {
      const record = journal.at(position);
      if (record !== undefined) return record;
    }
    return undefined;
  };

  const nextBacklog = (): StoredRecord | undefined => {
    while (backlogOffered < receiptWindow && isBefore(backlog.after, lastOfBacklog)) {
      const record = take(backlog, journal);
      if (record === undefined || !offers.has(keyOf(record))) return record;
    }
    return undefined;
  };

  const offer = (record: StoredRecord, lane: Lane): void => {
    const entry: Offer = { position: { epoch: record.epoch, seq: record.seq }, lane, brokeredMs: null };
    // The live lane goes on beyond the window; what is not remembered is still sent, and found again by a rewind.
    if (offers.size < 2 * receiptWindow) {
      offers.set(keyOf(record), entry);
      if (lane === "backlog") backlogOffered += 1;
    }
    inFlight[lane] += 1;
    options.send(record, () => {
      inFlight[lane] -= 1;
      entry.brokeredMs = options.nowMs();
      fill();
    });
  };

  const fill = (): void => {
    while (inFlight.live + inFlight.backlog < windowSize) {
      const fresh = take(live, journal);
      if (fresh !== undefined) {
        offer(fresh, "live");
        continue;
      }
      const old = inFlight.backlog < backlogShare ? (nextUrgent() ?? nextBacklog()) : undefined;
      if (old === undefined) return;
      offer(old, "backlog");
    }
  };

  return {
    fill,
    receipted: () => {
      const cursor = journal.cursor(receiver);
      for (const [key, entry] of offers) if (!isBefore(cursor, entry.position)) drop(key, entry);
      urgent = urgent.filter((position) => isBefore(cursor, position));
      // Somebody else's connection, or an earlier one of ours, brought the receiver further than we got.
      if (isBefore(backlog.after, cursor)) backlog = pageFrom(isBefore(cursor, lastOfBacklog) ? cursor : lastOfBacklog);
      if (isBefore(live.after, cursor)) live = pageFrom(cursor);
      fill();
    },
    resend: ({ epoch, ranges }) => {
      const oldEnoughMs = options.nowMs() - options.missGraceMs;
      for (const [key, entry] of offers) {
        const { position, brokeredMs } = entry;
        if (brokeredMs === null || brokeredMs > oldEnoughMs || position.epoch !== epoch) continue;
        if (!ranges.some(([from, to]) => from <= position.seq && position.seq <= to)) continue;
        urgent.push(position);
        drop(key, entry);
      }
      fill();
    },
    rewind: () => {
      offers.clear();
      backlogOffered = 0;
      urgent = declarations();
      lastOfBacklog = live.after;
      backlog = pageFrom(journal.cursor(receiver));
      fill();
    },
    inFlight: () => inFlight.live + inFlight.backlog,
    isOwedReceipt: () => [...offers.values()].some(({ brokeredMs }) => brokeredMs !== null),
  };
}

/** Reads the journal ahead, a page at a time. */
interface Page {
  /** The last record taken. */
  after: Position;
  records: readonly StoredRecord[];
  next: number;
}

const pageFrom = (after: Position): Page => ({ after: { epoch: after.epoch, seq: after.seq }, records: [], next: 0 });

function take(page: Page, journal: Journal): StoredRecord | undefined {
  if (page.next === page.records.length) {
    if (!isBefore(page.after, journal.head())) return undefined;
    page.records = journal.read(page.after, pageSize);
    page.next = 0;
  }
  const record = page.records[page.next];
  if (record === undefined) return undefined;
  page.next += 1;
  page.after = { epoch: record.epoch, seq: record.seq };
  return record;
}

const keyOf = ({ epoch, seq }: Position): string => `${epoch}:${seq}`;
