import type { Point } from "./landmarks.ts";

/** Plane to plane: (x, y) goes to (h0 x + h1 y + h2, h3 x + h4 y + h5) / (h6 x + h7 y + h8). Nine numbers, row-major. */
export type Homography = Float64Array;

/**
 * How far two sets of landmarks are from being two views of one flat thing: root of the mean square that the best
 * homography leaves, in the units of `to`.
 *
 * Whatever is printed or shown on a flat screen moves by a homography when it is turned; a head, whose nose stands out
 * before its cheeks, does not. Source: Hartley and Zisserman, Multiple View Geometry, 2nd ed., 4.1 and 4.4.
 *
 * @returns null where the points determine no homography (fewer than five, or on one line).
 */
export function planarResidual(from: readonly Point[], to: readonly Point[]): number | null {
  const homography = bestHomography(from, to);
  return homography === null ? null : residualOf(homography, from, to);
}

/**
 * Normalised direct linear transform, then Gauss-Newton on the distances in the second picture until they stop falling.
 * @param from and `to` as many points each.
 */
export function bestHomography(from: readonly Point[], to: readonly Point[]): Homography | null {
  if (from.length !== to.length || from.length < 5) return null;
  const source = frameOf(from);
  const target = frameOf(to);
  if (source === null || target === null) return null;
  const a = from.map((point) => into(source, point));
  const b = to.map((point) => into(target, point));
  const direct = directTransform(a, b);
  if (direct === null) return null;
  return betweenFrames(refined(direct, a, b), source, target);
}

function residualOf(homography: Homography, from: readonly Point[], to: readonly Point[]): number {
  let sum = 0;
  for (const [at, point] of from.entries()) {
    const mapped = throughHomography(homography, point);
    const wanted = to[at] ?? mapped;
    sum += (mapped.x - wanted.x) ** 2 + (mapped.y - wanted.y) ** 2;
  }
  return Math.sqrt(sum / from.length);
}

export function throughHomography(h: Homography, { x, y }: Point): Point {
  const [h0 = 0, h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0, h7 = 0, h8 = 0] = h;
  const depth = h6 * x + h7 * y + h8;
  return { x: (h0 * x + h1 * y + h2) / depth, y: (h3 * x + h4 * y + h5) / depth };
}

