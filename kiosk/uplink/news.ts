/** A value that changes, told to whoever listens: the newest only, so a slow listener is late but never behind. */
export interface News<T> {
  readonly tell: (value: T) => void;
  /** The present value first, then each newest one. Ends when `signal` aborts. */
  readonly listen: (signal: AbortSignal) => AsyncIterable<T>;
}

export function openNews<T>(first: T): News<T> {
  let value = first;
  let version = 0;
  const waiting = new Set<() => void>();
  return {
    tell: (next) => {
      value = next;
      version += 1;
      for (const resume of waiting) resume();
      waiting.clear();
    },
    async *listen(signal) {
      let seen = -1;
      while (!signal.aborted) {
        if (seen === version) await changed(waiting, signal);
        if (signal.aborted) return;
        seen = version;
        yield value;
      }
    },
  };
}

async function changed(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.add(resolve);
  const aborted = () => resolve();
  signal.addEventListener("abort", aborted, { once: true });
  try {
    await promise;
  } finally {
    waiting.delete(resolve);
    signal.removeEventListener("abort", aborted);
  }
}
