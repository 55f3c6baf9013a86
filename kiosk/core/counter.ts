import type { CounterFailure } from "./counter-kinds.ts";
import type { NoteDraft } from "./draft.ts";
import type { Step } from "./event.ts";
import type { Claim, Memory } from "./memory.ts";
import type { Policy } from "./policy.ts";
import type { Position } from "./record.ts";
import type { Stamp } from "./time.ts";

/**
 * What the wall is for besides punching, each at a counter of its own: state, view, fingers, what the rooms are asked
 * for and what they answer. All of it is pure, as the station is; a badge of the next person still takes the wall.
 */
export interface Counter<S, V, A, R> {
  /** @param claim who showed who they are, and how; null at counters where nobody has to. */
  readonly begun: (memory: Memory, claim: Claim | null, now: Stamp, policy: Policy) => Step;
  readonly touched: (memory: Memory, state: S | null, act: A, at: Stamp, policy: Policy) => Step;
  /** The state may be somebody else's by now. */
  readonly answered: (memory: Memory, answer: R, at: Stamp, policy: Policy) => Step;
  readonly failed: (memory: Memory, failure: CounterFailure, at: Stamp, policy: Policy) => Step;
  readonly saved: (memory: Memory, note: NoteDraft, stored: Noted, policy: Policy) => Step;
  readonly unsaved: (memory: Memory, note: NoteDraft, at: Stamp, policy: Policy) => Step;
  /** Nobody touched it until its time was over. */
  readonly ended: (memory: Memory, state: S, at: Stamp, policy: Policy) => Step;
  readonly view: (memory: Memory, state: S, policy: Policy) => V;
}

/** Where a note stands in the journal. */
export interface Noted {
  readonly id: string;
  readonly position: Position;
  readonly rh: string;
  readonly at: Stamp;
}
