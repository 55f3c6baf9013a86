import type { AcceptanceAnswer, AcceptanceNews, AcceptanceWish } from "./acceptance.ts";
import type { AlertLineView } from "./alert/view.ts";
import type { CardHash, CardText } from "./card.ts";
import type { Disclosed } from "./disclosure.ts";
import type { DisclosureWish } from "./disclosure-sorting.ts";
import type { EvenWays } from "./even-ways.ts";
import type { Hold } from "./hold.ts";
import type { PersonId } from "./person.ts";
import type { PinWish } from "./pin.ts";
import type { Position, RequestData, Stays } from "./record.ts";
import type { OperatorId, Reason, Role } from "./roles.ts";
import type { ServedLine, Spread } from "./served.ts";
import type { EnrolSeen } from "./sight.ts";
import type { Condition } from "./technician.ts";
import type { TimeSource } from "./time.ts";

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
  /** A parent or guardian signed the paper with them. */
  readonly guardian?: boolean | undefined;
  /** People whom this one may resemble as much as they like: twins, looked at and told apart by the operator. */
  readonly alsoLike: readonly PersonId[];
}

/** A wish as a tool sends it: cards by their numbers, this once. */
export interface EnrolRequest extends Omit<EnrolWish, "badges"> {
  readonly badges: readonly CardText[];
}

/** What the desk does for people. */
export type WorkRequest =
  | { readonly ask: "people" }
  /** Whose face is missed most: whom to enrol anew first. */
  | { readonly ask: "worst-served" }
  /** How unequally the camera serves people, over all of them and about nobody. */
  | { readonly ask: "spread" }
  /** How the clock stands with its broker and its receivers. */
  | { readonly ask: "uplink" }
  /** How its rooms are, in figures that concern nobody. */
  | { readonly ask: "condition" }
  /** Opens the technician's page until whoever asked hangs up; `onWall` turns the wall's own browser to it. */
  | { readonly ask: "technician"; readonly onWall: boolean }
  /** Guided, at the clock. */
  | { readonly ask: "enrol"; readonly wish: EnrolRequest }
  | { readonly ask: "enrol-photographs"; readonly wish: EnrolRequest; readonly jpegs: readonly Uint8Array[] }
  /** Gives the person a card: this one, or the next that is laid on any reader of the clock, which is no punch then. */
  | { readonly ask: "badge"; readonly person: PersonId; readonly card: CardText | null }
  /** Takes all cards from the person that were given to them here. */
  | { readonly ask: "badge-remove"; readonly person: PersonId }
  /** Gives the person a number and a PIN, instead of those they had. */
  | { readonly ask: "pin"; readonly person: PersonId; readonly wish: PinWish }
  /** They come by PIN no more. */
  | { readonly ask: "pin-remove"; readonly person: PersonId }
  /** What hangs on the machine, and what of it is read as what. */
  | { readonly ask: "readers" }
  /** Shows for so long what readers say, numbers and all. Nobody is kept from punching meanwhile. */
  | { readonly ask: "reader-test"; readonly forS: number }
  /** The consent ended: the face is forgotten, the badges stay. */
  | { readonly ask: "withdraw"; readonly person: PersonId }
  /** The person left: everything is forgotten. */
  | { readonly ask: "remove"; readonly person: PersonId }
  /** Everybody on site, for an evacuation. */
  | { readonly ask: "muster" }
  | { readonly ask: "alert"; readonly act: "raised" | "cleared" }
  /** How long each way in takes, in sums of nobody. */
  | { readonly ask: "ways" }
  /** What only the clock itself can say of its promises. */
  | { readonly ask: "inside" }
  /** Whether anybody stands before the clock, and how its rooms are: for those who would start it anew. */
  | { readonly ask: "wall" }
  /** A technician accepts the site: one of the tests of it. */
  | { readonly ask: "acceptance"; readonly wish: AcceptanceWish }
  /** What `lintel selfcheck` found goes into the journal, and so to the cloud. */
  | { readonly ask: "selfcheck"; readonly found: SelfcheckFound }
  /** How far the installation is; with a ticket's id: it is done, which goes into the journal. */
  | { readonly ask: "install"; readonly ticket: string | null }
  /** What people asked for at this clock about their own data. */
  | { readonly ask: "requests" }
  | { readonly ask: "request-answer"; readonly request: string; readonly state: "done" | "declined" }
  /** Legal holds that are not over. */
  | { readonly ask: "holds" }
  | { readonly ask: "hold-set"; readonly hold: Omit<Hold, "id"> }
  | { readonly ask: "hold-lift"; readonly hold: string }
  /** After the list was damaged: those that are here are all there are. */
  | { readonly ask: "hold-trust" }
  /** The housing was looked at: the lock that its opening put on is released. */
  | { readonly ask: "unlock" }
  /** The camera is switched off or on, and stays so. */
  | { readonly ask: "camera"; readonly isOn: boolean }
  /** All stored faces are turned by a new key: what was copied from here before fits nobody. */
  | { readonly ask: "renew" };

