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

/** The one face in the zone, followed without a gap. Match and liveness come from the same frames of this track. */
export interface FaceSeen {
  /** New for every appearance: a lost track carries nothing over. */
  readonly track: number;
  readonly box: Box;
  readonly problem: FaceProblem | null;
  /** How far the evidence has come, in [0, 1]: for the ring on the screen. */
  readonly progress: number;
  /** Mean passive liveness in [0, 1] over at least five frames of this track; null until then. */
  readonly live: number | null;
  readonly match: Match | null;
}

/** off: the camera's pictures are not looked at. glance: is somebody there? look: who is it? */
export type Effort = "off" | "glance" | "look";

export interface Sight {
  readonly at: Stamp;
  /** Faces in the zone of active involvement; bystanders beyond it do not count and are never embedded. */
  readonly faces: number;
  readonly face: FaceSeen | null;
}
