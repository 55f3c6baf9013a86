import type { LuCode } from "../../core/jws.ts";
import type { Position } from "../../core/record.ts";
import type { DesiredShelf } from "./desired-shelf.ts";
import type { Kept, Life, Row, Stream } from "./life.ts";
import type { OrderNews, OrderShelf } from "./order-shelf.ts";
import type { Since } from "./since.ts";
import type { IsOver } from "./stub.ts";
import type { VerifiedRecord } from "./verify.ts";

/**
 * Where a receiver keeps what it receipts. One contract for all of them (test/receiver/sink.ts): a record that was put is
 * there after any crash that came later than the end of its transaction.
 */
export interface Sink extends AsyncDisposable {
  /**
   * Runs `work` in one transaction, alone for these devices among all receivers of this store. When it resolves, all that
   * was done is durable; where it throws, nothing was done.
   *
   * @throws Fault `sink-lost` where the store went away in the middle: then nothing is known to be done.
   */
  readonly transact: <T>(sources: readonly string[], work: (drawer: Drawer) => Promise<T>) => Promise<T>;
  /** Messages that nobody known signed: kept for a look, never counted. Only the newest ten thousand. */
  readonly quarantine: (messages: readonly Quarantined[]) => Promise<void>;
  readonly read: SinkReader;
  /**
   * Replaces what is over of this person's records by stubs: place, hash, link, type and id stay, the text goes, also from
   * free pages of a file. The log is as provable as before, and what comes again is known. Erasures themselves stay.
   *
   * @returns how many became stubs now.
   * @throws Fault `sink-unusable` where this kind of store cannot.
   */
  readonly stub: (sub: string, isOver: IsOver) => Promise<number>;
  /** Orders to clocks, until they said what became of them. */
  readonly orders: OrderShelf;
  /** Rosters and settings, by version. */
  readonly desired: DesiredShelf;
}

/** What a transaction may do. */
export interface Drawer {
  /**
   * The first record for a place stays for ever.
   *
   * @returns for each record null where it was put, otherwise what had been there.
   */
  readonly put: (records: readonly VerifiedRecord[]) => Promise<readonly (Kept | null)[]>;
  /** Second, different records for places that are taken. Both are evidence. */
  readonly putForks: (records: readonly VerifiedRecord[]) => Promise<void>;
  /** What was said about whole devices, in the order of `sources`. */
  readonly about: (sources: readonly string[]) => Promise<readonly About[]>;
  /** In the order of `streams`. */
  readonly load: (streams: readonly Stream[]) => Promise<readonly Loaded[]>;
  readonly save: (lives: readonly SavedLife[]) => Promise<void>;
  /** What clocks said of orders; of an order that is not here, or is over, nothing changes. */
  readonly tellOrders: (news: readonly OrderNews[], nowMs: number) => Promise<void>;
  /** The newest statement of each device about itself, verified. */
  readonly putStatus: (source: string, jws: string, heardMs: number) => Promise<void>;
}

export interface SavedLife extends Life {
  /** The newest number that the device signed for; -1 where it said nothing. */
  readonly head: number;
  /** Of what is not as it should be. */
  readonly since: readonly Since[];
}

export interface Loaded {
  readonly life: SavedLife;
  /** Records beyond `life.upto`, ascending, at most `pageRows`. */
  readonly rows: readonly Row[];
  /** False where there are more. */
  readonly isAll: boolean;
}

/** Rows that are read at one time. */
export const pageRows = 4096;

export interface About {
  readonly forks: readonly Position[];
  /** Tokens of those records that may declare losses (`declaring`) and of the newest that may tell what was forgotten, without the flawed ones. */
  readonly declarers: readonly string[];
  /** Epochs that were saved, ascending. */
  readonly epochs: readonly number[];
}

export interface Quarantined {
  readonly heardMs: number;
  readonly topic: string;
  readonly code: LuCode;
  readonly bytes: Uint8Array;
}

/** For people and reports; never part of a decision about a receipt. */
export interface SinkReader {
  readonly streams: () => Promise<readonly Stream[]>;
  readonly since: (stream: Stream) => Promise<readonly Since[]>;
  readonly status: (source: string) => Promise<{ readonly jws: string; readonly heardMs: number } | null>;
  /** By its `id`, or by what its record hash begins with, at most ten. */
  readonly byId: (id: string) => Promise<readonly Found[]>;
  readonly byHash: (prefix: Uint8Array) => Promise<readonly Found[]>;
  /** Every record of one type, in order. */
  readonly ofType: (type: string, stream?: Stream) => Promise<readonly Found[]>;
  /** A page of a stream, in order, from a number on. */
  readonly page: (stream: Stream, from: number, limit: number) => Promise<readonly Found[]>;
  readonly counts: () => Promise<{ readonly records: number; readonly forks: number; readonly quarantined: number }>;
}

export interface Found extends Stream {
  readonly seq: number;
  readonly rh: string;
  /** Null: a stub. */
  readonly jws: string | null;
}
