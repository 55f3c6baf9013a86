import { interrupted } from "./enrolling.ts";
import type { Event, Step } from "./event.ts";
import { blinded } from "./look.ts";
import type { Memory } from "./memory.ts";
import type { Policy } from "./policy.ts";
import { withRoom } from "./surroundings.ts";

/** A room came or went. Without eyes, whoever stood there may be somebody else when they are back. */
export function onRoom(memory: Memory, event: Extract<Event, { kind: "room" }>, policy: Policy): Step {
  const { room, at } = event;
  const told = withRoom(memory, room, event.state);
  const isBlind = event.state.is !== "up" && (room === "camera" || room === "engine");
  if (!isBlind) return [told, []];
  const alone: Memory = { ...told, present: null, settled: null, missed: null };
  const { state } = alone;
  if (state.at === "look") return blinded(alone, state, at, policy);
  if (state.at === "enrol" && !state.isKeeping) return interrupted(alone, state);
  return [alone, []];
}
