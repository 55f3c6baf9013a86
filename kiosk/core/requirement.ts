import type { Person } from "./person.ts";
import type { Policy } from "./policy.ts";
import type { Stamp } from "./time.ts";
import type { Way, WayRule } from "./way.ts";

/** Who must show what. A rule asks for more evidence; it can never cost anybody a punch. */

export interface Requirement {
  readonly accepts: readonly (readonly Way[])[];
}

export type Standing =
  | { readonly is: "enough" }
  /** This is wanted too. */
  | { readonly is: "wants"; readonly way: Way }
  /** The rule knows nothing of what was shown: it counts, and is looked at later. */
  | { readonly is: "other" };

type About = Pick<Person, "id" | "perm"> & { readonly isLookAlike?: boolean };

/** The first rule that is about this person, here and now; else what the site agreed on for everybody. */
export function requirementFor(person: About, at: Stamp, policy: Policy): Requirement {
  const rule = policy.rules.find((one) => holds(one, person, at, policy));
  if (rule !== undefined) return rule;
  const wantsFace = policy.badge === "with-face" || person.isLookAlike === true;
  return { accepts: policy.ways.map((way) => (way === "badge" && wantsFace ? ["badge", "face"] : [way])) };
}

/** Of several things that would do, the first that leaves the least to show. */
export function standingOf({ accepts }: Requirement, shown: readonly Way[]): Standing {
  const left = accepts
    .filter((ways) => shown.some((way) => ways.includes(way)))
    .map((ways) => ways.filter((way) => !shown.includes(way)));
  if (left.length === 0) return { is: "other" };
  const [least = []] = left.toSorted((a, b) => a.length - b.length);
  const [way] = least;
  return way === undefined ? { is: "enough" } : { is: "wants", way };
}

function holds(rule: WayRule, person: About, at: Stamp, policy: Policy): boolean {
  const { people, groups, sites, when } = rule;
  if (people !== undefined && !people.includes(person.id)) return false;
  if (groups !== undefined && !groups.some((group) => person.perm?.includes(group))) return false;
  if (sites !== undefined && !sites.includes(policy.site)) return false;
  return when === undefined || isWithin(when, at.utcMs, policy.timeZone);
}

function isWithin({ days, from, until }: NonNullable<WayRule["when"]>, utcMs: number, timeZone: string): boolean {
  const now = Temporal.Instant.fromEpochMilliseconds(utcMs).toZonedDateTimeISO(timeZone);
  const time = now.toPlainTime();
  const [begins, ends] = [Temporal.PlainTime.from(from), Temporal.PlainTime.from(until)];
  const isAfter = Temporal.PlainTime.compare(time, begins) >= 0;
  const isBefore = Temporal.PlainTime.compare(time, ends) < 0;
  const today = now.dayOfWeek;
  if (Temporal.PlainTime.compare(ends, begins) > 0) return isAfter && isBefore && days.includes(today);
  const yesterday = today === 1 ? 7 : today - 1;
  return (isAfter && days.includes(today)) || (isBefore && days.includes(yesterday));
}
