import type { EnrolPlan } from "../core/ports/engine.ts";
import type { Attention, Box, FaceProblem, FaceSeen, Sight } from "../core/sight.ts";
import type { Stamp } from "../core/time.ts";
import { challengeRules, openChallenger } from "./challenge.ts";
import { openCodes } from "./codes.ts";
import { hasCompany } from "./company.ts";
import { area, type Face } from "./detect.ts";
import { type Examined, examine } from "./examine.ts";
import { litOf } from "./face-light.ts";
import { qualityOf } from "./face-quality.ts";
import type { Gallery } from "./gallery.ts";
import { type GuidedEnrolment, openGuidedEnrolment } from "./guided.ts";
import { claimOf, matchOf } from "./identity.ts";
import type { Networks } from "./networks.ts";
import { decodePicture, type Picture } from "./picture.ts";
import { enrolGate, type Gate, lookProblem, placeProblem, reachOf } from "./quality.ts";
import { openRepeats } from "./repeats.ts";
import type { Taken } from "./template.ts";
import { openTracker, type Track } from "./track.ts";

/** How much was done: the proof that glances and bystanders are never embedded, and that nothing runs unasked. */
export interface EngineCounters {
  readonly frames: number;
  readonly landmarkFaces: number;
  readonly embeddedFaces: number;
  readonly livenessFaces: number;
  /** Frames for which the whole gallery was asked; a claim never does. */
  readonly searches: number;
  /** Frames in which codes were looked for. */
  readonly codesRead: number;
}

export interface Watcher {
  /** @throws Fault `frame-torn`; then nothing has changed. */
  readonly observe: (jpeg: Uint8Array, at: Stamp, attention: Attention) => Promise<Sight>;
  readonly beginEnrolment: (plan: EnrolPlan) => void;
  /** Gives the frames of an enrolment that is done, and forgets them; null where none is done. */
  readonly endEnrolment: () => readonly Taken[] | null;
  readonly forget: () => void;
  readonly counters: () => EngineCounters;
}

/** Unseen for longer than this, a face is another appearance. */
const gapMs = 500;
/** A person who was only glanced at may be missed in two glances without being greeted again. */
const idleGapMs = 800;
/** Vectors kept per track: enough to tell who it is, few enough to search for each frame. */
const vectorsKept = 10;
/** Nearly a minute of a full look; nobody stands at a clock for longer. */
const repeatRules = { freezeMs: 2_000, keep: 600 };
/** Passive liveness over a whole enrolment below this is refused, as with a punch. */
const enrolLiveMin = 0.2;
/** While somebody is enrolled, nobody else with this share of their area may be in the picture. */
const aloneAreaMax = 0.25;
/** Both eyes above this are closed. */
const closedMin = 0.7;

/** One picture, what was found in it and what was wanted from it. */
interface Scene {
  readonly picture: Picture;
  readonly faces: readonly Face[];
  readonly at: Stamp;
  readonly attention: Attention;
}

interface Looked extends Examined {
  readonly seen: FaceSeen;
  /** Passed the gate, and was not seen before. */
  readonly isEvidence: boolean;
  readonly areEyesClosed: boolean;
}

