import type { CardHash } from "./card.ts";
import type { PersonId } from "./person.ts";
import type { EnrolSeen } from "./sight.ts";

/** What a technician's tool may ask of the running clock, and what it is told. Names are in here and go nowhere else. */

export interface EnrolWish {
  /** Somebody this clock knows, who gets a new template; null for somebody new, or whom a badge of the wish names. */
  readonly person: PersonId | null;
  /** null keeps the name that is known. */
  readonly displayName: string | null;
  /** Given to the person beside those they have. */
  readonly badges: readonly CardHash[];
  /** Where the signed consent is filed: stands in a record for ever, so never a name. */
  readonly consent: string;
  /** People whom this one may resemble as much as they like: twins, looked at and told apart by the operator. */
  readonly alsoLike: readonly PersonId[];
}

export type DeskRequest =
  | { readonly ask: "people" }
  /** How the clock stands with its broker and its receivers. */
  | { readonly ask: "uplink" }
  /** Guided, at the clock. */
  | { readonly ask: "enrol"; readonly wish: EnrolWish }
  | { readonly ask: "enrol-photographs"; readonly wish: EnrolWish; readonly jpegs: readonly Uint8Array[] }
  /** The consent ended: the face is forgotten, the badges stay. */
  | { readonly ask: "withdraw"; readonly person: PersonId }
  /** The person left: everything is forgotten. */
  | { readonly ask: "remove"; readonly person: PersonId };

/** How a guided enrolment stands. */
export type DeskNews = Omit<EnrolSeen, "session" | "box">;

export interface Enrolled {
  readonly person: PersonId;
  /** True where they were known before. */
  readonly again: boolean;
  readonly spaceId: string;
  readonly quality: number | null;
  /** Frames or pictures that the template is made of. */
  readonly frames: number;
  /** Whom they could be taken for: their faces alone decide nothing from now on. */
  readonly lookAlikes: readonly { readonly person: PersonId; readonly displayName: string }[];
}

export interface TemplateCard {
  readonly spaceId: string;
  readonly quality: number | null;
  readonly source: "camera" | "photographs";
  readonly createdMs: number;
  readonly frames: number;
}

export interface PersonCard {
  readonly person: PersonId;
  readonly displayName: string;
  /** How many; their numbers are secrets of a kind and are told to nobody. */
  readonly badges: number;
  readonly template: TemplateCard | null;
  /** True where the template is of another model than the clock's: it is compared with nothing. */
  readonly mustEnrolAgain: boolean;
  readonly lookAlikes: readonly PersonId[];
}

export interface PeopleCards {
  /** The space of the clock's own model. */
  readonly spaceId: string;
  readonly people: readonly PersonCard[];
}

export interface Forgotten {
  readonly person: PersonId;
  readonly forgotten: "face" | "everything";
}

/** What a technician sees of the uplink; the same that the screen knows. */
export interface UplinkCard {
  readonly online: boolean;
  readonly receiver: string;
  /** Punches and corrections that nobody has receipted. */
  readonly waiting: number;
  readonly receipted: { readonly epoch: number; readonly seq: number } | null;
  readonly trouble: { readonly code: string; readonly message: string; readonly remedy: string } | null;
}

export type DeskAnswer = PeopleCards | Enrolled | Forgotten | UplinkCard;
