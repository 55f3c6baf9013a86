import { isFault } from "../../kiosk/core/fault.ts";
import { alignFace } from "../../kiosk/inference/align.ts";
import type { Face } from "../../kiosk/inference/detect.ts";
import type { Networks } from "../../kiosk/inference/networks.ts";
import type { Picture } from "../../kiosk/inference/picture.ts";
import { padded, pngOf, readPicture } from "./pictures.ts";

/** From a file to what the kiosk would know of it: the same detector, landmarks, alignment and embedding. */

/** Why a picture became no template (failure to enrol, ISO/IEC 19795-1). */
export type Failure = "unreadable" | "no-face" | "no-description";

/** `auto` widens a picture only where a face fills it. A number widens every picture by that share. */
export type Padding = "auto" | number;

export interface Described {
  readonly failure: Failure | null;
  /** Of one picture, as a punch makes it; null after a failure. */
  readonly vector: Float32Array | null;
  /** Averaged with the mirror image, as an enrolment makes it. */
  readonly enrolled: Float32Array | null;
  readonly wasPadded: boolean;
  /**
   * For others to look at: the very pixels that we looked at, then the same picture the other way, widened or not, for
   * who finds no face in the first. JPEG or PNG; none where the file could not be read.
   */
  readonly views: readonly (() => Promise<Uint8Array>)[];
}

/** Sets of tight crops leave the detector nothing to see a head against: so much is added on each side. */
const autoPadding = 0.4;
/** A face nearer to the picture's edge than this share of it is a tight crop. */
const marginMin = 0.15;

export async function describeFile(networks: Networks, path: string, padding: Padding): Promise<Described> {
  const read = await readPicture(path).catch((error: unknown) => {
    if (isFault(error, "frame-torn")) return null;
    throw error;
  });
  if (read === null) return { ...nothing, failure: "unreadable", wasPadded: false, views: [] };
  const { picture, face, wasPadded } = await place(networks, read.picture, padding);
  const original = async () => read.bytes;
  const widened = () => pngOf(wasPadded ? picture : padded(read.picture, autoPadding));
  const views = wasPadded ? [widened, original] : [original, widened];
  if (face === null) return { ...nothing, failure: "no-face", wasPadded, views };
  try {
    const { five } = await networks.landmarks.points(picture, face.box);
    const aligned = alignFace(picture, face.box, five, networks.models.embedding);
    const vector = await networks.embedder.embed(aligned);
    const enrolled = await networks.embedder.embedFlipped(aligned);
    return { failure: null, vector, enrolled, wasPadded, views };
  } catch (error) {
    // A vector without direction.
    if (!(error instanceof RangeError)) throw error;
    return { ...nothing, failure: "no-description", wasPadded, views };
  }
}

const nothing = { vector: null, enrolled: null } as const;

/** The picture to look at, and its largest face. */
async function place(
  { detector }: Networks,
  original: Picture,
  padding: Padding,
): Promise<{ readonly picture: Picture; readonly face: Face | null; readonly wasPadded: boolean }> {
  const find = async (picture: Picture, wasPadded: boolean) => {
    const [face = null] = await detector.faces(picture);
    return { picture, face, wasPadded };
  };
  if (padding !== "auto") return find(padding === 0 ? original : padded(original, padding), padding > 0);
  const bare = await find(original, false);
  return bare.face !== null && !isTight(bare.face, original) ? bare : find(padded(original, autoPadding), true);
}

/** Also where the detector is wrong: a box it made up in a tight crop lies at the edge. */
export function isTight({ box }: Pick<Face, "box">, { width, height }: Pick<Picture, "width" | "height">): boolean {
  const margin = Math.min(
    box.x / width,
    box.y / height,
    1 - (box.x + box.width) / width,
    1 - (box.y + box.height) / height,
  );
  return margin < marginMin;
}
