import { Fault, isFault } from "../core/fault.ts";
import type { FaceProblem } from "../core/sight.ts";
import { alignFace } from "./align.ts";
import { area } from "./detect.ts";
import { yawOf } from "./landmarks.ts";
import type { Networks } from "./networks.ts";
import { decodePicture, type Picture } from "./picture.ts";
import { type Gate, lightOf, lookProblem, placeProblem, reachOf } from "./quality.ts";
import { dot, meanDirection } from "./vector.ts";

const framesMin = 3;
const framesMax = 5;

/**
 * Makes a template's vectors from pictures of one person: the normalised mean, then the three to five frames it was
 * made of, chosen to differ, so that one of them resembles each morning's face.
 *
 * @throws Fault `enrol-unusable` naming the first reason when fewer than three pictures pass the gate, or when they do
 *   not show one and the same face.
 */
export async function enrolVectors(
  networks: Networks,
  gate: Gate,
  jpegs: readonly Uint8Array[],
): Promise<readonly Float32Array[]> {
  const good: Float32Array[] = [];
  const reasons: string[] = [];
  for (const jpeg of jpegs) {
    const vector = await usable(networks, gate, jpeg);
    if (typeof vector === "string") reasons.push(vector);
    else good.push(vector);
  }
  if (good.length < framesMin)
    throw unusable(`only ${good.length} of ${jpegs.length} pictures can be used`, reasons[0] ?? "too few");
  const mean = meanDirection(good);
  const { sameEnrolment } = networks.models.embedding.thresholds;
  const isOneFace = good.every((a, at) => good.slice(at + 1).every((b) => dot(a, b) >= sameEnrolment));
  if (!isOneFace) throw unusable("the pictures cannot be used", "they show different faces");
  const chosen = spread(good, mean, framesMax);
  return [meanDirection(chosen), ...chosen];
}

type Reason = FaceProblem | "no-face" | "torn";

async function usable({ models, ...networks }: Networks, gate: Gate, jpeg: Uint8Array): Promise<Float32Array | Reason> {
  const picture = await wholePicture(jpeg);
  if (picture === null) return "torn";
  const [face, second] = await networks.detector.faces(picture);
  if (face === undefined) return "no-face";
  if (second !== undefined && area(second.box) >= gate.secondAreaMax * area(face.box)) return "several";
  const { width, height } = picture;
  const { box } = face;
  const part = { x: box.x / width, y: box.y / height, width: box.width / width, height: box.height / height };
  const misplaced = placeProblem(part, reachOf(part, picture), gate.widthMin, gate);
  if (misplaced !== null) return misplaced;
  const { five: points } = await networks.landmarks.points(picture, box);
  const aligned = alignFace(picture, points, models.embedding);
  return lookProblem(yawOf(points), lightOf(aligned), gate) ?? networks.embedder.embed(aligned);
}

async function wholePicture(jpeg: Uint8Array): Promise<Picture | null> {
  try {
    return await decodePicture(jpeg);
  } catch (error) {
    if (isFault(error, "frame-torn")) return null;
    throw error;
  }
}

/** The most typical one, then always the one that is least like those already chosen. */
function spread(vectors: readonly Float32Array[], mean: Float32Array, count: number): readonly Float32Array[] {
  const left = vectors.toSorted((a, b) => dot(b, mean) - dot(a, mean));
  const chosen = left.splice(0, 1);
  const nearness = (vector: Float32Array) => Math.max(...chosen.map((other) => dot(vector, other)));
  while (chosen.length < count && left.length > 0) {
    left.sort((a, b) => nearness(a) - nearness(b));
    chosen.push(...left.splice(0, 1));
  }
  return chosen;
}

const unusable = (what: string, reason: string): Fault =>
  new Fault(
    "enrol-unusable",
    `Enrolment: ${what}, ${reason}`,
    "Stand alone, straight before the clock, in even light, and take the pictures again.",
  );
