import type { Point } from "./landmarks.ts";
import type { Motion } from "./motion.ts";
import { type Relief, reliefOf } from "./relief.ts";
import { dot } from "./vector.ts";

/** How somebody looks straight ahead: from frames of this same track, before anything was asked. */
export interface Straight {
  readonly yaw: number;
  /** The mean face of those frames, in coordinates of its own: only its shape means something. */
  readonly points: readonly Point[];
  /** Length 1. */
  readonly vector: Float32Array;
}

/** A movement that was asked for, as far as it was seen. */
export interface Movement {
  /** Plausible motions of one track, in the order of time. */
  readonly note: (motion: Motion) => void;
  readonly state: () => "waiting" | "returning" | "passed" | "failed";
  /** Share of the whole movement, in [0, 1]; half of it is the way back. */
  readonly progress: () => number;
}

export interface TurnRules {
  /** Change of yaw from the own straight look that a turned, rigid, flat photograph does not reach (docs/attacks.md). */
  readonly turnMin: number;
  /** Within this of the own straight look, a face is straight. */
  readonly straightMax: number;
  /** So far to the side that was not asked for, and it is somebody who does not listen: a recording. */
  readonly wrongMin: number;
  /** What a turned head shows at least, each as the median of the frames at the turning point. */
  readonly reliefMin: Relief;
  /** Frames at the turning point, so that one misread picture is no turn. */
  readonly turnedFrames: number;
  /** Frames straight again whose face must be the one from before. */
  readonly matchingFrames: number;
  /** Yaw per second: what was not seen on its way and came faster was exchanged, not moved. */
  readonly speedMax: number;
  /** In the middle of the movement nothing may stay unseen for longer. */
  readonly gapMs: number;
  /** Cosine below which two faces of one track are two people. */
  readonly sameTrack: number;
}

/** What was seen of the movement; `ways` counts out and back, where the head was seen on it. */
type Phase =
  | { readonly at: "start"; readonly isLeaving: boolean }
  | {
      readonly at: "turned";
      readonly reliefs: readonly Relief[];
      readonly ways: number;
      readonly isReturning: boolean;
    }
  | { readonly at: "back"; readonly matching: number }
  | { readonly at: "passed" }
  | { readonly at: "failed" };

type Turned = Extract<Phase, { at: "turned" }>;

/** @param side 1 where the yaw shall grow (to the picture's right), -1 where it shall fall. */
export function openTurn(straight: Straight, side: 1 | -1, rules: TurnRules): Movement {
  const { turnMin, straightMax, wrongMin, turnedFrames } = rules;
  let phase: Phase = start;
  let last: { readonly atMs: number; readonly turned: number } | null = null;
  let wrongFrames = 0;

  /** Whether the step from the last frame to this one is too large and too fast for a head. */
  const isSudden = (atMs: number, turned: number): boolean =>
    last !== null && Math.abs(turned - last.turned) > (rules.speedMax * (atMs - last.atMs)) / 1000;

  const next = (motion: Motion, turned: number): Phase => {
    if (phase.at === "passed" || phase.at === "failed") return phase;
    const isUnderWay = phase.at !== "start" || phase.isLeaving;
    if (isUnderWay && last !== null && motion.atMs - last.atMs > rules.gapMs) return failed;
    if (motion.vector !== null && dot(motion.vector, straight.vector) < rules.sameTrack) return failed;
    // One misread picture is nobody's fault; two in a row are a head.
    wrongFrames = turned <= -wrongMin ? wrongFrames + 1 : 0;
    if (wrongFrames >= 2) return failed;
    if (turned >= turnMin) return atTurningPoint(motion, turned);
    if (turned > straightMax) return onTheWay();
    return Math.abs(turned) <= straightMax ? atStraight(motion, turned) : phase;
  };

  const atTurningPoint = (motion: Motion, turned: number): Phase => {
    const relief = reliefOf(straight.points, motion.points.all, motion.yaw - straight.yaw);
    if (phase.at === "turned") {
      return { ...phase, isReturning: false, reliefs: [...phase.reliefs, relief].slice(-reliefsKept) };
    }
    if (phase.at !== "start") return phase;
    if (!phase.isLeaving && isSudden(motion.atMs, turned)) return failed;
    return { at: "turned", reliefs: [relief], ways: phase.isLeaving ? 1 : 0, isReturning: false };
  };

  const onTheWay = (): Phase => {
    if (phase.at === "start") return { at: "start", isLeaving: true };
    return phase.at === "turned" ? { ...phase, isReturning: true } : phase;
  };

  const atStraight = (motion: Motion, turned: number): Phase => {
    if (phase.at === "start") return start;
    if (phase.at === "turned") return backFrom(phase, motion, turned);
    return phase.at === "back" ? compared(phase.matching, motion) : phase;
  };

  /** The first straight look after the turning point. */
  const backFrom = ({ reliefs, ways, isReturning }: Turned, motion: Motion, turned: number): Phase => {
    if (reliefs.length < turnedFrames) return start;
    if (!isReturning && isSudden(motion.atMs, turned)) return failed;
    if (!isHead(reliefs, rules.reliefMin)) return failed;
    // Too few pictures a second to see it on either way: not proven, but not held against anybody.
    return ways === 0 && !isReturning ? start : compared(0, motion);
  };

  const compared = (before: number, { vector }: Motion): Phase => {
    const matching = before + (vector === null ? 0 : 1);
    return matching >= rules.matchingFrames ? { at: "passed" } : { at: "back", matching };
  };

  return {
    note: (motion) => {
      const turned = side * (motion.yaw - straight.yaw);
      phase = next(motion, turned);
      last = { atMs: motion.atMs, turned };
    },
    state: () => {
      if (phase.at === "passed" || phase.at === "failed") return phase.at;
      const isFarEnough = phase.at === "back" || (phase.at === "turned" && phase.reliefs.length >= turnedFrames);
      return isFarEnough ? "returning" : "waiting";
    },
    progress: () => {
      const out = share(last?.turned ?? 0, turnMin);
      if (phase.at === "passed" || phase.at === "back") return 1;
      if (phase.at === "failed") return 0;
      if (phase.at === "start" || phase.reliefs.length < turnedFrames) return out / 2;
      return 0.5 + (1 - out) / 2;
    },
  };
}

const start: Phase = { at: "start", isLeaving: false };
const failed: Phase = { at: "failed" };
/** Nobody stays turned for longer than a challenge takes; the bound is for those who do. */
const reliefsKept = 64;

const share = (value: number, whole: number): number => Math.max(0, Math.min(1, value / whole));

const isHead = (reliefs: readonly Relief[], least: Relief): boolean =>
  median(reliefs.map(({ residual }) => residual)) >= least.residual &&
  median(reliefs.map(({ nose }) => nose)) >= least.nose &&
  median(reliefs.map(({ noseShare }) => noseShare)) >= least.noseShare &&
  median(reliefs.map(({ breadth }) => breadth)) >= least.breadth;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
