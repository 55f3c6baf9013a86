import type { Config } from "../../kiosk/config.ts";
import type { InsideCard } from "../../kiosk/core/desk.ts";

/** One look at a clock as it is now, and which promises it answers. */
export interface Check {
  /** Ids of the catalogue. */
  readonly ids: readonly string[];
  /** How it is found out, for whoever reads the answer. */
  readonly how: string;
  readonly look: (place: Place) => Promise<Verdict> | Verdict;
}

export type Verdict =
  | { readonly is: "holds"; readonly because: string }
  | { readonly is: "broken"; readonly because: string }
  /** Nobody can say from here and now. */
  | { readonly is: "unchecked"; readonly because: string };

/** What is looked at. */
export interface Place {
  readonly config: Config;
  /** Process id of the clock that runs on this state folder; null where none does. */
  readonly pid: number | null;
  /** What the running clock says of itself; null where none runs, or it does not say. */
  readonly inside: InsideCard | null;
}

export const holds = (because: string): Verdict => ({ is: "holds", because });
export const broken = (because: string): Verdict => ({ is: "broken", because });
export const unchecked = (because: string): Verdict => ({ is: "unchecked", because });

export const notRunning = unchecked("no clock runs on this state folder");
