import type { Delivery } from "./broker.ts";

/** What came and is not kept yet. */
export interface Waiting {
  readonly add: (delivery: Delivery) => void;
  /**
   * What goes into the next transaction. Single messages come first, and of a backlog's bags only a few go at once: a
   * punch of this minute waits for a short transaction, whatever a clock brings that was away for a month.
   */
  readonly turn: () => readonly Delivery[];
  /** These are durable, or set aside: each is confirmed once everything that came before it is. */
  readonly kept: (turn: readonly Delivery[]) => void;
  readonly count: () => number;
}

const singlesMax = 500;
/** Of at most a hundred records each. */
const bagsMax = 5;

export function openWaiting(): Waiting {
  let waiting: Delivery[] = [];
  let unconfirmed: Delivery[] = [];
  const done = new Set<Delivery>();
  return {
    add: (delivery) => {
      waiting.push(delivery);
      unconfirmed.push(delivery);
    },
    turn: () => [
      ...waiting.filter((delivery) => !isBag(delivery)).slice(0, singlesMax),
      ...waiting.filter(isBag).slice(0, bagsMax),
    ],
    kept: (turn) => {
      for (const delivery of turn) done.add(delivery);
      waiting = waiting.filter((delivery) => !done.has(delivery));
      // MQTT wants its PUBACKs in the order of what they confirm.
      const open = unconfirmed.findIndex((delivery) => !done.has(delivery));
      const ready = open === -1 ? unconfirmed : unconfirmed.slice(0, open);
      unconfirmed = unconfirmed.slice(ready.length);
      for (const delivery of ready) {
        done.delete(delivery);
        delivery.confirm();
      }
    },
    count: () => waiting.length,
  };
}

/** Gzip: many records in one message. */
const isBag = ({ bytes }: Delivery): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
