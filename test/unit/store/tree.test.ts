import fc from "fast-check";
import { expect, test } from "vitest";
import { toBase64url } from "../../../kiosk/core/base64url.ts";
import { merkleRoot } from "../../../kiosk/core/chain.ts";
import {
  emptyFrontier,
  type Frontier,
  frontierAt,
  grow,
  pathTo,
  rootOf,
  type TreeParts,
} from "../../../kiosk/store/tree.ts";
import { isIncluded } from "../../../kiosk/uplink/contract/tree.ts";

const hashOf = (index: number): string => toBase64url(Buffer.alloc(32, index.toString(16).padStart(8, "0"), "hex"));
const most = 2_100;
const hashes = Array.from({ length: most }, (_, index) => hashOf(index));

/** Grown record by record, with what would be stored; `isStored` says which of it is still there. */
function grown(size: number, isStored: (name: string) => boolean = () => true): { tree: Frontier; parts: TreeParts } {
  const stored = new Map<string, Uint8Array>();
  let tree = emptyFrontier;
  for (const hash of hashes.slice(0, size)) {
    const { frontier, completed } = grow(tree, hash);
    for (const { height, place, hash: node } of completed) stored.set(`${height}/${place}`, node);
    tree = frontier;
  }
  return {
    tree,
    parts: {
      leaves: (from, below) => hashes.slice(from, below),
      subtree: (height, place) => (isStored(`${height}/${place}`) ? (stored.get(`${height}/${place}`) ?? null) : null),
    },
  };
}

const sizes = fc.oneof(
  fc.constantFrom(1, 2, 255, 256, 257, 511, 512, 513, 1_024, 2_048),
  fc.integer({ min: 1, max: most }),
);

test("grown record by record, the root is the one that RFC 9162 gives for all of them at once", () => {
  fc.assert(
    fc.property(sizes, (size) => {
      const { tree, parts } = grown(size);
      expect(rootOf(tree)).toBe(merkleRoot(hashes.slice(0, size)));
      expect(frontierAt(size, parts)).toEqual(tree);
    }),
    { numRuns: 25 },
  );
});

test("every path leads to the root, also where stored subtrees are gone and are made again of their halves", () => {
  fc.assert(
    fc.property(sizes, fc.nat(), fc.integer({ min: 1, max: 5 }), (size, place, every) => {
      const { tree, parts } = grown(size, (name) => name.length % every !== 0);
      const index = place % size;
      const found = pathTo(index, size, parts);
      expect(found?.root).toBe(rootOf(tree));
      expect(isIncluded(hashOf(index), index, size, found?.path ?? [], rootOf(tree))).toBe(true);
      expect(frontierAt(size, parts)).toEqual(tree);
    }),
    { numRuns: 40 },
  );
});

test("where the records are gone as well there is no path, and no root is made up", () => {
  const { parts } = grown(1_000);
  const forgotten: TreeParts = { ...parts, leaves: (from, below) => (from < 512 ? null : parts.leaves(from, below)) };
  expect(pathTo(100, 1_000, forgotten)).toBeNull();
  expect(pathTo(600, 1_000, forgotten)?.root).toBe(merkleRoot(hashes.slice(0, 1_000)));
  expect(frontierAt(1_000, { ...forgotten, subtree: () => null })).toBeNull();
});
