import { createHash } from "node:crypto";
import { toBase64url } from "../../core/base64url.ts";

/**
 * Proofs over the Merkle tree of RFC 9162: that a record is in a log, and that a later log begins with an earlier one.
 * All hashes are base64url of 32 bytes; `merkleRoot` in the core makes the roots.
 */

/** Siblings from the leaf to the root (2.1.3.1). */
export function inclusionPath(recordHashes: readonly string[], index: number): readonly string[] {
  if (index < 0 || index >= recordHashes.length) throw new RangeError("no such leaf");
  return pathTo(index, recordHashes.map(leafOf)).map(toBase64url);
}

/** 2.1.3.2, and what it needs: not who says so, only that it is so. */
export function isIncluded(
  recordHash: string,
  index: number,
  size: number,
  path: readonly string[],
  root: string,
): boolean {
  if (index >= size) return false;
  let fn = index;
  let sn = size - 1;
  let node = leafOf(recordHash);
  for (const step of path.map(bytesOf)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      node = nodeOf(step, node);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else node = nodeOf(node, step);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && toBase64url(node) === root;
}

/** 2.1.4.1: what shows that the log's first `first` records are its beginning still. */
export function consistencyPath(recordHashes: readonly string[], first: number): readonly string[] {
  if (first < 1 || first > recordHashes.length) throw new RangeError("no such earlier log");
  return subproof(first, recordHashes.map(leafOf), true).map(toBase64url);
}

/** 2.1.4.2. */
export function isConsistent(
  first: number,
  second: number,
  firstRoot: string,
  secondRoot: string,
  path: readonly string[],
): boolean {
  if (first < 1 || first > second) return false;
  if (first === second) return path.length === 0 && firstRoot === secondRoot;
  // A power of two is a whole subtree: its root is the beginning of the path and is not sent.
  const steps = (Number.isInteger(Math.log2(first)) ? [firstRoot, ...path] : [...path]).map(bytesOf);
  const [start, ...others] = steps;
  if (start === undefined) return false;
  let fn = first - 1;
  let sn = second - 1;
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  let fr = start;
  let sr = start;
  for (const step of others) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeOf(step, fr);
      sr = nodeOf(step, sr);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else sr = nodeOf(sr, step);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && toBase64url(fr) === firstRoot && toBase64url(sr) === secondRoot;
}

const half = (value: number): number => Math.floor(value / 2);
const bytesOf = (text: string): Uint8Array => Buffer.from(text, "base64url");
const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leafOf = (recordHash: string): Uint8Array => sha256(Uint8Array.of(0), bytesOf(recordHash));
const nodeOf = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(Uint8Array.of(1), left, right);

/** The largest power of two smaller than `size`. */
const splitOf = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return only;
  const split = splitOf(leaves.length);
  return nodeOf(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

function pathTo(index: number, leaves: readonly Uint8Array[]): readonly Uint8Array[] {
  if (leaves.length <= 1) return [];
  const split = splitOf(leaves.length);
  const left = leaves.slice(0, split);
  const right = leaves.slice(split);
  return index < split ? [...pathTo(index, left), rootOf(right)] : [...pathTo(index - split, right), rootOf(left)];
}

function subproof(first: number, leaves: readonly Uint8Array[], isWhole: boolean): readonly Uint8Array[] {
  if (first === leaves.length) return isWhole ? [] : [rootOf(leaves)];
  const split = splitOf(leaves.length);
  const left = leaves.slice(0, split);
  const right = leaves.slice(split);
  return first <= split
    ? [...subproof(first, left, isWhole), rootOf(right)]
    : [...subproof(first - split, right, false), rootOf(left)];
}
