/**
 * What the page draws there, and what a finger does. Codes, numbers and (masked) names: words are the page's business,
 * but for those that people agree to, which come from here so that their hash is that of what stood on the wall.
 */

export interface ConsentView {
  readonly at: "consent";
  readonly name: string;
  /** Of the lines and items; empty where there are none. */
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  readonly page: ConsentPageView;
}

export type ConsentPageView =
  | {
      readonly is: "home";
      /** How it stands, as one word. */
      readonly face: "used" | "kept" | "frozen" | "asks-again" | "agreed" | "none" | "off";
      readonly sinceLocal: string | null;
      readonly untilLocal: string | null;
      readonly can: {
        readonly read: boolean;
        readonly stop: boolean;
        readonly enrol: boolean;
        readonly release: boolean;
      };
    }
  | { readonly is: "why"; readonly lines: readonly string[] }
  | {
      readonly is: "notice";
      readonly items: readonly { readonly head: string; readonly body: string }[];
      readonly page: number;
      readonly pages: number;
    }
  | { readonly is: "age"; readonly years: number }
  | {
      readonly is: "sign";
      readonly agree: string;
      /** What was drawn was no more than a dot. */
      readonly isEmpty: boolean;
      readonly canBadgePin: boolean;
    }
  /** Whether they have reached `years`, and a guardian is with them. */
  | { readonly is: "guardian"; readonly years: number }
  | { readonly is: "both"; readonly lines: readonly string[] }
  | { readonly is: "guardian-sign"; readonly agree: string; readonly isEmpty: boolean }
  | { readonly is: "busy" }
  | { readonly is: "given"; readonly receipt: string; readonly canEnrol: boolean }
  | { readonly is: "stop" }
  | { readonly is: "stopped"; readonly receipt: string | null }
  | { readonly is: "declined" }
  | {
      readonly is: "young";
      readonly years: number;
      /** From when on it is possible together with a guardian; null: it is not. */
      readonly guardianYears: number | null;
    }
  | { readonly is: "failed"; readonly code: string }
  | { readonly is: "news"; readonly kind: "coming" | "changed" | "asks-again"; readonly fromLocal: string };

/** Pairs of x and y of each stroke, one after the other: 0 to 1000 over the width of the field. */
type Strokes = readonly (readonly number[])[];

export type ConsentAct =
  | { readonly act: "close" | "back" }
  /** The page speaks another language than the text that came. */
  | { readonly act: "speak"; readonly lang: string }
  | { readonly act: "read" | "agree" | "decline" | "badge-pin" | "enrol" | "release" | "later" }
  | { readonly act: "page"; readonly page: number }
  | { readonly act: "age"; readonly isReached: boolean }
  /** Whether both of them are there. */
  | { readonly act: "guardian"; readonly isHere: boolean }
  | { readonly act: "sign"; readonly strokes: Strokes }
  /** The two touches of a withdrawal. */
  | { readonly act: "stop" | "sure" };