/** How many promises hold now, which do not, and how many nobody can check here. */
export interface SelfcheckFound {
  readonly holds: number;
  readonly unchecked: number;
  /** Ids of the promises; at most 16 are named in the record. */
  readonly broken: readonly string[];
}

/** What is asked about those who act at the desk, and of what they did; the gate before the desk answers it. */
export type GateRequest =
  /** Who may act here. */
  | { readonly ask: "operators" }
  /** Somebody new may act here; the answer holds a secret that is shown this once, with which they bring their key. */
  | { readonly ask: "operator-add"; readonly role: Role }
  | { readonly ask: "operator-end"; readonly operator: OperatorId }
  /** The key of whoever holds the secret, and its signature over `enrolText`. */
  | { readonly ask: "operator-enrol"; readonly secret: string; readonly x: string; readonly sig: string }
  | { readonly ask: "session-challenge" }
  | ({ readonly ask: "session-begin"; readonly challenge: string; readonly sig: string } & SessionWish)
  /** Ends the sessions of this request. */
  | { readonly ask: "session-end" }
  /** What was done here, by whom and why; `seal`: counted and hashed in a record first, to be sealed. */
  | { readonly ask: "audit"; readonly wish: AuditWish; readonly seal: boolean }
  /** Punches of one person and one period, for whoever may demand them; counted and hashed in a record first. */
  | { readonly ask: "disclose"; readonly wish: Omit<DisclosureWish, "timeZone"> }
  /** Which pictures are kept; nobody sees them by this. */
  | { readonly ask: "snapshots"; readonly person: PersonId | null }
  /** One of them, sealed as it is: only both keys together open it. */
  | { readonly ask: "snapshot-open"; readonly snapshot: string };

export type DeskRequest = WorkRequest | GateRequest;

export interface SessionWish {
  readonly operator: OperatorId;
  readonly reason: Reason;
  /** Number of a ticket or case; null where there is none. */
  readonly ticket: string | null;
  /** At most 15. */
  readonly minutes: number;
}

export interface AuditWish {
  readonly person: PersonId | null;
  readonly act: string | null;
  readonly by: string | null;
  /** UTC; from this moment on. */
  readonly sinceUtcMs: number | null;
}

/** What came over the socket with a request, to show who asks. */
export interface Credentials {
  /** Tokens of one or two sessions. */
  readonly sessions: readonly string[];
  /** What only those can read who can read the state folder. */
  readonly owner: string | null;
}

/** How a guided enrolment stands. */
export type EnrolNews = Omit<EnrolSeen, "session" | "box">;

/** What a reader said, for a technician's eyes only. */
export interface ReaderSeen {
  readonly reader: string;
  /** Hexadecimal, one for each report since the card before; the newest few. */
  readonly reports: readonly string[];
  readonly framed: string | null;
  /** Null where it is no card. */
  readonly card: string | null;
  readonly hash: CardHash | null;
}

export type DeskNews =
  | EnrolNews
  | AcceptanceNews
  | { readonly waitingFor: "card" }
  | { readonly said: ReaderSeen }
  /** The technician's page is open to whoever knows the code, once. */
  | { readonly page: { readonly url: string; readonly code: string } }
  /** Nobody had to show who they are: a demo without operators. */
  | { readonly actedAs: "demo" };

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
  /** How many of them somebody else claims as well: these are nobody's. */
  readonly sharedBadges: number;
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

export interface WorstServed {
  /** Only those who were missed three times or more; the worst served first. */
  readonly worst: readonly ServedLine[];
  readonly spread: Spread;
}

export interface Forgotten {
  readonly person: PersonId;
  readonly forgotten: "face" | "everything";
  /** Where the proof stands, and what stays. */
  readonly proof?: Position & { readonly kept: readonly Stays[] };
}

/** Names stand here and go nowhere else. */
export interface MusterCard {
  readonly lines: readonly AlertLineView[];
}

export interface InsideCard {
  /** What should be gone by now and is not, by class. */
  readonly overdue: readonly { readonly cls: string; readonly due: number }[];
  /** Templates that the engine was given, and how many of them stand on no living consent. */
  readonly faces: { readonly loaded: number; readonly withoutConsent: number };
  /** What the device's key rests on; null where it has none of its own. */
  readonly keys: "credential" | "tpm" | "software" | null;
  /** Where the wall clock's truth comes from. */
  readonly time: TimeSource;
  /** How long each way in takes people here. */
  readonly ways: EvenWays;
}

export interface Noted {
  readonly noted: "alert" | "camera" | "renewal" | "selfcheck" | "technician" | "unlock";
}

/** What a set-up waits for. */
export interface InstallCard {
  /** The newest punch of the last hours; null where nobody punched. */
  readonly punch: Position | null;
  /** Up to where the receiver of the screen has everything. */
  readonly receipted: Position | null;
}

export interface HoldCards {
  readonly holds: readonly Hold[];
}

export interface BadgeGiven {
  readonly person: PersonId;
  /** How many they have now. */
  readonly badges: number;
  /** False where they had this one already, or there was none to take. */
  readonly isNew: boolean;
}

