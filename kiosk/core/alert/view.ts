/** What the page draws there, and what a finger does. Codes, numbers and names: words are the page's business. */

export interface AlertView {
  readonly at: "alert";
  readonly page: AlertPage;
}

export type AlertPage =
  /** The second of two steps: `raise`, or `back`. */
  | { readonly is: "raise" }
  | AlertOn
  /** A supervisor showed who they are: `clear`, or `back`. */
  | { readonly is: "end" };

export interface AlertOn {
  readonly is: "on";
  /** Wall time, RFC 3339 with offset. */
  readonly sinceLocal: string;
  readonly by: "wall" | "command";
  /** saved: on the disk and first in line. sent: a receiver says that it has it. */
  readonly stage: "not-saved" | "saved" | "sent";
  readonly people: number;
  readonly visitors: number;
  /** Of the people, how many may only have forgotten to go out. */
  readonly doubtful: number;
  readonly lines: readonly AlertLineView[];
  /** From 0. */
  readonly page: number;
  readonly pages: number;
}

/** Names stand in full: this list is read aloud. */
export interface AlertLineView {
  readonly who: "person" | "visitor";
  readonly name: string;
  /** Wall time since when; null where it is not sure. */
  readonly sinceLocal: string | null;
  readonly loc: string;
  readonly isDoubtful: boolean;
}

/** What a finger does here. */
export type AlertAct =
  /** The first of two steps. */
  | { readonly act: "open" }
  /** The second. */
  | { readonly act: "raise" }
  /** It is over: whoever says so shows who they are first. */
  | { readonly act: "end" }
  | { readonly act: "clear" }
  | { readonly act: "page"; readonly page: number }
  | { readonly act: "back" };
