import { type WallDoubt, wallTrust } from "./attendance/trust.ts";
import type { ClockQuality, Stamp } from "./time.ts";

/**
 * How late it is at least. Retention deletes by nothing else: by a clock that runs ahead something would be gone before
 * its time, and one that lost its battery must not keep everything for ever. Pure.
 */

/** True time was at least `utcMs` when the monotonic clock of this boot said `monoMs`. */
export interface Floor {
  readonly utcMs: number;
  readonly monoMs: number;
}

export interface LateStory {
  readonly now: Stamp;
  readonly clock: ClockQuality;
  readonly floor: Floor | null;
  /** Both clocks when the wall clock was believed last in this boot. */
  readonly before: Stamp | null;
  readonly isNewBoot: boolean;
  readonly wasUnclean: boolean;
}

export interface Late {
  /** Null: nothing is known, or what is known contradicts itself and only a signed time can say which is true. */
  readonly utcMs: number | null;
  /** The wall clock itself vouches for it, so that it also says what day it is. */
  readonly isDated: boolean;
}

/** A crystal may be slow by this share. */
const drift = 1e-4;
/** The floor itself is no more exact than the clock that gave it. */
const slackMs = 5_000;

const isSigned = ({ source }: ClockQuality): boolean => source === "nts" || source === "roughtime" || source === "ack";

export function lateBy(story: LateStory): Late {
  const { now, clock, floor } = story;
  const risen = floor === null ? null : risenTo(floor, now.monoMs);
  const newestSureUtcMs = risen === null ? null : risen - slackMs;
  const { reach, why } = wallTrust({ ...story, newestSureUtcMs });
  const wall = now.utcMs - clock.errorMs;
  if (isSigned(clock)) return { utcMs: wall, isDated: true };
  if (reach !== "nothing") return { utcMs: Math.max(wall, risen ?? wall), isDated: true };
  // A time service says that it is earlier than it was once said to be: one of the two was false.
  const isContradiction = clock.source === "ntp" && why.includes("ran-back" satisfies WallDoubt);
  return { utcMs: isContradiction ? null : risen, isDated: false };
}

export const risenTo = ({ utcMs, monoMs }: Floor, nowMonoMs: number): number =>
  utcMs + Math.floor(Math.max(0, nowMonoMs - monoMs) * (1 - drift));
