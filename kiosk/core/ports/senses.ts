import type { CardHash } from "../card.ts";
import type { ClockQuality, Stamp } from "../time.ts";

/**
 * The doors of the house. Each says what callers may rely on, including how it ends and how it fails. Every port has a
 * real adapter and a simulated one in its room, held to the same contract suite (test/contract). Here: what a clock sees
 * and hears, and what time it is.
 */

export interface Clock {
  readonly now: () => Stamp;
  readonly quality: () => ClockQuality;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** One picture, as the camera compressed it. Lives in memory only. */
export interface Frame {
  readonly jpeg: Uint8Array;
  /** Counts from 0 in one opening of the camera. */
  readonly number: number;
  readonly at: Stamp;
}

export interface Camera extends AsyncDisposable {
  /** For the status line and the screen: what the pictures come from. */
  readonly label: string;
  /** True where the pictures are pretended: a replayed file. */
  readonly simulated: boolean;
  /**
   * Complete JPEGs as they arrive, the newest only: a slow reader skips frames and never sees an old one. Can be
   * iterated once. Ends when `signal` aborts. Throws Fault `camera-lost` when the process dies, `camera-silent` when no
   * frame came for 3 s (10 s for the first: a sensor has to start), `camera-garbage` when what comes is not MJPEG.
   */
  readonly frames: (signal: AbortSignal) => AsyncIterable<Frame>;
}

export interface Tap {
  readonly badge: CardHash;
  readonly at: Stamp;
}

/** A switch that knows whether the clock's housing is open. */
export interface HousingSwitch {
  /** For people: what is looked at. */
  readonly label: string;
  readonly simulated: boolean;
  /** How it stands at this moment. Throws Fault `housing-unread` where nobody can tell. */
  readonly isOpen: () => Promise<boolean>;
}

export interface Reader extends AsyncDisposable {
  readonly label: string;
  readonly simulated: boolean;
  /** One value per card presented, none lost, none merged. Ends when `signal` aborts; a lost reader throws `reader-lost`. */
  readonly taps: (signal: AbortSignal) => AsyncIterable<Tap>;
}
