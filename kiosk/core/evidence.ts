import type { PunchData } from "./record.ts";

/** A picture that was taken with a punch, sealed and kept before the punch is written. */
export interface Evidence {
  readonly ev: NonNullable<PunchData["ev"]>;
  /** The punch could not be saved: the picture goes as well. */
  readonly undo: () => Promise<void>;
}
