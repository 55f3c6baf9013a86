import type { Picture } from "./picture.ts";
import type { InputSpec } from "./specs/common.ts";

/** A rectangle in pixels of a picture; may reach beyond it. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What lies beyond the picture: its edge repeated, its mirror image, or one grey level on 0..255. */
export type Border = "edge" | "reflect" | number;

/** The part of the plane that an input shows of a whole picture, and what it shows beside it. */
export function viewOf({ width, height }: Picture, spec: InputSpec): { readonly rect: Rect; readonly border: Border } {
  if (spec.resize === "stretch") return { rect: { x: 0, y: 0, width, height }, border: "edge" };
  const scale = Math.max(width / spec.width, height / spec.height);
  return { rect: { x: 0, y: 0, width: spec.width * scale, height: spec.height * scale }, border: spec.padValue };
}

/** For every target pixel of one axis: which source pixels count, and how much. */
interface Taps {
  /** Per target pixel; even. */
  readonly count: number;
  /** target x count source indices, clamped into the picture. */
  readonly index: Int32Array;
  readonly weight: Float32Array;
  /** Per target pixel, where the border is a grey level: which share of it lies beyond the picture. */
  readonly beyond: Float32Array | null;
}

/**
 * Cuts `rect` out of a picture, resizes it to the model's input and writes the tensor in the model's layout and colour
 * order, each value (v - mean) / std. Allocates a few rows and nothing per pixel.
 *
 * @param tensor channels x height x width floats (NCHW) or height x width x channels (NHWC), overwritten.
 */
export function fillTensor(
  picture: Picture,
  rect: Rect,
  spec: InputSpec,
  tensor: Float32Array,
  border: Border = "edge",
): void {
  const across = tapsOf(rect.x, rect.width, spec.width, picture.width, spec.sampling, border);
  const down = tapsOf(rect.y, rect.height, spec.height, picture.height, spec.sampling, border);
  if (across.count === 2 && down.count === 2 && typeof border !== "number") {
    blendFour(picture, across, down, spec, tensor);
    return;
  }
  const first = across.index.reduce((least, at) => Math.min(least, at), picture.width);
  const last = across.index.reduce((most, at) => Math.max(most, at), 0);
  // Rows first, columns then: the inner loops run over contiguous memory.
  const tall = new Float32Array((last - first + 1) * 3);
  const line = new Float32Array(spec.width * 3);
  for (let y = 0; y < spec.height; y++) {
    sumRows(picture, first, down, y, tall);
    sumColumns(tall, first, across, line);
    if (typeof border === "number") addBorder(line, border, across, down.beyond?.[y] ?? 0);
    writePixels(line, spec, tensor, y * spec.width);
  }
}

/**
 * Writes RGB pixels (3 numbers each, 0..255) into the model's input.
 * @param start which pixel of the input is the first.
 */
export function writePixels(
  rgb: Float32Array | Uint8ClampedArray,
  spec: InputSpec,
  tensor: Float32Array,
  start: number,
): void {
  const isPlanar = spec.layout === "NCHW";
  const plane = isPlanar ? spec.width * spec.height : 1;
  const step = isPlanar ? 1 : 3;
  const count = rgb.length / 3;
  const [mean0 = 0, mean1 = 0, mean2 = 0] = spec.mean;
  const [std0 = 1, std1 = 1, std2 = 1] = spec.std;
  // Multiplication is cheaper than division in the innermost loop.
  const [by0, by1, by2] = [1 / std0, 1 / std1, 1 / std2];
  if (spec.color === "GRAY") {
    for (let at = 0, from = 0; at < count; at++, from += 3) {
      tensor[start + at] = (luma(rgb[from] ?? 0, rgb[from + 1] ?? 0, rgb[from + 2] ?? 0) - mean0) * by0;
    }
    return;
  }
  const firstChannel = spec.color === "RGB" ? 0 : 2;
  const end = (start + count) * step;
  for (let at = start * step, from = 0; at < end; at += step, from += 3) {
    tensor[at] = ((rgb[from + firstChannel] ?? 0) - mean0) * by0;
    tensor[at + plane] = ((rgb[from + 1] ?? 0) - mean1) * by1;
    tensor[at + 2 * plane] = ((rgb[from + 2 - firstChannel] ?? 0) - mean2) * by2;
  }
}

