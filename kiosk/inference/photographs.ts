import sharp, { type Sharp } from "sharp";
import { Fault } from "../core/fault.ts";
import type { FaceProblem } from "../core/sight.ts";
import { area, type Face } from "./detect.ts";
import { examine } from "./examine.ts";
import { qualityOf } from "./face-quality.ts";
import type { FaceBox, Point } from "./landmarks.ts";
import type { Networks } from "./networks.ts";
import type { Picture } from "./picture.ts";
import { type Gate, lookProblem } from "./quality.ts";
import { draftOf, type FaceDraft, framesMin, type Taken } from "./template.ts";
import { dot } from "./vector.ts";

/**
 * Makes a template's vectors from photographs of one person. The quality gate holds, but not the zone's: nobody stands
 * before a clock in a passport picture. Liveness is not asked of a picture; whoever imports one vouches for it.
 *
 * @throws Fault `enrol-unusable` with how many pictures failed for which reason when fewer than three can be used, or
 *   when they do not show one and the same face.
 */
export async function draftFromPhotographs(
  networks: Networks,
  gate: Gate,
  jpegs: readonly Uint8Array[],
): Promise<FaceDraft> {
  const taken: Taken[] = [];
  const counts = new Map<Reason, number>();
  for (const jpeg of jpegs) {
    const result = await takenFrom(networks, gate, jpeg);
    if (typeof result === "string") counts.set(result, (counts.get(result) ?? 0) + 1);
    else taken.push(result);
  }
  if (taken.length < framesMin) {
    const reasons = [...counts].map(([reason, count]) => `${words[reason]}: ${count}`).join(", ");
    const what = `${taken.length} of ${jpegs.length} can be used, ${framesMin} are needed`;
    throw unusable(reasons === "" ? what : `${what}; ${reasons}`);
  }
  const { sameEnrolment } = networks.models.embedding.thresholds;
  const isOneFace = taken.every((a, at) => taken.slice(at + 1).every((b) => dot(a.vector, b.vector) >= sameEnrolment));
  if (!isOneFace) throw unusable("they show different faces");
  return draftOf(taken);
}

type Reason = Extract<FaceProblem, "several" | "too-far" | "turned" | "too-dark" | "too-bright" | "blurred"> | Missing;
type Missing = "no-face" | "torn";

const words: Readonly<Record<Reason, string>> = {
  "no-face": "no face",
  torn: "no whole JPEG",
  several: "several faces",
  "too-far": "face too small",
  turned: "turned",
  "too-dark": "too dark",
  "too-bright": "too bright",
  blurred: "blurred",
};

/** Narrower in the picture, a face has too few pixels for the 112 that the model looks at. */
const faceWidthPxMin = 64;
/** Wider, pixels would be skipped when it is shrunk to those 112. */
const faceWidthPxMax = 320;
const longSidePxMax = 1280;
const pixelsMax = 100_000_000;
/** A face that fills more of the picture than this was cut out, and the detector misplaces it (docs/accuracy.md). */
const tightShareMin = 0.7;
/** How much is added on every side of a tight crop, as in the evaluation. */
const padding = 0.4;

async function takenFrom(networks: Networks, gate: Gate, jpeg: Uint8Array): Promise<Taken | Reason> {
  const whole = await photograph(jpeg);
  if (whole === null) return "torn";
  const found = await facesOf(networks, whole);
  const [face, second] = found.faces;
  if (face === undefined) return "no-face";
  if (second !== undefined && area(second.box) >= gate.secondAreaMax * area(face.box)) return "several";
  if (face.box.width < faceWidthPxMin) return "too-far";
  const { picture, box } = await fitting({ picture: found.picture, box: face.box });
  const { aligned, yaw, light } = await examine(networks, picture, box);
  const problem = lookProblem(yaw, light, gate);
  if (problem !== null) return problem as Reason;
  const reach = box.width / picture.width;
  return {
    vector: await networks.embedder.embedFlipped(aligned),
    quality: qualityOf({ ...light, reach, yaw, score: face.score }),
  };
}

/** Faces of the picture; of the padded picture where it was cut so tightly that they are missed or misplaced. */
async function facesOf({ detector }: Networks, picture: Picture): Promise<Found> {
  const faces = await detector.faces(picture);
  const [face] = faces;
  const isTight =
    face === undefined ||
    face.box.width > tightShareMin * picture.width ||
    face.box.height > tightShareMin * picture.height;
  if (!isTight) return { picture, faces };
  const roomy = await padded(picture);
  const again = await detector.faces(roomy);
  return again.length > 0 ? { picture: roomy, faces: again } : { picture, faces };
}

interface Found {
  readonly picture: Picture;
  readonly faces: readonly Face[];
}

/** @returns null for whatever is no whole JPEG. A telephone says in a note which way up it was held. */
async function photograph(jpeg: Uint8Array): Promise<Picture | null> {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return null;
  try {
    const opened = sharp(jpeg, { failOn: "truncated", limitInputPixels: pixelsMax });
    const size = { width: longSidePxMax, height: longSidePxMax, fit: "inside", withoutEnlargement: true } as const;
    return await pictureOf(opened.autoOrient().resize(size).toColourspace("srgb"));
  } catch {
    // Whatever is wrong with the file, its owner brings another one.
    return null;
  }
}

const padded = (picture: Picture): Promise<Picture> => {
  const [across, down] = [Math.round(padding * picture.width), Math.round(padding * picture.height)];
  return pictureOf(
    opened(picture).extend({ left: across, right: across, top: down, bottom: down, extendWith: "copy" }),
  );
};

interface Framed {
  readonly picture: Picture;
  readonly box: FaceBox;
}

async function fitting({ picture, box }: Framed): Promise<Framed> {
  if (box.width <= faceWidthPxMax) return { picture, box };
  const smaller = await pictureOf(opened(picture).resize(Math.round((picture.width * faceWidthPxMax) / box.width)));
  const scale = smaller.width / picture.width;
  return { picture: smaller, box: scaled(box, scale) };
}

function scaled({ x, y, width, height, five }: FaceBox, scale: number): FaceBox {
  const box = { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
  if (five === undefined) return box;
  const point = (at: Point): Point => ({ x: at.x * scale, y: at.y * scale });
  const { leftEye, rightEye, nose, leftMouth, rightMouth } = five;
  return {
    ...box,
    five: {
      leftEye: point(leftEye),
      rightEye: point(rightEye),
      nose: point(nose),
      leftMouth: point(leftMouth),
      rightMouth: point(rightMouth),
    },
  };
}

const opened = ({ rgb, width, height }: Picture): Sharp => sharp(rgb, { raw: { width, height, channels: 3 } });

async function pictureOf(pixels: Sharp): Promise<Picture> {
  const { data, info } = await pixels.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

const unusable = (why: string): Fault =>
  new Fault(
    "enrol-unusable",
    `Enrolment from photographs: ${why}`,
    "Bring at least three sharp photographs of this person alone, looking straight ahead in even light.",
  );
