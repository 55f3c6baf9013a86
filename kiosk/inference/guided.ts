import type { EnrolPlan } from "../core/ports/engine.ts";
import type {
  Box,
  Challenge,
  ChallengeKind,
  ChallengeSeen,
  EnrolProblem,
  EnrolSeen,
  FaceProblem,
  Pose,
} from "../core/sight.ts";
import type { Taken } from "./template.ts";
import { dot, meanDirection } from "./vector.ts";

/** What one picture says to an enrolment: facts, no pixels. */
export interface EnrolFacts {
  readonly atMs: number;
  readonly track: number;
  readonly box: Box;
  /** By the enrolment's own, stricter gate; `turned` is judged here, by the pose. */
  readonly problem: FaceProblem | null;
  readonly yaw: number;
  /** Both eyes are surely closed; false where nobody can tell. */
  readonly areEyesClosed: boolean;
  /** Passed the ordinary gate and is a picture not seen before. */
  readonly isEvidence: boolean;
  /** Passive liveness of the track, null until there are frames enough; and whether the camera repeats itself. */
  readonly live: number | null;
  readonly repeats: boolean;
  readonly able: { readonly turn: boolean; readonly blink: boolean };
  readonly challenge: ChallengeSeen | null;
}

export interface GuidedRules {
  /** Frames of one enrolment that are less alike are of two people. */
  readonly sameEnrolment: number;
  /** Passive liveness below this is no living face, whatever it did. */
  readonly liveMin: number;
}

/**
 * One guided enrolment: two frames straight, one a little to each side, the movement that only a living head makes, and
 * one frame after it. It decides; the watcher looks and embeds.
 */
export interface GuidedEnrolment {
  /** The movement wanted just now; ask for it before this frame is noted. */
  readonly challenge: () => Challenge | null;
  /** @returns true where this frame is wanted: embed it and `take` it. */
  readonly wants: (facts: EnrolFacts) => boolean;
  readonly take: (taken: Taken) => void;
  /** A picture without one face that could be examined. */
  readonly miss: (problem: "nobody" | "several" | "too-far", box: Box | null) => void;
  readonly seen: () => EnrolSeen;
  /** The frames of an enrolment that is done; null otherwise. */
  readonly frames: () => readonly Taken[] | null;
}

const needed = 5;
/** Frames before the movement; the rest come after it, so that it is the same head that made it. */
const framesBeforeMove = 4;
/** Frames further apart differ more, and a template of different frames knows its person better. */
const apartMs = 400;
const straightYawMax = 0.15;
const aLittleYaw = { min: 0.1, max: 0.25 };
/** Who has not turned a little by then cannot, or did not understand: another straight frame does as well. */
const poseMs = 6_000;
const moveMs = 8_000;
/** After so many movements that ran out of time, eyes that are seen clearly may blink instead. */
const movesMax = 2;
/** A picture cannot make the movement however often it tries. */
const failedMovesMax = 2;
const strangersMax = 3;

type Move = { readonly kind: ChallengeKind; readonly id: number; readonly sinceMs: number; readonly isAsked: boolean };

