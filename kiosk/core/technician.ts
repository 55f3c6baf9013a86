import type { Room, RoomState } from "./health.ts";
import type { LockCause } from "./lock.ts";
import type { JournalNotice } from "./ports/journal.ts";

/** How a running clock is, in figures that concern nobody: no name, no score, no picture of anybody. */

/** What the clock says of itself to `lintel doctor`. */
export interface Condition {
  /** Each room as it was last heard of: a word or a fault's code. */
  readonly rooms: Readonly<Record<Room, string>>;
  /** Pictures in a second over the last ten; null while no camera is watched. */
  readonly framesPerS: number | null;
  /** Since the newest picture; null before the first. */
  readonly frameAgeMs: number | null;
  /** From a picture to what was seen in it; null where nothing was looked at within the last minutes. */
  readonly look: Spread | null;
  /** From the wish to write to bytes on the disk; null where nothing was written. */
  readonly commit: Spread | null;
  /** Of the last faces before the clock, how many were not usable and why; counts, of nobody in particular. */
  readonly faces: FaceTally;
  /** Since the clock started: cards that were read, and what readers said that is no card. */
  readonly cards: { readonly taps: number; readonly garbage: number };
  readonly journal: {
    readonly notice: JournalNotice["reason"] | null;
    /** How far the check that always goes on has come. */
    readonly checked: "running" | "good" | "bad" | null;
    /** When the oldest record that nobody receipted was written. */
    readonly oldestWaitingUtcMs: OwedSince;
  };
  /** What of the clock is shut on purpose. */
  readonly shut: { readonly locked: LockCause | null; readonly isCameraOff: boolean };
  /** The switch in the housing as the clock itself last read it: `none`, `unread`, `open`, `closed`, or a fault's code. */
  readonly housing: string;
  /** Browsers that show the wall's page at this moment. */
  readonly pages: number;
}

/** UTC milliseconds; null where nothing is owed. A disk that died cannot tell, and that is not the same as nothing. */
export type OwedSince = number | "unreadable" | null;

/** For so many seconds something is owed; 0 where nothing is, null where nobody can tell. */
export function owedForS(since: OwedSince, nowUtcMs: number): number | null {
  if (since === "unreadable") return null;
  return since === null ? 0 : Math.max(0, (nowUtcMs - since) / 1_000);
}

export interface Spread {
  readonly p50Ms: number;
  readonly worstMs: number;
  readonly count: number;
}

export interface FaceTally {
  readonly seen: number;
  readonly tooDark: number;
  readonly tooBright: number;
  readonly blurred: number;
  /** The camera repeated itself. */
  readonly repeats: boolean;
}

/** In words, as rooms are told everywhere. */
export const wordOf = (state: RoomState): string => (state.is === "down" ? state.code : state.is);
