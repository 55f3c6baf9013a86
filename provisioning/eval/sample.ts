/** One picture that became a template. */
export interface Sample {
  /** Number of the person's folder: names go no further than the folder reader. */
  readonly person: number;
  /** As a punch makes it; length 1. */
  readonly vector: Float32Array;
  /** As an enrolment makes it; length 1. */
  readonly enrolled: Float32Array;
}
