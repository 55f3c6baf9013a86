/** Vectors of one model space. All stored ones have length 1, so that a dot product is a cosine. */

export function dot(a: Float32Array, b: Float32Array, bStart = 0): number {
  let sum0 = 0;
  let sum1 = 0;
  // Two sums break the chain of dependent additions; galleries are thousands of these.
  for (let at = 0; at < a.length; at += 2) {
    sum0 += (a[at] ?? 0) * (b[bStart + at] ?? 0);
    sum1 += (a[at + 1] ?? 0) * (b[bStart + at + 1] ?? 0);
  }
  return sum0 + sum1;
}

/** @returns a new vector of length 1. A vector of zeros has no direction and is a bug upstream. */
export function normalised(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  if (!(length > 0) || !Number.isFinite(length)) throw new RangeError("a vector without direction");
  return vector.map((value) => value / length);
}

/** Direction of the mean of vectors of length 1. */
export function meanDirection(vectors: readonly Float32Array[]): Float32Array {
  const [first] = vectors;
  if (first === undefined) throw new RangeError("a mean of nothing");
  const sum = new Float32Array(first.length);
  for (const vector of vectors) for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + (vector[at] ?? 0);
  return normalised(sum);
}
