import type { ChosenKind } from "../chosen.ts";
import { kindAfter } from "../directions.ts";
import type { PunchKind } from "../record.ts";
import type { Mark } from "./marks.ts";
import { nearestMoment, type PlannedShift } from "./schedule.ts";
import type { WallTrust } from "./trust.ts";
import { type SiteDay, workDayOf } from "./workday.ts";

/** How a site decides what a punch is. */
export type DirectionMode =
  /** The person chooses each time. */
  | "manual"
  /** What follows the last punch, changeable. */
  | "suggested"
  /** The planned beginning or end that is nearest. */
  | "schedule"
  /** A gate through which people only come, or only go. */
  | "fixed-in"
  | "fixed-out"
  /** The first of a work-day comes, every later one goes; the last one counts. */
  | "first-last";

export interface Direction {
  readonly kind: ChosenKind;
  /** Nobody chose it. */
  readonly inferred: boolean;
  /** Whether the person is asked. If they leave without a word, `kind` holds. */
  readonly ask: boolean;
}

export interface DirectionQuestion {
  readonly mode: DirectionMode;
  readonly last: Mark | null;
  /** `plannedAround` of this person's shifts. */
  readonly plan: readonly PlannedShift[];
  readonly nowUtcMs: number;
  readonly trust: WallTrust;
  readonly site: SiteDay;
}

/** A shift longer than this was not ended here; the next punch is more likely a new beginning. */
export const longestShiftMs = 16 * 60 * 60 * 1000;

/**
 * The kind of a punch that is made now. Where the wall clock may decide nothing, order alone does, and the person is asked;
 * a fixed gate needs no clock.
 */
export function directionOf(question: DirectionQuestion): Direction {
  const { mode, last, trust } = question;
  // Whoever walks through a gate that goes one way has chosen by walking.
  if (mode === "fixed-in") return { kind: "in", inferred: false, ask: false };
  if (mode === "fixed-out") return { kind: "out", inferred: false, ask: false };
  if (trust.reach === "nothing") return { kind: byOrder(last), inferred: true, ask: true };
  switch (mode) {
    case "manual":
      return { ...suggested(question), ask: true };
    case "suggested":
      return suggested(question);
    case "schedule":
      return bySchedule(question);
    case "first-last":
      return { kind: isFirstOfDay(question) ? "in" : "out", inferred: true, ask: false };
  }
}

/** Whether somebody is here after such a mark, as far as it says. */
export function standingAfter(kind: PunchKind): "in" | "break" | "out" {
  if (kind === "break-start") return "break";
  return kind === "in" || kind === "break-end" || kind === "transfer" ? "in" : "out";
}

function byOrder(last: Mark | null): ChosenKind {
  switch (last?.kind) {
    case "in":
    case "out":
    case "break-start":
    case "break-end":
      return kindAfter(last.kind);
    case "transfer":
      return "out";
    default:
      return "in";
  }
}

/** A last punch that has no sure time is followed by order, and asked about: it may be of today or of last week. */
function suggested({ last, nowUtcMs }: DirectionQuestion): Direction {
  if (last === null) return { kind: "in", inferred: true, ask: false };
  if (last.time === "unsure" || last.utcMs === null) return { kind: byOrder(last), inferred: true, ask: true };
  const isOld = Math.abs(nowUtcMs - last.utcMs) > longestShiftMs;
  return { kind: isOld ? "in" : byOrder(last), inferred: true, ask: false };
}

/** Farther away from what is planned, the plan says nothing: a walk at noon is not the beginning of the shift. */
const planReachMs = 2 * 60 * 60 * 1000;

/** The plan decides between coming and going; what it says against the order of things is asked about. */
function bySchedule(question: DirectionQuestion): Direction {
  const { last, plan, nowUtcMs, trust } = question;
  const usual = suggested(question);
  const planned = trust.reach === "minutes" ? nearestMoment(plan, nowUtcMs) : null;
  if (planned === null || usual.ask || Math.abs(planned.utcMs - nowUtcMs) > planReachMs) return usual;
  // Nothing is planned about breaks: whoever is on one ends it, unless it is time to go.
  if (last?.kind === "break-start" && planned.kind === "in") return usual;
  const isHere = usual.kind !== "in";
  const isOdd = (planned.kind === "in") === isHere;
  return { kind: planned.kind, inferred: true, ask: isOdd };
}

function isFirstOfDay({ last, nowUtcMs, site }: DirectionQuestion): boolean {
  if (last === null || last.utcMs === null || last.time === "unsure") return last === null;
  return workDayOf(last.utcMs, site) !== workDayOf(nowUtcMs, site);
}
