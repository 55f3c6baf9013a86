import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Absence,
  absenceOf,
  provesAbsence,
  templateLeaf,
  templateSetRoot,
} from "../../../kiosk/core/template-set.ts";
import { inclusionPath, isIncluded } from "../../../kiosk/uplink/contract/tree.ts";

const subs = fc.uniqueArray(
  fc.string({ unit: fc.constantFrom(..."0123abcxyz"), minLength: 20, maxLength: 20 }).map((text) => `p_${text}`),
  { maxLength: 40 },
);

test("whoever is not in the set is shown to be absent, with the paths of RFC 9162", () => {
  fc.assert(
    fc.property(subs, fc.nat(), (all, pick) => {
      const [absent, ...there] = [...all, "p_m0000000000000000000"].map((_, n, list) => list[(n + pick) % list.length]);
      const set = there.filter((sub) => sub !== undefined);
      if (absent === undefined || set.includes(absent)) return;
      const proof = absenceOf(set, absent);
      const root = templateSetRoot(set);
      expect(provesAbsence(absent, proof, root)).toBe(true);
      const leaves = [...set].sort().map(templateLeaf);
      const ends = [proof.left, proof.right].filter((one) => one !== null);
      ends.forEach(({ index, leaf }, place) => {
        const path = proof.paths[place] ?? [];
        expect(path).toEqual(inclusionPath(leaves, index));
        expect(isIncluded(leaf, index, proof.size, path, root)).toBe(true);
      });
    }),
    { numRuns: 300 },
  );
});

test("nobody who is in the set can be shown to be absent, whatever neighbours are named", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(999), { minLength: 1, maxLength: 24 }), fc.nat(), (numbers, pick) => {
      const set = numbers.map((n) => `p_${String(n).padStart(20, "0")}`).sort();
      const sub = set[pick % set.length] ?? "";
      const root = templateSetRoot(set);
      expect(() => absenceOf(set, sub)).toThrow(RangeError);
      const leaves = set.map(templateLeaf);
      const at = (index: number): Absence["left"] => {
        const [other, leaf] = [set[index], leaves[index]];
        return other === undefined || leaf === undefined ? null : { sub: other, index, leaf };
      };
      for (let left = -1; left < set.length; left += 1) {
        for (let right = left + 1; right <= set.length; right += 1) {
          const [a, b] = [at(left), at(right)];
          const paths = [a, b].filter((one) => one !== null).map(({ index }) => inclusionPath(leaves, index));
          expect(provesAbsence(sub, { left: a, right: b, size: set.length, paths }, root)).toBe(false);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("a proof that was changed, or is of another set, proves nothing", () => {
  const set = ["a", "c", "e", "g", "i"].map((letter) => `p_${letter.repeat(20)}`);
  const sub = `p_${"d".repeat(20)}`;
  const proof = absenceOf(set, sub);
  const root = templateSetRoot(set);
  const { left, right } = proof;
  if (left === null || right === null) throw new Error("d stands between c and e");
  const lies: readonly Absence[] = [
    { ...proof, left: null },
    { ...proof, size: 4 },
    { ...proof, size: 2 ** 40 },
    { ...proof, paths: [] },
    { ...proof, paths: proof.paths.toReversed() },
    { ...proof, left: { ...left, sub: `p_${"b".repeat(20)}` } },
    { ...proof, left: { ...left, index: -1 }, right: { ...right, index: 0 } },
    { ...proof, right: { ...right, leaf: left.leaf } },
    { left: null, right: null, size: 0, paths: [] },
  ];
  for (const lie of lies) expect(provesAbsence(sub, lie, root)).toBe(false);
  expect(provesAbsence(sub, proof, templateSetRoot([...set, sub]))).toBe(false);
  expect(provesAbsence(sub, absenceOf([], sub), templateSetRoot([]))).toBe(true);
  expect(provesAbsence(sub, absenceOf([], sub), root)).toBe(false);
});
