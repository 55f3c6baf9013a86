import type { AlertData, RecordEvent } from "../record.ts";
import type { AlertMemory } from "./types.ts";

type Told = Pick<RecordEvent, "type" | "id" | "time" | "epoch" | "seq" | "data">;

/** Whether an alert stands, by the journal: no power cut ends one. Records oldest first; others are passed over. */
export function withAlerts(before: AlertMemory, events: readonly Told[]): AlertMemory {
  const newest = events.findLast(({ type }) => type === "dev.lintel.alert.v1");
  if (newest === undefined) return before;
  const { act, by, cmd } = newest.data as AlertData;
  if (act === "cleared") return { ...before, raised: null };
  const { id, time, epoch, seq } = newest;
  return { ...before, raised: { sinceUtcMs: Date.parse(time), by, cmd, id, position: { epoch, seq } } };
}
