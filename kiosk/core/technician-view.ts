/** What stands on the technician's page, and who may read it. Nothing of it concerns anybody: no name, no score, no picture. */

/** What the technician's page draws. Every series has one value for each step, oldest first; null where none was measured. */
export interface LiveFigures {
  readonly everyMs: number;
  readonly series: Readonly<Record<Gauge, readonly (number | null)[]>>;
}

export type Gauge = "framesPerS" | "lookMs" | "celsius" | "waiting" | "commitMs" | "lagS";

/** A finding of `lintel doctor`, as it stands on the page. */
export interface ShownFinding {
  readonly area: string;
  readonly about: string;
  readonly is: "good" | "weak" | "wrong" | "unknown";
  readonly sentence: string;
  readonly remedy: string | null;
  readonly code: string | null;
}

export interface TechnicianView {
  readonly figures: LiveFigures;
  /** Each room as it was last heard of: a word or a fault's code. */
  readonly rooms: Readonly<Record<string, string>>;
  readonly findings: readonly ShownFinding[];
  /** The doctor looks at this moment. */
  readonly isLooking: boolean;
  /** UTC; null before the first look is over. */
  readonly lookedUtcMs: number | null;
  /** UTC; the page ends then. */
  readonly untilUtcMs: number;
}

/** The technician's page, for those who know its code. Tokens and codes are of one opening and never written down. */
export interface TechnicianPage {
  /** @returns a token for the right code; null for a wrong one, and where no page is open. */
  readonly enter: (code: string) => string | null;
  /** Null where the token is none, or not any more. */
  readonly view: (token: string) => TechnicianView | null;
  readonly lookAgain: (token: string) => void;
  readonly leave: (token: string) => void;
}
