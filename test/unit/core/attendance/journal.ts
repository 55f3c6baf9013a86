import { attendanceOf, bookOf } from "../../../../kiosk/core/attendance/attendance.ts";
import type { Book, Mark, Written } from "../../../../kiosk/core/attendance/marks.ts";
import type { Now } from "../../../../kiosk/core/attendance/presence.ts";
import type { WallTrust } from "../../../../kiosk/core/attendance/trust.ts";
import { type SiteDay, usualDayStart } from "../../../../kiosk/core/attendance/workday.ts";
import { type PersonId, personId } from "../../../../kiosk/core/person.ts";
import type { CorrectionData, PunchData, PunchKind } from "../../../../kiosk/core/record.ts";
import { localText, utcText } from "../../../../kiosk/core/time.ts";

/** A small journal, told in wall times of Berlin. */

export const berlin: SiteDay = { timeZone: "Europe/Berlin", dayStartsAt: usualDayStart };
export const ana: PersonId = personId("p_00000000000000000ana");
export const bo: PersonId = personId("p_000000000000000000b0");
export const sup: PersonId = personId("p_00000000000000000sup");

export const exact: WallTrust = { reach: "minutes", why: [] };
export const daysOnly: WallTrust = { reach: "days", why: ["coarse"] };
export const lost: WallTrust = { reach: "nothing", why: ["power-cut"] };

/** `2026-11-23 07:57`, Berlin; a `+01:00` at the end tells the two folds apart. */
export const wall = (text: string): number =>
  /[+-]\d\d:\d\d$/.test(text)
    ? Date.parse(text.replace(" ", "T"))
    : Temporal.PlainDateTime.from(text.replace(" ", "T")).toZonedDateTime("Europe/Berlin").epochMilliseconds;

export interface Told {
  readonly person?: PersonId;
  readonly boot?: number;
  /** Milliseconds since the boot; without it as the wall clock goes, so that nothing contradicts it. */
  readonly mono?: number;
  readonly isWeak?: boolean;
  readonly job?: string;
  readonly loc?: string;
}

const epochMs = wall("2026-01-01 00:00");

export function punch(id: string, kind: PunchKind, at: string, told: Told = {}): Written {
  const { person = ana, boot = 1, isWeak = false, job, loc = "gate-1" } = told;
  const utcMs = wall(at);
  const data: PunchData = {
    kind,
    sub: person,
    method: ["card"],
    assure: { match: "none", live: "na", card: "static" },
    t: {
      local: localText(utcMs, "Europe/Berlin"),
      tz: "Europe/Berlin",
      src: isWeak ? "none" : "ntp",
      err: 1_000,
      age: 60,
      boot,
      mono: told.mono ?? utcMs - epochMs,
    },
    loc,
    pol: "p.1",
    dec: isWeak ? "flag" : "accept",
    ...(isWeak && { why: ["clock-weak"] }),
    ...(job !== undefined && { job }),
  };
  return { id, type: "dev.lintel.punch.v1", time: utcText(utcMs), epoch: 1, seq: 0, data };
}

export const correction = (
  id: string,
  ref: string,
  kind: PunchKind,
  more: Partial<CorrectionData> = {},
  at = "2026-11-24 09:00",
): Written => ({
  id,
  type: "dev.lintel.correction.v1",
  time: utcText(wall(at)),
  epoch: 1,
  seq: 0,
  data: { ref, kind, sub: ana, reason: "changed-at-kiosk", by: "self", ...more } satisfies CorrectionData,
});

/** The order of the telling is that of the journal. */
export const told = (...events: readonly Written[]): readonly Written[] =>
  events.map((event, seq) => ({ ...event, seq }));

export const bookFor = (...events: readonly Written[]): Book => bookOf(attendanceOf(told(...events)), ana);

export const marksFor = (...events: readonly Written[]): readonly Mark[] => bookFor(...events).marks;

export const markFrom = (event: Written): Mark => {
  const [mark] = marksFor(event);
  if (mark === undefined) throw new Error("no mark came of it");
  return mark;
};

export const nowIs = (at: string, told: { boot?: number; mono?: number; trust?: WallTrust } = {}): Now => {
  const utcMs = wall(at);
  return {
    at: { utcMs, monoMs: told.mono ?? utcMs - epochMs },
    boot: told.boot ?? 1,
    trust: told.trust ?? exact,
  };
};
