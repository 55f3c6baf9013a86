import { readFile, stat } from "node:fs/promises";
import sharp from "sharp";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Picture } from "../../kiosk/inference/picture.ts";

/**
 * Pictures of evaluation sets. The kiosk's own decoder refuses what no camera sends (small pictures, PNG); sets are full
 * of both. From the pixels on, everything is the kiosk's.
 */

/** A picture file larger than this is not read. */
const sizeMaxBytes = 64 * 1024 * 1024;
const pixelsMax = 8192 * 8192;
const sidePxMin = 16;

/** @throws Fault `frame-torn` for whatever is no whole JPEG or PNG. */
export async function readPicture(path: string): Promise<{ readonly bytes: Uint8Array; readonly picture: Picture }> {
  const { size } = await stat(path);
  if (size > sizeMaxBytes) throw torn();
  const bytes = await readFile(path);
  return { bytes, picture: await decodeAny(bytes) };
}

/** @throws Fault `frame-torn` */
export async function decodeAny(bytes: Uint8Array): Promise<Picture> {
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  const isPng = bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47;
  // sharp reads SVG and more, which may point at other files.
  if (!isJpeg && !isPng) throw torn();
  const decoded = await sharp(bytes, { failOn: "truncated", limitInputPixels: pixelsMax })
    .flatten({ background: "#808080" })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw torn(cause);
    });
  const { data, info } = decoded;
  if (info.channels !== 3 || Math.min(info.width, info.height) < sidePxMin) throw torn();
  return { width: info.width, height: info.height, rgb: data };
}

/**
 * A picture with a margin on all four sides, the outermost pixels repeated.
 * @param share of the picture's own width (left and right) and height (above and below), rounded down to whole pixels.
 */
export function padded({ width, height, rgb }: Picture, share: number): Picture {
  const [across, down] = [Math.floor(width * share), Math.floor(height * share)];
  const into = new Uint8Array((width + 2 * across) * (height + 2 * down) * 3);
  const wide = { width: width + 2 * across, height: height + 2 * down, rgb: into };
  const rowBytes = wide.width * 3;
  for (let y = 0; y < wide.height; y++) {
    const from = Math.max(0, Math.min(height - 1, y - down)) * width * 3;
    const to = y * rowBytes;
    into.set(rgb.subarray(from, from + width * 3), to + across * 3);
    for (let x = 0; x < across; x++) {
      into.set(rgb.subarray(from, from + 3), to + x * 3);
      into.set(rgb.subarray(from + (width - 1) * 3, from + width * 3), to + (across + width + x) * 3);
    }
  }
  return wide;
}

/** Without loss: others are to see the very pixels that we saw. */
export const pngOf = ({ width, height, rgb }: Picture): Promise<Buffer> =>
  sharp(rgb, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();

const torn = (cause?: unknown): Fault =>
  new Fault("frame-torn", "A file is no whole JPEG or PNG", "Take it out of the folder, or save it anew.", cause);