export interface ReaderCard {
  /** hidraw node. */
  readonly path: string;
  /** Vendor and product, four hexadecimal digits each. */
  readonly vendor: string;
  readonly product: string;
  /** Usage page and usage. */
  readonly usage: string;
  /** Where it is plugged in; null where the kernel does not say. */
  readonly port: string | null;
  readonly profile: string | null;
  readonly is: "open" | "not-open" | "same" | "not-ours";
  /** Why it is not open; empty where it is. */
  readonly why: string;
}

export interface ReaderCards {
  readonly readers: readonly ReaderCard[];
  readonly counts: ReaderTally;
}

/** Since the clock started. */
export interface ReaderTally {
  readonly taps: number;
  readonly garbage: number;
  readonly overflow: number;
  readonly lost: number;
}

/** What a technician sees of the uplink; the same that the screen knows. */
export interface WallCard {
  /** Version of the software that answers, `1.4.2`. */
  readonly fw: string;
  /** Where its page is. */
  readonly page: string;
  /** For so long nobody was before the clock; null while somebody is. */
  readonly idleMs: number | null;
  /** `starting`, `ok`, `none` or a fault's code. */
  readonly rooms: Readonly<Record<"camera" | "engine" | "reader", string>>;
}

export interface UplinkCard {
  readonly online: boolean;
  readonly receiver: string;
  /** Punches and corrections that nobody has receipted. */
  readonly waiting: number;
  readonly receipted: { readonly epoch: number; readonly seq: number } | null;
  readonly trouble: { readonly code: string; readonly message: string; readonly remedy: string } | null;
}

export interface PinKept {
  readonly person: PersonId;
  readonly pin: "set" | "removed";
}

export interface OperatorCard {
  readonly operator: OperatorId;
  readonly role: Role;
  /** False until they brought their key. */
  readonly hasKey: boolean;
  readonly sinceMs: number;
}

export interface OperatorCards {
  readonly operators: readonly OperatorCard[];
}

export interface OperatorAdded {
  readonly operator: OperatorId;
  readonly role: Role;
  /** Shown this once; good for one day. */
  readonly secret: string;
}

export interface OperatorKept {
  readonly operator: OperatorId;
  readonly role: Role;
  readonly is: "enrolled" | "ended";
}

export interface Challenge {
  readonly challenge: string;
  /** The clock's own name: a signature for one clock is nothing to another. */
  readonly device: string;
}

export interface SessionBegun {
  readonly token: string;
  readonly role: Role;
  readonly untilUtcMs: number;
}

export interface SessionsEnded {
  readonly ended: number;
}

/** A record of the journal that says what was done. */
export interface AuditLine {
  readonly id: string;
  readonly time: string;
  readonly epoch: number;
  readonly seq: number;
  readonly jws: string;
}

export interface AuditFound {
  readonly lines: readonly AuditLine[];
  /** The signed record of this very export, which counts and hashes the lines; null where nothing is exported. */
  readonly manifest: AuditLine | null;
  /** There are more: ask from a later moment. */
  readonly isMore: boolean;
}

export interface DisclosedAtDesk extends Disclosed {
  /** The signed record of this very export. */
  readonly signed: string;
}

export interface SnapshotCard {
  readonly snapshot: string;
  readonly person: PersonId;
  readonly takenUtcMs: number;
}

/** A request as the office sees it. */
export interface RequestCard {
  readonly id: string;
  readonly sub: PersonId;
  readonly right: RequestData["right"];
  readonly about: string;
  readonly state: RequestData["state"];
  /** RFC 3339 in UTC; `due` is the last moment in which an answer is in time. */
  readonly asked: string;
  readonly due: string;
  readonly isOverdue: boolean;
  /** The name that somebody wishes; null where it is about something else, or answered. */
  readonly wish: string | null;
}

export interface RequestCards {
  readonly requests: readonly RequestCard[];
}

export interface SnapshotCards {
  readonly snapshots: readonly SnapshotCard[];
}

export interface SnapshotSealed extends SnapshotCard {
  /** As store/two-keys.ts has it. */
  readonly parcel: string;
}

/** What an operator's key signs to bring itself. */
export const enrolText = (secret: string, x: string): string => JSON.stringify(["lintel-operator-1", secret, x]);

/** What an operator's key signs to begin a session, at this clock, once. */
export const sessionText = (
  { challenge, device }: Challenge,
  { operator, reason, ticket, minutes }: SessionWish,
): string => JSON.stringify(["lintel-session-1", device, challenge, operator, reason, ticket, minutes]);

export type DeskAnswer =
  | AcceptanceAnswer
  | PeopleCards
  | WorstServed
  | Spread
  | Condition
  | Enrolled
  | Forgotten
  | UplinkCard
  | WallCard
  | BadgeGiven
  | PinKept
  | HoldCards
  | RequestCards
  | MusterCard
  | Noted
  | InstallCard
  | InsideCard
  | EvenWays
  | ReaderCards
  | OperatorCards
  | OperatorAdded
  | OperatorKept
  | Challenge
  | SessionBegun
  | SessionsEnded
  | AuditFound
  | DisclosedAtDesk
  | SnapshotCards
  | SnapshotSealed;
