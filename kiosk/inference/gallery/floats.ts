import { dot } from "../vector.ts";

/** The templates themselves, in pieces: a gallery grows and shrinks without ever being copied. */
export interface Floats {
  readonly reserve: (rows: number) => void;
  readonly write: (row: number, vector: Float32Array) => void;
  readonly move: (from: number, to: number) => void;
  /** Leaves nothing of it in memory. */
  readonly erase: (row: number) => void;
  /** Gives back the pieces in which no row below `rows` is. */
  readonly trim: (rows: number) => void;
  readonly cosine: (vector: Float32Array, row: number) => number;
}

/** Half a megabyte at 512 dimensions: what a small site pays, and a tenth of a millisecond to make. */
const rowsPerPiece = 256;

export function openFloats(dimension: number): Floats {
  const pieces: Float32Array[] = [];
  const pieceOf = (row: number): Float32Array => {
    const piece = pieces[Math.floor(row / rowsPerPiece)];
    if (piece === undefined) throw new RangeError("a row that was never reserved");
    return piece;
  };
  const startOf = (row: number): number => (row % rowsPerPiece) * dimension;
  return {
    reserve: (rows) => {
      while (pieces.length * rowsPerPiece < rows) pieces.push(new Float32Array(rowsPerPiece * dimension));
    },
    write: (row, vector) => pieceOf(row).set(vector, startOf(row)),
    move: (from, to) => {
      const start = startOf(from);
      pieceOf(to).set(pieceOf(from).subarray(start, start + dimension), startOf(to));
    },
    erase: (row) => {
      pieceOf(row).fill(0, startOf(row), startOf(row) + dimension);
    },
    trim: (rows) => {
      pieces.length = Math.min(pieces.length, Math.ceil(rows / rowsPerPiece));
    },
    cosine: (vector, row) => dot(vector, pieceOf(row), startOf(row)),
  };
}
