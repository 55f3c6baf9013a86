import type { InputSpec } from "./models.ts";
import type { Picture } from "./picture.ts";

/** A rectangle in pixels of a picture; may reach beyond it, where the edge is repeated. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** For every target pixel of one axis: which source pixels count, and how much. */
interface Taps {
  /** Per target pixel; even. */
  readonly count: number;
  /** target x count source indices, clamped into the picture. */
  readonly index: Int32Array;
  readonly weight: Float32Array;
}

/**
 * Cuts `rect` out of a picture, resizes it to the model's input and writes the tensor: one plane per channel in the
 * model's colour order, each value (v - mean) / std. Allocates a few rows and nothing per pixel.
 *
 * @param tensor channels x height x width floats, overwritten.
 */
export function fillTensor(picture: Picture, rect: Rect, spec: InputSpec, tensor: Float32Array): void {
  const across = tapsOf(rect.x, rect.width, spec.width, picture.width, spec.sampling);
  const down = tapsOf(rect.y, rect.height, spec.height, picture.height, spec.sampling);
  const first = across.index.reduce((least, at) => Math.min(least, at), picture.width);
  const last = across.index.reduce((most, at) => Math.max(most, at), 0);
  // Rows first, columns then: the inner loops run over contiguous memory.
  const tall = new Float32Array((last - first + 1) * 3);
  const line = new Float32Array(spec.width * 3);
  for (let y = 0; y < spec.height; y++) {
    sumRows(picture, first, down, y, tall);
    sumColumns(tall, first, across, line);
    writePixels(line, spec, tensor, y * spec.width);
  }
}

/**
 * Writes RGB pixels (3 floats each, 0..255) into the model's planes.
 * @param start index of the first pixel within a plane.
 */
export function writePixels(rgb: Float32Array, spec: InputSpec, tensor: Float32Array, start: number): void {
  const plane = spec.width * spec.height;
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
  for (let at = start, from = 0; at < start + count; at++, from += 3) {
    tensor[at] = ((rgb[from + firstChannel] ?? 0) - mean0) * by0;
    tensor[at + plane] = ((rgb[from + 1] ?? 0) - mean1) * by1;
    tensor[at + 2 * plane] = ((rgb[from + 2 - firstChannel] ?? 0) - mean2) * by2;
  }
}

/** ITU-R BT.601, what JPEG itself uses. */
export const luma = (red: number, green: number, blue: number): number => 0.299 * red + 0.587 * green + 0.114 * blue;

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

/** @param start and `length` of the source span in pixels, mapped onto `target` pixels of an axis `limit` long. */
function tapsOf(start: number, length: number, target: number, limit: number, sampling: InputSpec["sampling"]): Taps {
  const scale = length / target;
  return sampling === "area" && scale > 2
    ? areaTaps(start, scale, target, limit)
    : linearTaps(start, scale, target, limit);
}

function linearTaps(start: number, scale: number, target: number, limit: number): Taps {
  const index = new Int32Array(target * 2);
  const weight = new Float32Array(target * 2);
  for (let at = 0; at < target; at++) {
    // Pixel centres lie at half coordinates, as in OpenCV's resize.
    const source = start + (at + 0.5) * scale - 0.5;
    const below = Math.floor(source);
    index[2 * at] = clamp(below, limit);
    index[2 * at + 1] = clamp(below + 1, limit);
    weight[2 * at] = 1 - (source - below);
    weight[2 * at + 1] = source - below;
  }
  return { count: 2, index, weight };
}

function areaTaps(start: number, scale: number, target: number, limit: number): Taps {
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
      index[at * count + tap] = clamp(pixel, limit);
      weight[at * count + tap] = covered / scale;
    }
  }
  return { count, index, weight };
}

const clamp = (at: number, limit: number): number => Math.max(0, Math.min(limit - 1, at));
