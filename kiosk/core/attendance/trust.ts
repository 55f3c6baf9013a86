import type { ClockQuality, Stamp, TimeSource } from "../time.ts";

/** How far the wall clock may decide. The punch itself is always taken: the clock decides only what is asked and shown. */
export interface WallTrust {
  readonly reach: /** Windows of a minute, hints about shifts, and everything below. */
    | "minutes"
    /** Which day it is: open punches of yesterday. */
    | "days"
    /** Nothing: order and the monotonic clock alone. The punch is flagged `clock-weak`. */
    | "nothing";
  /** Why no further. */
  readonly why: readonly WallDoubt[];
}

export type WallDoubt =
  /** Nobody ever told this machine the time. */
  | "no-source"
  /** The claimed error is too large for minutes, or for days. */
  | "coarse"
  /** It is earlier than a record whose time was sure. */
  | "ran-back"
  /** It moved otherwise than the monotonic clock did, in the same boot. */
  | "jumped"
  /** Power was cut, and nobody has told the machine the time since: whatever it shows may be any date. */
  | "power-cut";

/** What is known about the clock when somebody punches. */
export interface ClockStory {
  readonly clock: ClockQuality;
  readonly now: Stamp;
  /** `Attendance.newestSureUtcMs`. */
  readonly newestSureUtcMs: number | null;
  /** Both clocks at an earlier moment of this boot, when the wall clock was trusted; null: there was none. */
  readonly before: Stamp | null;
  /** The machine started anew since the newest record. */
  readonly isNewBoot: boolean;
  /** It had not been told to stop. */
  readonly wasUnclean: boolean;
}

const minuteErrorMs = 10_000;
const dayErrorMs = 2 * 3_600_000;
/** A wall clock may be slewed by so much without having been set. */
const slewMs = 2_000;

/** Sources that told this machine the time; the rest is memory and fingers. */
const isVouched: Readonly<Record<TimeSource, boolean>> = {
  nts: true,
  ntp: true,
  roughtime: true,
  ack: true,
  rtc: false,
  manual: false,
  none: false,
};
/** Signed by whoever said it: nothing that was written here before knows better. */
const isSigned: Readonly<Record<TimeSource, boolean>> = { ...isVouched, ntp: false };

export function wallTrust(story: ClockStory): WallTrust {
  const doubts = doubtsOf(story);
  if (doubts.length > 0) return { reach: "nothing", why: doubts };
  const { errorMs } = story.clock;
  if (errorMs > dayErrorMs) return { reach: "nothing", why: ["coarse"] };
  return errorMs > minuteErrorMs ? { reach: "days", why: ["coarse"] } : { reach: "minutes", why: [] };
}

function doubtsOf(story: ClockStory): readonly WallDoubt[] {
  const { clock, now, newestSureUtcMs, isNewBoot, wasUnclean } = story;
  if (isSigned[clock.source]) return [];
  const hasRunBack = newestSureUtcMs !== null && now.utcMs < newestSureUtcMs - clock.errorMs - slewMs;
  const doubts: readonly (readonly [WallDoubt, boolean])[] = [
    ["no-source", clock.source === "none"],
    ["ran-back", hasRunBack],
    // A clock that was just set by whoever knows the time has jumped for a good reason.
    ["jumped", !isVouched[clock.source] && hasJumped(story)],
    ["power-cut", !isVouched[clock.source] && isNewBoot && wasUnclean],
  ];
  return doubts.filter(([, holds]) => holds).map(([doubt]) => doubt);
}

function hasJumped({ now, before, clock }: ClockStory): boolean {
  if (before === null || now.monoMs < before.monoMs) return false;
  const expectedUtcMs = before.utcMs + now.monoMs - before.monoMs;
  // Its claimed error is about where it stands; how it moved is known far better.
  return Math.abs(now.utcMs - expectedUtcMs) > Math.max(slewMs, Math.min(clock.errorMs, 120_000));
}
