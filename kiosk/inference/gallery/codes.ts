import type { Kernel } from "./kernel.ts";

/**
 * Every row of a gallery once more, coarsely, in a quarter of the bytes: enough to pass over nearly all of them.
 *
 * **What is stored.** A row x (`dimension` floats, length 1) becomes whole numbers c in [-127, 127] and a scale s, so
 * that x = s c + e, with the length of the rounding error |e| beside it, rounded up. The query q becomes whole numbers k
 * in [-K, K] and a step t, so that q = t k + f.
 *
 * **The bound.** q . x = t k . (s c + e) + f . x = t s (k . c) + t k . e + f . x, and by Cauchy and Schwarz
 *
 *     q . x  <=  t s (k . c)  +  |t k| |e|  +  |f| |x|
 *
 * The scan computes the right side and stops wherever it is not below the floor; only there is the cosine computed from
 * the floats. So a row that is passed over has a cosine below the floor: nothing is approximate but the time it takes.
 *
 * **Rounding.** k . c is exact in 32 bits: K is chosen so that dimension * 127 * K < 2^31, hence no sum of any of the
 * products, in any order, overflows. The rest is three additions and four products of doubles, and the cosine that it is
 * compared with is a sum of `dimension` products of doubles: both stray from the real numbers by less than
 * (dimension + 8) 2^-53 |q| |x|, for which `slack` adds 1e-9 |q| (enough for eight million dimensions).
 *
 * For random directions of 512 dimensions |e| is about 0.007 and |f| below 0.0001: a search compares some fifty rows
 * of 150,000 as floats.
 */
export interface Codes {
  /** Makes room for so many rows. @throws RangeError where there is no room. */
  readonly reserve: (rows: number) => void;
  /** @param vector of length 1, give or take `lengthTolerance`. */
  readonly write: (row: number, vector: Float32Array) => void;
  readonly move: (from: number, to: number) => void;
  /** Leaves nothing of it in memory. */
  readonly erase: (row: number) => void;
  /** What the next scans look for. @throws RangeError for a vector of another dimension, or that is not finite. */
  readonly aim: (vector: Float32Array) => void;
  /** The first of the rows from `row` up to `end` whose cosine may be `floor` or more; `end` where there is none. */
  readonly scan: (row: number, end: number, floor: number) => number;
  /** Another row of the same owner, kept for the caller. */
  readonly next: (row: number) => number;
  readonly link: (row: number, next: number) => void;
}

/** How far the squared length of a template may be from 1. */
export const lengthTolerance = 1e-3;

const headBytes = 16;
const codeMost = 127;

export function openCodes(dimension: number, { buffer, reserve, scan }: Kernel): Codes {
  const width = Math.ceil(dimension / 16) * 16;
  const rowBytes = headBytes + width;
  const rowsAt = width * Int16Array.BYTES_PER_ELEMENT;
  const addressOf = (row: number): number => rowsAt + row * rowBytes;
  reserve(rowsAt);

  const bytes = new Uint8Array(buffer);
  const codes = new Int8Array(buffer);
  const floats = new Float32Array(buffer);
  const integers = new Uint32Array(buffer);
  const query = new Int16Array(buffer, 0, dimension);
  const queryMost = Math.min(32_767, Math.floor((2 ** 31 - 1) / (dimension * codeMost)));

  let step = 1;
  let sway = 0;
  let slack = 0;

  return {
    reserve: (rows) => reserve(addressOf(rows)),
    write: (row, vector) => {
      const at = addressOf(row);
      // What is kept is the scale as a float; the error is measured against that one.
      const scale = Math.fround(largest(vector) / codeMost);
      let squares = 0;
      for (let n = 0; n < dimension; n += 1) {
        const value = vector[n] ?? 0;
        const code = Math.round(value / scale);
        codes[at + headBytes + n] = code;
        squares += (value - scale * code) ** 2;
      }
      floats[at / 4] = scale;
      // A float rounds by less than one part in ten million, so that this is never below the true length.
      floats[at / 4 + 1] = Math.sqrt(squares) * (1 + 1e-6);
    },
    move: (from, to) => {
      bytes.copyWithin(addressOf(to), addressOf(from), addressOf(from + 1));
    },
    erase: (row) => {
      bytes.fill(0, addressOf(row), addressOf(row + 1));
    },
    aim: (vector) => {
      if (vector.length !== dimension)
        throw new RangeError(`a query of ${vector.length} instead of ${dimension} numbers`);
      const most = largest(vector);
      if (!Number.isFinite(most)) throw new RangeError("a query that is not finite");
      step = most === 0 ? 1 : most / queryMost;
      let squares = 0;
      let leftSquares = 0;
      for (let n = 0; n < dimension; n += 1) {
        const value = vector[n] ?? 0;
        const number = Math.round(value / step);
        query[n] = number;
        squares += (step * number) ** 2;
        leftSquares += (value - step * number) ** 2;
      }
      sway = Math.sqrt(squares);
      const left = Math.sqrt(leftSquares);
      slack = left * Math.sqrt(1 + lengthTolerance) + 1e-9 * (sway + left);
    },
    scan: (row, end, floor) => {
      const stop = scan(addressOf(row), addressOf(end), width, step, sway, slack, floor);
      return (stop - rowsAt) / rowBytes;
    },
    next: (row) => integers[addressOf(row) / 4 + 2] ?? 0,
    link: (row, next) => {
      integers[addressOf(row) / 4 + 2] = next;
    },
  };
}

/** The largest magnitude; NaN where there is one. */
function largest(vector: Float32Array): number {
  let most = 0;
  for (const value of vector) most = Math.max(most, Math.abs(value));
  return most;
}