/** Centre and scale that make coordinates of size 1: without them the equations mix 1 with 640 squared. */
interface CoordinateFrame {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

function frameOf(points: readonly Point[]): CoordinateFrame | null {
  let [x, y] = [0, 0];
  for (const point of points) {
    x += point.x / points.length;
    y += point.y / points.length;
  }
  let spread = 0;
  for (const point of points) spread += Math.hypot(point.x - x, point.y - y) / points.length;
  return spread > 0 && Number.isFinite(spread) ? { x, y, scale: Math.SQRT2 / spread } : null;
}

const into = ({ x, y, scale }: CoordinateFrame, point: Point): Point => ({
  x: (point.x - x) * scale,
  y: (point.y - y) * scale,
});

/** The null direction of 2 n equations in nine unknowns: smallest eigenvector of their normal matrix. */
function directTransform(a: readonly Point[], b: readonly Point[]): Homography | null {
  const normal = new Float64Array(81);
  for (const [at, { x, y }] of a.entries()) {
    const { x: u, y: v } = b[at] ?? { x: 0, y: 0 };
    addSquare(normal, [x, y, 1, 0, 0, 0, -u * x, -u * y, -u]);
    addSquare(normal, [0, 0, 0, x, y, 1, -v * x, -v * y, -v]);
  }
  const { values, vectors } = symmetricEigen(normal, 9);
  const order = [...values.keys()].sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const [least = 0, next = 0] = order;
  const largest = values[order.at(-1) ?? 0] ?? 0;
  // Two null directions: points on a line, say, fit more than one homography.
  if (!((values[next] ?? 0) > largest * 1e-9)) return null;
  return Float64Array.from({ length: 9 }, (_, row) => vectors[row * 9 + least] ?? 0);
}

function addSquare(matrix: Float64Array, row: readonly number[]): void {
  for (const [i, a] of row.entries()) {
    for (const [j, b] of row.entries()) matrix[i * 9 + j] = (matrix[i * 9 + j] ?? 0) + a * b;
  }
}

const refinementsMax = 10;

/** Least squares of distances, which the direct transform only approximates. Never worse than where it began. */
function refined(start: Homography, a: readonly Point[], b: readonly Point[]): Homography {
  let best = start;
  let residual = residualOf(best, a, b);
  for (let round = 0; round < refinementsMax; round++) {
    const step = gaussNewtonStep(best, a, b);
    if (step === null) return best;
    const candidate = best.map((value, at) => value + (step[at] ?? 0));
    const after = residualOf(candidate, a, b);
    if (!(after < residual)) return best;
    const gain = residual - after;
    best = candidate;
    residual = after;
    if (gain < 1e-9) return best;
  }
  return best;
}

function gaussNewtonStep(h: Homography, a: readonly Point[], b: readonly Point[]): Float64Array | null {
  const normal = new Float64Array(81);
  const right = new Float64Array(9);
  for (const [at, point] of a.entries()) {
    const { x, y } = point;
    const depth = (h[6] ?? 0) * x + (h[7] ?? 0) * y + (h[8] ?? 0);
    const mapped = throughHomography(h, point);
    const wanted = b[at] ?? mapped;
    const [dx, dy, d] = [x / depth, y / depth, 1 / depth];
    const rowX = [dx, dy, d, 0, 0, 0, -mapped.x * dx, -mapped.x * dy, -mapped.x * d];
    const rowY = [0, 0, 0, dx, dy, d, -mapped.y * dx, -mapped.y * dy, -mapped.y * d];
    addSquare(normal, rowX);
    addSquare(normal, rowY);
    for (let i = 0; i < 9; i++) {
      right[i] = (right[i] ?? 0) + (rowX[i] ?? 0) * (wanted.x - mapped.x) + (rowY[i] ?? 0) * (wanted.y - mapped.y);
    }
  }
  // The scale of a homography means nothing: holding its length keeps the ninth unknown from running away.
  addSquare(normal, [...h]);
  return solved(normal, right);
}

/** Gauss elimination with pivots, for nine unknowns. */
function solved(matrix: Float64Array, right: Float64Array): Float64Array | null {
  const size = right.length;
  const rows = Array.from({ length: size }, (_, row) => [
    ...matrix.subarray(row * size, (row + 1) * size),
    right[row] ?? 0,
  ]);
  for (let column = 0; column < size; column++) {
    const below = rows.slice(column);
    const pivot = below.reduce((a, b) => (Math.abs(b[column] ?? 0) > Math.abs(a[column] ?? 0) ? b : a));
    const head = pivot[column] ?? 0;
    if (!(Math.abs(head) > 1e-12)) return null;
    rows[rows.indexOf(pivot)] = rows[column] ?? pivot;
    rows[column] = pivot;
    for (const row of rows) {
      if (row === pivot) continue;
      const share = (row[column] ?? 0) / head;
      for (let at = column; at <= size; at++) row[at] = (row[at] ?? 0) - share * (pivot[at] ?? 0);
    }
  }
  return Float64Array.from(rows, (row, at) => (row[size] ?? 0) / (row[at] ?? 1));
}

/** From normalised coordinates back to pixels: T(target)^-1 H T(source). */
function betweenFrames(h: Homography, source: CoordinateFrame, target: CoordinateFrame): Homography {
  const inward = [source.scale, 0, -source.scale * source.x, 0, source.scale, -source.scale * source.y, 0, 0, 1];
  const outward = [1 / target.scale, 0, target.x, 0, 1 / target.scale, target.y, 0, 0, 1];
  return product(outward, product(h, inward));
}

const product = (a: ArrayLike<number>, b: ArrayLike<number>): Float64Array =>
  Float64Array.from({ length: 9 }, (_, at) => {
    const [row, column] = [Math.floor(at / 3) * 3, at % 3];
    return [0, 1, 2].reduce((sum, k) => sum + (a[row + k] ?? 0) * (b[k * 3 + column] ?? 0), 0);
  });

const sweepsMax = 30;

/**
 * Jacobi's rotations: slow for large matrices, exact and short for nine rows.
 * @returns eigenvalues, and eigenvectors as the columns of a row-major matrix.
 */
export function symmetricEigen(
  matrix: Float64Array,
  size: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const m = matrix.slice();
  const vectors = Float64Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
  const total = m.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < sweepsMax; sweep++) {
    let rest = 0;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rest += (m[p * size + q] ?? 0) ** 2;
    if (rest <= total * 1e-30) break;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(m, vectors, size, p, q);
  }
  return { values: Float64Array.from({ length: size }, (_, at) => m[at * size + at] ?? 0), vectors };
}

/** Makes m[p][q] zero by turning the plane of p and q. */
function rotate(m: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const off = m[p * size + q] ?? 0;
  if (off === 0) return;
  const theta = ((m[q * size + q] ?? 0) - (m[p * size + p] ?? 0)) / (2 * off);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  const turn = (values: Float64Array, first: number, second: number): void => {
    const [a, b] = [values[first] ?? 0, values[second] ?? 0];
    values[first] = cosine * a - sine * b;
    values[second] = sine * a + cosine * b;
  };
  for (let k = 0; k < size; k++) turn(m, k * size + p, k * size + q);
  for (let k = 0; k < size; k++) turn(m, p * size + k, q * size + k);
  for (let k = 0; k < size; k++) turn(vectors, k * size + p, k * size + q);
}
