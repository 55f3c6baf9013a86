import fc from "fast-check";
import { expect, test } from "vitest";
import { toBase64url } from "../../../kiosk/core/base64url.ts";
import { merkleRoot } from "../../../kiosk/core/chain.ts";
import { consistencyPath, inclusionPath, isConsistent, isIncluded } from "../../../kiosk/uplink/contract/tree.ts";

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toBase64url);
const log = fc.uniqueArray(hash, { minLength: 1, maxLength: 40 });
const other = toBase64url(new Uint8Array(32).fill(7));

test("every record of every log can be shown to be in it, and at no other place", () => {
  fc.assert(
    fc.property(log, (hashes) => {
      const root = merkleRoot(hashes);
      hashes.forEach((one, index) => {
        const path = inclusionPath(hashes, index);
        expect(isIncluded(one, index, hashes.length, path, root)).toBe(true);
        expect(isIncluded(other, index, hashes.length, path, root)).toBe(false);
        expect(isIncluded(one, index, hashes.length, [...path, other], root)).toBe(false);
        expect(isIncluded(one, index + hashes.length, hashes.length, path, root)).toBe(false);
        if (path.length > 0) expect(isIncluded(one, index, hashes.length, path.slice(1), root)).toBe(false);
        if (hashes.length > 1)
          expect(isIncluded(one, (index + 1) % hashes.length, hashes.length, path, root)).toBe(false);
      });
    }),
    { numRuns: 30 },
  );
});

test("every earlier log can be shown to be the beginning of a later one, and a changed one cannot", () => {
  fc.assert(
    fc.property(log, (hashes) => {
      const whole = merkleRoot(hashes);
      for (let first = 1; first <= hashes.length; first += 1) {
        const before = merkleRoot(hashes.slice(0, first));
        const path = consistencyPath(hashes, first);
        expect(isConsistent(first, hashes.length, before, whole, path)).toBe(true);
        expect(isConsistent(first, hashes.length, other, whole, path)).toBe(false);
        expect(isConsistent(first, hashes.length, before, other, path)).toBe(false);
        expect(isConsistent(first, hashes.length, before, whole, [...path, other])).toBe(false);
      }
    }),
    { numRuns: 30 },
  );
});
