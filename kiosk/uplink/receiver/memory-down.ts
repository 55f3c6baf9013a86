import type { Desired, DesiredShelf } from "./desired-shelf.ts";
import {
  doublingsMax,
  firstWaitMs,
  type KnownOrder,
  mayFollow,
  type OpenOrder,
  type OrderNews,
  type OrderShelf,
  openStates,
} from "./order-shelf.ts";

/** What goes down to clocks, kept as long as the process lives. */
export interface MemoryDown {
  readonly orders: OrderShelf;
  readonly desired: DesiredShelf;
  /** @returns what undoes it. */
  readonly tell: (news: readonly OrderNews[], nowMs: number) => () => void;
}

type Kept = OpenOrder & Pick<KnownOrder, "state" | "detail" | "saidMs"> & { sends: number; nextMs: number };

export function openMemoryDown(): MemoryDown {
  let orders: readonly Kept[] = [];
  const desired = new Map<string, Desired>();
  const isOpen = (order: Kept, nowMs: number) =>
    openStates.some((state) => state === order.state) && order.expiresMs >= nowMs;
  const read = (kind: string) => [...desired.values()].filter((row) => row.kind === kind);
  return {
    orders: {
      put: async (order) => {
        const kept: Kept = { ...order, state: "open", detail: null, saidMs: null, sends: 0, nextMs: order.orderedMs };
        orders = [...orders, kept];
      },
      open: async (source, nowMs) => orders.filter((order) => order.source === source && isOpen(order, nowMs)),
      claim: async (nowMs, limit) => {
        const due = orders.filter((order) => isOpen(order, nowMs) && order.nextMs <= nowMs).slice(0, limit);
        for (const order of due) {
          order.nextMs = nowMs + firstWaitMs * 2 ** Math.min(order.sends, doublingsMax);
          order.sends += 1;
        }
        return due;
      },
      list: async (limit) =>
        orders.slice(-limit).map(({ letter: _, sends: __, nextMs: ___, ...known }): KnownOrder => known),
    },
    desired: {
      version: async (kind) => read(kind).reduce((newest, { v }) => Math.max(newest, v), 0),
      read: async (kind) => read(kind),
      change: async (kind, work) => {
        for (const row of work(read(kind))) desired.set(`${row.kind} ${row.name}`, row);
      },
    },
    tell: (news, nowMs) => {
      const before = orders;
      for (const { source, id, state, detail } of news) {
        orders = orders.map((order) => {
          const isOurs = order.source === source && order.id === id && mayFollow(state, order.state);
          return isOurs ? { ...order, state, detail, saidMs: Math.trunc(nowMs) } : order;
        });
      }
      return () => {
        orders = before;
      };
    },
  };
}
