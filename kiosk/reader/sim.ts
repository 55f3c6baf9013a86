import type { CardHash } from "../core/card.ts";
import type { Clock, Reader } from "../core/ports/senses.ts";
import { createPresence } from "./presence.ts";
import { tapQueue } from "./queue.ts";

/** A reader nobody can touch: the drawer of the page, or a test, lays the cards. */
export interface SimReader extends Reader {
  readonly tap: (badge: CardHash) => void;
  /** Pulls the cable: whoever listens gets `failure`. */
  readonly fail: (failure: Error) => void;
}

const absentMs = 1_000;

export function openSimReader({ clock }: { readonly clock: Pick<Clock, "now"> }): SimReader {
  const queue = tapQueue();
  const presence = createPresence(absentMs);
  return {
    label: "pretended reader",
    simulated: true,
    taps: queue.taps,
    tap: (badge) => {
      const at = clock.now();
      if (presence.seen(badge, at.monoMs)) queue.put(badge, at);
    },
    fail: queue.end,
    [Symbol.asyncDispose]: async () => queue.end(),
  };
}
