import { musterOf, whoIsIn } from "./attendance/presence.ts";
import { nowOf } from "./ground.ts";
import type { Memory } from "./memory.ts";
import type { Policy } from "./policy.ts";
import { localText, type Stamp } from "./time.ts";
import type { MusterLineView, MusterView } from "./visit-view.ts";

/** Who is in: from this clock's own journal, so it needs no network. */

export const musterPage = 10;

export function mustered(memory: Memory, now: Stamp, policy: Policy): Memory {
  const lines = musterOf(
    whoIsIn(memory.attendance, nowOf(memory, now)),
    (person) => memory.people.get(person)?.displayName ?? "",
    policy.locale,
  ).map(({ name, standing, sinceUtcMs, loc, isDoubtful }) => ({
    ...{ name, standing, loc, isDoubtful },
    sinceLocal: sinceUtcMs === null ? null : localText(sinceUtcMs, policy.timeZone),
  }));
  const all = [...lines, ...visitorLines(memory, policy)];
  return { ...memory, state: { at: "muster", lines: all, page: 0, untilMs: now.monoMs + 2 * policy.readMs } };
}

/** Visitors stand after those who work here, by the name that they gave. */
function visitorLines({ guests }: Memory, { timeZone, locale, loc }: Policy): readonly MusterLineView[] {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  return [...guests.visits.values()]
    .filter(({ stage }) => stage === "here")
    .map(({ name, sinceUtcMs }): MusterLineView => {
      const sinceLocal = localText(sinceUtcMs, timeZone);
      return { name, standing: "in", sinceLocal, loc, isDoubtful: false, isVisitor: true };
    })
    .sort((a, b) => compare(a.name, b.name));
}

export function musterView({
  lines,
  page,
}: {
  readonly lines: MusterView["lines"];
  readonly page: number;
}): MusterView {
  return {
    at: "muster",
    count: lines.length,
    doubtful: lines.filter(({ isDoubtful }) => isDoubtful).length,
    lines: lines.slice(page * musterPage, (page + 1) * musterPage),
    page,
    pages: pagesOf(lines.length, musterPage),
  };
}

export const pagesOf = (count: number, perPage: number): number => Math.max(1, Math.ceil(count / perPage));

/** The page that was asked for, or the nearest there is. */
export const pageWithin = (page: number, count: number, perPage: number): number =>
  Math.min(Math.max(0, page), pagesOf(count, perPage) - 1);
