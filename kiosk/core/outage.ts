import type { FaultCode } from "./fault.ts";
import type { Memory } from "./memory.ts";
import type { Stamp } from "./time.ts";

/** Why what is saved here does not arrive, for whoever is called to look. Employees are told only that it is safe. */
export interface Outage {
  readonly code: FaultCode;
  readonly message: string;
  readonly remedy: string;
  /** When a cause with this code was first seen, by the wall clock. */
  readonly sinceUtcMs: number;
}

/** After news of the uplink. The same cause again, as after every vain try to connect, is no new one. */
export function diagnosed(memory: Memory, at: Stamp): Memory {
  const trouble = memory.uplink?.trouble ?? null;
  if (trouble === null) return memory.outage === null ? memory : { ...memory, outage: null };
  const { code, message, remedy } = trouble;
  const sinceUtcMs = memory.outage?.code === code ? memory.outage.sinceUtcMs : at.utcMs;
  return { ...memory, outage: { code, message, remedy, sinceUtcMs } };
}
