import type { OverrideReason } from "./attendance/supervisor.ts";
import type { ChosenKind } from "./chosen.ts";
import type { PunchKind } from "./record.ts";
import type { Errand, Way } from "./way.ts";

/** The views of somebody who says who they are by hand, and of what they may then see and ask for. */

/** All ways beside each other. Nobody's face is looked at here: whoever came to this view wants another way. */
export interface WaysView {
  readonly at: "ways";
  /** What works at this moment, in the order in which it is offered; never empty. */
  readonly ways: readonly Way[];
  readonly errand: Errand;
  /** What else somebody may come for, beside punching. */
  readonly errands?: readonly Exclude<Errand, "punch">[];
}

/** A pad for fingers. It never shows what was typed of a PIN, only how much. */
export interface PinView {
  readonly at: "pin";
  /** number: the short number that this clock knows them by, shown as it is typed. pin: the secret. */
  readonly step: "number" | "pin";
  /** What was typed of the number; empty in the second step. */
  readonly number: string;
  /** How many digits were typed in this step. */
  readonly count: number;
  /** The ten digits as the keys shall stand, row by row. */
  readonly order: readonly number[];
  /** True once there are enough digits. */
  readonly canEnter: boolean;
  readonly isChecking: boolean;
  /** wrong: number and PIN do not belong together. wait: too many tries; other ways work meanwhile. */
  readonly problem: "wrong" | "wait" | null;
  /** Wall time until which nothing is checked, with `wait`. */
  readonly waitUntil: string | null;
  readonly errand: Errand;
  /** What stands beside the pad. */
  readonly ways: readonly Way[];
  /** Somebody who is known already is asked for their PIN too; `without` goes on without it. */
  readonly canSkip: boolean;
}

/** One way was shown and a second is wanted too. Going on without it counts, and is looked at later. */
export interface AlsoView {
  readonly at: "also";
  readonly name: string;
  readonly wants: "badge" | "pin" | "qr";
}

/** The person says what the punch is; if they leave without a word, `suggested` holds. */
export interface ChooseView {
  readonly at: "choose";
  readonly name: string;
  /** When they came: the moment of the punch, wall time. */
  readonly local: string;
  readonly suggested: ChosenKind;
  /** With `suggested` among them, likeliest first. */
  readonly kinds: readonly ChosenKind[];
}

/** "You did not go out yesterday." */
export interface OpenShiftView {
  readonly at: "open-shift";
  readonly name: string;
  /** Wall time of its last punch. */
  readonly sinceLocal: string;
  /** The end that stands to be confirmed, wall time; moved in quarters of an hour. */
  readonly endLocal: string;
  readonly canEarlier: boolean;
  readonly canLater: boolean;
}

/** One punch as its person sees it. */
export interface MarkView {
  readonly id: string;
  readonly kind: PunchKind;
  /** Wall time; null where nobody knows it. */
  readonly local: string | null;
  readonly isSure: boolean;
  readonly isChanged: boolean;
  readonly job: string | null;
}

export interface DayView {
  /** `YYYY-MM-DD`, the site's work-day. */
  readonly day: string;
  readonly workMin: number;
  readonly breakMin: number;
  /** They are still at it. */
  readonly isOpen: boolean;
  readonly isUnsure: boolean;
  /** Requests about this day that nobody decided yet. */
  readonly asked: number;
  readonly marks: readonly MarkView[];
}

/** A person's own hours, as this clock knows them. */
export interface HoursView {
  readonly at: "hours";
  readonly name: string;
  readonly standing: "in" | "break" | "out";
  /** What they work at now, as the site calls it. */
  readonly job: string | null;
  readonly today: DayView;
  /** The 14 newest work-days with today, the newest first. */
  readonly days: readonly DayView[];
  readonly total: { readonly workMin: number; readonly breakMin: number; readonly isUnsure: boolean };
  readonly canJob: boolean;
  readonly canRequest: boolean;
  /** Their leave is here too: `errand` absence. */
  readonly canLeave?: boolean;
}

