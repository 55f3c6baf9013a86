import type { AbsenceAct, AbsenceView } from "./absence/view.ts";
import type { AlertAct, AlertView } from "./alert/view.ts";
import type { ConsentAct, ConsentView } from "./consent/view.ts";
import type { GuestsAct, GuestsView } from "./guests/view.ts";
import type { RightsAct, RightsView } from "./rights/view.ts";

/** What counters show, and how they are touched. */

export type CounterView = ConsentView | RightsView | GuestsView | AbsenceView | AlertView;

/** Named by the counter it is made at; at any other place it opens that counter, where nobody has to show who they are. */
export type CounterTouch =
  | { readonly touch: "consent"; readonly act: ConsentAct }
  | { readonly touch: "rights"; readonly act: RightsAct }
  | { readonly touch: "guests"; readonly act: GuestsAct }
  | { readonly touch: "absence"; readonly act: AbsenceAct }
  | { readonly touch: "alert"; readonly act: AlertAct };
