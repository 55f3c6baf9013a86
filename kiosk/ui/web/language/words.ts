import type { ChosenKind } from "../../../core/chosen.ts";
import type { Strip } from "../../../core/view.ts";
import type { ChallengeKind, EnrolProblem, Pose, Problem, Step } from "../kinds.ts";
import type { AbsenceWords } from "./absence/words.ts";
import type { AlertWords } from "./alert/words.ts";
import type { ConsentWords } from "./consent/words.ts";
import type { GuestsWords } from "./guests/words.ts";
import type { Language } from "./languages.ts";
import type { RightsWords } from "./rights/words.ts";
import type { VisitWords } from "./visit/words.ts";

/** Why a pass that is genuine does not work. */
export type PassProblem = "pass-late" | "pass-used" | "pass-elsewhere" | "pass-visitor";

/** What a clock keeps, in the order in which it is told. */
export type NoticePart = "camera" | "face" | "times" | "badge";

/** Faults of the way to the receiver that have a sentence of their own. */
export type OutageCause =
  | "broker-unreachable"
  | "broker-refused"
  | "broker-taken-over"
  | "certificate-expired"
  | "clock-wrong"
  | "receipt-invalid"
  | "receiver-silent";

/**
 * What the wall can say. Short, spoken, second person, present tense. A new language is one more value of `Words`, in a
 * file of its own, and one more line in `catalogue`; the compiler names what is missing and what is too much.
 */
export interface Words extends Language {
  /** What the row of languages is called for somebody who does not see it. */
  readonly languages: string;
  readonly moreTime: string;
  readonly fullStop: string;
  readonly greeting: Readonly<Record<"morning" | "afternoon" | "evening", (name: string) => string>>;
  readonly starting: { readonly say: string; readonly step: Readonly<Record<Step, string>> };
  readonly idle: {
    readonly say: string;
    readonly sayBadgeOnly: string;
    readonly sayWaking: string;
    readonly sayResting: string;
    readonly sayRestingAlone: string;
    readonly sayNothing: string;
    /** After an alarm: only badges count until then. */
    readonly sayBadgeUntil: (time: string) => string;
    readonly sayNoFaceUntil: (time: string) => string;
    readonly badgeAlone: string;
    readonly camera: Readonly<Record<Strip["camera"], string>>;
    readonly keeps: string;
  };
  readonly identify: {
    readonly say: string;
    readonly more: string;
    readonly site: string;
    readonly gate: string;
    readonly device: string;
  };
  readonly look: {
    readonly say: string;
    readonly hold: string;
    readonly problem: Readonly<Record<Problem, string>>;
    readonly challenge: Readonly<Record<ChallengeKind, string>>;
    readonly straightAgain: string;
    readonly alsoBadge: string;
    readonly alsoFace: string;
    readonly badgeRead: string;
    readonly orBadge: string;
    readonly aside: string;
  };
  readonly enrol: {
    readonly pose: Readonly<Record<Pose, string>>;
    readonly problem: Readonly<Record<EnrolProblem, string>>;
    /** Said of the dots. */
    readonly taken: (accepted: number, needed: number) => string;
    readonly keeps: string;
    readonly keeping: string;
    readonly keepingMore: string;
    readonly stop: string;
  };
  readonly enrolled: {
    readonly kept: (name: string) => string;
    readonly keptMore: string;
    readonly notKept: string;
    readonly notKeptMore: string;
    readonly close: string;
  };
  readonly saving: { readonly say: (name: string) => string; readonly more: string };
  readonly thanks: {
    readonly kind: Readonly<Record<ChosenKind | "transfer", string>>;
    readonly changed: string;
    readonly saved: string;
    readonly received: (by: string) => string;
    readonly onItsWay: string;
    readonly noNetwork: string;
    readonly choose: Readonly<Record<ChosenKind, string>>;
    readonly next: string;
  };
  readonly receipt: {
    readonly say: string;
    /** What a touch does. */
    readonly hold: string;
    /** It was touched. */
    readonly stays: string;
  };
  readonly refused: {
    readonly notSure: string;
    readonly several: string;
    readonly severalMore: string;
    readonly needsBadge: string;
    readonly needsBadgeTap: string;
    readonly needsBadgeMore: string;
    readonly badgeUnknown: string;
    readonly badgeUnknownMore: string;
    /** For supervisors only. */
    readonly notAllowed: string;
    readonly notAllowedMore: string;
    /** A pass of ours that does not work here, and what helps. */
    readonly pass: Readonly<Record<PassProblem, { readonly say: string; readonly more: string }>>;
    readonly notSaved: string;
    readonly notSavedMore: string;
    /** Stands before the time, which is set in bold behind it and followed by the full stop. */
    readonly tellWhen: string;
    readonly tellNow: string;
    readonly useBadge: string;
    readonly useCamera: string;
    readonly retryCamera: string;
    readonly retry: string;
    readonly close: string;
  };
  readonly duplicate: {
    readonly since: Readonly<Record<ChosenKind | "transfer", (time: string) => string>>;
    readonly more: (name: string) => string;
    readonly choose: Readonly<Record<ChosenKind, string>>;
    readonly close: string;
  };
  readonly outOfOrder: { readonly say: string; readonly more: string; readonly forTechnician: string };
  readonly unreachable: { readonly say: string; readonly more: string };
  /** The touch that leads to all ways. */
  readonly otherWay: string;
  readonly badge: {
    readonly title: string;
    readonly how: string;
    readonly starting: string;
    readonly resting: string;
  };
  /** Of a clock that nobody may use but to clock in and out. */
  readonly locked: {
    /** The cloud locked it: nothing is sent. */
    readonly order: string;
    readonly housing: string;
    /** Of one punch, while nothing is sent. */
    readonly kept: string;
  };
  readonly truths: {
    readonly offline: (waiting: number) => string;
    /** There is a network, and yet nothing arrives. */
    readonly undelivered: (waiting: number) => string;
    readonly setAside: string;
    readonly damaged: string;
    readonly lost: (from: number, to: number) => string;
    readonly pretended: string;
    readonly demo: string;
  };
  /** For the technician. */
  readonly outage: {
    /** By the code of the fault; `otherCause` for any other. */
    readonly cause: Readonly<Record<OutageCause, string>>;
    readonly otherCause: string;
    readonly safe: (waiting: number) => string;
    readonly next: string;
    readonly found: string;
    readonly since: string;
    readonly code: string;
  };
  readonly notice: {
    readonly title: string;
    readonly parts: Readonly<Record<NoticePart, { readonly head: string; readonly body: string }>>;
    readonly close: string;
  };
  readonly consent: ConsentWords;
  readonly rights: RightsWords;
  readonly guests: GuestsWords;
  readonly absence: AbsenceWords;
  readonly alert: AlertWords;
  readonly visit: VisitWords;
}
