import type { Effect, Step } from "../event.ts";
import { trustAt } from "../ground.ts";
import type { Memory } from "../memory.ts";
import type { Stamp } from "../time.ts";
import { isWriting, planned, withoutVisit } from "./book.ts";
import { write } from "./written.ts";

/** What has to be done for visitors when nobody touches anything. */

/** After a step: hosts who did not answer in time, and the hour at which everybody is signed out. */
export function guestChores([memory, effects]: Step, at: Stamp): Step {
  const { nextMs } = memory.guests;
  if (nextMs === null || at.monoMs < nextMs) return [memory, effects];
  // Until somebody knows what time it is, nobody is signed out by it.
  const isHourKnown = trustAt(memory, at).reach !== "nothing";
  let next = memory;
  const more: Effect[] = [];
  for (const visit of memory.guests.visits.values()) {
    const untilMs = memory.guests.asked.get(visit.v);
    if (isWriting(next, visit.v)) continue;
    if (isHourKnown && at.utcMs >= visit.dueUtcMs) {
      const [after, wants] = visit.stage === "here" ? write(next, visit, "auto-out", at) : neverIn(next, visit.v);
      next = after;
      more.push(...wants);
    } else if (untilMs !== undefined && at.monoMs >= untilMs) {
      const [after, wants] = write(next, visit, "no-answer", at);
      next = after;
      more.push(...wants);
    }
  }
  return [planned(next, at), [...effects, ...more]];
}

/** They asked, and did not come in: at the end of the day nothing of it is kept. */
const neverIn = (memory: Memory, v: Parameters<typeof withoutVisit>[1]): Step => [
  withoutVisit(memory, v),
  [{ do: "wish", wish: { of: "guests", is: "forget", v } }],
];
