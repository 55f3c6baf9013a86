import type { AbsenceAct, AbsenceView } from "./absence/view.ts";
import type { AlertAct, AlertView } from "./alert/view.ts";
import type { ConsentAct, ConsentView } from "./consent/view.ts";
import type { GuestsAct, GuestsView } from "./guests/view.ts";
import type { RightsAct, RightsView } from "./rights/view.ts";

/** What counters show, and how they are touched. */

export type CounterView = ConsentView | RightsView | GuestsView | AbsenceView | AlertView;

/** What a finger does at each of them. */
export interface CounterActs {
  readonly consent: ConsentAct;
  readonly rights: RightsAct;
  readonly guests: GuestsAct;
  readonly absence: AbsenceAct;
  readonly alert: AlertAct;
}

/** Named by the counter it is made at; at any other place it opens that counter, where nobody has to show who they are. */
export type CounterTouch = {
  [K in keyof CounterActs]: { readonly touch: K; readonly act: CounterActs[K] };
}[keyof CounterActs];
