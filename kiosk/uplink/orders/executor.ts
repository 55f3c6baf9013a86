import { type Fault, isFault } from "../../core/fault.ts";
import type { Order, OrderHandlers } from "../../core/orders.ts";
import type { Journal } from "../../core/ports/journal.ts";
import type { Clock } from "../../core/ports/senses.ts";
import type { OrderBook } from "../../core/ports/uplink.ts";
import type { CmdlogData, Position } from "../../core/record.ts";
import { ordersToldOf } from "./past.ts";

/**
 * Carries out what was accepted: book, record `accepted`, handler, record of the result, book. The order of these is what
 * makes a cut between any two of them harmless: what the book has is not accepted twice, what has no result is carried
 * out again, and what has one is over.
 */
export interface Executor {
  /** Finishes what an earlier run of the clock left, before anything new. */
  readonly resume: (signal: AbortSignal) => Promise<void>;
  /** Accepts an order and carries it out. A bug of its handler is thrown, after it was written down as failed. */
  readonly carryOut: (order: Order, roles: readonly string[], count: number, signal: AbortSignal) => Promise<void>;
}

export interface ExecutorOptions {
  readonly journal: Pick<Journal, "append" | "read" | "head">;
  readonly book: OrderBook;
  readonly handlers: OrderHandlers;
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** Book or journal do not take writes: nothing is carried out until they do. */
  readonly trouble: (fault: Fault) => void;
  readonly over: (order: Order, result: CmdlogData) => void;
  readonly retryMs: number;
}

/** An order that ended the clock so often is not tried again. */
const triesMax = 5;
const detailMax = 200;
const outMax = 4096;
const beforeEverything: Position = { epoch: 0, seq: -1 };

type Result = Omit<CmdlogData, "cmd">;

const failed = (detail: string): Result => ({ state: "failed", code: 3006, detail: detail.slice(0, detailMax) });

export function openExecutor(options: ExecutorOptions): Executor {
  const { journal, book, handlers, clock, retryMs } = options;

  /** Until the disk takes it. False where the clock is to stop first. */
  const insist = async (write: () => unknown, signal: AbortSignal): Promise<boolean> => {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      try {
        await write();
        return true;
      } catch (error) {
        if (!isFault(error) || error.code === "journal-corrupt" || error.code === "record-too-large") throw error;
        if (isFirst) options.trouble(error);
        await clock.sleep(retryMs, signal);
      }
    }
    return false;
  };
  const append = (data: CmdlogData): Promise<unknown> => journal.append({ type: "cmdlog", data }, clock.now());

  const end = async (order: Order, result: Result, signal: AbortSignal): Promise<void> => {
    const data: CmdlogData = { cmd: order.id, ...result };
    try {
      if (!(await insist(() => append(data), signal))) return;
    } catch (error) {
      if (!isFault(error, "record-too-large")) throw error;
      return end(order, failed("it was carried out, and what came of it is too large for a record"), signal);
    }
    options.over(order, data);
    await insist(() => book.finish(order.id), signal);
  };

  const perform = async (order: Order, signal: AbortSignal): Promise<void> => {
    if (!(await insist(() => book.attempt(order.id), signal))) return;
    const handler = handlers.get(order.op);
    if (handler === undefined) return end(order, failed(`this clock does not carry out ${order.op}`), signal);
    const running = handler(order).then(
      (done) => ({ ...resultOf(done), after: done.after }),
      (error: unknown) => ({ error }),
    );
    const result = await Promise.race([running, aborted(signal)]);
    // What the clock's end cut short is carried out again at the next start.
    if (result === null || signal.aborted) return;
    if (!("error" in result)) {
      const { after, ...said } = result;
      await end(order, said, signal);
      return after?.();
    }
    if (isFault(result.error)) return end(order, failed(`${result.error.message}. ${result.error.remedy}`), signal);
    // First its end: an order that is a bug's trigger must not be waiting at the next start.
    await end(order, failed("a bug of this clock, whose log says where"), signal);
    throw result.error;
  };

  /** A book that knows nothing learns from the journal; what had no result then will never have another one. */
  const begin = async (signal: AbortSignal): Promise<void> => {
    const told = await ordersToldOf(journal, beforeEverything, signal);
    for (const [cmd, { isOver }] of told) {
      if (isOver) continue;
      const lost = failed("the book of orders was lost; whether this was carried out is not known");
      if (!(await insist(() => append({ cmd, ...lost }), signal))) return;
    }
    const isLost = book.setAside !== null || told.size > 0;
    await insist(() => book.begin([...told.keys()], isLost ? clock.now().utcMs : null), signal);
  };

  return {
    resume: async (signal) => {
      if (book.isBlank) await begin(signal);
      for (const { order, after, tries } of book.unfinished()) {
        if (signal.aborted) return;
        const told = (await ordersToldOf(journal, after, signal)).get(order.id);
        if (signal.aborted) return;
        if (told?.isOver) {
          await insist(() => book.finish(order.id), signal);
          continue;
        }
        if (!told?.isAccepted) await insist(() => append({ cmd: order.id, state: "accepted" }), signal);
        if (tries >= triesMax) await end(order, failed(`given up after ${tries} starts of the clock`), signal);
        else await perform(order, signal);
      }
    },
    carryOut: async (order, roles, count, signal) => {
      const { epoch, seq } = journal.head();
      if (!(await insist(() => book.accept(order, roles, count, { epoch, seq }), signal))) return;
      if (!(await insist(() => append({ cmd: order.id, state: "accepted" }), signal))) return;
      await perform(order, signal);
    },
  };
}

function resultOf({ detail, out }: { readonly detail?: string; readonly out?: string }): Result {
  if (out !== undefined && out.length > outMax) return failed("what came of it is too large for a record");
  return {
    state: "done",
    ...(detail !== undefined && { detail: detail.slice(0, detailMax) }),
    ...(out !== undefined && { out }),
  };
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
}
