import { stateOf } from "./alert/counter.ts";
import { interrupted } from "./enrolling.ts";
import type { Step } from "./event.ts";
import type { Memory } from "./memory.ts";
import type { Policy } from "./policy.ts";
import type { Stamp } from "./time.ts";
import { mayLeave } from "./ways.ts";

/**
 * An alert that stands takes the wall at once, and again whenever nobody uses it. What somebody is asked about their own
 * punch, and what is on its way to the disk, comes first: that is over in moments, and nobody's time is lost to an alarm.
 */
export function alarmed([memory, effects]: Step, before: Memory, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  if (memory.alert.raised === null || state.at === "starting") return [memory, effects];
  const isNew = before.alert.raised === null;
  const on = (free: Memory): Memory => ({ ...free, state: stateOf("on", at, policy) });
  if (state.at === "enrol" && !state.isKeeping) {
    const [free, more] = interrupted(memory, state);
    return [on(free), [...effects, ...more]];
  }
  const isFree = state.at === "idle" || (isNew && state.at !== "alert" && mayLeave(state));
  return [isFree ? on(memory) : memory, effects];
}
