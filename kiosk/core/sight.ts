import type { PersonId } from "./person.ts";
import type { Stamp } from "./time.ts";

/** Left, top, width, height as fractions of the picture, each in [0, 1]. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Why a face cannot be used yet; each has a sentence a person can act on. */
export type FaceProblem =
  | "too-far"
  | "too-close"
  | "off-centre"
  | "turned"
  | "too-dark"
  | "too-bright"
  | "blurred"
  | "several";

/** What three agreeing frames of one track say about who it is. */
export interface Match {
  /** The nearest person of the gallery; null in an empty gallery. */
  readonly person: PersonId | null;
  /** Cosine of the mean of the agreeing frames with that person's templates, in [-1, 1]. */
  readonly similarity: number;
  /** How far the second identity is behind; 2 where there is no second. */
  readonly margin: number;
  /** How many frames of this track named this same person. */
  readonly agreeing: number;
}

/** A badge, a PIN or a code named somebody; this is how like them the face is. Nobody else is compared. */
export interface ClaimSeen {
  readonly person: PersonId;
  /** Cosine of the mean of the newest frames with the claimed person's best template; -1 where they have none. */
  readonly similarity: number;
  /** How many frames of this track, counted back from the newest, were each like them. */
  readonly agreeing: number;
}

/** Left and right as the person in front of the clock feels them. */
export type ChallengeKind = "turn-left" | "turn-right" | "blink";

/** A movement asked of whoever stands there, unforeseeable in its moment and its side. */
export interface Challenge {
  /** New for every challenge: what was seen of an earlier one counts for nothing. */
  readonly id: number;
  readonly kind: ChallengeKind;
}

export interface ChallengeSeen {
  readonly id: number;
  /**
   * waiting: not done yet. returning: turned far enough, now straight again. passed: done by one head on one unbroken
   * track. failed: done as a picture or a recording would, or by another face; it cannot be passed any more.
   */
  readonly state: "waiting" | "returning" | "passed" | "failed";
  /** How far the movement has come, in [0, 1]: for the arrow on the screen. */
  readonly progress: number;
}

/** How one picture of a face is lit: brightness on 0..255. */
export interface FaceLit {
  /** Mean of the aligned face. */
  readonly luma: number;
  /** Standard deviation over the aligned face: small where it is flat or washed out. */
  readonly contrast: number;
  /** Mean of what surrounds the face in the picture. */
  readonly behind: number;
  /** Variance of the Laplacian of the aligned face. */
  readonly sharpness: number;
}

/** The one face in the zone, followed without a gap. Match and liveness come from the same frames of this track. */
export interface FaceSeen {
  /** New for every appearance: a lost track carries nothing over. */
  readonly track: number;
  readonly box: Box;
  readonly problem: FaceProblem | null;
  /** How far the evidence has come, in [0, 1]: for the ring on the screen. */
  readonly progress: number;
  /** Passive liveness in [0, 1], fused over models and at least five frames of this track; null until then. */
  readonly live: number | null;
  /** True where the camera repeats itself: the same picture came back, so what is before the lens may be a recording. */
  readonly repeats: boolean;
  /** True where a second face is so near that the passive score may be about that one. */
  readonly company: boolean;
  /** What this face can be asked to do: its own straight look is known; its open eyes are seen clearly. */
  readonly able: { readonly turn: boolean; readonly blink: boolean };
  /** How the movement that was asked for stands; null where none was. */
  readonly challenge: ChallengeSeen | null;
  /** 1:N: who of the gallery this is; null while a claim is checked instead, and until enough frames agree. */
  readonly match: Match | null;
  /** 1:1: whether this is who they claim to be; null without a claim, and until enough frames agree. */
  readonly claim: ClaimSeen | null;
  /** How it is lit; only where `Attention.measured` asks for it. */
  readonly lit?: FaceLit;
}

/** What an enrolment asks the person to do. Left and right as they feel them. */
export type Pose = "straight" | "a-little-left" | "a-little-right" | "turn-left" | "turn-right" | "blink";

/** Why this frame was not taken; each has a sentence the person can act on. */
export type EnrolProblem = FaceProblem | "nobody" | "another-face" | "eyes-closed";

export interface EnrolSeen {
  /** Which enrolment this is about. */
  readonly session: number;
  /** done: enough good frames, and the movement was a living head's. failed: it was not; begin anew. */
  readonly state: "going" | "done" | "failed";
  readonly pose: Pose;
  /** Frames taken, and how many are wanted. */
  readonly accepted: number;
  readonly needed: number;
  readonly problem: EnrolProblem | null;
  readonly box: Box | null;
}

/**
 * off: the camera's pictures are not looked at. glance: is somebody there? look: who is it? enrol: pictures are taken of
 * somebody who agreed to it.
 */
export type Effort = "off" | "glance" | "look" | "enrol";

/** What the station wants to know from the next picture. */
export interface Attention {
  readonly effort: Effort;
  /** Compare with this person alone (1:1); null compares with everybody (1:N). */
  readonly claim: PersonId | null;
  readonly challenge: Challenge | null;
  /** Read QR codes as well. */
  readonly codes: boolean;
  /** Say how the face is lit: for whoever fits the clock. */
  readonly measured?: true;
}

export interface Sight {
  readonly at: Stamp;
  /** Faces in the zone of active involvement; bystanders beyond it do not count and are never embedded. */
  readonly faces: number;
  readonly face: FaceSeen | null;
  /** Texts of the QR codes in the picture; empty unless asked for. */
  readonly codes: readonly string[];
  /** Only while enrolling. */
  readonly enrol: EnrolSeen | null;
}