/** ITU-R BT.601, what JPEG itself uses. */
export const luma = (red: number, green: number, blue: number): number => 0.299 * red + 0.587 * green + 0.114 * blue;

/** Bilinear, the common case: four pixels make one, and nothing is written twice. */
function blendFour({ rgb, width }: Picture, across: Taps, down: Taps, spec: InputSpec, tensor: Float32Array): void {
  const { index, weight } = across;
  const pixel = new Float32Array(3 * spec.width);
  for (let y = 0; y < spec.height; y++) {
    const above = (down.index[2 * y] ?? 0) * width * 3;
    const below = (down.index[2 * y + 1] ?? 0) * width * 3;
    const shareAbove = down.weight[2 * y] ?? 0;
    const shareBelow = down.weight[2 * y + 1] ?? 0;
    for (let tap = 0, to = 0; to < pixel.length; tap += 2, to += 3) {
      const left = (index[tap] ?? 0) * 3;
      const right = (index[tap + 1] ?? 0) * 3;
      const shareLeft = weight[tap] ?? 0;
      const shareRight = weight[tap + 1] ?? 0;
      const a = above + left;
      const b = above + right;
      const c = below + left;
      const d = below + right;
      const ofA = shareAbove * shareLeft;
      const ofB = shareAbove * shareRight;
      const ofC = shareBelow * shareLeft;
      const ofD = shareBelow * shareRight;
      pixel[to] = (rgb[a] ?? 0) * ofA + (rgb[b] ?? 0) * ofB + (rgb[c] ?? 0) * ofC + (rgb[d] ?? 0) * ofD;
      pixel[to + 1] =
        (rgb[a + 1] ?? 0) * ofA + (rgb[b + 1] ?? 0) * ofB + (rgb[c + 1] ?? 0) * ofC + (rgb[d + 1] ?? 0) * ofD;
      pixel[to + 2] =
        (rgb[a + 2] ?? 0) * ofA + (rgb[b + 2] ?? 0) * ofB + (rgb[c + 2] ?? 0) * ofC + (rgb[d + 2] ?? 0) * ofD;
    }
    writePixels(pixel, spec, tensor, y * spec.width);
  }
}

function sumRows({ rgb, width }: Picture, first: number, down: Taps, y: number, tall: Float32Array): void {
  const { count, index, weight } = down;
  const begin = y * count;
  const startOf = (tap: number): number => ((index[tap] ?? 0) * width + first) * 3;
  // Two rows at a time: bilinear is then one pass, and the common case.
  for (let tap = begin; tap < begin + count; tap += 2) {
    const above = startOf(tap);
    const below = startOf(tap + 1);
    const shareAbove = weight[tap] ?? 0;
    const shareBelow = weight[tap + 1] ?? 0;
    if (tap === begin) {
      for (let at = 0; at < tall.length; at++) {
        tall[at] = (rgb[above + at] ?? 0) * shareAbove + (rgb[below + at] ?? 0) * shareBelow;
      }
    } else if (shareAbove + shareBelow > 0) {
      for (let at = 0; at < tall.length; at++) {
        tall[at] = (tall[at] ?? 0) + (rgb[above + at] ?? 0) * shareAbove + (rgb[below + at] ?? 0) * shareBelow;
      }
    }
  }
}

