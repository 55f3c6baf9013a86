import { overlap } from "./detect.ts";
import type { Rect } from "./pixels.ts";
import { dot, meanDirection } from "./vector.ts";

/**
 * One face followed without a gap. Evidence belongs to a track and dies with it: liveness of one face can never be
 * added to the identity of another.
 */

/** What one frame that passed the gate says. */
export interface Witness {
  /** Length 1. */
  readonly vector: Float32Array;
  readonly live: number;
  /** A second face was near enough to be what `live` is about. */
  readonly company: boolean;
}

export interface TrackRules {
  /** Unseen for longer, a face is another appearance. */
  readonly gapMs: number;
  /** The same for a track without evidence: it has nothing to carry over, and glances are far apart. */
  readonly idleGapMs: number;
  /** Cosine to the track's own mean below which somebody else took the place. */
  readonly sameTrack: number;
  /** How many of the newest vectors are kept. */
  readonly keep: number;
  /** How many of the newest vectors `Track.mean` is the mean of. */
  readonly matchFrames: number;
}

export interface Track {
  readonly number: number;
  /** The newest vectors, oldest first. */
  readonly vectors: readonly Float32Array[];
  /** Direction of the mean of the newest `matchFrames` vectors, made once per new frame; null while there are fewer. */
  readonly mean: Float32Array | null;
  /** All gated frames of the track, not only those whose vectors are kept. */
  readonly frames: number;
  /** Mean passive liveness over all of them; 0 before the first. */
  readonly live: number;
  /** True where one frame of that mean had company: a mean of two faces is nobody's. */
  readonly company: boolean;
}

export interface Tracker {
  /** Would a face here be the one we follow? */
  readonly follows: (box: Rect, atMs: number) => boolean;
  /** A face is here now: the track goes on, or a new one begins. */
  readonly place: (box: Rect, atMs: number) => Track;
  /** Adds a gated frame of the placed face; begins a new track where it is somebody else's. */
  readonly add: (witness: Witness) => Track;
  /** Keeps the position but none of the evidence. */
  readonly rest: () => Track;
  readonly forget: () => void;
}

interface Followed {
  readonly box: Rect;
  readonly seenMs: number;
}

/** @param box in any unit, as long as it stays the same. */
export function openTracker(rules: TrackRules): Tracker {
  let followed: Followed | null = null;
  let track: Track = beginning(0);

  const follows = (box: Rect, atMs: number): boolean => {
    const gapMs = track.frames === 0 ? rules.idleGapMs : rules.gapMs;
    return followed !== null && Math.abs(atMs - followed.seenMs) <= gapMs && isNear(box, followed.box);
  };

  return {
    follows,
    place: (box, atMs) => {
      if (!follows(box, atMs)) track = beginning(track.number + 1);
      followed = { box, seenMs: atMs };
      return track;
    },
    add: (witness) => {
      const isSame = track.frames === 0 || dot(witness.vector, meanDirection(track.vectors)) >= rules.sameTrack;
      track = extended(isSame ? track : beginning(track.number + 1), witness, rules);
      return track;
    },
    rest: () => {
      track = beginning(track.number);
      return track;
    },
    forget: () => {
      followed = null;
    },
  };
}

const beginning = (number: number): Track => ({
  number,
  vectors: [],
  mean: null,
  frames: 0,
  live: 0,
  company: false,
});

function extended(track: Track, { vector, live, company }: Witness, { keep, matchFrames }: TrackRules): Track {
  const frames = track.frames + 1;
  const vectors = [...track.vectors, vector].slice(-keep);
  return {
    number: track.number,
    vectors,
    mean: vectors.length < matchFrames ? null : meanDirection(vectors.slice(-matchFrames)),
    frames,
    live: track.live + (live - track.live) / frames,
    company: track.company || company,
  };
}

/** Overlapping, or for fast movers between slow frames: not further than half a face away and about as large. */
function isNear(a: Rect, b: Rect): boolean {
  const growth = a.width / b.width;
  if (growth < 1 / shrinkMax || growth > growMax) return false;
  const away = Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);
  return overlap(a, b) >= 0.3 || away <= 0.5 * Math.max(a.width, b.width);
}

/** How much a face may change its width from one look to the next. Stepping back is quick; who is suddenly closer is the next person. */
const shrinkMax = 2;
const growMax = 1.3;
