import type { CardHash } from "./card.ts";
import type { Consented } from "./consent/gate.ts";
import type { ConsentId } from "./consent.ts";
import type { Credentials, DeskAnswer, DeskNews, DeskRequest, WorkRequest } from "./desk.ts";
import type { Fault } from "./fault.ts";
import type { Hold } from "./hold.ts";
import type { Signer } from "./jws.ts";
import type { RetentionClass } from "./keepsake.ts";
import type { Order } from "./orders.ts";
import type { Person, PersonId } from "./person.ts";
import type { ErasureData, Position, RecordBody, RecordEvent } from "./record.ts";
import type { Chosen } from "./retention.ts";
import type { Actor } from "./roles.ts";
import type { Attention, Sight } from "./sight.ts";
import type { ClockQuality, Stamp } from "./time.ts";
import type { DemoAct, DemoState, Screenful, Touch } from "./view.ts";

/**
 * The doors of the house. Each says what callers may rely on, including how it ends and how it fails. Every port has a
 * real adapter and a simulated one in its room, held to the same contract suite (test/contract).
 */

export interface Clock {
  readonly now: () => Stamp;
  readonly quality: () => ClockQuality;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** One picture, as the camera compressed it. Lives in memory only. */
export interface Frame {
  readonly jpeg: Uint8Array;
  /** Counts from 0 in one opening of the camera. */
  readonly number: number;
  readonly at: Stamp;
}

export interface Camera extends AsyncDisposable {
  /** For the status line and the screen: what the pictures come from. */
  readonly label: string;
  /** True where the pictures are pretended: a replayed file. */
  readonly simulated: boolean;
  /**
   * Complete JPEGs as they arrive, the newest only: a slow reader skips frames and never sees an old one. Can be
   * iterated once. Ends when `signal` aborts. Throws Fault `camera-lost` when the process dies, `camera-silent` when no
   * frame came for 3 s (10 s for the first: a sensor has to start), `camera-garbage` when what comes is not MJPEG.
   */
  readonly frames: (signal: AbortSignal) => AsyncIterable<Frame>;
}

export interface Tap {
  readonly badge: CardHash;
  readonly at: Stamp;
}

export interface Reader extends AsyncDisposable {
  readonly label: string;
  readonly simulated: boolean;
  /** One value per card presented, none lost, none merged. Ends when `signal` aborts; a lost reader throws `reader-lost`. */
  readonly taps: (signal: AbortSignal) => AsyncIterable<Tap>;
}

/** A person's face as numbers. Never logged, never uplinked; sealed on disk. */
export interface Template {
  readonly person: PersonId;
  /** Model space; templates of another space are never compared. */
  readonly spaceId: string;
  /** Normalised mean of the accepted enrolment frames, then the frames themselves: each `dimension` floats of length 1. */
  readonly vectors: readonly Float32Array[];
  readonly consentId: ConsentId;
  readonly createdMs: number;
  /** Mean quality of the accepted frames, 0 to 100 as in ISO/IEC 29794-1; null for templates older than this measure. */
  readonly quality: number | null;
  /** camera: taken at a clock, with a movement that only a living head makes. photographs: imported pictures. */
  readonly source: "camera" | "photographs";
}

/** Somebody of the gallery whom a new template resembles. For the operator's eyes; never shown to the person. */
export interface Likeness {
  readonly person: PersonId;
  /** same: so alike that this is most likely one person enrolled twice. alike: near enough to be taken for each other. */
  readonly level: "same" | "alike";
}

export interface Enrolment {
  readonly template: Template;
  /** Most alike first. The person's own older template is not among them. */
  readonly alike: readonly Likeness[];
}

/** How an enrolment at the clock shall go. */
export interface EnrolPlan {
  /** Names the enrolment in `Sight.enrol`. */
  readonly session: number;
  /** The movement at its end; drawn by the caller, so that nobody can foresee it. */
  readonly turn: "turn-left" | "turn-right";
}

export interface Engine extends AsyncDisposable {
  readonly spaceId: string;
  /**
   * Looks at one frame. One call at a time; the caller drops what arrives meanwhile. A frame that is no picture throws
   * Fault `frame-torn` and changes nothing; `engine-lost` means that the worker died and must be reopened.
   */
  readonly observe: (frame: Frame, attention: Attention) => Promise<Sight>;
  /** Begins a guided enrolment; `observe` with effort `enrol` then collects frames. Whatever one before had is forgotten. */
  readonly beginEnrolment: (plan: EnrolPlan) => Promise<void>;
  /**
   * Makes the template of an enrolment whose `Sight.enrol.state` is `done`, and forgets its frames.
   * @param consentId of a recorded consent: required by type, so no path leads around it.
   * @throws Fault `enrol-unusable` where the enrolment is not done.
   */
  readonly finishEnrolment: (person: PersonId, consentId: ConsentId, at: Stamp) => Promise<Enrolment>;
  /**
   * Makes a template from photographs of one person: the quality gate holds, liveness is not asked of a picture.
   * @throws Fault `enrol-unusable` naming how many pictures failed for which reason when fewer than three can be used.
   */
  readonly enrolPhotographs: (
    person: PersonId,
    consentId: ConsentId,
    jpegs: readonly Uint8Array[],
    at: Stamp,
  ) => Promise<Enrolment>;
  /** Replaces the gallery; the very next frame is compared with the new one. Other spaces' templates are refused. */
  readonly setGallery: (templates: readonly Consented<Template>[]) => Promise<void>;
  /** Adds one person, or replaces their template, without touching the others. */
  readonly admit: (template: Consented<Template>) => Promise<void>;
  /** Takes a person out: unknown to the very next frame. */
  readonly withdraw: (person: PersonId) => Promise<void>;
  /** Forgets the track, so that nothing of one visit is carried into the next. */
  readonly forget: () => Promise<void>;
}

/** A record as it stands in the journal. */
export interface StoredRecord extends Position {
  /** Record hash, base64url. */
  readonly rh: string;
  /** The signed text, verbatim. */
  readonly jws: string;
  readonly type: string;
  readonly id: string;
}

export interface Appended {
  readonly event: RecordEvent;
  readonly stored: StoredRecord;
}

/** What opening found wrong with an older journal. On screen and in the genesis record until a person signs it off. */
export interface JournalNotice {
  readonly reason: "journal-lost" | "truncated" | "rollback" | "corrupt";
  /** Where the old files stand now, untouched. */
  readonly setAside: string | null;
  readonly lost: readonly [number, number] | null;
  /** With `corrupt`: the first bad record that the running check found, and what is wrong. The next start repairs it. */
  readonly found?: Position & { readonly sentence: string };
}

export interface Journal extends AsyncDisposable {
  readonly notice: JournalNotice | null;
  /** The newest record; there is always one, because opening writes the genesis. */
  readonly head: () => Position & { readonly rh: string };
  /**
   * Builds, signs and commits one record at `at`. When the promise resolves the bytes are on the disk (SQLite WAL,
   * synchronous=FULL) and the head witness is written: only then may anybody be thanked.
   * @throws Fault `disk-full`, `disk-read-only`, `journal-write-failed`, `record-too-large`: nothing was appended, and
   *   the same number will be used by the next record.
   */
  readonly append: (body: RecordBody, at: Stamp) => Promise<Appended>;
  /** Commits a durable write that changes nothing; throws what `append` would. How an ill clock learns that it is well. */
  readonly probe: () => Promise<void>;
  /** Records after `after`, oldest first, at most `limit`. `{ epoch: 0, seq: -1 }` is before everything. */
  readonly read: (after: Position, limit: number) => readonly StoredRecord[];
  /** One record, or undefined. */
  readonly at: (position: Position) => StoredRecord | undefined;
  /**
   * What memory is rebuilt from: punches, corrections and time fixes, oldest first, from the first punch or correction
   * that was written since `sinceUtcMs`, and all after it whatever date they bear; then leave and alerts, all there are.
   * @param spanMs at least those that were written in so long a time before the newest date of any: a clock that ran
   *   ahead must not make the wall forget. Default 0.
   */
  readonly recall: (sinceUtcMs: number, spanMs?: number) => readonly RecordEvent[];
  /** Alerts after a place, oldest first, few at a time: nothing that is sent may stand before them. */
  readonly pressing: (after: Position) => readonly StoredRecord[];
  /** How far a receiver has receipted; before everything where it never did. */
  readonly cursor: (receiver: string) => Position;
  /** Durable; moves forward only. */
  readonly moveCursor: (receiver: string, to: Position) => void;
  /** Punches and corrections after the cursor: what a person would miss, not our own bookkeeping. */
  readonly waiting: (receiver: string) => number;
}

/** That a record stood in its epoch when a checkpoint was signed: RFC 9162, 2.1.3. */
export interface InclusionProof {
  /** Where the signed checkpoint stands, with its number of leaves and its root. */
  readonly checkpoint: Position & { readonly size: number; readonly root: string };
  /** The leaf: the record's number. */
  readonly index: number;
  /** Siblings from the leaf to the root, base64url. */
  readonly path: readonly string[];
}

/** What a journal may forget, and when. */
export interface Retention {
  /** Cursors that must have passed a record before it may go. Nothing ever goes where this is empty. */
  readonly receivers: readonly string[];
  /** At least 7. */
  readonly keepDays: number;
  /** Legal hold: nothing written at or after this moment goes, however old it becomes. Null: none. */
  readonly holdSinceUtcMs: number | null;
}

export interface Checked {
  /** Records proved so far, of so many. */
  readonly records: number;
  readonly of: number;
  readonly is: "running" | "good" | "bad";
}

/** Who agreed to what, as far as the journal still has it. */
export interface JournalConsents {
  /** All consent records that were not pruned yet, oldest first. */
  readonly consents: () => readonly StoredRecord[];
}

/** What a journal does between punches. Each call is one bounded piece of work, so that a punch never waits for more. */
export interface JournalUpkeep {
  /** The oldest number after the genesis that the newest epoch still has; 0 where nothing of it was pruned. */
  readonly low: () => number;
  /** Proof against the first checkpoint after the record. Null where none came yet, or the record is not here. */
  readonly proofOf: (position: Position) => InclusionProof | null;
  /** Signs what the epoch is now; null where the newest record already says it. Throws what `append` would. */
  readonly checkpoint: (at: Stamp) => Promise<Appended | null>;
  /** Proves the next few records of the whole journal; what it finds becomes `notice`. Begins anew after the end. */
  readonly check: () => Checked;
  /**
   * One step of forgetting: look at a few old records, announce in a signed checkpoint how far is forgotten, or drop a
   * few that were announced. Throws what `append` would.
   * @returns true where there is more to do now.
   */
  readonly prune: (rule: Retention, at: Stamp) => Promise<boolean>;
}

/** The clock's record keys: one signs, one may stand ready to follow. The private halves never leave the adapter. */
export interface KeyRing extends Signer {
  /** The key of this kid where it signs now or stands ready; undefined for every other. */
  readonly held: (kid: string) => Signer | undefined;
  /**
   * Makes the key that shall follow, durable when the promise resolves. One that stands ready already is taken.
   * @param cause why, kept with the key: the id of an order, so that it is known again after a crash.
   * @throws Fault `state-unwritable`
   */
  readonly prepare: (cause: string) => Promise<Signer>;
  /** What `prepare` was told about the key that signs now; null for the first one. */
  readonly cause: () => string | null;
  /**
   * The key that stands ready signs from now on; nothing where it does already. Only the journal calls this, once its
   * records say so. A disk that does not take it now is asked again later: the next opening finds it in the records.
   */
  readonly adopt: (kid: string) => void;
  /** Kids of keys that signed before and whose private half is here still, for nothing but to be destroyed. */
  readonly former: () => readonly string[];
  /** Overwrites and removes a former key. @throws Fault `state-unwritable` */
  readonly destroy: (kid: string) => Promise<void>;
}

/** A change of keys that some receiver may still have to learn. */
export interface KeyChange extends Position {
  /** Kid of the key that signed the record at this place, and nothing after it. */
  readonly old: string;
}

/** How a journal changes hands between keys, and what it does when somebody proves that its numbers are spent. */
export interface JournalLife {
  /**
   * A `keychange` record, signed by the key so far; from the record after it on `next` signs, also in the same commit.
   * @param next stands ready in the ring. @throws what `append` would: nothing changed then.
   */
  readonly rotate: (next: Signer, at: Stamp) => Promise<Appended>;
  /** Changes that were made and not yet settled, oldest first. */
  readonly changes: () => readonly KeyChange[];
  /** Everybody has it: the copy that is kept beside the journal may go. */
  readonly settleChange: (old: string) => void;
  /**
   * Holds what a genuine receipt says of us against what is here. Where it contradicts, these numbers were used before by
   * a life of this clock that is not here any more: a new epoch begins, its genesis says so, punches that stand under
   * doubtful numbers are written down once more in it, and those numbers are never sent.
   * @returns the notice; null where nothing contradicts. Throws what `append` would.
   */
  readonly yieldTo: (claim: Claim, at: Stamp) => Promise<JournalNotice | null>;
}

/** What a genuine receipt says about our journal. */
export interface Claim extends Position {
  /** Record hash at this place, base64url. */
  readonly rh: string;
  /** The newest number of that epoch which the receiver heard of; `seq` where it heard of no later one. */
  readonly last: number;
}

/** The people this clock knows, sealed on disk one by one. */
export interface People extends AsyncDisposable {
  readonly all: () => readonly Person[];
  readonly templates: () => readonly Template[];
  /** Durable when the promise resolves. */
  readonly put: (person: Person, template: Template | null) => Promise<void>;
  /** Forgets the person, the template and the key they were sealed with. */
  readonly remove: (id: PersonId) => Promise<void>;
}

/** One who may use this clock, as the cloud says. The text is kept as it came: it is hashed, and may hold a name. */
export interface RosterItem {
  readonly id: PersonId;
  readonly v: number;
  readonly text: string;
}

/** All changes from one version of the roster to a later one. */
export interface RosterStep {
  /** The version it leads on from; 0 is an empty roster, so a snapshot. */
  readonly base: number;
  readonly to: number;
  /** In order. */
  readonly ops: readonly (readonly ["put", string, number, string] | readonly ["del", string, number])[];
  /** What all items give in the end (docs/uplink.md). */
  readonly root: string;
}

/** Whom a step concerned. */
export interface RosterChanges {
  /** New, or with another text. */
  readonly changed: readonly PersonId[];
  readonly gone: readonly PersonId[];
}

/** Who may use this clock, sealed on disk, and provably what the cloud meant. */
export interface RosterStore extends AsyncDisposable {
  /** Why an older roster was set aside at opening; this one is then empty, and has to be asked for. */
  readonly notice: Fault | null;
  /** Version and root. Cheap: stands in every status. */
  readonly standing: () => { readonly v: number; readonly root: string };
  /** In order of their ids. */
  readonly items: () => Promise<readonly RosterItem[]>;
  /** Was on it once, and was taken off within the last 400 days. */
  readonly wasTakenOff: (id: PersonId) => boolean;
  /**
   * Takes a step wholly or not at all; durable when the promise resolves, and the clock goes on meanwhile.
   *
   * @param forgetGoneBeforeUtcMs who was taken off before this moment is not remembered any longer; null: all are.
   * @throws LuError 4001, 4002, 4003; Fault `disk-full`, `disk-read-only`, `roster-write-failed`.
   */
  readonly turn: (step: RosterStep, at: Stamp, forgetGoneBeforeUtcMs: number | null) => Promise<RosterChanges>;
  /** Forgets one person here, whatever the cloud's roster says; no page as old as their item brings them back. */
  readonly erase: (id: PersonId, at: Stamp) => Promise<boolean>;
  /** Forgets everything, the version too. */
  readonly reset: () => Promise<RosterChanges>;
}

/** Settings as the cloud wanted them: version, hash of the text (SHA-256, base64url), the text. */
export interface Wanted {
  readonly v: number;
  readonly h: string;
  readonly doc: string;
}

/** What became of the settings that came from afar. Outlives crashes: what keeps the clock from working is taken back. */
export interface WantedSettings {
  /** What held last and was seen to work; null where nothing was ever sent. */
  readonly good: () => Wanted | null;
  /** What is being tried, and in how many starts of the clock it was. */
  readonly trying: () => { readonly wanted: Wanted; readonly starts: number } | null;
  /** The newest that did not hold; null where nothing failed since the last that did. */
  readonly refused: () => { readonly v: number; readonly h: string } | null;
  /** A version up to here holds, is tried, or was tried and taken back: it is not tried again. */
  readonly floor: () => number;
  /** Durable when they resolve. Throw Fault `disk-full`, `state-unwritable`. */
  readonly try: (wanted: Wanted) => Promise<void>;
  /** The clock starts with what is tried. @returns false where it was started too often: then it was taken back. */
  readonly begin: () => Promise<boolean>;
  /** What is tried holds. */
  readonly keep: () => Promise<void>;
  /** What is tried is taken back. */
  readonly revert: () => Promise<void>;
  /** Not even tried. */
  readonly refuse: (what: { readonly v: number; readonly h: string }) => Promise<void>;
  /** Back to what the technician said; versions begin anew. */
  readonly reset: () => Promise<void>;
}

/** An erasure that was begun: what was there when it began, so that its record is true also after a crash. */
export interface Erasing {
  readonly sub: PersonId;
  /** Id of the order; null where the person asked for it at the clock. */
  readonly cmd: string | null;
  /** Head of the journal when it began: its record can only stand after it. */
  readonly since: Position;
  readonly counts: ErasureData["counts"];
  readonly dek: ErasureData["dek"];
}

/** Who was forgotten here and must not come back, until that is lifted. */
export interface Suppressed {
  readonly notice: Fault | null;
  /** Grows with every change of who is on it. */
  readonly version: () => number;
  readonly has: (sub: PersonId) => boolean;
  readonly all: () => readonly PersonId[];
  /** Begun, and not known to have ended. */
  readonly pending: () => readonly Erasing[];
  /** Where the record of this order stands; null where it was not carried out, or long ago. */
  readonly done: (sub: PersonId, cmd: string) => Position | null;
  /** Puts the person on the list. Durable when it resolves. @returns what was begun before, where it was. */
  readonly begin: (erasing: Erasing) => Promise<Erasing>;
  readonly finish: (erasing: Pick<Erasing, "sub" | "cmd">, at: Position) => Promise<void>;
  /** They may come back. Somebody who agreed anew has a new id; this is for a mistake. */
  readonly lift: (sub: PersonId) => Promise<void>;
}

/** A deletion that was counted, and may have been cut short: its record is true also after a crash. */
export interface Purging {
  readonly cls: RetentionClass;
  readonly days: number;
  readonly n: number;
  /** Stayed under a hold. */
  readonly held: number;
  readonly nowUtcMs: number;
  readonly beforeUtcMs: number;
  /** Head of the journal when it was counted: its record can only stand after it. */
  readonly since: Position;
}

/** What retention remembers. Durable when its promises resolve; throws Fault `disk-full`. */
export interface RetentionBook {
  readonly notice: Fault | null;
  /** It is at least this late, as far as was known when this was kept. */
  readonly floorUtcMs: () => number | null;
  readonly keepFloor: (utcMs: number) => Promise<void>;
  /** Rules of a class, oldest first; empty: none was ever kept. */
  readonly history: (cls: RetentionClass) => readonly Chosen[];
  readonly choose: (cls: RetentionClass, history: readonly Chosen[]) => Promise<void>;
  readonly purging: () => readonly Purging[];
  /** One at a time of each class. */
  readonly begin: (purging: Purging) => Promise<void>;
  readonly end: (cls: RetentionClass) => Promise<void>;
}

/** Durable when its promises resolve; throws Fault `disk-full`. */
export interface HoldBook {
  readonly notice: Fault | null;
  /** Some may be missing: nothing may be deleted. */
  readonly isDoubtful: () => boolean;
  /** Also those that are over. */
  readonly all: () => readonly Hold[];
  /** The same id replaces. @throws Fault `hold-refused` */
  readonly set: (hold: Hold) => Promise<void>;
  readonly lift: (id: string) => Promise<void>;
  /** Those that are here are all there are. */
  readonly trust: () => Promise<void>;
}

/** Days are counted from 1970-01-01, UTC. */
export interface LastSeen {
  /** From this day on uses are noted; the first call counts. */
  readonly begin: (day: number) => void;
  readonly since: () => number | null;
  /** When this face was used last; null: not since `since`. */
  readonly used: (sub: PersonId) => number | null;
  readonly noteUse: (sub: PersonId, day: number) => void;
  /** Who is off the roster, since when. */
  readonly left: () => readonly (readonly [PersonId, number])[];
  readonly noteLeft: (sub: PersonId, day: number) => void;
  /** Durable when it resolves. */
  readonly forget: (sub: PersonId, what: "used" | "left" | "all") => Promise<void>;
  /** Everything that was noted is durable when it resolves. */
  readonly save: () => Promise<void>;
}

/** What a clock keeps of one person in their own files. */
export interface Traces {
  readonly template: number;
  readonly name: number;
  readonly card: number;
  /** Files of theirs that are there, also damaged ones and what a crash left. */
  readonly files: number;
}

/** Records of one epoch that a receiver has stored, by inclusive ranges of their numbers. */
export interface Held {
  readonly epoch: number;
  readonly ranges: readonly (readonly [number, number])[];
}

export interface UplinkNews {
  readonly online: boolean;
  /** Punches and corrections not yet receipted by the receiver. */
  readonly waiting: number;
  /** The receipt cursor, once there is one. */
  readonly receipted: Position | null;
  /** What it has besides, as its newest receipt says: good to tell people, and no leave to forget. */
  readonly held?: Held | null;
  /** Who receipts, for the screen: "payroll". */
  readonly receiver: string;
  /** Why there is no connection, or `receipt-invalid` until a genuine receipt comes. Null where all is well. */
  readonly trouble: Fault | null;
}

export interface Uplink extends AsyncDisposable {
  /** True where broker and backend are the demo's own. */
  readonly simulated: boolean;
  /** How it stands at this moment. */
  readonly newest: () => UplinkNews;
  /** The newest state whenever it changes. Ends when `signal` aborts. Broker trouble is news, not an error. */
  readonly news: (signal: AbortSignal) => AsyncIterable<UplinkNews>;
  /** Something was appended. Cheap, never blocks, never throws. */
  readonly wake: () => void;
}

export interface Screen extends AsyncDisposable {
  readonly url: string;
  /** Draws this; the newest wins. */
  readonly show: (screenful: Screenful) => void;
  /** The picture for the preview, passed through as it is. */
  readonly preview: (frame: Frame) => void;
  /** What people touch. Ends when `signal` aborts. */
  readonly touches: (signal: AbortSignal) => AsyncIterable<Touch>;
}

/** What a newcomer may do in the drawer of the page; exists only while rooms are simulated. */
export interface DemoDesk {
  readonly state: () => DemoState;
  readonly act: (act: DemoAct) => void;
}

/**
 * Answers one request. `tell` says how it goes meanwhile and never waits; `gone` aborts when whoever asked hung up.
 * @param shown what came with it to show who asks.
 * @throws a Fault for whoever asked; anything else is a bug.
 */
export type Clerk = (
  request: DeskRequest,
  tell: (news: DeskNews) => void,
  gone: AbortSignal,
  shown: Credentials,
) => Promise<DeskAnswer>;

/** Does what was asked, once it is known who asks and that they may. */
export type Worker = (
  request: WorkRequest,
  tell: (news: DeskNews) => void,
  gone: AbortSignal,
  actor?: Actor,
) => Promise<DeskAnswer>;

/** Where a technician's tool talks to the running clock. */
export interface Desk extends AsyncDisposable {
  /**
   * Lets the clerk answer whatever is asked until `signal` aborts; requests that come earlier wait. A Fault is told to
   * whoever asked and to nobody else; a bug of the clerk is thrown. What is not understood, too long, too slow or too
   * much at once is refused without troubling the clerk.
   */
  readonly serve: (clerk: Clerk, signal: AbortSignal) => Promise<void>;
}

/** An order that was accepted and is not over. */
export interface BookedOrder {
  readonly order: Order;
  /** The journal's head when it was accepted: whatever was written about it comes after. */
  readonly after: Position;
  /** How often carrying it out was begun. */
  readonly tries: number;
}

/**
 * Which orders this clock has seen, so that each is carried out once, whoever sends it again. Everything is durable when
 * a call returns; `disk-full`, `disk-read-only` and `order-book-failed` are thrown where nothing changed.
 */
export interface OrderBook extends AsyncDisposable {
  /** Nothing is known yet: it was just made, or an older one was damaged. `begin` has to be called before all else. */
  readonly isBlank: boolean;
  /** Where a damaged one was put aside; null where there was none. */
  readonly setAside: string | null;
  /**
   * @param known ids that the journal tells of.
   * @param sinceUtcMs orders that were already valid before may have been carried out by the book that was lost; null
   *   where there was none.
   */
  readonly begin: (known: readonly string[], sinceUtcMs: number | null) => void;
  /** Orders that were valid before this moment are refused. */
  readonly sinceUtcMs: () => number;
  /** At or below this count, everything that this role signed counts as seen; -1 at first. */
  readonly low: (role: string) => number;
  /** It was accepted or refused before, as far back as is remembered. */
  readonly has: (id: string) => boolean;
  /** @param roles that signed it, `count` what they counted it as. */
  readonly accept: (order: Order, roles: readonly string[], count: number, after: Position) => void;
  /** One more attempt begins. */
  readonly attempt: (id: string) => void;
  /** Its result is in the journal. */
  readonly finish: (id: string) => void;
  /** It was refused, and that is in the journal. */
  readonly refuse: (id: string) => void;
  /** In the order in which they were accepted. */
  readonly unfinished: () => readonly BookedOrder[];
}
