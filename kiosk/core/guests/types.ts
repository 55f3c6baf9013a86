import type { PersonId } from "../person.ts";
import type { GuestsField, GuestsNote, GuestsTold } from "./view.ts";

/** Visitors: who comes, to whom, and goes again. */

/** What the site has decided about visitors. */
export interface GuestsPolicy {
  /** So long everything about a visit is kept, 1 to 180. */
  readonly days: number;
  /** `HH:MM` of the site: who is still here then is signed out, and the record says that nobody did it. */
  readonly autoOutAt: string;
  /** Whether a visitor is asked for a way to reach them. They never have to give one. */
  readonly contact: "hidden" | "optional";
  /** What becomes of a visitor whose host does not answer in time. */
  readonly whenUnanswered: "sign-in" | "wait";
  /** How long a host is waited for. */
  readonly answerMs: number;
  /** Whether the name also goes out, sealed for the holder of the tenant's key for visitors. */
  readonly isSent: boolean;
}

export const usualGuests: GuestsPolicy = {
  days: 30,
  autoOutAt: "18:00",
  contact: "optional",
  whenUnanswered: "sign-in",
  answerMs: 60_000,
  isSent: false,
};

export type Answer = "come" | "wait" | "no";

/** Somebody invited: who and when, never who comes. */
export interface Invite {
  readonly v: PersonId;
  readonly host: PersonId | null;
  readonly fromUtcMs: number;
  readonly untilUtcMs: number;
  /** 6 to 8 digits; null where only a pass says it. */
  readonly code: string | null;
}

/** A visit that has not ended. */
export interface Visit {
  readonly v: PersonId;
  /** In full: stands on the list for an evacuation, and nowhere else. Empty where it could not be read any more. */
  readonly name: string;
  readonly host: PersonId | null;
  /** What they type when they leave: four digits. */
  readonly number: string;
  /** What their code says, and nobody could guess; dies with the visit. */
  readonly token: string;
  readonly stage: "asked" | "unanswered" | "here";
  readonly isInvited: boolean;
  /** The journal knows of it. */
  readonly isWritten: boolean;
  /** When they came. */
  readonly sinceUtcMs: number;
  /** When they are signed out by the hour. */
  readonly dueUtcMs: number;
  readonly expUtcMs: number;
  /** What the host said, and nobody has carried out yet. */
  readonly reply: Reply | null;
}

export interface Reply {
  readonly answer: Answer;
  readonly note: GuestsNote | null;
}

/** What somebody has said so far. Stands here while they stand there, and is forgotten with the state. */
export interface Form {
  readonly name: string;
  /** Null: not said yet; `id` null: the office. */
  readonly host: { readonly id: PersonId | null } | null;
  readonly contact: string;
  readonly invite: Invite | null;
  /** Their invitation does not say that it is now: the host is asked all the same. */
  readonly mustAsk: boolean;
}

export type GuestsStep =
  | { readonly step: "start" }
  | { readonly step: "type"; readonly field: GuestsField; readonly text: string }
  | { readonly step: "check" }
  | {
      readonly step: "code";
      readonly why: "arrive" | "leave";
      readonly digits: string;
      readonly problem: "unknown" | "wait" | null;
    }
  /** The rooms or the disk are at it. `v` is null while the visit is made. */
  | { readonly step: "busy"; readonly v: PersonId | null }
  | { readonly step: "asking"; readonly v: PersonId }
  | { readonly step: "leaving"; readonly v: PersonId }
  | {
      readonly step: "told";
      readonly what: GuestsTold;
      /** Null where it is about no visit, or about one that is over. */
      readonly v: PersonId | null;
      readonly host: PersonId | null;
      readonly note: GuestsNote | null;
      readonly utcMs: number | null;
      readonly canAsk: boolean;
    };

export interface GuestsState {
  readonly at: "guests";
  /** Nobody has to show who they are. */
  readonly person: null;
  readonly now: GuestsStep;
  readonly form: Form;
  readonly untilMs: number;
}

/** What was written about a visit. */
export type VisitAct = "asked" | "in" | "declined" | "no-answer" | "out" | "auto-out";

/** What the rooms are asked for. Answered by exactly one `GuestsAnswer`, or by a failure. */
export type GuestsWish =
  /** Keep it sealed, and give it a number. Nothing is in the journal yet: a crash now leaves nothing. */
  | {
      readonly of: "guests";
      readonly is: "open";
      readonly name: string;
      readonly contact: string;
      readonly host: PersonId | null;
      readonly invite: Invite | null;
      readonly mustAsk: boolean;
      readonly atUtcMs: number;
    }
  /** The journal has it: the visit knows it too. */
  | {
      readonly of: "guests";
      readonly is: "note";
      readonly v: PersonId;
      readonly act: VisitAct;
      readonly atUtcMs: number;
    }
  /** Nobody came in: nothing of it is kept. */
  | { readonly of: "guests"; readonly is: "forget"; readonly v: PersonId };

export type GuestsAnswer =
  | {
      readonly of: "guests";
      readonly is: "opened";
      readonly visit: Visit;
      /** What its first record says. */
      readonly first: "asked" | "in";
      /** For the holder of the tenant's key; null where there is none. */
      readonly pii: string | null;
    }
  | { readonly of: "guests"; readonly is: "noted"; readonly v: PersonId; readonly act: VisitAct }
  /** The visit is not there any more: forgotten, erased, or its days are over. */
  | { readonly of: "guests"; readonly is: "gone"; readonly v: PersonId }
  /** At the start: all that is not over. */
  | {
      readonly of: "guests";
      readonly is: "book";
      readonly visits: readonly Visit[];
      readonly invites: readonly Invite[];
      readonly used: readonly PersonId[];
    }
  /** Who is invited now. */
  | { readonly of: "guests"; readonly is: "invites"; readonly invites: readonly Invite[] }
  /** The host said something. */
  | { readonly of: "guests"; readonly is: "replied"; readonly v: PersonId; readonly reply: Reply };

/** What of it outlives a visit to the wall. */
export interface GuestsMemory {
  /** Who is on site, or waits for an answer. */
  readonly visits: ReadonlyMap<PersonId, Visit>;
  readonly invites: ReadonlyMap<PersonId, Invite>;
  /** Invitations that were used and whose time is not over. */
  readonly used: ReadonlySet<PersonId>;
  /** Until when a host is waited for, monotonic. */
  readonly asked: ReadonlyMap<PersonId, number>;
  /** A record about them is on its way to the disk. */
  readonly writing: ReadonlySet<PersonId>;
  /** When codes were typed that nobody knows, monotonic; only those of the last minute. */
  readonly wrong: readonly number[];
  /** When there is something to do again, monotonic; null where nobody is here. */
  readonly nextMs: number | null;
}

export const noGuests: GuestsMemory = {
  visits: new Map(),
  invites: new Map(),
  used: new Set(),
  asked: new Map(),
  writing: new Set(),
  wrong: [],
  nextMs: null,
};
