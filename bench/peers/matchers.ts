import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Somebody else's search over the same rows, one after the other in `matrix`. @returns the nearest row. */
export interface Matcher {
  readonly name: string;
  readonly nearest: (vector: Float32Array) => number;
}

/** @vladmandic/human's own: squared Euclidean distances in JavaScript. It wants arrays of rows, and a plain array to find. */
export function openHumanMatcher(matrix: Float32Array, dimension: number): Matcher {
  const { match } = require("../node_modules/@vladmandic/human/dist/human.node-wasm.js") as {
    readonly match: {
      readonly find: (vector: readonly number[], rows: readonly Float32Array[]) => { readonly index: number };
    };
  };
  const rows = Array.from({ length: matrix.length / dimension }, (_, row) =>
    matrix.subarray(row * dimension, (row + 1) * dimension),
  );
  return {
    name: "the matcher of @vladmandic/human",
    nearest: (vector) => match.find([...vector], rows).index,
  };
}

/** usearch's exact mode (SimSIMD kernels made for the processor): the four best rows, so that a second person is among them. */
export function openUsearchMatcher(matrix: Float32Array, dimension: number): Matcher {
  const { exactSearch } = require("usearch") as {
    readonly exactSearch: (...question: readonly [Float32Array, Float32Array, number, number, "ip", number]) => {
      readonly keys: BigUint64Array;
    };
  };
  return {
    name: "usearch, exact, the floats as they are",
    nearest: (vector) => Number(exactSearch(matrix, vector, dimension, 4, "ip", 1).keys[0] ?? -1),
  };
}