export function openWatcher(networks: Networks, gallery: Gallery, gate: Gate): Watcher {
  const { detector, models } = networks;
  const { matchFrames, thresholds } = models.embedding;
  const { sameTrack, sameEnrolment } = thresholds;
  const framesMin = networks.liveness.frames;
  const tracker = openTracker({ gapMs, idleGapMs, sameTrack, keep: vectorsKept, matchFrames });
  const challenger = openChallenger(challengeRules(sameTrack));
  const repeats = openRepeats(repeatRules);
  const codes = openCodes();
  const strictGate = enrolGate(gate);
  const counters = { frames: 0, landmarkFaces: 0, embeddedFaces: 0, livenessFaces: 0, searches: 0, codesRead: 0 };
  let guided: GuidedEnrolment | null = null;
  let lastTrack = 0;
  let lastMove = 0;

  const observe: Watcher["observe"] = async (jpeg, at, attention) => {
    const picture = await decodePicture(jpeg);
    counters.frames += 1;
    const codesSeen = attention.codes ? await codesIn(picture) : [];
    if (attention.effort === "off") return { at, faces: 0, face: null, codes: codesSeen, enrol: null };
    const faces = await detector.faces(picture);
    const scene = { picture, faces, at, attention };
    const inZone = faces.filter((face) => reachIn(picture, face) >= widthMin(face, at));
    const [face] = inZone;
    const isEnrolling = attention.effort === "enrol";
    const seen = face === undefined ? steppedBack(scene) : await followedFace(scene, face);
    if (isEnrolling && face === undefined) guided?.miss(seen === null ? "nobody" : "too-far", seen?.box ?? null);
    return {
      at,
      faces: inZone.length,
      face: seen,
      codes: codesSeen,
      enrol: isEnrolling ? (guided?.seen() ?? null) : null,
    };
  };

  const widthMin = ({ box }: Face, at: Stamp): number =>
    tracker.follows(box, at.monoMs) ? gate.widthStay : gate.widthMin;

  const codesIn = (picture: Picture): Promise<readonly string[]> => {
    counters.codesRead += 1;
    return codes.read(picture);
  };

  /** Somebody who was in the zone a moment ago is told to come closer; a passer-by is not looked at. */
  const steppedBack = (scene: Scene): FaceSeen | null => {
    const { picture, faces, at, attention } = scene;
    const [face] = faces;
    if (attention.effort === "glance" || face === undefined || !tracker.follows(face.box, at.monoMs)) return null;
    if (reachIn(picture, face) < gate.widthSeen) return null;
    return told(scene, face, current(tracker.place(face.box, at.monoMs)), "too-far");
  };

  const followedFace = async (scene: Scene, face: Face): Promise<FaceSeen> => {
    const { faces, at, attention } = scene;
    const track = current(tracker.place(face.box, at.monoMs));
    const rival = faces.find((other) => other !== face);
    if (rival !== undefined && area(rival.box) >= gate.secondAreaMax * area(face.box)) {
      challenger.forget();
      const seen = told(scene, face, tracker.rest(), "several");
      if (attention.effort === "enrol") guided?.miss("several", seen.box);
      return seen;
    }
    if (attention.effort === "glance") {
      // A glance checks nobody's identity, so what was known before it may be about somebody else by now.
      challenger.forget();
      repeats.forget();
      return told(scene, face, tracker.rest(), misplaced(scene, face, gate));
    }
    const looked = await look(scene, face, track);
    if (attention.effort === "enrol") await enrol(scene, face, looked);
    return looked.seen;
  };

  const look = async (scene: Scene, face: Face, placed: Track): Promise<Looked> => {
    const { picture, faces, at, attention } = scene;
    const examined = await examine(networks, picture, face.box);
    counters.landmarkFaces += 1;
    const { points, yaw, aligned, light } = examined;
    const problem = misplaced(scene, face, gate) ?? lookProblem(yaw, light, gate);
    // Asked for every picture, the turned ones too: a loop may be noticed by any of them.
    const isEvidence = repeats.isNew(aligned.rgb, at.monoMs) && problem === null;
    const company = hasCompany(picture, face, faces, models.pads);
    let track = placed;
    let vector: Float32Array | null = null;
    if (isEvidence) {
      vector = await networks.embedder.embed(aligned);
      const live = await networks.liveness.score(picture, face.box);
      counters.embeddedFaces += 1;
      counters.livenessFaces += 1;
      track = current(tracker.add({ vector, live, company }));
    }
    // In profile the eye model sees closed eyes everywhere.
    const eyes = problem === "turned" ? null : ((await networks.eye?.closed(picture, points)) ?? null);
    challenger.ask(attention.effort === "enrol" ? (guided?.challenge() ?? null) : attention.challenge);
    const { box } = face;
    challenger.note({ atMs: at.monoMs, track: track.number, box, picture, points, yaw, eyes, vector });
    const lit = attention.measured ? { lit: litOf(picture, face.box, aligned, light) } : {};
    const seen = { ...told(scene, face, track, problem), company: company || track.company, ...lit };
    // Eyes that are never seen open, behind glasses or in bad light, say nothing when they seem closed.
    const areEyesClosed = seen.able.blink && eyes !== null && Math.min(eyes.left, eyes.right) > closedMin;
    return { ...examined, seen, isEvidence, areEyesClosed };
  };

  const enrol = async (scene: Scene, face: Face, looked: Looked): Promise<void> => {
    const { picture, faces, at } = scene;
    const { seen, yaw, light, aligned, isEvidence, areEyesClosed } = looked;
    const isAlone = faces.every((other) => other === face || area(other.box) < aloneAreaMax * area(face.box));
    const problem = misplaced(scene, face, strictGate) ?? lookProblem(yaw, light, strictGate);
    const isWanted = guided?.wants({
      ...seen,
      atMs: at.monoMs,
      problem: isAlone ? problem : "several",
      yaw,
      isEvidence,
      areEyesClosed,
    });
    if (isWanted !== true) return;
    counters.embeddedFaces += 1;
    const vector = await networks.embedder.embedFlipped(aligned);
    const quality = qualityOf({ ...light, reach: reachIn(picture, face), yaw, score: face.score });
    guided?.take({ vector, quality });
  };

  /** What was seen of an earlier appearance says nothing about this one. */
  const current = (track: Track): Track => {
    if (track.number !== lastTrack) {
      challenger.forget();
      repeats.forget();
    }
    lastTrack = track.number;
    return track;
  };

  const told = (scene: Scene, face: Face, track: Track, problem: FaceProblem | null): FaceSeen => {
    const { effort, claim } = scene.attention;
    const isSearched = effort === "look" && claim === null && track.mean !== null;
    if (isSearched) counters.searches += 1;
    return {
      track: track.number,
      box: fractions(scene.picture, face),
      problem,
      progress: Math.min(1, track.frames / framesMin),
      live: track.frames >= framesMin ? track.live : null,
      repeats: repeats.isRepeating(),
      company: track.company,
      able: challenger.able(),
      challenge: challenger.seen(),
      match: isSearched ? matchOf(track, gallery, matchFrames) : null,
      claim: effort === "look" && claim !== null ? claimOf(track, gallery, claim, { matchFrames, sameTrack }) : null,
    };
  };

  const forget = (): void => {
    tracker.forget();
    challenger.forget();
    repeats.forget();
  };

  return {
    observe,
    forget,
    beginEnrolment: (plan) => {
      forget();
      // Below 0, where no challenge of the station's ever is.
      const nextId = () => --lastMove;
      guided = openGuidedEnrolment(plan, { sameEnrolment, liveMin: enrolLiveMin }, nextId);
    },
    endEnrolment: () => {
      const frames = guided?.frames() ?? null;
      if (frames !== null) guided = null;
      return frames;
    },
    counters: () => ({ ...counters }),
  };
}

const misplaced = ({ picture }: Scene, face: Face, gate: Gate): FaceProblem | null =>
  placeProblem(fractions(picture, face), reachIn(picture, face), gate.widthStay, gate);

const reachIn = (picture: Picture, face: Face): number => reachOf(fractions(picture, face), picture);

const fractions = ({ width, height }: Picture, { box }: Face): Box => ({
  x: box.x / width,
  y: box.y / height,
  width: box.width / width,
  height: box.height / height,
});
