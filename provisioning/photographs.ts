import sharp from "sharp";
import { Fault } from "../kiosk/core/fault.ts";
import { photographMaxBytes, photographsMax } from "../kiosk/desk/messages.ts";

/** More pixels tell nothing more about a face that fills a part of the picture. */
const longSidePx = 1_600;
const jpegQualities = [92, 80, 60];

/**
 * Makes of the operator's picture files what the desk takes: upright JPEGs of a bounded size, without what a camera
 * wrote beside the picture (place, time, owner).
 *
 * @throws Fault `enrol-unusable` for more files than the desk takes, and for one that is no picture.
 */
export async function photographsOf(files: readonly string[]): Promise<readonly Uint8Array[]> {
  if (files.length > photographsMax) {
    const remedy = `Choose the best ${photographsMax}: sharp, from the front, one person alone.`;
    throw new Fault("enrol-unusable", `${files.length} pictures are more than the clock takes`, remedy);
  }
  return Promise.all(files.map(photographOf));
}

async function photographOf(file: string): Promise<Uint8Array> {
  const within = { width: longSidePx, height: longSidePx, fit: "inside", withoutEnlargement: true } as const;
  try {
    for (const quality of jpegQualities) {
      const jpeg = await sharp(file)
        .autoOrient()
        .resize(within)
        .flatten({ background: "white" })
        .jpeg({ quality })
        .toBuffer();
      if (jpeg.length <= photographMaxBytes) return new Uint8Array(jpeg);
    }
  } catch (cause) {
    throw new Fault(
      "enrol-unusable",
      `${file} cannot be read as a picture`,
      "Name JPEG, PNG, WebP or TIFF files.",
      cause,
    );
  }
  throw new Fault("enrol-unusable", `${file} is too large`, "Save it smaller, then try again.");
}
