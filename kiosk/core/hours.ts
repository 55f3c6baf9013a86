import { bookOf, lastOf } from "./attendance/attendance.ts";
import { standingAfter } from "./attendance/direction.ts";
import { jobNow, mayTransfer } from "./attendance/jobs.ts";
import type { Mark } from "./attendance/marks.ts";
import { type DaySheet, last14Days, sheetsOf, totalsOf } from "./attendance/sheet.ts";
import { workDayOf } from "./attendance/workday.ts";
import type { Proof } from "./draft.ts";
import { lastMarkOf, nowOf, siteOf } from "./ground.ts";
import type { Memory, State } from "./memory.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import { localText, type Stamp } from "./time.ts";
import type { DayView, MarkView } from "./visit-view.ts";

/** What somebody may see of their own: today and the two weeks before, as this clock knows them. */

export function hoursOf(memory: Memory, proof: Proof, now: Stamp, policy: Policy): Memory {
  const book = bookOf(memory.attendance, proof.person);
  const rule = policy.direction === "first-last" ? "first-last" : "pairs";
  const sheets = sheetsOf(book, siteOf(policy), nowOf(memory, now), rule);
  const sheet14 = last14Days(sheets, workDayOf(now.utcMs, siteOf(policy)));
  const total = totalsOf(sheet14);
  const [newest = emptyDay, ...older] = sheet14.map((sheet) => dayView(sheet, policy)).reverse();
  const undated = sheets.undated.filter(({ kind }) => kind !== "unknown").map((mark) => markView(mark, policy));
  // No clock can say when these were: they stand with today and say so, because nowhere would look like never.
  const isUnsure = newest.isUnsure || undated.length > 0;
  const today: DayView = { ...newest, isUnsure, marks: [...newest.marks, ...undated] };
  const days = [today, ...older];
  const last = lastOf(book);
  const state: State = {
    at: "hours",
    proof,
    sheet: {
      standing: last === null ? "out" : standingAfter(last.kind),
      today,
      days,
      total: { workMin: inMin(total.workMs), breakMin: inMin(total.breakMs), isUnsure: total.isUnsure },
    },
    untilMs: now.monoMs + policy.readMs,
  };
  return { ...memory, state };
}

/** As the site calls what they work at now. */
export const jobLabelOf = ({ attendance }: Memory, person: PersonId, policy: Policy): string | null =>
  labelOf(jobNow(bookOf(attendance, person)), policy);

export const canTransfer = (memory: Memory, person: PersonId, policy: Policy): boolean =>
  policy.jobs.length > 0 && mayTransfer(lastMarkOf(memory, person));

export const labelOf = (code: string | null, { jobs }: Policy): string | null =>
  code === null ? null : (jobs.find((job) => job.code === code)?.label ?? code);

const dayView = ({ day, workMs, breakMs, isOpen, isUnsure, requests, marks }: DaySheet, policy: Policy): DayView => ({
  ...{ day, isOpen, isUnsure },
  workMin: inMin(workMs),
  breakMin: inMin(breakMs),
  asked: requests.length,
  marks: marks.filter(({ kind }) => kind !== "unknown").map((mark) => markView(mark, policy)),
});

const markView = ({ id, kind, utcMs, time, was, evidence, job }: Mark, policy: Policy): MarkView => ({
  ...{ id, kind },
  local: utcMs === null ? null : localText(utcMs, policy.timeZone),
  isSure: time !== "unsure",
  isChanged: was !== null || evidence.reasons.includes("added"),
  job: labelOf(job, policy),
});

const emptyDay: DayView = { day: "", workMin: 0, breakMin: 0, isOpen: false, isUnsure: true, asked: 0, marks: [] };

const inMin = (ms: number): number => Math.floor(ms / 60_000);
