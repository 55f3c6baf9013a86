import type { Memory, State } from "./memory.ts";
import type { Stamp } from "./time.ts";

/** Queue mode: the last thanks shrinks to a strip while the next person is at the wall. */

/** Long enough to see one's name again over somebody else's shoulder. */
const leastMs = 2_500;

/** @param before the same memory before the event. */
export function withTail(memory: Memory, before: Memory, at: Stamp): Memory {
  const { state, tail } = memory;
  const { state: last } = before;
  if (last.at === "thanks" && isSomebodyElses(state, last)) {
    const { person, kind, punchedAt, untilMs } = last;
    const until = Math.max(Math.min(untilMs, at.monoMs + 2 * leastMs), at.monoMs + leastMs);
    return { ...memory, tail: { person, kind, punchedAt, untilMs: until } };
  }
  return tail !== null && at.monoMs >= tail.untilMs ? { ...memory, tail: null } : memory;
}

/** What the same person goes on with is no queue. */
function isSomebodyElses(state: State, last: Extract<State, { at: "thanks" }>): boolean {
  switch (state.at) {
    case "look":
    case "also":
      return state.claim?.person !== last.person;
    case "saving":
      return state.draft.person !== last.person;
    case "thanks":
      return state.person !== last.person;
    case "choose":
    case "open-shift":
    case "duplicate":
      return state.proof.person !== last.person;
    case "refused":
    case "pin":
    case "ways":
      return true;
    default:
      return false;
  }
}
