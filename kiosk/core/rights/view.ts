/** What the page draws there, and what a finger does. Codes, numbers and (masked) names: words are the page's business. */

/** A kind of thing that a clock keeps of somebody. */
export type ItemKind =
  | "name"
  | "language"
  | "badges"
  | "pin"
  | "face"
  | "alike"
  | "signature"
  | "consents"
  | "times"
  | "leave"
  | "guests"
  | "requests"
  | "looks"
  | "snapshots"
  | "messages"
  | "office"
  | "choices"
  | "holds"
  | "other";

/** When it goes by itself. */
export type Until =
  | { readonly is: "date"; readonly utcMs: number }
  /** When they do not work here any more. */
  | { readonly is: "employment" }
  /** Each piece of it so many days after it was written. */
  | { readonly is: "each"; readonly days: number }
  /** When they change it. */
  | { readonly is: "you" };

export interface ItemView {
  readonly kind: ItemKind;
  /** How many of them there are. */
  readonly count: number;
  /** The oldest of them, epoch milliseconds; null where nobody wrote it down. */
  readonly sinceUtcMs: number | null;
  readonly until: Until;
  /** It goes at once where the person says so. */
  readonly canNow: boolean;
}

export type FactLabel =
  | "name"
  | "language"
  | "count"
  | "set"
  | "taken"
  | "quality"
  | "model"
  | "source"
  | "use"
  | "used"
  | "oldest"
  | "newest"
  | "shift"
  | "groups"
  | "piece"
  | "reason";

export type FactCode =
  | "yes"
  | "good"
  | "fair"
  | "poor"
  | "unknown"
  | "camera"
  | "photographs"
  | "frozen"
  | "in-use"
  | "with-punch"
  | "said-no";

/** One thing about an item. */
export interface FactView {
  readonly label: FactLabel;
  readonly value:
    | { readonly text: string }
    | { readonly n: number }
    | { readonly utcMs: number }
    /** knew: the camera knew them so many of so many times. */
    | { readonly code: FactCode; readonly knew?: { readonly n: number; readonly of: number } };
}

export type RequestRight = "access" | "copy" | "rectify" | "erase" | "restrict" | "object" | "explain";
export type RequestStanding = "asked" | "done" | "declined" | "withdrawn" | "overdue";

/** One line of what happened. */
export type LineView =
  | {
      readonly line: "consent";
      readonly utcMs: number;
      readonly act: "given" | "declined" | "withdrawn" | "restricted" | "released" | "ended";
      readonly purpose: "face" | "snapshot" | "name-on-wall" | "messages";
      /** Version of the text that was read; null where none was. */
      readonly version: number | null;
    }
  | {
      readonly line: "request";
      readonly utcMs: number;
      readonly right: RequestRight;
      readonly state: RequestStanding;
      readonly dueUtcMs: number;
    }
  | { readonly line: "look"; readonly utcMs: number; readonly role: string; readonly why: string }
  | { readonly line: "message"; readonly text: string; readonly untilUtcMs: number }
  | { readonly line: "snapshot"; readonly utcMs: number; readonly untilUtcMs: number };

/**
 * What somebody does about their data.
 * freeze: the face is kept and not used. stop: it is forgotten at once. no-pictures: none is taken with their punches,
 * and those that are kept go; pictures: they may be taken again. times: asks for a correction. choose: their own wishes
 * for this wall.
 */
export type Deed =
  | "freeze"
  | "release"
  | "stop"
  | "no-pictures"
  | "pictures"
  | "rename"
  | "times"
  | "erase"
  | "copy"
  | "choose";

/** It stays against somebody's wish. */
export interface HeldView {
  /** Null where nobody can say before the list of what is held was looked at by a person. */
  readonly untilUtcMs: number | null;
  /** Who answers for it: a role or a file number; empty where nobody does. */
  readonly owner: string;
}

/** stick: a file in a folder, such as a USB stick. lan: one download on the local network. */
export type CopyDoor = "stick" | "lan";

/** What somebody wishes for themselves at this wall. */
export interface Choices {
  /** Their name stands nowhere on the wall but in the list for an evacuation. */
  readonly isNameless: boolean;
  /** Only what is essential is said to them. */
  readonly isMuted: boolean;
  /** BCP 47; null: what the office says, or the site. */
  readonly lang: string | null;
}

export type RightsPage =
  | { readonly is: "reading" }
  | { readonly is: "list"; readonly items: readonly ItemView[]; readonly deeds: readonly Deed[] }
  | {
      readonly is: "item";
      readonly item: ItemView;
      readonly facts: readonly FactView[];
      readonly lines: readonly LineView[];
      readonly page: number;
      readonly pages: number;
      readonly deeds: readonly Deed[];
    }
  /** canKnowBetter: the camera misses them often, and a new enrolment may help. */
  | { readonly is: "deeds"; readonly deeds: readonly Deed[]; readonly canKnowBetter?: true }
  /** Both lists are what is so on this clock now: what goes, and what stays because a law or the wages want it. */
  | { readonly is: "sure"; readonly goes: readonly ItemKind[]; readonly stays: readonly ItemKind[] }
  | { readonly is: "choices"; readonly choices: Choices; readonly langs: readonly string[] }
  /** Letters of a new name, as far as they are typed. */
  | { readonly is: "name"; readonly typed: string; readonly canSend: boolean }
  | { readonly is: "doors"; readonly doors: readonly CopyDoor[] }
  | {
      readonly is: "copied";
      readonly door: CopyDoor;
      /** 24 letters in groups of four: opens the file. */
      readonly code: string;
      /** `lan`: where it is fetched, once. */
      readonly url: string | null;
      /** `stick`: how the file is called. */
      readonly file: string | null;
      /** `lan`: until when. */
      readonly untilUtcMs: number | null;
    }
  | {
      readonly is: "done";
      readonly deed: Exclude<Deed, "times">;
      /** Until when the office has to answer; null where it is done. */
      readonly dueUtcMs: number | null;
      /** Code of the signed proof; null where there is none. */
      readonly certificate: string | null;
      readonly held?: HeldView;
    }
  /** It was not done, and nothing changed. */
  | { readonly is: "failed"; readonly code: string };

export interface RightsView {
  readonly at: "rights";
  readonly name: string;
  readonly page: RightsPage;
  /** Something is being done: fingers wait. */
  readonly isBusy: boolean;
}

/** What a finger does here. */
export type RightsAct =
  | { readonly act: "item"; readonly kind: ItemKind }
  | { readonly act: "page"; readonly page: number }
  | { readonly act: "deeds" }
  | { readonly act: "deed"; readonly deed: Deed }
  /** The second step of what cannot be taken back. */
  | { readonly act: "sure" }
  | { readonly act: "choose"; readonly what: "name" | "messages" }
  /** Null: no wish of their own. */
  | { readonly act: "lang"; readonly lang: string | null }
  | { readonly act: "letter"; readonly letter: string }
  | { readonly act: "rub" }
  | { readonly act: "send" }
  | { readonly act: "door"; readonly door: CopyDoor }
  | { readonly act: "back" }
  | { readonly act: "close" };
