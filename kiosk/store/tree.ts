import { toBase64url } from "../core/base64url.ts";
import { merkleLeaf, merkleNode } from "../core/chain.ts";

/**
 * The Merkle tree of one epoch (RFC 9162, 2.1) as it grows: leaf n is record n. Only what is needed is kept: the roots of
 * the complete subtrees at the right edge, and on disk every complete subtree of 256 leaves and more.
 */

/** A complete subtree: 2^height leaves, the `place`-th of its size from the left. */
export interface Subtree {
  readonly height: number;
  readonly place: number;
  /** 32 bytes. */
  readonly hash: Uint8Array;
}

/** The tree over leaves 0..size-1: its complete subtrees from the left, each smaller than the one before. */
export interface Frontier {
  readonly size: number;
  readonly subtrees: readonly Subtree[];
}

/** Subtrees from this height on are stored; below it the records themselves are read. */
export const storedHeight = 8;
export const groupLeaves = 2 ** storedHeight;

export const emptyFrontier: Frontier = { size: 0, subtrees: [] };

/** One leaf more. @returns also the stored subtrees that it completed. */
export function grow(before: Frontier, recordHash: string): { frontier: Frontier; completed: readonly Subtree[] } {
  const subtrees = [...before.subtrees];
  const completed: Subtree[] = [];
  let newest: Subtree = { height: 0, place: before.size, hash: merkleLeaf(recordHash) };
  for (let left = subtrees.at(-1); left?.height === newest.height; left = subtrees.at(-1)) {
    subtrees.pop();
    newest = { height: left.height + 1, place: left.place / 2, hash: merkleNode(left.hash, newest.hash) };
    if (newest.height >= storedHeight) completed.push(newest);
  }
  subtrees.push(newest);
  return { frontier: { size: before.size + 1, subtrees }, completed };
}

/** The tree head, base64url; of an empty tree there is none to sign. */
export function rootOf({ subtrees }: Frontier): string {
  const newest = subtrees.at(-1);
  if (newest === undefined) throw new RangeError("an epoch has at least its genesis");
  return toBase64url(subtrees.slice(0, -1).reduceRight((right, { hash }) => merkleNode(hash, right), newest.hash));
}

/** Where the tree's parts can be read. Either answers null where it cannot; a subtree is then made of its halves. */
export interface TreeParts {
  /** Record hashes of leaves from..below-1, all of them. */
  readonly leaves: (from: number, below: number) => readonly string[] | null;
  readonly subtree: (height: number, place: number) => Uint8Array | null;
}

/** The tree as it was at `size`, put together from what is stored; null where that does not suffice. */
export function frontierAt(size: number, parts: TreeParts): Frontier | null {
  const subtrees: Subtree[] = [];
  let from = 0;
  for (let height = Math.floor(Math.log2(Math.max(1, size))); height >= storedHeight; height -= 1) {
    const width = 2 ** height;
    if (size - from < width) continue;
    const hash = hashOf(from, width, parts, null);
    if (hash === null) return null;
    subtrees.push({ height, place: from / width, hash });
    from += width;
  }
  const rest = from === size ? [] : parts.leaves(from, size);
  if (rest === null) return null;
  let frontier: Frontier = { size: from, subtrees };
  for (const leaf of rest) frontier = grow(frontier, leaf).frontier;
  return frontier;
}

/** The path of leaf `index` in the tree over 0..size-1, and the root that it leads to; null where parts are missing. */
export function pathTo(
  index: number,
  size: number,
  parts: TreeParts,
): { readonly path: readonly string[]; readonly root: string } | null {
  const path: string[] = [];
  const hash = hashOf(0, size, parts, { index, path });
  return hash === null ? null : { path, root: toBase64url(hash) };
}

interface Climb {
  readonly index: number;
  readonly path: string[];
}

/** Hash over leaves from..from+count-1. Where the climb's leaf is among them, its siblings are noted from the leaf up. */
function hashOf(from: number, count: number, parts: TreeParts, climb: Climb | null): Uint8Array | null {
  if (climb === null && count >= groupLeaves && Number.isInteger(Math.log2(count))) {
    const stored = parts.subtree(Math.log2(count), from / count);
    if (stored !== null) return stored;
  }
  if (count <= groupLeaves) {
    const leaves = parts.leaves(from, from + count)?.map(merkleLeaf);
    return leaves === undefined ? null : hashOfLeaves(leaves, from, climb);
  }
  const split = 2 ** Math.floor(Math.log2(count - 1));
  const isLeft = climb !== null && climb.index < from + split;
  const left = hashOf(from, split, parts, isLeft ? climb : null);
  const right = hashOf(from + split, count - split, parts, isLeft ? null : climb);
  if (left === null || right === null) return null;
  climb?.path.push(toBase64url(isLeft ? right : left));
  return merkleNode(left, right);
}

function hashOfLeaves(leaves: readonly Uint8Array[], from: number, climb: Climb | null): Uint8Array {
  const [only] = leaves;
  if (only !== undefined && leaves.length === 1) return only;
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1));
  const isLeft = climb !== null && climb.index < from + split;
  const left = hashOfLeaves(leaves.slice(0, split), from, isLeft ? climb : null);
  const right = hashOfLeaves(leaves.slice(split), from + split, isLeft ? null : climb);
  climb?.path.push(toBase64url(isLeft ? right : left));
  return merkleNode(left, right);
}