/** @param nextId of challenges, never one that was used before. */
export function openGuidedEnrolment(plan: EnrolPlan, rules: GuidedRules, nextId: () => number): GuidedEnrolment {
  let state: EnrolSeen["state"] = "going";
  let problem: EnrolProblem | null = "nobody";
  let box: Box | null = null;
  let facts: EnrolFacts | null = null;
  let taken: Taken[] = [];
  let poseSinceMs = 0;
  let takenMs = Number.NEGATIVE_INFINITY;
  let move: Move | null = null;
  let hasMoved = false;
  let [movesTimedOut, movesFailed, strangers] = [0, 0, 0];
  /** Survives a lost track: the face of this enrolment stays the face of this enrolment. */
  let face: Float32Array | null = null;

  const begin = (atMs: number): void => {
    taken = [];
    poseSinceMs = atMs;
    move = null;
    hasMoved = false;
  };

  const isMoving = (): boolean => taken.length === framesBeforeMove && !hasMoved;

  const pose = (atMs: number): Pose => {
    // Nobody is asked to move before their own straight look is known.
    if (isMoving()) return move?.isAsked === true ? move.kind : "straight";
    const wanted = poses[taken.length] ?? "straight";
    return atMs - poseSinceMs > poseMs ? "straight" : wanted;
  };

  const conclude = ({ live, repeats }: EnrolFacts): void => {
    if (taken.length < needed || live === null) return;
    state = live < rules.liveMin || repeats ? "failed" : "done";
  };

  /** One step of the movement. A movement that cannot be begun runs out of time as well. */
  const follow = ({ atMs, able, challenge }: EnrolFacts): void => {
    const ended = challenge !== null && challenge.id === move?.id ? challenge.state : "waiting";
    if (ended === "passed") {
      hasMoved = true;
      poseSinceMs = atMs;
      move = null;
      return;
    }
    if (ended === "failed") movesFailed += 1;
    const isTimeUp = move !== null && atMs - move.sinceMs > moveMs;
    if (isTimeUp) movesTimedOut += 1;
    if (movesFailed >= failedMovesMax) state = "failed";
    else if (move === null || ended === "failed" || isTimeUp) {
      const kind = movesTimedOut >= movesMax && able.blink ? "blink" : plan.turn;
      move = { kind, id: nextId(), sinceMs: atMs, isAsked: false };
    }
    const canBegin = move?.kind === "blink" ? able.blink : able.turn;
    if (move !== null && canBegin) move = { ...move, isAsked: true };
  };

  const wants = (next: EnrolFacts): boolean => {
    if (state !== "going") return false;
    if (next.track !== facts?.track) begin(next.atMs);
    facts = next;
    box = next.box;
    if (taken.length >= needed) {
      conclude(next);
      return false;
    }
    const wanted = pose(next.atMs);
    const wrong = frameProblem(next, wanted);
    problem = wrong ?? (strangers > 0 ? "another-face" : null);
    if (isMoving()) {
      follow(next);
      return false;
    }
    const isDue = next.isEvidence && next.atMs - takenMs >= apartMs;
    return wrong === null && isDue && fits(next.yaw, wanted);
  };

  const take = (frame: Taken): void => {
    if (facts === null) return;
    takenMs = facts.atMs;
    if (face !== null && dot(frame.vector, face) < rules.sameEnrolment) {
      problem = "another-face";
      strangers += 1;
      if (strangers >= strangersMax) state = "failed";
      return;
    }
    strangers = 0;
    taken = [...taken, frame];
    face = meanDirection(taken.map(({ vector }) => vector));
    poseSinceMs = facts.atMs;
    conclude(facts);
  };

  return {
    challenge: () => (state === "going" && move?.isAsked === true ? { id: move.id, kind: move.kind } : null),
    wants,
    take,
    miss: (why, where) => {
      if (state !== "going") return;
      problem = why;
      box = where;
      // Somebody stepped between: the movement begins anew, and that is nobody's failure.
      if (why === "several") move = null;
    },
    seen: () => ({
      session: plan.session,
      state,
      pose: pose(facts?.atMs ?? 0),
      accepted: taken.length,
      needed,
      problem: state === "going" ? problem : null,
      box,
    }),
    frames: () => (state === "done" ? taken : null),
  };
}

const poses: readonly Pose[] = ["straight", "straight", "a-little-left", "a-little-right"];

function frameProblem({ problem, yaw, areEyesClosed }: EnrolFacts, pose: Pose): EnrolProblem | null {
  if (problem !== null && problem !== "turned") return problem;
  // Whoever was asked to move is told neither that they are turned nor that their eyes are closed.
  if (pose === "turn-left" || pose === "turn-right" || pose === "blink") return null;
  const yawMax = pose === "straight" ? straightYawMax : aLittleYaw.max;
  // Written so that a yaw that is no number counts as turned.
  if (!(Math.abs(yaw) <= yawMax)) return "turned";
  return areEyesClosed ? "eyes-closed" : null;
}

/** The picture is not mirrored: a head that turns to its own left turns to the picture's right, where yaw is above 0. */
function fits(yaw: number, pose: Pose): boolean {
  if (pose === "a-little-left") return yaw >= aLittleYaw.min;
  if (pose === "a-little-right") return yaw <= -aLittleYaw.min;
  return true;
}
