import sharp from "sharp";
import { Fault } from "../core/fault.ts";

// The worker is one thread of few: a pool of decoders beside it would only take its core away.
sharp.concurrency(1);
sharp.cache(false);

/** A decoded picture: width x height x 3 bytes, row-major, RGB. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

const shortSidePxMin = 240;
const longSidePxMin = 320;
const pixelsMax = 4096 * 3072;

/**
 * @param jpeg one complete JPEG; UVC cameras' frames without Huffman tables are fine.
 * @throws Fault `frame-torn` for anything that is not a whole JPEG of at least 320 x 240 (either way up).
 */
export async function decodePicture(jpeg: Uint8Array): Promise<Picture> {
  // sharp reads many formats (SVG among them); a camera has no business sending those.
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) throw torn("it does not begin like a JPEG");
  try {
    const { data, info } = await sharp(jpeg, { failOn: "truncated", limitInputPixels: pixelsMax })
      // A camera that hangs on its side says so in a note: see kiosk/camera/upright.ts.
      .autoOrient()
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw torn(`it has ${info.channels} channels`);
    const { width, height } = info;
    const isLargeEnough = Math.min(width, height) >= shortSidePxMin && Math.max(width, height) >= longSidePxMin;
    if (!isLargeEnough) throw torn(`it is only ${width} x ${height}`);
    return { width, height, rgb: data };
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw torn("it could not be decoded", error);
  }
}

const torn = (why: string, cause?: unknown): Fault =>
  new Fault("frame-torn", `A camera frame is no whole picture: ${why}`, "Check the camera's cable and port.", cause);
