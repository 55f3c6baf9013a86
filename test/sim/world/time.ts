/**
 * Virtual time: nothing happens between two events, so a month costs no more than what happens in it. After each event
 * everything that can go on goes on, until all of it waits for time or for another event.
 */
export interface Time {
  /** True time, milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Runs it once, `ms` from now. @returns what calls it off. */
  readonly later: (ms: number, act: () => void | Promise<void>) => () => void;
  /** Lets `ms` pass. */
  readonly pass: (ms: number) => Promise<void>;
  /** Waits for real work, a file system's, before time goes on. */
  readonly busy: <T>(work: PromiseLike<T>) => Promise<T>;
  /** Events so far. */
  readonly events: () => number;
}

interface Planned {
  readonly dueMs: number;
  readonly order: number;
  readonly act: () => void | Promise<void>;
  isOff: boolean;
}

/** @param happened called after every event. */
export function openTime(startMs: number, happened: () => void): Time {
  let nowMs = startMs;
  let order = 0;
  let events = 0;
  let working = 0;
  const heap: Planned[] = [];
  const settle = async (): Promise<void> => {
    // Twice: what a first turn of the event loop ended may have begun something for a second.
    for (let quiet = 0; quiet < 2; quiet = working === 0 ? quiet + 1 : 0) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
  const isSooner = (a: Planned, b: Planned): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
  const at = (index: number): Planned => heap[index] as Planned;
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [at(b), at(a)];
  };
  const push = (planned: Planned): void => {
    heap.push(planned);
    for (let child = heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!isSooner(at(child), at(parent))) return;
      swap(child, parent);
      child = parent;
    }
  };
  const pop = (): Planned | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let parent = 0; ; ) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && isSooner(at(child), at(least))) least = child;
      }
      if (least === parent) return first;
      swap(parent, least);
      parent = least;
    }
  };
  return {
    nowMs: () => nowMs,
    later: (ms, act) => {
      order += 1;
      const planned: Planned = { dueMs: nowMs + Math.max(0, ms), order, act, isOff: false };
      push(planned);
      return () => {
        planned.isOff = true;
      };
    },
    pass: async (ms) => {
      const untilMs = nowMs + ms;
      await settle();
      for (let next = heap[0]; next !== undefined && next.dueMs <= untilMs; next = heap[0]) {
        pop();
        if (next.isOff) continue;
        nowMs = Math.max(nowMs, next.dueMs);
        events += 1;
        await next.act();
        await settle();
        happened();
      }
      nowMs = untilMs;
    },
    busy: async (work) => {
      working += 1;
      try {
        return await work;
      } finally {
        working -= 1;
      }
    },
    events: () => events,
  };
}
