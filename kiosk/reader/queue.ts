import type { CardHash } from "../core/card.ts";
import type { Tap } from "../core/ports/senses.ts";
import type { Stamp } from "../core/time.ts";

/** Taps in the order of people, none lost and none merged. */
export interface TapQueue {
  /** @returns false where too many wait: this one is dropped. */
  readonly put: (badge: CardHash, at: Stamp) => boolean;
  readonly end: (failure?: Error) => void;
  readonly taps: (signal: AbortSignal) => AsyncIterable<Tap>;
}

/** More waiting taps than this are not people. */
const waitingMax = 64;

export function tapQueue(): TapQueue {
  const waiting: Tap[] = [];
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
      if (waiting.length >= waitingMax) return false;
      waiting.push({ badge, at });
      ring();
      return true;
    },
    end: (failure) => {
      ended ??= { failure };
      ring();
    },
    taps,
  };
}
