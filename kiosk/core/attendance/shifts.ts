import { longestShiftMs } from "./direction.ts";
import { monotonicSinceMs } from "./duplicate.ts";
import type { Mark } from "./marks.ts";
import type { Now } from "./presence.ts";
import { type SiteDay, workDayOf } from "./workday.ts";

/** Work from coming to going. */
export interface WorkShift {
  /** Never empty, in the journal's order. */
  readonly marks: readonly Mark[];
  readonly spans: readonly Span[];
  readonly end:
    | "ended"
    /** They are here. */
    | "open"
    /** Nobody said when it ended, and something else began since: the last span counts nothing until somebody says. */
    | "unended";
  readonly oddities: readonly Oddity[];
}

export interface Span {
  readonly kind: "work" | "break";
  readonly from: Mark;
  /** Null while it lasts, and where nobody said when it ended. */
  readonly until: Mark | null;
  /** Elapsed time; null where no clock can say how long it was. */
  readonly ms: number | null;
  readonly job: string | null;
}

/** What a person should look at. Nothing of it changes what is counted by itself. */
export type Oddity =
  | "in-twice"
  | "out-without-in"
  | "break-without-in"
  | "break-end-without-start"
  | "transfer-without-in"
  | "open-too-long"
  | "time-runs-back"
  /** Somebody said that a punch was not theirs. */
  | "not-theirs";

/** Marks that belong to no work: an `out` by itself, a punch that was not theirs. */
export interface StrayMark {
  readonly mark: Mark;
  readonly oddity: Oddity;
}

/** Pairs the marks of one person in their order. Times decide only how long something was, and when it is too long ago. */
export function shiftsOf(
  marks: readonly Mark[],
  site: SiteDay,
  now: Now,
): { readonly shifts: readonly WorkShift[]; readonly strays: readonly StrayMark[] } {
  const shifts: WorkShift[] = [];
  const strays: StrayMark[] = [];
  let open: Draft | null = null;
  const finish = (end: "ended" | "unended"): void => {
    if (open !== null) shifts.push(closed(open, end));
    open = null;
  };
  for (const mark of marks) {
    if (mark.kind === "attest") continue;
    if (mark.kind === "unknown") {
      strays.push({ mark, oddity: "not-theirs" });
      continue;
    }
    if (open !== null && mark.kind === "in" && isNewWork(open, mark, site)) finish("unended");
    if (open === null && mark.kind === "out") strays.push({ mark, oddity: "out-without-in" });
    else if (open === null) open = begun(mark);
    else {
      grow(open, mark);
      if (mark.kind === "out") finish("ended");
    }
  }
  if (open !== null) shifts.push(ongoing(open, now));
  return { shifts, strays };
}

/** From one mark to the next, where any clock can say. Never less than nothing. */
export function elapsedMs(from: Mark, until: Mark): number | null {
  const sinceMs =
    until.mono === null ? null : monotonicSinceMs(from, { monoMs: until.mono.ms, utcMs: 0 }, until.mono.boot);
  // Two sure times are what everybody else counts with; the monotonic clock is for when they are not.
  const isDated = from.time !== "unsure" && until.time !== "unsure";
  if (!isDated || from.utcMs === null || until.utcMs === null) return sinceMs;
  return until.utcMs < from.utcMs ? (sinceMs ?? 0) : until.utcMs - from.utcMs;
}

interface Draft {
  readonly marks: Mark[];
  readonly spans: Span[];
  readonly oddities: Oddity[];
  kind: "work" | "break";
  from: Mark;
  job: string | null;
}

/** Whoever is on a break or at a job was here, whether or not they said so: their work is not lost for it. */
function begun(mark: Mark): Draft {
  const kind = mark.kind === "break-start" ? "break" : "work";
  const oddities: readonly Oddity[] =
    mark.kind === "in" ? [] : mark.kind === "transfer" ? ["transfer-without-in"] : ["break-without-in"];
  return { marks: [mark], spans: [], oddities: [...oddities], kind, from: mark, job: mark.job };
}

/** A second `in` within the same work is a slip; on another work-day, or after too long, it is a new beginning. */
function isNewWork({ marks: [first] }: Draft, mark: Mark, site: SiteDay): boolean {
  if (first === undefined || first.time === "unsure" || mark.time === "unsure") return false;
  if (first.utcMs === null || mark.utcMs === null) return false;
  const isOtherDay = workDayOf(first.utcMs, site) !== workDayOf(mark.utcMs, site);
  return isOtherDay || mark.utcMs - first.utcMs > longestShiftMs;
}

function grow(open: Draft, mark: Mark): void {
  const before = open.marks.at(-1) ?? mark;
  if (runsBack(before, mark)) open.oddities.push("time-runs-back");
  open.marks.push(mark);
  switch (mark.kind) {
    case "in":
      open.oddities.push("in-twice");
      // They are back from a break, whatever they pressed.
      if (open.kind === "break") turn(open, mark, "work");
      return;
    case "out":
      turn(open, mark, "work");
      return;
    case "break-start":
      if (open.kind === "work") turn(open, mark, "break");
      return;
    case "break-end":
      if (open.kind === "break") turn(open, mark, "work");
      else open.oddities.push("break-end-without-start");
      return;
    case "transfer":
      turn(open, mark, "work");
      open.job = mark.job;
  }
}

function turn(open: Draft, mark: Mark, kind: Span["kind"]): void {
  const { from, job } = open;
  open.spans.push({ kind: open.kind, from, until: mark, ms: elapsedMs(from, mark), job });
  open.kind = kind;
  open.from = mark;
}

const runsBack = (a: Mark, b: Mark): boolean =>
  a.time !== "unsure" && b.time !== "unsure" && a.utcMs !== null && b.utcMs !== null && b.utcMs < a.utcMs;

function closed(open: Draft, end: "ended" | "unended"): WorkShift {
  const { marks, spans, oddities, kind, from, job } = open;
  if (end === "unended") {
    const lost: Span = { kind, from, until: null, ms: null, job };
    return { marks, spans: [...spans, lost], end, oddities: unique([...oddities, "open-too-long"]) };
  }
  const [first = from] = marks;
  const lengthMs = elapsedMs(first, from);
  const isLong = lengthMs !== null && lengthMs > longestShiftMs;
  return { marks, spans, end, oddities: unique(isLong ? [...oddities, "open-too-long"] : oddities) };
}

function ongoing(open: Draft, now: Now): WorkShift {
  const { marks, spans, oddities, kind, from, job } = open;
  const [first = from] = marks;
  const sinceFirstMs = sinceMs(first, now);
  const isLong = sinceFirstMs !== null && sinceFirstMs > longestShiftMs;
  // Nobody works until now only because nobody said otherwise.
  const last: Span = { kind, from, until: null, ms: isLong ? null : sinceMs(from, now), job };
  return {
    marks,
    spans: [...spans, last],
    end: "open",
    oddities: unique(isLong ? [...oddities, "open-too-long"] : oddities),
  };
}

/** Until now, by whichever clock can say. Never less than nothing. */
export function sinceMs(mark: Mark, { at, boot, trust }: Now): number | null {
  const byMonoMs = monotonicSinceMs(mark, at, boot);
  if (trust.reach === "nothing" || mark.time === "unsure" || mark.utcMs === null) return byMonoMs;
  return at.utcMs < mark.utcMs ? (byMonoMs ?? 0) : at.utcMs - mark.utcMs;
}

const unique = (oddities: readonly Oddity[]): readonly Oddity[] => [...new Set(oddities)];
