export interface ShutterOptions {
  readonly mayLook: () => boolean;
  /** Everything that sees, until `signal` aborts. By the time it resolves, nobody's face is in memory any more. */
  readonly see: (signal: AbortSignal) => readonly Promise<void>[];
  /** The clock does not see, and is not meant to. */
  readonly closed: () => void;
}

/** Opens and shuts the clock's eyes while it works: no camera runs behind a shut one, and no template is loaded. */
export interface Shutter {
  /** Whether it may see has changed, perhaps. */
  readonly look: () => void;
  /** Until `signal` aborts; throws what those who see throw. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

export function createShutter({ mayLook, see, closed }: ShutterOptions): Shutter {
  let bell = Promise.withResolvers<void>();
  const look = (): void => bell.resolve();

  /** Until it may not any more. */
  const seeing = async (signal: AbortSignal): Promise<void> => {
    const shutting = new AbortController();
    const work = see(AbortSignal.any([signal, shutting.signal]));
    const shut = async (): Promise<void> => {
      while (mayLook() && !signal.aborted) await rung();
      shutting.abort();
    };
    try {
      await Promise.all([...work, shut()]);
    } finally {
      shutting.abort();
      await Promise.allSettled(work);
    }
  };

  const rung = async (): Promise<void> => {
    await bell.promise;
    bell = Promise.withResolvers<void>();
  };

  return {
    look,
    run: async (signal) => {
      signal.addEventListener("abort", look, { once: true });
      while (!signal.aborted) {
        if (mayLook()) await seeing(signal);
        else {
          closed();
          while (!mayLook() && !signal.aborted) await rung();
        }
      }
    },
  };
}
