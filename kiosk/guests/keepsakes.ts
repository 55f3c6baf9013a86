import type { Counted, Due, Keepsakes, Purged } from "../core/keepsake.ts";
import type { PersonId } from "../core/person.ts";
import { dayMs } from "../core/retention.ts";
import type { Elsewhere } from "../privacy/erasure.ts";
import type { KeptVisit, Visits } from "../store/visits.ts";

/** How visits end: by their days, by an erasure, or because nobody came. */

/** The retention engine asks; a key is destroyed, and the wall hears of it. */
export function keepsakesOf(
  visits: Visits,
  forget: (v: PersonId) => Promise<void>,
  oneByOne: <T>(work: () => Promise<T>) => Promise<T>,
): Keepsakes {
  const over = ({ nowUtcMs, beforeUtcMs }: Omit<Due, "limit">): readonly KeptVisit[] =>
    visits.all().filter(({ stage, madeUtcMs }) => stage !== "expected" && Math.min(madeUtcMs, nowUtcMs) < beforeUtcMs);
  const sorted = (due: Omit<Due, "limit">) => {
    const all = over(due);
    const going = all.filter(({ v }) => !due.isHeld(v));
    return { going, held: all.length - going.length };
  };
  return {
    cls: "visitor",
    count: async (due): Promise<Counted> => {
      const { going, held } = sorted(due);
      return { due: going.length, held };
    },
    purge: async (due): Promise<Purged> => {
      // Dated by a clock that was wrong: counted from now on.
      const early = visits.all().filter(({ madeUtcMs }) => madeUtcMs > due.nowUtcMs);
      for (const { v } of early) await oneByOne(() => visits.change(v, { madeUtcMs: Math.floor(due.nowUtcMs) }));
      await oneByOne(() => dropStale(visits, due.nowUtcMs));
      const { going, held } = sorted(due);
      const now = going.slice(0, due.limit);
      for (const { v } of now) await forget(v);
      return { gone: now.length, held, isMore: going.length > now.length };
    },
  };
}

interface Forgetful {
  readonly subjects: () => readonly PersonId[];
  readonly forget: (v: PersonId) => Promise<void>;
}

/** Visits, as an erasure forgets them; a hold of their class keeps them until its end. */
export const visitsForErasure = (book: () => Forgetful | null): Elsewhere => ({
  ...{ what: "visit", cls: "visitor" },
  subjects: () => book()?.subjects() ?? [],
  count: (sub) => Number(book()?.subjects().includes(sub) ?? false),
  forget: async (sub) => book()?.forget(sub),
});

/** Invitations that nobody came with, by a time that can be trusted. For a while the wall can say that they are over. */
async function dropStale(visits: Visits, nowUtcMs: number): Promise<void> {
  const stale = visits
    .all()
    .filter(({ stage, window }) => stage === "expected" && window !== null && window.untilUtcMs + 2 * dayMs < nowUtcMs);
  for (const { v } of stale) await visits.destroy(v);
}
