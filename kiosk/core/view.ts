import type { ChosenKind } from "./chosen.ts";
import type { CounterTouch, CounterView } from "./counter-view.ts";
import type { Box, ChallengeKind, EnrolProblem, FaceProblem, Pose } from "./sight.ts";
import type { TailView, VisitView } from "./visit-view.ts";
import type { Errand, Way } from "./way.ts";

/**
 * What the page draws. It holds no state of its own: it draws the last `Screenful` it was sent, and words are the page's
 * business, so everything here is a code, a number or a (masked) name.
 */

export type RefusedWhy =
  /** Somebody was there for the whole look, and it was not enough. */
  | "not-sure"
  /** The face did not look like a living one. Said to nobody: the words are those of `not-sure`. */
  | "not-live"
  | "several"
  /** The face alone is not enough for this person, or not just now: the badge is asked for. */
  | "needs-badge"
  | "badge-unknown"
  /** A pass of ours, and too old: the app shows a new one every half minute. */
  | "pass-late"
  /** It was shown before. */
  | "pass-used"
  /** It is for another site. */
  | "pass-elsewhere"
  /** It is a visitor's, and this clock does not receive visitors. */
  | "pass-visitor"
  /** It is for supervisors. */
  | "not-allowed"
  /** The commit failed: the punch is NOT safe, and the person must know. */
  | "not-saved";

export type View =
  | VisitView
  | CounterView
  | { readonly at: "starting"; readonly step: "models" | "camera" | "journal" | "people" }
  | {
      readonly at: "idle";
      /** Wall time until which only badges count, after an alarm; null where faces count. */
      readonly faceRestsUntil: string | null;
      /** For everybody, the newest first. */
      readonly bulletins: readonly BulletinView[];
      /** What works at this moment; one touch (`ways`) shows them beside each other. */
      readonly ways?: readonly Way[];
      /** What else may be asked for here, with `errand`. */
      readonly errands?: readonly Exclude<Errand, "punch">[];
      /** Visitors come here: touch `guests`, act `open`. */
      readonly visitors?: boolean;
      /** An emergency can be raised here: touch `alert`, act `open`. */
      readonly alert?: boolean;
    }
  /** Somebody looks for this clock: it says which one it is. */
  | { readonly at: "identify"; readonly device: string }
  | {
      readonly at: "look";
      readonly box: Box | null;
      readonly problem: FaceProblem | null;
      /** In [0, 1]: how much of the ring is filled. */
      readonly progress: number;
      /** A movement is asked for; `isReturning` once it was made and the head may come back. */
      readonly challenge: {
        readonly kind: ChallengeKind;
        readonly isReturning: boolean;
        readonly progress: number;
      } | null;
      /** badge: the face was recognised and the badge is wanted too. face: the badge was read and the face is wanted too. */
      readonly alsoWants: "badge" | "face" | null;
      /** What stands beside the camera; `ways` leads there. After a badge, `without` goes on without the face. */
      readonly ways?: readonly Way[];
    }
  | {
      readonly at: "enrol";
      readonly pose: Pose;
      readonly accepted: number;
      readonly needed: number;
      readonly problem: EnrolProblem | null;
      readonly box: Box | null;
      /** True while the template is made and written. */
      readonly isKeeping: boolean;
    }
  /** The end of an enrolment. A failure is the clock's; why stands before the operator, not here. */
  | { readonly at: "enrolled"; readonly name: string; readonly isKept: boolean }
  | { readonly at: "saving"; readonly name: string }
  | {
      readonly at: "thanks";
      readonly name: string;
      readonly kind: ChosenKind | "transfer";
      /** Wall time of the punch, RFC 3339 with offset. */
      readonly local: string;
      /** Code of the newest record about this punch, 36 letters in nine groups of four: the punch, then its correction. */
      readonly receipt: string;
      /** The person wants it to stay a while. */
      readonly held: boolean;
      /** For this person and nobody else. */
      readonly bulletins: readonly BulletinView[];
      readonly saved: true;
      readonly received: { readonly by: string; readonly local: string } | null;
      /** What it may be changed to, in order. */
      readonly choices: readonly ChosenKind[];
      /** True once the person changed the kind here. */
      readonly changed: boolean;
      /** What they begin to work at, as the site calls it. */
      readonly job?: string | null;
      /** The office has them on leave now: it counts all the same. */
      readonly isOnLeave?: true;
      /** What else a touch does from here: `not-me`, `errand` me, `jobs`. */
      readonly can?: { readonly notMe: boolean; readonly me: boolean; readonly jobs: boolean };
    }
  | {
      readonly at: "refused";
      readonly why: RefusedWhy;
      readonly local: string;
      readonly canRetry: boolean;
      readonly ways?: readonly Way[];
    }
  | {
      readonly at: "duplicate";
      readonly name: string;
      readonly kind: ChosenKind | "transfer";
      readonly sinceLocal: string;
      readonly choices: readonly ChosenKind[];
    }
  | { readonly at: "out-of-order"; readonly code: string; readonly remedy: string };

/** Plain words of the cloud: one paragraph, any language and direction. */
export interface BulletinView {
  readonly id: string;
  readonly text: string;
}

/** Why what is saved does not arrive. For the technician: the page shows it only to whoever asks. */
export interface OutageView {
  /** For programs, manuals and telephones. */
  readonly code: string;
  /** As the clock found it. */
  readonly message: string;
  readonly remedy: string;
  /** Wall time, epoch milliseconds. */
  readonly sinceMs: number;
}

