/** What the page draws there, and what a finger does. Codes, numbers and (masked) names: words are the page's business. */

/** What is typed with letters, in the order in which it is asked for. */
export type GuestsField = "name" | "host" | "contact";

/** What a host may add to their answer: a closed list, so that nobody has to read a sentence in a language not theirs. */
export const guestsNotes = ["minutes-5", "minutes-15", "reception", "another-day"] as const;
export type GuestsNote = (typeof guestsNotes)[number];

/** Somebody whose name begins as it was typed, masked as this site masks names. */
export interface HostView {
  readonly id: string;
  readonly name: string;
}

export type GuestsTold =
  /** They are signed in: the host comes, or was told before that they come. */
  | "welcome"
  /** They are signed in, and the host asks them to wait here. */
  | "soon"
  /** They are signed in although nobody answered. */
  | "in-unanswered"
  /** Nobody answered, and this site signs nobody in without an answer. */
  | "unanswered"
  | "declined"
  /** Their invitation begins later. */
  | "early"
  /** Its day is over, or it was taken back. */
  | "expired"
  /** It was used: they came with it and went again. */
  | "used"
  | "goodbye"
  /** Nothing was written: they are not signed in, or not out. */
  | "not-saved"
  /** More visitors than this clock holds. */
  | "full";

export type GuestsPage =
  | { readonly is: "start" }
  | {
      readonly is: "type";
      readonly field: GuestsField;
      readonly text: string;
      /** With `host`: a few, once enough letters were typed. */
      readonly hosts: readonly HostView[];
      /** There are more of them: another letter is needed. */
      readonly isMore: boolean;
      /** Enough was typed to go on with it. */
      readonly canNext: boolean;
      /** Nobody has to say this. */
      readonly canSkip: boolean;
    }
  /** All of it once more, before anything is kept or anybody is asked. */
  | {
      readonly is: "check";
      readonly name: string;
      /** Empty is the office. */
      readonly host: string;
      readonly contact: string;
      readonly days: number;
      /** Somebody invited them, so nobody has to be asked. */
      readonly isInvited: boolean;
      /** Who else can read it: only this clock, or the holder of the tenant's key for visitors. */
      readonly isSent: boolean;
    }
  | {
      readonly is: "code";
      readonly why: "arrive" | "leave";
      readonly digits: string;
      readonly canEnter: boolean;
      /** wait: too many wrong ones; the door is not closed for it, the office can help. */
      readonly problem: "unknown" | "wait" | null;
    }
  | { readonly is: "busy" }
  | { readonly is: "asking"; readonly host: string; readonly number: string }
  /** They are here: do they want to go? It names nobody: the code may be somebody else's. */
  | { readonly is: "leaving" }
  | {
      readonly is: "told";
      readonly what: GuestsTold;
      readonly host: string;
      readonly note: GuestsNote | null;
      /** What to type, and the text of the code to show, when they leave or come back to this question. */
      readonly number: string;
      readonly qr: string;
      /** Wall time that the sentence is about. */
      readonly local: string | null;
      /** The same host can be asked (once more). */
      readonly canAsk: boolean;
    };

export interface GuestsView {
  readonly at: "guests";
  readonly page: GuestsPage;
}

/** What a finger does here. */
export type GuestsAct =
  | { readonly act: "open" }
  | { readonly act: "close" }
  | { readonly act: "back" }
  /** They come to see somebody. */
  | { readonly act: "arrive" }
  /** They have a number: of an invitation, or of a question that is still open. */
  | { readonly act: "code" }
  | { readonly act: "leave" }
  /** One letter, as the keyboard has it. */
  | { readonly act: "key"; readonly text: string }
  | { readonly act: "erase" }
  | { readonly act: "digit"; readonly digit: number }
  /** Go on with what was typed. */
  | { readonly act: "next" }
  | { readonly act: "skip" }
  /** This one of those whom the view lists; null is the office. */
  | { readonly act: "host"; readonly id: string | null }
  /** It is right: keep it, and ask. Also: ask once more. */
  | { readonly act: "confirm" }
  /** They go. */
  | { readonly act: "out" };
