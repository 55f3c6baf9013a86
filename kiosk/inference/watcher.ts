import type { Effort, FaceProblem, FaceSeen, Match, Sight } from "../core/sight.ts";
import type { Stamp } from "../core/time.ts";
import { alignFace } from "./align.ts";
import { area, type Face } from "./detect.ts";
import type { Gallery } from "./gallery.ts";
import { yawOf } from "./landmarks.ts";
import type { Networks } from "./networks.ts";
import { decodePicture, type Picture } from "./picture.ts";
import { type Gate, lightOf, lookProblem, placeProblem, reachOf } from "./quality.ts";
import { openTracker, type Track, type Witness } from "./track.ts";
import { meanDirection } from "./vector.ts";

/** How much was done, for the proof that glances and bystanders are never embedded. */
export interface EngineCounters {
  readonly frames: number;
  readonly embeddedFaces: number;
  readonly livenessFaces: number;
}

export interface Watcher {
  /** @throws Fault `frame-torn`; then nothing has changed. */
  readonly observe: (jpeg: Uint8Array, at: Stamp, effort: Exclude<Effort, "off">) => Promise<Sight>;
  readonly forget: () => void;
  readonly counters: () => EngineCounters;
}

/** Unseen for longer than this, a face is another appearance. */
const gapMs = 500;
/** A person who was only glanced at may be missed in two glances without being greeted again. */
const idleGapMs = 800;
/** Vectors kept per track: enough to tell who it is, few enough to search for each frame. */
const vectorsKept = 10;

export function openWatcher(networks: Networks, gallery: Gallery, gate: Gate): Watcher {
  const { detector, models } = networks;
  const { matchFrames, thresholds } = models.embedding;
  const tracker = openTracker({ gapMs, idleGapMs, sameTrack: thresholds.sameTrack, keep: vectorsKept });
  let counters: EngineCounters = { frames: 0, embeddedFaces: 0, livenessFaces: 0 };

  const widthMin = ({ box }: Face, at: Stamp): number =>
    tracker.follows(box, at.monoMs) ? gate.widthStay : gate.widthMin;

  const observe: Watcher["observe"] = async (jpeg, at, effort) => {
    const picture = await decodePicture(jpeg);
    const faces = await detector.faces(picture);
    counters = { ...counters, frames: counters.frames + 1 };
    const inZone = faces.filter((face) => reachOf(fractions(face, picture), picture) >= widthMin(face, at));
    const [face] = inZone;
    if (face === undefined) return { at, faces: 0, face: effort === "look" ? steppedBack(picture, faces, at) : null };
    const track = tracker.place(face.box, at.monoMs);
    return { at, faces: inZone.length, face: await seen(picture, face, faces, track, effort) };
  };

  /** Somebody who was in the zone a moment ago is told to come closer; a passer-by is not looked at. */
  const steppedBack = (picture: Picture, faces: readonly Face[], at: Stamp): FaceSeen | null => {
    const [face] = faces;
    if (face === undefined || !tracker.follows(face.box, at.monoMs)) return null;
    if (reachOf(fractions(face, picture), picture) < gate.widthSeen) return null;
    return told(picture, face, tracker.place(face.box, at.monoMs), "too-far");
  };

  const seen = async (
    picture: Picture,
    face: Face,
    faces: readonly Face[],
    track: Track,
    effort: "glance" | "look",
  ): Promise<FaceSeen> => {
    const rival = faces.find((other) => other !== face);
    if (rival !== undefined && area(rival.box) >= gate.secondAreaMax * area(face.box)) {
      return told(picture, face, tracker.rest(), "several");
    }
    const box = fractions(face, picture);
    const problem = placeProblem(box, reachOf(box, picture), gate.widthStay, gate);
    // A glance checks nobody's identity, so what was known before it may be about somebody else by now.
    if (effort === "glance") return told(picture, face, tracker.rest(), problem);
    if (problem !== null) return told(picture, face, track, problem);
    const witness = await witnessOf(picture, face);
    return typeof witness === "string"
      ? told(picture, face, track, witness)
      : told(picture, face, tracker.add(witness), null);
  };

  const witnessOf = async (picture: Picture, face: Face): Promise<FaceProblem | Witness> => {
    const { five: points } = await networks.landmarks.points(picture, face.box);
    const aligned = alignFace(picture, points, models.embedding);
    const problem = lookProblem(yawOf(points), lightOf(aligned), gate);
    if (problem !== null) return problem;
    const vector = await networks.embedder.embed(aligned);
    const live = await networks.liveness.score(picture, face.box);
    const { frames, embeddedFaces, livenessFaces } = counters;
    counters = { frames, embeddedFaces: embeddedFaces + 1, livenessFaces: livenessFaces + 1 };
    return { vector, live };
  };

  const told = (picture: Picture, face: Face, track: Track, problem: FaceProblem | null): FaceSeen => ({
    track: track.number,
    box: fractions(face, picture),
    problem,
    progress: Math.min(1, track.frames / models.pad.frames),
    live: track.frames >= models.pad.frames ? track.live : null,
    match: matchOf(track, gallery, matchFrames),
  });

  return { observe, forget: tracker.forget, counters: () => counters };
}

const fractions = ({ box }: Face, { width, height }: Picture) => ({
  x: box.x / width,
  y: box.y / height,
  width: box.width / width,
  height: box.height / height,
});

/** The newest frames must all name the same person, and their mean is then compared; null while they do not. */
function matchOf({ vectors }: Track, gallery: Gallery, matchFrames: number): Match | null {
  const newest = vectors.at(-1);
  if (newest === undefined) return null;
  const person = gallery.nearest(newest);
  const before = vectors.findLastIndex((vector) => gallery.nearest(vector) !== person);
  const agreeing = vectors.length - 1 - before;
  if (agreeing < matchFrames) return null;
  if (person === null) return { person, similarity: -1, margin: 2, agreeing };
  return { person, ...gallery.standing(meanDirection(vectors.slice(-matchFrames)), person), agreeing };
}
