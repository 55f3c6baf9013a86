/** What the page draws there, and what a finger does. Codes, numbers and (masked) names: words are the page's business. */

export interface AbsenceView {
  readonly at: "absence";
  readonly name: string;
  readonly page: AbsencePage;
}

/** Never a reason, and never one of health: these are all there is to ask for. */
export const leaveKinds = [1, 2, 3] as const;
/** 1 leave, 2 remote, 3 training. */
export type LeaveKind = (typeof leaveKinds)[number];

export interface BalanceView {
  readonly k: LeaveKind;
  /** Hundredths of a day. */
  readonly days100: number;
  /** `YYYY-MM-DD`: what it was on that day, and nobody says more. */
  readonly asOf: string;
}

export interface LeaveView {
  readonly id: string;
  readonly k: LeaveKind;
  /** First and last day, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  readonly state: "waiting" | "granted" | "declined";
}

/** Four weeks to choose a day in, each from Monday. */
export interface WeeksView {
  /** `YYYY-MM-DD`. */
  readonly days: readonly { readonly day: string; readonly isOpen: boolean }[];
  readonly canBefore: boolean;
  readonly canAfter: boolean;
}

export type AbsencePage =
  | {
      readonly is: "list";
      readonly balances: readonly BalanceView[];
      /** Waiting ones first, then by their first day. */
      readonly asked: readonly LeaveView[];
      /** False where as many wait as may. */
      readonly canAsk: boolean;
    }
  /** `kind` one of `leaveKinds`. */
  | { readonly is: "kind" }
  /** `day` one of them; `turn` for others. */
  | { readonly is: "first"; readonly k: LeaveKind; readonly weeks: WeeksView }
  | { readonly is: "last"; readonly k: LeaveKind; readonly from: string; readonly weeks: WeeksView }
  /** `confirm`, or `back`. `days` are calendar days: what counts as one is the office's to say. */
  | {
      readonly is: "confirm";
      readonly k: LeaveKind;
      readonly from: string;
      readonly to: string;
      readonly days: number;
      /** They have asked for some of these days already. */
      readonly overlaps: boolean;
    }
  /** `confirm` that it is taken back, or `back`. */
  | { readonly is: "cancel"; readonly leave: LeaveView }
  | { readonly is: "saving" }
  /** Written down. It goes to the office by itself, with a network or later. */
  | { readonly is: "told"; readonly what: "asked" | "cancelled"; readonly from: string; readonly to: string }
  /** The disk did not take it: nothing was asked for. */
  | { readonly is: "not-saved" };

/** What a finger does here. */
export type AbsenceAct =
  | { readonly act: "ask" }
  | { readonly act: "kind"; readonly k: LeaveKind }
  | { readonly act: "turn"; readonly by: -1 | 1 }
  | { readonly act: "day"; readonly day: string }
  | { readonly act: "cancel"; readonly id: string }
  | { readonly act: "confirm" }
  | { readonly act: "back" }
  | { readonly act: "close" };
