import { rename, writeFile } from "node:fs/promises";
import { encode } from "uqr";

/** A hand that holds codes before a camera: ffmpeg shows what the file says at each moment, through the real pipe. */
export interface HeldCode {
  /** For `--camera`. */
  readonly camera: string;
  /** What is held there now; null is nothing. */
  readonly hold: (text: string | null) => Promise<void>;
}

const [widthPx, heightPx] = [640, 480];
const grey = 150;

/** @param file ending in .pgm; made here. */
export async function openHeldCode(file: string): Promise<HeldCode> {
  const hold: HeldCode["hold"] = async (text) => {
    await writeFile(`${file}.next`, Buffer.concat([header, text === null ? nothing() : drawn(text)]));
    await rename(`${file}.next`, file);
  };
  await hold(null);
  const input = ["-re", "-f", "image2", "-pattern_type", "none", "-loop", "1", "-framerate", "10", "-i", file];
  const output = ["-an", "-pix_fmt", "yuvj420p", "-q:v", "4", "-f", "mpjpeg", "pipe:1"];
  const words = ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", ...input, ...output];
  return { camera: `command:${JSON.stringify(words)}`, hold };
}

const header = Buffer.from(`P5\n${widthPx} ${heightPx}\n255\n`);
const nothing = (): Buffer => Buffer.alloc(widthPx * heightPx, grey);

/** As large as a telephone a hand's breadth away. */
function drawn(text: string): Buffer {
  const { data, size } = encode(text, { ecc: "L", border: 4 });
  const modulePx = Math.floor(heightPx / size);
  const leftPx = Math.floor((widthPx - size * modulePx) / 2);
  const topPx = Math.floor((heightPx - size * modulePx) / 2);
  const picture = nothing();
  data.forEach((row, y) => {
    row.forEach((isDark, x) => {
      for (let line = 0; line < modulePx; line += 1) {
        const from = (topPx + y * modulePx + line) * widthPx + leftPx + x * modulePx;
        picture.fill(isDark ? 20 : 235, from, from + modulePx);
      }
    });
  });
  return picture;
}
