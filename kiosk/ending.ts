import { Fault } from "./core/fault.ts";
import type { Order, OrderHandler } from "./core/orders.ts";
import type { Journal } from "./core/ports/journal.ts";
import type { Clock } from "./core/ports/senses.ts";
import type { Position } from "./core/record.ts";
import type { OrderedEnd } from "./store/ordered-end.ts";
import { argsOf, readArgs } from "./uplink/orders/args.ts";

export interface EndingOptions {
  readonly journal: Pick<Journal, "at" | "head" | "read" | "waiting">;
  /** Names of all who must have every punch before anything goes. */
  readonly receivers: readonly string[];
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** A demo's punches are nobody's: it is emptied with `--fresh`. */
  readonly isDemo: boolean;
  /** What was ordered, as the disk knows it, and how it is told. */
  readonly book: { readonly read: () => OrderedEnd | null; readonly keep: (end: OrderedEnd) => Promise<void> };
  /** Closes this house between two visits. Whoever opens it again finds that the clock has ended. */
  readonly close: (why: string) => void;
  /** What ends everything. */
  readonly stop: AbortSignal;
  /** How long receipts are waited for. */
  readonly patienceMs?: number;
}

const pageRecords = 256;
/** A place so many records back is no place that somebody looked at lately. */
const pagesMax = 40;

/**
 * The end of this clock, ordered from afar. It cannot be taken back, so the order shows that its office knows this clock as
 * it is now and has all its punches. Here it is decided and answered; `lintel decommission --ordered` erases.
 */
export function createEnding(options: EndingOptions): OrderHandler {
  const { journal, receivers, clock, book, stop, patienceMs = 60_000 } = options;

  /** @throws Fault where the order's record is not ours, or somebody punched after it. */
  const mustBeKnown = ({ epoch, seq, rh }: Position & { readonly rh: string }): void => {
    if (epoch !== journal.head().epoch || journal.at({ epoch, seq })?.rh !== rh) {
      throw refused("the record that the order names is none of this clock's present epoch", lookAgain);
    }
    let from: Position = { epoch, seq };
    for (let page = 0; page < pagesMax; page += 1) {
      const records = journal.read(from, pageRecords);
      if (records.some(({ type }) => type === "punch" || type === "correction")) {
        throw refused("somebody punched here after the record that the order names", lookAgain);
      }
      const last = records.at(-1);
      if (last === undefined) return;
      from = last;
    }
    throw refused("the record that the order names is too long ago", lookAgain);
  };

  const mostOwed = (): number => Math.max(...receivers.map(journal.waiting));

  /** @throws Fault `decommission-refused` while somebody's time is only here. */
  const mustBeReceipted = async (untilUtcMs: number): Promise<void> => {
    if (receivers.length === 0) throw unreceipted("nobody receipts what this clock writes");
    const untilMonoMs = clock.now().monoMs + patienceMs;
    const isTime = (): boolean => clock.now().monoMs < untilMonoMs && clock.now().utcMs < untilUtcMs;
    while (mostOwed() > 0 && isTime() && !stop.aborted) await clock.sleep(250, stop);
    const owed = mostOwed();
    if (owed > 0) throw unreceipted(`${owed} punches of this clock are not receipted by all`);
  };

  const decide = async (order: Order): Promise<void> => {
    const { ep: epoch, seq, rh } = readArgs(argsOf.decommission, order);
    if (options.isDemo) throw refused("this is a demo's clock", "End it, and empty it with --fresh.");
    // Accepted in time, and carried on with after a start that came much later.
    if (clock.now().utcMs > order.expiresUtcMs) throw refused("the order has expired meanwhile", lookAgain);
    mustBeKnown({ epoch, seq, rh });
    await mustBeReceipted(order.expiresUtcMs);
    mustBeKnown({ epoch, seq, rh });
    await book.keep({ v: 1, order: order.id, isBegun: false, wip: null });
  };

  return async (order) => {
    if (book.read()?.order !== order.id) await decide(order);
    const detail = "it closes now and erases itself; its last record is the certificate";
    return { detail, after: () => options.close("its end was ordered") };
  };
}

const lookAgain = "Look at what came from this clock last, and order it again.";

const refused = (message: string, remedy: string): Fault => new Fault("order-refused", message, remedy);

const unreceipted = (message: string): Fault =>
  new Fault(
    "decommission-refused",
    message,
    "Order it again when the receivers have them, or end it by hand with --take-along.",
  );
