import { createCipheriv, createHash, hkdfSync } from "node:crypto";

/**
 * A secret rotation of the space that templates live in, one per site (ISO/IEC 24745: renewable, unlinkable). Angles, and
 * so every cosine, stay what they are; a template that was copied elsewhere, or to another site, points somewhere else.
 *
 * The rotation is drawn evenly from all there are, from the key alone: Stewart's product of Householder reflections (SIAM
 * J. Numer. Anal. 17, 1980) whose normals are Gaussian numbers (Box-Muller) from an AES-256-CTR stream. Everything is in
 * 64-bit floats, so that a result rounded to 32 bits is as good as the embedding itself. Nothing in it is rejected and
 * drawn again: a last bit that differs between two versions of `Math.log` changes a last bit and nothing else.
 */
export interface SiteTurn {
  readonly turn: (vector: Float32Array) => Float32Array;
  readonly turnBack: (vector: Float32Array) => Float32Array;
}

/** One rotation after another, where nothing has to be rounded in between. */
export type Turning = (vector: Float32Array) => Float32Array;

const keyBytesMin = 32;

/** Names a key without telling anything of it. */
const nameOf = (key: Uint8Array): string =>
  createHash("sha256").update("lintel site turn name 1").update(key).digest("base64url").slice(0, 8);

/** What a template's space is called after the turn; templates of two keys are never compared. */
export const turnedSpace = (spaceId: string, key: Uint8Array | null): string =>
  key === null ? spaceId : `${spaceId}~${nameOf(key)}`;

export function openTurn(key: Uint8Array, dimension: number): SiteTurn {
  const { forward, back } = reflections(key, dimension);
  return {
    turn: (vector) => applied(vector, dimension, forward),
    turnBack: (vector) => applied(vector, dimension, back),
  };
}

/** From the space of one key to that of another; null: the model's own. What re-issues templates without anybody's face. */
export function turningBetween(from: Uint8Array | null, to: Uint8Array | null, dimension: number): Turning {
  const steps = [
    ...(from === null ? [] : [reflections(from, dimension).back]),
    ...(to === null ? [] : [reflections(to, dimension).forward]),
  ];
  return (vector) => applied(vector, dimension, ...steps);
}

type Step = (values: Float64Array) => void;

function applied(vector: Float32Array, dimension: number, ...steps: readonly Step[]): Float32Array {
  if (vector.length !== dimension) throw new RangeError("a vector of another dimension");
  const values = Float64Array.from(vector);
  for (const step of steps) step(values);
  return Float32Array.from(values);
}

/** D H1 H2 ... Hn-1, and its inverse. Hk leaves the first k-1 coordinates alone; D is signs. */
function reflections(key: Uint8Array, dimension: number): { readonly forward: Step; readonly back: Step } {
  if (key.length < keyBytesMin) throw new RangeError("a turn's key has 32 bytes or more");
  const next = gaussians(key, (dimension * (dimension + 1)) / 2);
  /** Unit normals, the longest first. */
  const normals: Float64Array[] = [];
  const signs = new Float64Array(dimension);
  for (let from = 0; from < dimension; from += 1) {
    const normal = new Float64Array(dimension - from);
    for (let at = 0; at < normal.length; at += 1) normal[at] = next();
    const first = normal[0] ?? 0;
    const length = lengthOf(normal);
    signs[from] = first < 0 ? 1 : -1;
    if (normal.length === 1) break;
    normal[0] = first + (first < 0 ? -length : length);
    const own = lengthOf(normal);
    for (let at = 0; at < normal.length; at += 1) normal[at] = (normal[at] ?? 0) / own;
    normals.push(normal);
  }
  const shortestFirst = normals.toReversed();
  const sign: Step = (values) => {
    for (let at = 0; at < dimension; at += 1) values[at] = (values[at] ?? 0) * (signs[at] ?? 1);
  };
  return {
    forward: (values) => {
      for (const normal of shortestFirst) reflect(values, normal);
      sign(values);
    },
    back: (values) => {
      sign(values);
      for (const normal of normals) reflect(values, normal);
    },
  };
}

function lengthOf(vector: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < vector.length; at += 1) sum += (vector[at] ?? 0) ** 2;
  return Math.sqrt(sum);
}

/** Mirrors the last coordinates at the plane that a unit normal stands on. */
function reflect(values: Float64Array, normal: Float64Array): void {
  const start = values.length - normal.length;
  let along = 0;
  for (let at = 0; at < normal.length; at += 1) along += (normal[at] ?? 0) * (values[start + at] ?? 0);
  along *= 2;
  for (let at = 0; at < normal.length; at += 1)
    values[start + at] = (values[start + at] ?? 0) - along * (normal[at] ?? 0);
}

/** Independent numbers of mean 0 and variance 1, the same for the same key. */
function gaussians(key: Uint8Array, count: number): () => number {
  const pairs = Math.ceil(count / 2);
  const streamKey = new Uint8Array(hkdfSync("sha256", key, "", "lintel site turn 1", 32));
  const stream = createCipheriv("aes-256-ctr", streamKey, Buffer.alloc(16)).update(Buffer.alloc(pairs * 16));
  const uniform = (at: number): number =>
    // 53 bits, never 0 and never 1.
    (stream.readUInt32LE(at) * 2 ** 21 + (stream.readUInt32LE(at + 4) >>> 11) + 0.5) / 2 ** 53;
  let drawn = 0;
  let kept: number | null = null;
  return () => {
    if (kept !== null) {
      const value = kept;
      kept = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform(drawn)));
    const angle = 2 * Math.PI * uniform(drawn + 8);
    drawn += 16;
    kept = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