/** Small truths that stand on every view. */
export interface Strip {
  readonly camera: "starting" | "on" | "lost" | "off";
  readonly reader: "starting" | "on" | "lost" | "none";
  readonly uplink: "connecting" | "online" | "offline";
  /** Punches saved here and not yet receipted. */
  readonly waiting: number;
  /** Null while nothing is wrong with the way to the receiver. */
  readonly outage: OutageView | null;
  /** The clock is locked: by order nothing is sent until it is released, with an opened housing everything is. */
  readonly locked: "order" | "housing" | null;
  /** An older journal was set aside: which numbers are gone, for whoever asks. */
  readonly notice: { readonly reason: string; readonly lost: readonly [number, number] | null } | null;
  /** True where camera, reader or broker are pretended. */
  readonly simulated: boolean;
  /** How loud the page may be, 0 to 100. */
  readonly volume: number;
  /** Queue mode: the last thanks, small, while the next person is at the wall. Null or absent: none. */
  readonly tail?: TailView | null;
}

export interface Place {
  readonly site: string;
  readonly gate: string;
  readonly timeZone: string;
  /** BCP 47. */
  readonly locale: string;
  /** What everybody may read without saying who they are. */
  readonly notice?: PublicNotice;
}

/** What is kept, for how long, by whom, and whom to ask: public, and of this clock's own settings. */
export interface PublicNotice {
  /** Who decides about the data; empty where nobody said. */
  readonly controller: string;
  /** How they are reached about it. */
  readonly contact: string;
  /** Version of the policy that is in force. */
  readonly version: string;
  /** Where the whole policy stands; null where it stands nowhere. */
  readonly url: string | null;
  /** How long each class is kept; null: until somebody leaves, or says so. */
  readonly keep: readonly { readonly cls: NoticeClass; readonly days: number | null }[];
}

/** Classes of what is kept, as the public notice tells of them. Pictures of the camera are kept for no time at all. */
export type NoticeClass = "frame" | "template" | "consent" | "snapshot" | "punch" | "visitor" | "audit" | "log";

/** What makes the page easier for somebody; where it is absent, nothing of it is on. */
export interface Ease {
  /** What the wall says is also spoken, where the machine has a voice for the language. */
  readonly speech: boolean;
  /** For one switch instead of fingers: how long each target is offered before the next; null where nobody needs it. */
  readonly scanMs: number | null;
  /** Minutes without anybody before an idle wall goes dark; 0 is never. */
  readonly darkAfterMin: number;
}

export interface Screenful {
  readonly view: View;
  readonly strip: Strip;
  readonly place: Place;
  /** BCP 47: the language of the person whom the view is about; absent or null where it is nobody's. */
  readonly lang?: string | null;
  readonly ease?: Ease;
}

export type Touch =
  | CounterTouch
  | { readonly touch: "choose"; readonly kind: ChosenKind }
  | { readonly touch: "retry" }
  /** Let the receipt stay. */
  | { readonly touch: "hold" }
  /** Let what stands here stand longer: nobody is made to read fast. */
  | { readonly touch: "more-time" }
  | { readonly touch: "dismiss" }
  /** Show all ways beside each other. */
  | { readonly touch: "ways" }
  /** This one of them: the pad for `pin`; the camera for `face`; badge and qr need no touch. */
  | { readonly touch: "way"; readonly way: Way }
  | { readonly touch: "digit"; readonly digit: number }
  | { readonly touch: "erase" }
  | { readonly touch: "enter" }
  /** Go on without what is wanted too: it counts, and is looked at later. */
  | { readonly touch: "without" }
  | { readonly touch: "errand"; readonly errand: Exclude<Errand, "punch"> }
  /** "That was not me." */
  | { readonly touch: "not-me" }
  /** Choose what they begin to work at. */
  | { readonly touch: "jobs" }
  /** Ask for a correction. */
  | { readonly touch: "request" }
  /** Something that the view lists, by its `id`, `code`, `day` or word. */
  | { readonly touch: "pick"; readonly id: string }
  /** A punch is not there. */
  | { readonly touch: "missing" }
  /** Move the time that stands there, in quarters of an hour. */
  | { readonly touch: "step"; readonly by: -1 | 1 }
  /** It was then. */
  | { readonly touch: "confirm" }
  | { readonly touch: "unknown" }
  /** It is the same shift: they are still at it. */
  | { readonly touch: "same-shift" }
  | { readonly touch: "page"; readonly page: number }
  /** One question back. */
  | { readonly touch: "back" };

/** The drawer: who may walk up, which badges lie on the table, and whether the cable is in. */
export interface DemoState {
  readonly scenes: readonly { readonly id: string; readonly label: string }[];
  /** The scene that plays now. */
  readonly scene: string;
  /** False once the newcomer took over: scenes no longer follow by themselves. */
  readonly auto: boolean;
  readonly badges: readonly { readonly id: string; readonly label: string }[];
  readonly network: "connected" | "cut";
}

export type DemoAct =
  | { readonly act: "scene"; readonly id: string }
  | { readonly act: "auto" }
  | { readonly act: "tap"; readonly badge: string }
  | { readonly act: "network"; readonly state: "connected" | "cut" };
