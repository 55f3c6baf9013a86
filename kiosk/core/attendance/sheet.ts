import type { Book, CorrectionRequest, Mark } from "./marks.ts";
import type { Now } from "./presence.ts";
import { elapsedMs, type Oddity, type Span, type StrayMark, shiftsOf, sinceMs, type WorkShift } from "./shifts.ts";
import { type SiteDay, shiftedDay, type WorkDay, workDayOf } from "./workday.ts";

/** What somebody may see of their own hours: as this clock knows them, not as payroll will count them. */

/** pairs: as punched. first-last: from the first punch of a work-day to its last, whatever was pressed. */
export type SheetRule = "pairs" | "first-last";

export interface DaySheet {
  readonly day: WorkDay;
  /** In order; a night belongs to the day on which it began. */
  readonly spans: readonly Span[];
  /** Elapsed milliseconds, also over a change of the clocks. */
  readonly workMs: number;
  readonly breakMs: number;
  readonly marks: readonly Mark[];
  readonly oddities: readonly Oddity[];
  /** Asked for and not decided, about a mark of this day: shown beside what still stands. */
  readonly requests: readonly CorrectionRequest[];
  readonly isOpen: boolean;
  /** Some mark has a time that is not sure, or some span a length that nobody knows. */
  readonly isUnsure: boolean;
}

export interface Sheets {
  /** Oldest first; only days on which something was. */
  readonly days: readonly DaySheet[];
  /** "Time not sure", and no clock can say even the day: shown by themselves, in their order. */
  readonly undated: readonly Mark[];
}

export interface SheetTotals {
  readonly workMs: number;
  readonly breakMs: number;
  /** Days with work. */
  readonly days: number;
  readonly isUnsure: boolean;
}

export function sheetsOf(book: Book, site: SiteDay, now: Now, rule: SheetRule = "pairs"): Sheets {
  const { shifts, strays } = rule === "pairs" ? shiftsOf(book.marks, site, now) : daysOf(book.marks, site, now);
  const byDay = new Map<WorkDay, { shifts: WorkShift[]; strays: StrayMark[] }>();
  const undated: Mark[] = [];
  const onDay = (marks: readonly Mark[]) => {
    const day = dayOf(marks, site);
    if (day === null) {
      undated.push(...marks);
      return null;
    }
    const page = byDay.get(day) ?? { shifts: [], strays: [] };
    byDay.set(day, page);
    return page;
  };
  for (const shift of shifts) onDay(shift.marks)?.shifts.push(shift);
  for (const stray of strays) onDay([stray.mark])?.strays.push(stray);
  const asked = book.requests.filter(({ state }) => state === "asked");
  const days = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    days: days.map(([day, page]) => sheetOf(day, page.shifts, page.strays, asked)),
    undated: inOrder(undated, book),
  };
}

/** The newest 14 work-days up to `today`, the oldest first; days without work are there and empty. */
export function last14Days({ days }: Sheets, today: WorkDay): readonly DaySheet[] {
  const known = new Map(days.map((sheet) => [sheet.day, sheet]));
  return Array.from({ length: 14 }, (_, n) => {
    const day = shiftedDay(today, n - 13);
    return known.get(day) ?? sheetOf(day, [], [], []);
  });
}

export const totalsOf = (days: readonly DaySheet[]): SheetTotals => ({
  workMs: sum(days.map(({ workMs }) => workMs)),
  breakMs: sum(days.map(({ breakMs }) => breakMs)),
  days: days.filter(({ spans }) => spans.some(({ kind }) => kind === "work")).length,
  isUnsure: days.some(({ isUnsure }) => isUnsure),
});

function sheetOf(
  day: WorkDay,
  shifts: readonly WorkShift[],
  strays: readonly StrayMark[],
  asked: readonly CorrectionRequest[],
): DaySheet {
  const spans = shifts.flatMap((shift) => shift.spans);
  const marks = [...shifts.flatMap((shift) => shift.marks), ...strays.map(({ mark }) => mark)];
  const ids = new Set(marks.map(({ id }) => id));
  const msOf = (kind: Span["kind"]): number => sum(spans.map((span) => (span.kind === kind ? (span.ms ?? 0) : 0)));
  return {
    ...{ day, spans, marks },
    workMs: msOf("work"),
    breakMs: msOf("break"),
    oddities: [...new Set([...shifts.flatMap(({ oddities }) => oddities), ...strays.map(({ oddity }) => oddity)])],
    requests: asked.filter(({ ref }) => ids.has(ref)),
    isOpen: shifts.some(({ end }) => end === "open"),
    isUnsure: marks.some(({ time }) => time === "unsure") || spans.some(({ ms }) => ms === null),
  };
}

/** The day of the first mark whose time is known: that of the `in`, wherever the clock knew it. */
function dayOf(marks: readonly Mark[], site: SiteDay): WorkDay | null {
  for (const { time, utcMs } of marks) if (time !== "unsure" && utcMs !== null) return workDayOf(utcMs, site);
  return null;
}

/** First to last: what was pressed in between says nothing. */
function daysOf(marks: readonly Mark[], site: SiteDay, now: Now): ReturnType<typeof shiftsOf> {
  const strays: StrayMark[] = [];
  const groups = new Map<string, readonly Mark[]>();
  for (const mark of marks) {
    if (mark.kind === "attest") continue;
    if (mark.kind === "unknown") {
      strays.push({ mark, oddity: "not-theirs" });
      continue;
    }
    // What has no day of its own stands by itself: nobody can say which day it is first or last of.
    const key = dayOf([mark], site) ?? mark.id;
    groups.set(key, [...(groups.get(key) ?? []), mark]);
  }
  // Only the newest can still be open, and only on its own day.
  const today = now.trust.reach === "nothing" ? null : workDayOf(now.at.utcMs, site);
  const newest = [...groups.keys()].at(-1);
  const isOpen = (key: string): boolean => key === newest && (today === null || today === key);
  return { shifts: [...groups].map(([key, group]) => dayShift(group, isOpen(key), now)), strays };
}

function dayShift(marks: readonly Mark[], mayBeOpen: boolean, now: Now): WorkShift {
  const [first] = marks;
  const last = marks.at(-1);
  if (first === undefined || last === undefined) return { marks, spans: [], end: "ended", oddities: [] };
  const of = { kind: "work", from: first, job: first.job } as const;
  if (first !== last) {
    return { marks, spans: [{ ...of, until: last, ms: elapsedMs(first, last) }], end: "ended", oddities: [] };
  }
  return mayBeOpen
    ? { marks, spans: [{ ...of, until: null, ms: sinceMs(first, now) }], end: "open", oddities: [] }
    : { marks, spans: [{ ...of, until: null, ms: null }], end: "unended", oddities: ["open-too-long"] };
}

function inOrder(marks: readonly Mark[], { marks: all }: Book): readonly Mark[] {
  const wanted = new Set(marks);
  return all.filter((mark) => wanted.has(mark));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, ms) => total + ms, 0);
