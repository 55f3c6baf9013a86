import type { Step } from "./event.ts";
import type { Memory } from "./memory.ts";
import type { Policy } from "./policy.ts";
import type { Stamp } from "./time.ts";

/**
 * Whoever tries pictures gets few tries: faces that resembled somebody and did not seem alive are counted, too many raise
 * an alarm, and then faces rest while badges go on. Counted for the wall, never for a person: who is resembled is the
 * victim, and a clock that shut people out could be used to shut them out.
 */

const longestRestMs = 3_600_000;
const alarmMemoryMs = 24 * 3_600_000;
/** Doubling reaches the longest rest long before that many. */
const alarmsKept = 32;

/** Counts one suspicion on top of what the visit ended with. */
export function suspected([memory, effects]: Step, at: Stamp, policy: Policy): Step {
  const within = (times: readonly number[], ms: number): number[] => times.filter((time) => at.monoMs - time < ms);
  const suspicions = [...within(memory.suspicions, policy.suspectWindowMs), at.monoMs];
  if (suspicions.length < policy.suspectMax) return [{ ...memory, suspicions }, effects];
  const alarms = within(memory.alarms, alarmMemoryMs);
  const restMs = Math.min(policy.restMs * 2 ** alarms.length, longestRestMs);
  const resting: Memory = {
    ...memory,
    suspicions: [],
    alarms: [...alarms, at.monoMs].slice(-alarmsKept),
    rest: { untilMs: at.monoMs + restMs, untilUtcMs: at.utcMs + restMs },
  };
  const count = suspicions.length;
  const draft = { draft: "alarm", count, windowMs: policy.suspectWindowMs, restMs, at } as const;
  return [resting, [...effects, { do: "save", draft }]];
}

/** Faces count again once their rest is over. */
export const rested = (memory: Memory, at: Stamp): Memory =>
  memory.rest !== null && at.monoMs >= memory.rest.untilMs ? { ...memory, rest: null } : memory;