function sumColumns(tall: Float32Array, first: number, across: Taps, line: Float32Array): void {
  const { count, index, weight } = across;
  for (let to = 0, tap = 0; to < line.length; to += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const end = tap + count; tap < end; tap++) {
      const at = ((index[tap] ?? 0) - first) * 3;
      const share = weight[tap] ?? 0;
      red += (tall[at] ?? 0) * share;
      green += (tall[at + 1] ?? 0) * share;
      blue += (tall[at + 2] ?? 0) * share;
    }
    line[to] = red;
    line[to + 1] = green;
    line[to + 2] = blue;
  }
}

/** Pixels beyond the picture have counted for nothing so far; they are one grey level. */
function addBorder(line: Float32Array, grey: number, across: Taps, beyondDown: number): void {
  if (grey === 0) return;
  for (let to = 0, at = 0; to < line.length; to += 3, at++) {
    const share = 1 - (1 - (across.beyond?.[at] ?? 0)) * (1 - beyondDown);
    if (share === 0) continue;
    for (let channel = to; channel < to + 3; channel++) line[channel] = (line[channel] ?? 0) + share * grey;
  }
}

/** @param start and `length` of the source span in pixels, mapped onto `target` pixels of an axis `limit` long. */
function tapsOf(
  start: number,
  length: number,
  target: number,
  limit: number,
  sampling: InputSpec["sampling"],
  border: Border,
): Taps {
  const scale = length / target;
  const taps = sampling === "area" && scale > 2 ? areaTaps(start, scale, target) : linearTaps(start, scale, target);
  return bounded(taps, limit, border);
}

/** Turns indices beyond the picture into what the border says. */
function bounded({ count, index, weight }: Omit<Taps, "beyond">, limit: number, border: Border): Taps {
  const beyond = typeof border === "number" ? new Float32Array(index.length / count) : null;
  for (let tap = 0; tap < index.length; tap++) {
    const at = index[tap] ?? 0;
    if (at >= 0 && at < limit) continue;
    index[tap] = border === "reflect" ? reflected(at, limit) : Math.max(0, Math.min(limit - 1, at));
    if (beyond === null) continue;
    const target = Math.floor(tap / count);
    beyond[target] = (beyond[target] ?? 0) + (weight[tap] ?? 0);
    weight[tap] = 0;
  }
  return { count, index, weight, beyond };
}

/** The picture mirrored at its outermost pixels, as OpenCV's BORDER_REFLECT_101 does. */
function reflected(at: number, limit: number): number {
  if (limit === 1) return 0;
  const period = 2 * (limit - 1);
  const within = ((at % period) + period) % period;
  return within < limit ? within : period - within;
}

function linearTaps(start: number, scale: number, target: number): Omit<Taps, "beyond"> {
  const index = new Int32Array(target * 2);
  const weight = new Float32Array(target * 2);
  for (let at = 0; at < target; at++) {
    // Pixel centres lie at half coordinates, as in OpenCV's resize.
    const source = start + (at + 0.5) * scale - 0.5;
    const below = Math.floor(source);
    index[2 * at] = below;
    index[2 * at + 1] = below + 1;
    weight[2 * at] = 1 - (source - below);
    weight[2 * at + 1] = source - below;
  }
  return { count: 2, index, weight };
}

function areaTaps(start: number, scale: number, target: number): Omit<Taps, "beyond"> {
  // Even, because rows are summed in pairs; a tap too many has no weight.
  const count = 2 * Math.ceil((Math.ceil(scale) + 1) / 2);
  const index = new Int32Array(target * count);
  const weight = new Float32Array(target * count);
  for (let at = 0; at < target; at++) {
    const from = start + at * scale;
    const to = from + scale;
    for (let tap = 0; tap < count; tap++) {
      const pixel = Math.floor(from) + tap;
      const covered = Math.max(0, Math.min(to, pixel + 1) - Math.max(from, pixel));
      index[at * count + tap] = pixel;
      weight[at * count + tap] = covered / scale;
    }
  }
  return { count, index, weight };
}
