import type { Challenge, ChallengeSeen } from "../core/sight.ts";
import { type BlinkRules, openBlink, seesOpenEyes } from "./blink.ts";
import type { Point } from "./landmarks.ts";
import { isPlausible, type Motion } from "./motion.ts";
import { averageShape } from "./shape.ts";
import { type Movement, openTurn, type Straight, type TurnRules } from "./turn.ts";
import { meanDirection } from "./vector.ts";

export type { Motion } from "./motion.ts";

/**
 * Judges a movement that was asked of the face before the clock: whether a living head made it, on one unbroken track.
 * Pure: no networks, no clock of its own. docs/attacks.md says what it stops and what it does not.
 */
export interface Challenger {
  /** Every looked-at frame of the followed face, turned ones included. */
  readonly note: (motion: Motion) => void;
  /** The same id again changes nothing; another one begins anew; null stops. */
  readonly ask: (challenge: Challenge | null) => void;
  /** What this face could be asked now. */
  readonly able: () => { readonly turn: boolean; readonly blink: boolean };
  readonly seen: () => ChallengeSeen | null;
  /** The track ended: what was asked of it fails, what was known of it is gone. */
  readonly forget: () => void;
}

export interface ChallengeRules {
  readonly turn: TurnRules;
  readonly blink: BlinkRules;
  /** A straight look is known from this many frames not older than `straightMs`. */
  readonly straightFrames: number;
  readonly straightMs: number;
  /** |yaw| of a straight look: a photograph already held aslant has more than its share of turning left. */
  readonly straightYawMax: number;
  /** Yaws of the frames it is known from lie within this of their median. */
  readonly straightSpreadMax: number;
}

/** @param sameTrack cosine below which two faces of one track are two people; from the embedding model's thresholds. */
export const challengeRules = (sameTrack: number): ChallengeRules => ({
  turn: {
    turnMin: 0.4,
    straightMax: 0.15,
    wrongMin: 0.25,
    reliefMin: { residual: 0.05, nose: 0.135, noseShare: 0.8, breadth: 1 },
    turnedFrames: 2,
    matchingFrames: 2,
    speedMax: 3,
    gapMs: 500,
    sameTrack,
  },
  blink: {
    openMax: 0.3,
    closedMin: 0.7,
    blinkMsMin: 100,
    blinkMsMax: 500,
    stillMax: 0.15,
    baselineMs: 1_000,
    // Twelve, less what a camera's own time stamps jitter.
    perSecondMin: 11.5,
    openShareMin: 0.7,
    sameTrack,
  },
  straightFrames: 5,
  straightMs: 3_000,
  straightYawMax: 0.12,
  straightSpreadMax: 0.1,
});

interface Asked {
  readonly challenge: Challenge;
  /** null: there was nothing to compare a movement with, or its track has ended. */
  readonly movement: Movement | null;
  readonly track: number;
}

export function openChallenger(rules: ChallengeRules): Challenger {
  /** Plausible motions of the one track, oldest first. */
  let recent: readonly Motion[] = [];
  let asked: Asked | null = null;

  const straight = (): Straight | null => straightOf(recent, rules);

  const note: Challenger["note"] = (motion) => {
    const before = recent.at(-1) ?? null;
    if (before !== null && before.track !== motion.track) recent = [];
    if (asked !== null && asked.track !== motion.track) asked = { ...asked, movement: null };
    if (!isPlausible(motion, recentOf(motion, rules.turn.gapMs))) return;
    recent = [...recent.filter(({ atMs }) => atMs > motion.atMs - rules.straightMs), motion].slice(-recentKept);
    asked?.movement?.note(motion);
  };

  /** What came too long ago says nothing about how large a face should be now. */
  const recentOf = ({ atMs }: Motion, gapMs: number): Motion | null => {
    const newest = recent.at(-1);
    return newest !== undefined && atMs - newest.atMs <= gapMs ? newest : null;
  };

  const ask: Challenger["ask"] = (challenge) => {
    if (challenge === null) asked = null;
    else if (challenge.id !== asked?.challenge.id) {
      const known = straight();
      const movement = known === null ? null : movementOf(challenge, known, rules);
      asked = { challenge, movement, track: recent.at(-1)?.track ?? -1 };
    }
  };

  return {
    note,
    ask,
    able: () => {
      const known = straight();
      return {
        turn: known !== null && known.points.length === points68,
        blink: known !== null && seesOpenEyes(recent, rules.blink),
      };
    },
    seen: () => {
      if (asked === null) return null;
      const { challenge, movement } = asked;
      if (movement === null) return { id: challenge.id, state: "failed", progress: 0 };
      return { id: challenge.id, state: movement.state(), progress: movement.progress() };
    },
    forget: () => {
      recent = [];
      if (asked !== null) asked = { ...asked, movement: null };
    },
  };
}

/** At most 30 pictures a second. */
const recentKept = 90;
/** iBUG's scheme: five points say nothing about how flat a face is. */
const points68 = 68;

/**
 * A camera's picture is no mirror: a person's own left is on the picture's right, where the yaw grows.
 */
function movementOf({ kind }: Challenge, known: Straight, rules: ChallengeRules): Movement | null {
  if (kind === "blink") return openBlink(known, rules.blink);
  if (known.points.length !== points68) return null;
  return openTurn(known, kind === "turn-left" ? 1 : -1, rules.turn);
}

function straightOf(recent: readonly Motion[], rules: ChallengeRules): Straight | null {
  const frontal = recent.filter(({ yaw, vector }) => Math.abs(yaw) <= rules.straightYawMax && vector !== null);
  const newest = frontal.slice(-straightKept);
  const yaw = median(newest.map((motion) => motion.yaw));
  const agreeing = newest.filter((motion) => Math.abs(motion.yaw - yaw) <= rules.straightSpreadMax);
  if (agreeing.length < rules.straightFrames) return null;
  const vectors = agreeing.flatMap(({ vector }) => (vector === null ? [] : [vector]));
  const shapes: readonly (readonly Point[])[] = agreeing.map(({ points }) => points.all);
  return { yaw, points: averageShape(shapes), vector: meanDirection(vectors) };
}

/** A second, about: how this face looks now. */
const straightKept = 10;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
