import { createHash } from "node:crypto";
import { toBase64url } from "./base64url.ts";
import { merkleLeaf, merkleNode, merkleRoot } from "./chain.ts";
import type { ErasureData } from "./record.ts";

/**
 * Of whom a clock has a face, as a tree of which anybody can check that somebody is not in it. Leaves are the people's ids
 * in ascending order, each as SHA-256 of its ASCII text: it says who, and nothing about what their faces are like. The
 * tree above them is that of RFC 9162, 2.1.
 */

export type Absence = ErasureData["nonmember"];

/** base64url of SHA-256 over the id's text. */
export const templateLeaf = (sub: string): string => createHash("sha256").update(sub, "ascii").digest("base64url");

const sorted = (subs: readonly string[]): readonly string[] => [...new Set(subs)].sort(byText);

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const templateSetRoot = (subs: readonly string[]): string => merkleRoot(sorted(subs).map(templateLeaf));

/**
 * The two neighbours between which `sub` would stand, each with its path to the root: left first. Null where it would be
 * the first or the last.
 *
 * @throws RangeError where `sub` is in the set.
 */
export function absenceOf(subs: readonly string[], sub: string): Absence {
  const all = sorted(subs);
  if (all.includes(sub)) throw new RangeError("somebody who is there is not absent");
  const leaves = all.map(templateLeaf);
  const next = all.findIndex((other) => other > sub);
  const index = next === -1 ? all.length : next;
  const at = (place: number): Absence["left"] => {
    const [other, leaf] = [all[place], leaves[place]];
    return other === undefined || leaf === undefined ? null : { sub: other, index: place, leaf };
  };
  const [left, right] = [at(index - 1), at(index)];
  const hashes = leaves.map(merkleLeaf);
  const paths = [left, right].filter((one) => one !== null).map((one) => pathTo(one.index, hashes).map(toBase64url));
  return { left, right, size: all.length, paths };
}

/** Whether a proof shows that `sub` is in no set with this root. Total: for proofs that come from anywhere. */
export function provesAbsence(sub: string, { left, right, size, paths }: Absence, root: string): boolean {
  if (left === null && right === null) return size === 0 && paths.length === 0 && root === merkleRoot([]);
  const ends = [left, right].filter((one) => one !== null);
  if (paths.length !== ends.length) return false;
  if (left !== null && !(left.sub < sub)) return false;
  if (right !== null && !(sub < right.sub)) return false;
  // Neighbours: nobody stands between them, before the first or after the last.
  if ((left === null ? -1 : left.index) + 1 !== (right === null ? size : right.index)) return false;
  return ends.every(({ sub: other, index, leaf }, place) => {
    const path = paths[place] ?? [];
    return leaf === templateLeaf(other) && rootFrom(leaf, index, size, path) === root;
  });
}

function pathTo(index: number, hashes: readonly Uint8Array[]): readonly Uint8Array[] {
  if (hashes.length <= 1) return [];
  const split = splitOf(hashes.length);
  const [left, right] = [hashes.slice(0, split), hashes.slice(split)];
  return index < split ? [...pathTo(index, left), rootOf(right)] : [...pathTo(index - split, right), rootOf(left)];
}

function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only === undefined) throw new RangeError("a subtree has a leaf");
  if (hashes.length === 1) return only;
  const split = splitOf(hashes.length);
  return merkleNode(rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

/** The largest power of two smaller than `size`. */
const splitOf = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

/** RFC 9162, 2.1.3.2; null where the path is not one of that place. */
function rootFrom(leaf: string, index: number, size: number, path: readonly string[]): string | null {
  if (!Number.isSafeInteger(size) || index < 0 || index >= size) return null;
  let [fn, sn] = [index, size - 1];
  let node = merkleLeaf(leaf);
  for (const text of path) {
    const step = Buffer.from(text, "base64url");
    if (sn === 0) return null;
    if (fn % 2 === 1 || fn === sn) {
      node = merkleNode(step, node);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else node = merkleNode(node, step);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 ? toBase64url(node) : null;
}
