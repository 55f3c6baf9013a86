import type { LuCode } from "../../core/jws.ts";
import type { Letter } from "./letter.ts";
import type { VerifiedRecord } from "./verify.ts";

/**
 * Where orders are kept, beside the records: what became of one is written in the transaction that keeps the record which
 * says so, so that no receiver that dies in between leaves an order open for ever.
 */
export interface OrderShelf {
  readonly put: (order: OpenOrder) => Promise<void>;
  /** What this clock still has to answer, in the order in which it was put. */
  readonly open: (source: string, nowMs: number) => Promise<readonly OpenOrder[]>;
  /**
   * Open orders, of any clock, whose turn to be sent it is. Each is given to one caller and, because that one may die,
   * again after 5 s, 10 s, 20 s and so on, at most about an hour and a half apart.
   */
  readonly claim: (nowMs: number, limit: number) => Promise<readonly OpenOrder[]>;
  /** The newest of them, newest last. */
  readonly list: (limit: number) => Promise<readonly KnownOrder[]>;
}

export interface OpenOrder extends Told {
  readonly letter: Letter;
}

/** What people are shown. */
export interface KnownOrder extends Told {
  readonly state: OrderState;
  readonly detail: string | null;
  /** When the newest of what is known of it was written, by the clock of whoever kept it. */
  readonly saidMs: number | null;
}

interface Told {
  readonly id: string;
  /** Whose it is. */
  readonly source: string;
  readonly op: string;
  readonly orderedMs: number;
  readonly expiresMs: number;
}

/** `open` and `accepted` are not the end: it is sent again after each birth until it expires. */
export type OrderState = "open" | "accepted" | "done" | "failed" | "rejected" | "expired";

/** What a record of a clock says about an order. The first end stays. */
export interface OrderNews {
  readonly source: string;
  readonly id: string;
  readonly state: Exclude<OrderState, "open">;
  readonly detail: string | null;
}

export const openStates = ["open", "accepted"] as const;
const known: readonly unknown[] = ["accepted", "done", "failed", "rejected", "expired"];

/** A clock that has not heard of an order by then is told again. */
export const firstWaitMs = 5000;
export const doublingsMax = 10;

export function orderNewsIn({ source, event, flaw }: VerifiedRecord): readonly OrderNews[] {
  if (event.type !== "dev.lintel.cmdlog.v1" || flaw !== null) return [];
  const { cmd, state, code, detail } = event.data as {
    readonly cmd?: unknown;
    readonly state?: unknown;
    readonly code?: LuCode;
    readonly detail?: unknown;
  };
  if (!known.includes(state)) return [];
  const words = [code === undefined ? "" : `LU-${code}`, typeof detail === "string" ? detail : ""];
  const said = words.filter((word) => word !== "").join(" ");
  return [{ source, id: String(cmd), state: state as OrderNews["state"], detail: said === "" ? null : said }];
}

/** Whether a state may follow another: news may come in any order, and twice. */
export const mayFollow = (next: OrderNews["state"], before: OrderState): boolean =>
  next === "accepted" ? before === "open" : openStates.some((state) => state === before);
