import type { FaultCode } from "../fault.ts";
import type { PersonId } from "../person.ts";
import type { Assurance, ConsentData, Method, Position } from "../record.ts";
import type { Stamp } from "../time.ts";
import type { PolicyKept } from "./privacy-policy.ts";

/** Somebody reads what the clock would keep of their face, agrees or does not, and takes their agreement back. */

export interface ConsentState {
  readonly at: "consent";
  readonly person: PersonId | null;
  /** How they showed who they are. */
  readonly shown: { readonly methods: readonly ShownMethod[]; readonly assure: Assurance; readonly at: Stamp };
  readonly page: ConsentPage;
  /** In which language they read; null: the site's. */
  readonly lang: string | null;
  /** Alone, or with a guardian. */
  readonly isOldEnough: boolean;
  /** A parent or guardian is there, with what they drew; null where nobody said so. */
  readonly guardian: { readonly drawn: Strokes | null } | null;
  /** Whose PIN says that they are forced. The wall shows what it shows everybody; nothing they say here is agreement. */
  readonly isForced: boolean;
  /** Version of the policy whose notice they read; agreeing to another is not possible. */
  readonly readV: number | null;
  readonly untilMs: number;
}

type ShownMethod = Extract<Method, "face" | "card" | "pin" | "qr" | "supervisor">;

export type ConsentPage =
  /** How it stands with their face, and what they can do. */
  | { readonly is: "home" }
  /** What it is, in plain words. */
  | { readonly is: "why" }
  | { readonly is: "notice"; readonly page: number }
  | { readonly is: "age" }
  /** Whether a guardian is there, of whoever is too young to decide alone. */
  | { readonly is: "guardian" }
  /** What both of them should know. */
  | { readonly is: "both" }
  | { readonly is: "guardian-sign"; readonly isEmpty: boolean }
  | { readonly is: "sign"; readonly isEmpty: boolean }
  /** A wish is on its way. */
  | {
      readonly is: "busy";
      readonly wish: ConsentWish["is"];
      /** What the wall shows as done instead. */
      readonly asIf?: "give";
    }
  | { readonly is: "given"; readonly receipt: string }
  /** Whether they mean it. */
  | { readonly is: "stop" }
  /** `receipt` is null where the disk does not take it yet: the face is unknown all the same. */
  | { readonly is: "stopped"; readonly receipt: string | null }
  | { readonly is: "declined" }
  | { readonly is: "young" }
  | { readonly is: "failed"; readonly code: FaultCode; readonly remedy: string }
  /** The employer's policy changes, or has changed such that it needs them anew. */
  | { readonly is: "news"; readonly v: number };

export type Strokes = readonly (readonly number[])[];

/** How somebody confirms what they read. */
export type Signed = { readonly how: "drawn"; readonly strokes: Strokes } | { readonly how: "card+pin" };

/** What the rooms are asked for. Answered by exactly one `ConsentAnswer`, or by a failure. */
export type ConsentWish =
  /** How it stands with them, anew. */
  | { readonly of: "consent"; readonly is: "read"; readonly person: PersonId | null }
  | {
      readonly of: "consent";
      readonly is: "give";
      readonly person: PersonId;
      readonly text: NonNullable<ConsentData["text"]>;
      readonly pol: NonNullable<ConsentData["pol"]>;
      readonly signed: Signed;
      /** What their guardian drew. */
      readonly guardian?: Strokes;
      /** The least age that they said they have reached. */
      readonly age: number;
      /** By what they showed who they are, for the record. */
      readonly by: string;
    }
  | {
      readonly of: "consent";
      readonly is: "decline";
      readonly person: PersonId;
      readonly text: ConsentData["text"];
      readonly pol: ConsentData["pol"];
      readonly by: string;
    }
  /** For good: the template goes, now. */
  | { readonly of: "consent"; readonly is: "withdraw"; readonly person: PersonId; readonly by: string }
  /** The face is kept and not used, and used again. */
  | { readonly of: "consent"; readonly is: "freeze" | "release"; readonly person: PersonId; readonly by: string }
  /** The clock gets to know their face, at the wall. */
  | { readonly of: "consent"; readonly is: "enrol"; readonly person: PersonId }
  /** They have been told of this version of the policy. */
  | { readonly of: "consent"; readonly is: "told"; readonly person: PersonId; readonly v: number };

export type ConsentAnswer =
  /** Whatever the rooms know anew; comes also without a wish. Who is not in it stays as they were. */
  | {
      readonly of: "consent";
      readonly is: "known";
      readonly policy: PolicyStanding;
      readonly standings: ReadonlyMap<PersonId, ConsentStanding>;
      /** True: nobody else has said anything. */
      readonly isAll: boolean;
    }
  | {
      readonly of: "consent";
      readonly is: "done";
      readonly wish: Exclude<ConsentWish["is"], "read">;
      readonly person: PersonId;
      /** Where the record of it stands; null where none was written, or not yet. */
      readonly record: (Position & { readonly rh: string }) | null;
    };

/** Which policy of the employer holds here, and which will. */
export interface PolicyStanding {
  readonly now: PolicyKept | null;
  readonly coming: PolicyKept | null;
}

/** How it stands with one person's face. */
export interface ConsentStanding {
  readonly face: "none" | "given" | "declined" | "withdrawn" | "ended" | "expired";
  readonly isFrozen: boolean;
  /** A template of theirs is kept on this clock. */
  readonly hasFace: boolean;
  /** It is looked for: every condition holds. */
  readonly isUsed: boolean;
  /** What they agreed to is not what it would be used for now: they are asked before it is. */
  readonly asksAgain: boolean;
  readonly given: {
    readonly id: string;
    readonly utcMs: number;
    readonly untilUtcMs: number | null;
    readonly polV: number | null;
  } | null;
  /** The newest version of the policy that they have been told of. */
  readonly toldV: number;
  /** What they said and when, newest first. */
  readonly lines: readonly ConsentLine[];
}

export interface ConsentLine extends Pick<ConsentData, "act" | "purpose" | "text" | "pol"> {
  readonly id: string;
  readonly utcMs: number;
  readonly how: ConsentData["sign"]["how"];
}

export const blankStanding: ConsentStanding = {
  face: "none",
  isFrozen: false,
  hasFace: false,
  isUsed: false,
  asksAgain: false,
  given: null,
  toldV: 0,
  lines: [],
};

/** What of it outlives a visit. */
export interface ConsentMemory {
  readonly policy: PolicyStanding;
  readonly standings: ReadonlyMap<PersonId, ConsentStanding>;
  /** Somebody confirms with badge and PIN, and comes back with them. */
  readonly confirming: {
    readonly person: PersonId;
    readonly lang: string | null;
    readonly readV: number | null;
    readonly untilMs: number;
  } | null;
}

export const noConsent: ConsentMemory = {
  policy: { now: null, coming: null },
  standings: new Map(),
  confirming: null,
};
