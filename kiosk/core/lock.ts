/**
 * A clock that is shut. Whoever has paid time here keeps clocking it in and out: what is locked away is what a stranger
 * could do harm with, which is faces, people's data at the desk, and the word of this clock to the outside.
 */

/** `order`: the cloud no longer trusts this clock, or does not know. `housing`: somebody opened it. */
export type LockCause = "order" | "housing";

/** What is shut and since when, UTC milliseconds; null: it is not. */
export interface Locks {
  readonly order: number | null;
  readonly housing: number | null;
  /** People switched the camera off. Nothing else is shut by that. */
  readonly camera: number | null;
}

export const nothingLocked: Locks = { order: null, housing: null, camera: null };

/** What a wall says of it: an order says more than an open door. Null where the clock is not locked. */
export function lockCauseOf({ order, housing }: Locks): LockCause | null {
  if (order !== null) return "order";
  return housing === null ? null : "housing";
}

/** Faces are used only by a clock that nobody locked and whose camera nobody switched off. */
export const mayLook = ({ order, housing, camera }: Locks): boolean =>
  order === null && housing === null && camera === null;

/** A clock with an open housing still has to say so; one that is locked by order keeps what it knows. */
export const maySend = ({ order }: Locks): boolean => order === null;
