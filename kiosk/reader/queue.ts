import type { CardHash } from "../core/card.ts";
import type { Tap } from "../core/ports.ts";
import type { Stamp } from "../core/time.ts";

/** Taps in the order of people, none lost and none merged; a card that stays on the reader is one tap. */
export interface TapQueue {
  readonly put: (badge: CardHash, at: Stamp) => void;
  readonly end: (failure?: Error) => void;
  readonly taps: (signal: AbortSignal) => AsyncIterable<Tap>;
}

/** More waiting taps than this are not people. */
const waitingMax = 64;
/** Readers repeat a card that is left lying; the same card within this is the same tap. */
const sameCardMs = 1_000;

export function tapQueue(): TapQueue {
  const waiting: Tap[] = [];
  let last: Tap | null = null;
  let ended: { readonly failure: Error | undefined } | null = null;
  let bell = Promise.withResolvers<void>();
  const ring = (): void => {
    bell.resolve();
    bell = Promise.withResolvers<void>();
  };
  async function* taps(signal: AbortSignal): AsyncGenerator<Tap> {
    signal.addEventListener("abort", ring, { once: true });
    try {
      while (!signal.aborted) {
        const tap = waiting.shift();
        if (tap !== undefined) yield tap;
        else if (ended?.failure !== undefined) throw ended.failure;
        else if (ended !== null) return;
        else await bell.promise;
      }
    } finally {
      signal.removeEventListener("abort", ring);
    }
  }
  return {
    put: (badge, at) => {
      const isSame = last !== null && last.badge === badge && at.monoMs - last.at.monoMs < sameCardMs;
      last = { badge, at };
      if (isSame || waiting.length >= waitingMax) return;
      waiting.push(last);
      ring();
    },
    end: (failure) => {
      ended ??= { failure };
      ring();
    },
    taps,
  };
}
