import type { AbsenceAnswer, AbsenceState, AbsenceWish } from "./absence/types.ts";
import type { AlertAnswer, AlertState, AlertWish } from "./alert/types.ts";
import type { ConsentAnswer, ConsentState, ConsentWish } from "./consent/types.ts";
import type { FaultCode } from "./fault.ts";
import type { GuestsAnswer, GuestsState, GuestsWish } from "./guests/types.ts";
import type { RightsAnswer, RightsState, RightsWish } from "./rights/types.ts";

/** What counters hold, ask of the rooms, and are answered. Nothing here knows the memory, which holds it. */

export type CounterState = ConsentState | RightsState | GuestsState | AbsenceState | AlertState;
export type CounterWish = ConsentWish | RightsWish | GuestsWish | AbsenceWish | AlertWish;
export type CounterAnswer = ConsentAnswer | RightsAnswer | GuestsAnswer | AbsenceAnswer | AlertAnswer;

export type CounterName = CounterState["at"];

/** A room could not do what was wished. */
export interface CounterFailure {
  readonly wish: CounterWish;
  readonly code: FaultCode;
  readonly remedy: string;
}
