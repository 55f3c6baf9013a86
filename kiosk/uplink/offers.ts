import type { Position } from "../core/record.ts";
import type { Lane } from "./window.ts";

/** A record that was sent in this connection and is not receipted. */
export interface Offer {
  readonly position: Position;
  readonly lane: Lane;
  /** When its PUBACK came, monotonic. */
  brokeredMs: number | null;
}

/** Offers by place. A month's backlog passes through here, so a place is two numbers and never a text. */
export interface Offers extends Iterable<Offer> {
  readonly get: (position: Position) => Offer | undefined;
  readonly add: (offer: Offer) => void;
  readonly drop: (offer: Offer) => void;
  /** All up to a place, that one included: once for each receipt of a month. */
  readonly dropUpTo: (position: Position) => void;
  readonly clear: () => void;
  readonly count: () => number;
  /** Those that the receipt window bounds. */
  readonly countBacklog: () => number;
}

export function openOffers(): Offers {
  const lives = new Map<number, Map<number, Offer>>();
  const counts = { live: 0, backlog: 0 };
  const get: Offers["get"] = ({ epoch, seq }) => lives.get(epoch)?.get(seq);
  return {
    get,
    add: (offer) => {
      const { epoch, seq } = offer.position;
      const life = lives.get(epoch) ?? new Map<number, Offer>();
      lives.set(epoch, life);
      life.set(seq, offer);
      counts[offer.lane] += 1;
    },
    drop: (offer) => {
      const { epoch, seq } = offer.position;
      if (get(offer.position) !== offer) return;
      const life = lives.get(epoch);
      life?.delete(seq);
      if (life?.size === 0) lives.delete(epoch);
      counts[offer.lane] -= 1;
    },
    dropUpTo: ({ epoch: lastEpoch, seq: lastSeq }) => {
      for (const [epoch, life] of lives) {
        if (epoch > lastEpoch) continue;
        for (const [seq, { lane }] of life) {
          if (epoch === lastEpoch && seq > lastSeq) continue;
          life.delete(seq);
          counts[lane] -= 1;
        }
        if (life.size === 0) lives.delete(epoch);
      }
    },
    clear: () => {
      lives.clear();
      counts.live = 0;
      counts.backlog = 0;
    },
    count: () => counts.live + counts.backlog,
    countBacklog: () => counts.backlog,
    *[Symbol.iterator]() {
      for (const life of lives.values()) yield* life.values();
    },
  };
}
