import type { Consented } from "../consent/gate.ts";
import type { ConsentId } from "../consent.ts";
import type { PersonId } from "../person.ts";
import type { Attention, Sight } from "../sight.ts";
import type { Stamp } from "../time.ts";
import type { Frame } from "./senses.ts";

/** Faces: what is made of them, and who is known by one. */

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
