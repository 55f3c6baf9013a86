import type { Room, RoomState } from "./health.ts";
import type { JournalNotice } from "./ports/journal.ts";

/** How a running clock is, in figures that concern nobody: no name, no score, no picture of anybody. */

/** What the clock says of itself to `lintel doctor`. */
export interface Condition {
  /** Each room as it was last heard of: a word or a fault's code. */
  readonly rooms: Readonly<Record<Room, string>>;
  /** Pictures in a second over the last ten; null while no camera is watched. */
  readonly framesPerS: number | null;
  /** Since the newest picture; null before the first. */
  readonly frameAgeMs: number | null;
  /** From a picture to what was seen in it; null where nothing was looked at within the last minutes. */
  readonly look: Spread | null;
  /** From the wish to write to bytes on the disk; null where nothing was written. */
  readonly commit: Spread | null;
  /** Of the last faces before the clock, how many were not usable and why; counts, of nobody in particular. */
  readonly faces: FaceTally;
  readonly journal: {
    readonly notice: JournalNotice["reason"] | null;
    /** How far the check that always goes on has come. */
    readonly checked: "running" | "good" | "bad" | null;
    /** UTC; when the oldest record that nobody receipted was written. Null where none waits. */
    readonly oldestWaitingUtcMs: number | null;
  };
  /** Browsers that show the wall's page at this moment. */
  readonly pages: number;
}

export interface Spread {
  readonly p50Ms: number;
  readonly worstMs: number;
  readonly count: number;
}

export interface FaceTally {
  readonly seen: number;
  readonly tooDark: number;
  readonly tooBright: number;
  readonly blurred: number;
  /** The camera repeated itself. */
  readonly repeats: boolean;
}

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
  readonly rooms: Condition["rooms"];
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

/** In words, as rooms are told everywhere. */
export const wordOf = (state: RoomState): string => (state.is === "down" ? state.code : state.is);
