/**
 * *Live*: committed since this connection came up; goes first, and a quarter of the window is kept for it, so "who is in
 * the building" stays fresh while a month's backlog drains. *Backlog*: the rest.
 */
export type Lane = "live" | "backlog";

/** Publishes without PUBACK, of all receivers of one connection together. */
export interface Window {
  readonly hasRoom: (lane: Lane) => boolean;
  /** @returns what gives the places back, once. */
  readonly enter: (lane: Lane, records: number) => () => void;
  /** Publishes without PUBACK. */
  readonly inFlight: () => number;
}

/**
 * A batch is as long as many single records, and whatever lies before a live record in the socket delays it: so only a
 * few batches are on their way at one time.
 */
const batchesAtOnce = 4;

export function openWindow(size: number): Window {
  const backlogShare = Math.max(1, Math.floor(size * 0.75));
  const batchWeight = Math.max(1, Math.floor(backlogShare / batchesAtOnce));
  const places = { live: 0, backlog: 0 };
  let inFlight = 0;
  return {
    hasRoom: (lane) => places.live + places.backlog < size && (lane === "live" || places.backlog < backlogShare),
    enter: (lane, records) => {
      const weight = records === 1 ? 1 : batchWeight;
      places[lane] += weight;
      inFlight += 1;
      return () => {
        places[lane] -= weight;
        inFlight -= 1;
      };
    },
    inFlight: () => inFlight,
  };
}
