import type { NameMasking } from "./person.ts";

/**
 * What this site has decided. One frozen value, handed to the reducer with every event; thresholds are cosine
 * similarities and scores in [0, 1], times are milliseconds.
 */
export interface Policy {
  /** Version label that stands in every record (`pol`). */
  readonly id: string;
  readonly loc: string;
  readonly timeZone: string;
  readonly nameMasking: NameMasking;
  /** Mean passive liveness over a track below this is never accepted. */
  readonly liveMin: number;
  /** 1:N acceptance. 0.60 is the measured operating point for galleries up to 1,000 people (docs/accuracy.md). */
  readonly similarityMin: number;
  /** Distance to the second identity, so that two look-alikes never decide by noise. */
  readonly marginMin: number;
  /** Frames that must name the same person. */
  readonly agreeMin: number;
  /** A person is given this long in front of the camera before another way is offered. */
  readonly lookMs: number;
  /** With nobody in the zone for this long, a look ends quietly. */
  readonly leaveMs: number;
  /** How long a commit may take before the screen says that the clock cannot save. */
  readonly saveMs: number;
  readonly thanksMs: number;
  readonly refusedMs: number;
  readonly duplicateMs: number;
  /** A second punch of the same person within this window is shown, not silently counted. */
  readonly duplicateWindowMs: number;
}

export const defaultPolicy: Policy = {
  id: "default.1",
  loc: "gate-1",
  timeZone: "Etc/UTC",
  nameMasking: "first-and-initial",
  liveMin: 0.4,
  similarityMin: 0.6,
  marginMin: 0.08,
  agreeMin: 3,
  lookMs: 8_000,
  leaveMs: 1_200,
  saveMs: 5_000,
  thanksMs: 5_000,
  refusedMs: 7_000,
  duplicateMs: 5_000,
  duplicateWindowMs: 60_000,
};