/** What somebody begins to work at. */
export interface JobView {
  readonly at: "job";
  readonly name: string;
  /** Group "" comes first, where there is one. */
  readonly groups: readonly {
    readonly group: string;
    readonly jobs: readonly { readonly code: string; readonly label: string }[];
  }[];
  /** Code of the one they are at. */
  readonly now: string | null;
}

/** Why somebody asks for a correction: fixed words, so that nobody types at a wall. */
export const requestReasons = ["forgot", "clock-did-not-work", "wrong-button", "worked-elsewhere", "other"] as const;
export type RequestReason = (typeof requestReasons)[number];

/** A correction is asked for, one question after the other. It never changes a record. */
export interface RequestView {
  readonly at: "request";
  readonly name: string;
  readonly ask: RequestQuestion;
}

export type RequestQuestion =
  /** `pick` its `day`. */
  | { readonly what: "day"; readonly days: readonly DayView[] }
  /** `pick` the id of a mark, or `missing`: a punch is not there. */
  | { readonly what: "mark"; readonly day: string; readonly marks: readonly MarkView[]; readonly canMissing: boolean }
  /** `choose` what it was. `mark` is null where it is missing. */
  | { readonly what: "kind"; readonly mark: MarkView | null; readonly kinds: readonly ChosenKind[] }
  /** `step` earlier or later, then `confirm`; `unknown` where nobody remembers. */
  | {
      readonly what: "time";
      readonly kind: ChosenKind;
      readonly local: string;
      readonly canEarlier: boolean;
      readonly canLater: boolean;
    }
  /** `pick` one; then it is written. */
  | { readonly what: "reason"; readonly reasons: readonly RequestReason[] };

/**
 * Something that was asked for is written down.
 * not-me: the punch does not count for this person. asked: a supervisor decides. punched: for somebody else.
 */
export interface ToldView {
  readonly at: "told";
  readonly what: "not-me" | "asked" | "punched";
  /** Whom it is about; empty with `not-me`. */
  readonly name: string;
}

export interface MusterLineView {
  readonly name: string;
  readonly standing: "in" | "break";
  /** Wall time since when; null where it is not sure. */
  readonly sinceLocal: string | null;
  readonly loc: string;
  /** They may only have forgotten to go out. Still listed. */
  readonly isDoubtful: boolean;
  /** Somebody who does not work here. */
  readonly isVisitor?: true;
}

/** Who is in. Read aloud in an evacuation, so names stand in full. Needs no network. */
export interface MusterView {
  readonly at: "muster";
  readonly count: number;
  readonly doubtful: number;
  readonly lines: readonly MusterLineView[];
  /** From 0. */
  readonly page: number;
  readonly pages: number;
}

/** A supervisor punches for somebody who cannot. */
export interface OverrideView {
  readonly at: "override";
  readonly ask: OverrideQuestion;
}

export type OverrideQuestion =
  /** `pick` the id; `page` for more. */
  | {
      readonly what: "person";
      readonly people: readonly { readonly id: string; readonly name: string }[];
      readonly page: number;
      readonly pages: number;
    }
  /** `pick` one. */
  | { readonly what: "reason"; readonly name: string; readonly reasons: readonly OverrideReason[] }
  /** `choose` one. */
  | { readonly what: "kind"; readonly name: string; readonly kinds: readonly ChosenKind[] };

export type VisitView =
  | WaysView
  | PinView
  | AlsoView
  | ChooseView
  | OpenShiftView
  | HoursView
  | JobView
  | RequestView
  | ToldView
  | MusterView
  | OverrideView;

/** Whoever was thanked last, while somebody else is at the wall. */
export interface TailView {
  readonly name: string;
  readonly kind: ChosenKind | "transfer";
  readonly local: string;
}
