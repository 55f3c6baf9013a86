import type { View } from "../../core/view.ts";
import { drawnOf } from "./views/all.ts";

/** The language somebody touched, and until when it stays; it is gone with whoever touched it. */
export interface Choice {
  readonly lang: string;
  readonly untilMs: number;
}

/** Long enough to read an idle wall, and to begin a look again after one that failed. */
const idleStaysMs = 20_000;

export const chosenAt = (lang: string, nowMs: number): Choice => ({ lang, untilMs: nowMs + idleStaysMs });

/** What is left of a choice when the wall goes from one view to the next. */
export function choiceAfter(choice: Choice | null, before: View | null, after: View, nowMs: number): Choice | null {
  if (choice === null) return null;
  if (before !== null && drawnOf(before).endsVisit === true && !isSameVisit(before, after)) return null;
  return { ...choice, untilMs: nowMs + idleStaysMs };
}

/** Only an idle wall forgets by the clock: somebody stands before every other one. */
export const isOver = ({ untilMs }: Choice, view: View, nowMs: number): boolean =>
  view.at === "idle" && nowMs >= untilMs;

/** News of a thanks, and what comes of a duplicate that somebody meant, belong to the same visit. */
function isSameVisit(before: View, after: View): boolean {
  if (before.at === "thanks")
    return after.at === "thanks" && after.name === before.name && after.local === before.local;
  return before.at === after.at || (before.at === "duplicate" && (after.at === "saving" || after.at === "thanks"));
}
