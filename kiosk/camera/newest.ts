/**
 * A queue of one: what was not taken in time is replaced by what is newer. The first value put before anybody reads is
 * kept too. Made for pictures, where an old one is worth nothing.
 */
export interface Newest<T> {
  readonly put: (value: T) => void;
  /** Ends the values: in peace, or by throwing `failure`, which overtakes a value not yet taken. */
  readonly end: (failure?: Error) => void;
  /** Can be iterated once. Ends when `signal` aborts. */
  readonly values: (signal: AbortSignal) => AsyncIterable<T>;
}

export function newest<T>(): Newest<T> {
  let slot: { readonly value: T } | null = null;
  let ended: { readonly failure: Error | undefined } | null = null;
  let taken = false;
  let bell = Promise.withResolvers<void>();
  const ring = () => {
    bell.resolve();
    bell = Promise.withResolvers<void>();
  };

  async function* iterate(signal: AbortSignal): AsyncGenerator<T> {
    if (taken) throw new Error("these values can be iterated once");
    taken = true;
    signal.addEventListener("abort", ring, { once: true });
    try {
      while (!signal.aborted) {
        if (ended !== null) {
          if (ended.failure !== undefined) throw ended.failure;
          return;
        }
        if (slot === null) {
          await bell.promise;
          continue;
        }
        const { value } = slot;
        slot = null;
        yield value;
      }
    } finally {
      signal.removeEventListener("abort", ring);
    }
  }

  return {
    put: (value) => {
      slot = { value };
      ring();
    },
    end: (failure) => {
      ended ??= { failure };
      ring();
    },
    values: iterate,
  };
}
