import type { Fault, FaultCode } from "./fault.ts";
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
export function diagnosed(known: Outage | null, trouble: Fault | null, at: Stamp): Outage | null {
  if (trouble === null) return null;
  const { code, message, remedy } = trouble;
  return { code, message, remedy, sinceUtcMs: known?.code === code ? known.sinceUtcMs : at.utcMs };
}
