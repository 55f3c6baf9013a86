import { bookOf, lastOf } from "./attendance/attendance.ts";
import type { Mark } from "./attendance/marks.ts";
import type { Now } from "./attendance/presence.ts";
import { type PlannedShift, plannedAround } from "./attendance/schedule.ts";
import { type WallTrust, wallTrust } from "./attendance/trust.ts";
import type { SiteDay } from "./attendance/workday.ts";
import type { Memory } from "./memory.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import type { Stamp } from "./time.ts";

/** What the rules of attendance stand on: the site, the moment, how far the wall clock may decide, and what was before. */

export const siteOf = ({ timeZone, dayStartsAt }: Policy): SiteDay => ({ timeZone, dayStartsAt });

export const trustAt = ({ attendance, moment, start, trusted }: Memory, now: Stamp): WallTrust =>
  wallTrust({
    clock: moment.clock,
    now,
    newestSureUtcMs: attendance.newestSureUtcMs,
    before: trusted,
    isNewBoot: start.isNewBoot,
    wasUnclean: start.wasUnclean,
  });

export const nowOf = (memory: Memory, at: Stamp): Now => ({
  at,
  boot: memory.moment.boot,
  trust: trustAt(memory, at),
});

/** What the person did last, as the journal of this clock has it. */
export const lastMarkOf = ({ attendance }: Memory, person: PersonId): Mark | null => lastOf(bookOf(attendance, person));

/** Empty where nothing is planned for them. */
export function planOf({ people }: Memory, person: PersonId, utcMs: number, policy: Policy): readonly PlannedShift[] {
  const shifts = policy.shifts[people.get(person)?.shift ?? ""];
  return shifts === undefined ? [] : plannedAround(shifts, utcMs, policy.timeZone);
}
