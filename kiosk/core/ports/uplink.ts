import type { Fault } from "../fault.ts";
import type { Order } from "../orders.ts";
import type { Position } from "../record.ts";

/** The way to the cloud, and what comes back on it. */

/** Settings as the cloud wanted them: version, hash of the text (SHA-256, base64url), the text. */
export interface Wanted {
  readonly v: number;
  readonly h: string;
  readonly doc: string;
}

/** What became of the settings that came from afar. Outlives crashes: what keeps the clock from working is taken back. */
export interface WantedSettings {
  /** What held last and was seen to work; null where nothing was ever sent. */
  readonly good: () => Wanted | null;
  /** What is being tried, and in how many starts of the clock it was. */
  readonly trying: () => { readonly wanted: Wanted; readonly starts: number } | null;
  /** The newest that did not hold; null where nothing failed since the last that did. */
  readonly refused: () => { readonly v: number; readonly h: string } | null;
  /** A version up to here holds, is tried, or was tried and taken back: it is not tried again. */
  readonly floor: () => number;
  /** Durable when they resolve. Throw Fault `disk-full`, `state-unwritable`. */
  readonly try: (wanted: Wanted) => Promise<void>;
  /** The clock starts with what is tried. @returns false where it was started too often: then it was taken back. */
  readonly begin: () => Promise<boolean>;
  /** What is tried holds. */
  readonly keep: () => Promise<void>;
  /** What is tried is taken back. */
  readonly revert: () => Promise<void>;
  /** Not even tried. */
  readonly refuse: (what: { readonly v: number; readonly h: string }) => Promise<void>;
  /** Back to what the technician said; versions begin anew. */
  readonly reset: () => Promise<void>;
}

/** Records of one epoch that a receiver has stored, by inclusive ranges of their numbers. */
export interface Held {
  readonly epoch: number;
  readonly ranges: readonly (readonly [number, number])[];
}

export interface UplinkNews {
  readonly online: boolean;
  /** Punches and corrections not yet receipted by the receiver. */
  readonly waiting: number;
  /** The receipt cursor, once there is one. */
  readonly receipted: Position | null;
  /** What it has besides, as its newest receipt says: good to tell people, and no leave to forget. */
  readonly held?: Held | null;
  /** Who receipts, for the screen: "payroll". */
  readonly receiver: string;
  /** Why there is no connection, or `receipt-invalid` until a genuine receipt comes. Null where all is well. */
  readonly trouble: Fault | null;
}

export interface Uplink extends AsyncDisposable {
  /** True where broker and backend are the demo's own. */
  readonly simulated: boolean;
  /** How it stands at this moment. */
  readonly newest: () => UplinkNews;
  /** The newest state whenever it changes. Ends when `signal` aborts. Broker trouble is news, not an error. */
  readonly news: (signal: AbortSignal) => AsyncIterable<UplinkNews>;
  /** Something was appended. Cheap, never blocks, never throws. */
  readonly wake: () => void;
}

/** An order that was accepted and is not over. */
export interface BookedOrder {
  readonly order: Order;
  /** The journal's head when it was accepted: whatever was written about it comes after. */
  readonly after: Position;
  /** How often carrying it out was begun. */
  readonly tries: number;
}

/**
 * Which orders this clock has seen, so that each is carried out once, whoever sends it again. Everything is durable when
 * a call returns; `disk-full`, `disk-read-only` and `order-book-failed` are thrown where nothing changed.
 */
export interface OrderBook extends AsyncDisposable {
  /** Nothing is known yet: it was just made, or an older one was damaged. `begin` has to be called before all else. */
  readonly isBlank: boolean;
  /** Where a damaged one was put aside; null where there was none. */
  readonly setAside: string | null;
  /**
   * @param known ids that the journal tells of.
   * @param sinceUtcMs orders that were already valid before may have been carried out by the book that was lost; null
   *   where there was none.
   */
  readonly begin: (known: readonly string[], sinceUtcMs: number | null) => void;
  /** Orders that were valid before this moment are refused. */
  readonly sinceUtcMs: () => number;
  /** At or below this count, everything that this role signed counts as seen; -1 at first. */
  readonly low: (role: string) => number;
  /** It was accepted or refused before, as far back as is remembered. */
  readonly has: (id: string) => boolean;
  /** @param roles that signed it, `count` what they counted it as. */
  readonly accept: (order: Order, roles: readonly string[], count: number, after: Position) => void;
  /** One more attempt begins. */
  readonly attempt: (id: string) => void;
  /** Its result is in the journal. */
  readonly finish: (id: string) => void;
  /** It was refused, and that is in the journal. */
  readonly refuse: (id: string) => void;
  /** In the order in which they were accepted. */
  readonly unfinished: () => readonly BookedOrder[];
}
