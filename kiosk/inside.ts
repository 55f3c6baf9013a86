import type { InsideCard } from "./core/desk.ts";
import type { EvenWays } from "./core/even-ways.ts";
import type { Template } from "./core/ports/engine.ts";
import type { TimeSource } from "./core/time.ts";

export interface InsideRooms<T extends Template> {
  /** What an engine was given. */
  readonly gallery: () => readonly T[];
  /** Why this template may not be used now; null where it may. */
  readonly closed: (template: T) => string | null;
  readonly overdue: () => Promise<InsideCard["overdue"]>;
  readonly keys: () => InsideCard["keys"];
  readonly time: () => TimeSource;
  readonly ways: () => EvenWays;
}

/** What only the clock itself can say of its promises: asked anew each time, of the rooms that keep them. */
export const createInside =
  <T extends Template>({ gallery, closed, overdue, keys, time, ways }: InsideRooms<T>) =>
  async (): Promise<InsideCard> => {
    const loaded = gallery();
    const withoutConsent = loaded.filter((template) => closed(template) !== null).length;
    return {
      overdue: await overdue(),
      faces: { loaded: loaded.length, withoutConsent },
      keys: keys(),
      time: time(),
      ways: ways(),
    };
  };
