/** What the cloud orders, once somebody proved that it is the cloud's order and that it is for this clock, here and now. */
export interface Order {
  /** `id` of the command: also after a crash the same order has the same id. */
  readonly id: string;
  readonly op: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly expiresUtcMs: number;
}

/** What came of an order: stands in the signed result, so never a name, a template or a card number. */
export interface OrderResult {
  /** In words, at most 200 characters. */
  readonly detail?: string;
  /** What was asked for, as text of at most 4096 characters. */
  readonly out?: string;
  /** Called once the result is durable: what would end this life of the clock must not come before its answer. */
  readonly after?: () => void;
}

/**
 * Carries out one kind of order. It may be called again for an order that it had begun or even finished, because a crash
 * can come before the result was written: doing it twice must be the same as doing it once.
 *
 * @throws Fault where it cannot be done: the result is then `failed`, with the fault's sentence as its detail.
 */
export type OrderHandler = (order: Order) => Promise<OrderResult>;

/** By `op`. An order without a handler is refused in words. */
export type OrderHandlers = ReadonlyMap<string, OrderHandler>;
