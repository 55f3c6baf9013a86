import type { PersonId } from "../person.ts";
import type { Assurance, Method } from "../record.ts";
import type { Dossier } from "./dossier.ts";
import type { Choices, CopyDoor, Deed, HeldView, ItemKind } from "./view.ts";

/** What this clock knows about somebody, and what they may do about it. */

/** A deed that the rooms carry out as it stands. copy: the office is asked for one, where none can be made here. */
export type PlainDeed = Exclude<Deed, "rename" | "times" | "choose">;

/** Where on the way somebody is. */
export type Place =
  | { readonly is: "reading" }
  | { readonly is: "list" }
  | { readonly is: "item"; readonly kind: ItemKind; readonly page: number }
  | { readonly is: "deeds" }
  | { readonly is: "sure" }
  | { readonly is: "choices" }
  | { readonly is: "name"; readonly typed: string }
  | { readonly is: "doors" }
  | { readonly is: "copied"; readonly copied: Copied }
  | {
      readonly is: "done";
      readonly deed: Exclude<Deed, "times">;
      readonly dueUtcMs: number | null;
      readonly certificate: string | null;
      readonly held?: HeldView;
    }
  | { readonly is: "failed"; readonly code: string };

export interface Copied {
  readonly door: CopyDoor;
  readonly code: string;
  readonly url: string | null;
  readonly file: string | null;
  readonly untilUtcMs: number | null;
}

export interface RightsState {
  readonly at: "rights";
  readonly person: PersonId;
  /** How they showed who they are. */
  readonly methods: readonly Extract<Method, "face" | "card" | "pin" | "qr" | "supervisor">[];
  readonly assure: Assurance;
  /** What was read of them when they came; gone with this state. */
  readonly dossier: Dossier | null;
  readonly place: Place;
  /** Something is being done. */
  readonly isBusy: boolean;
  readonly untilMs: number;
}

/** What the rooms are asked for. Answered by exactly one `RightsAnswer`, or by a failure. */
export type RightsWish =
  | { readonly of: "rights"; readonly is: "read"; readonly person: PersonId }
  | { readonly of: "rights"; readonly is: "do"; readonly person: PersonId; readonly deed: PlainDeed }
  | { readonly of: "rights"; readonly is: "rename"; readonly person: PersonId; readonly name: string }
  | { readonly of: "rights"; readonly is: "choose"; readonly person: PersonId; readonly choices: Choices }
  | { readonly of: "rights"; readonly is: "copy"; readonly person: PersonId; readonly door: CopyDoor };

export type RightsAnswer =
  | { readonly of: "rights"; readonly is: "read"; readonly person: PersonId; readonly dossier: Dossier }
  | {
      readonly of: "rights";
      readonly is: "done";
      readonly person: PersonId;
      readonly deed: PlainDeed | "rename" | "choose";
      /** As it is now; null where nothing is kept any more. */
      readonly dossier: Dossier | null;
      readonly dueUtcMs: number | null;
      readonly certificate: string | null;
      /** What of it could not be deleted, because somebody is bound to keep it. */
      readonly held?: HeldView;
    }
  | { readonly of: "rights"; readonly is: "copied"; readonly person: PersonId; readonly copied: Copied }
  /** By itself: what somebody wishes; null where they were forgotten. */
  | { readonly of: "rights"; readonly is: "choices"; readonly person: PersonId; readonly choices: Choices | null };

/** What of it outlives a visit. */
export interface RightsMemory {
  /** Of whoever wishes anything. */
  readonly choices: ReadonlyMap<PersonId, Choices>;
}

export const noRights: RightsMemory = { choices: new Map() };
