import fc from "fast-check";
import { expect, test } from "vitest";
import { qualityOf } from "../../../kiosk/inference/face-quality.ts";

const good = { reach: 0.3, luma: 140, sharpness: 200, yaw: 0.02, score: 0.99 };
const facts = fc.record({
  reach: fc.double({ min: 0, max: 1, noNaN: true }),
  luma: fc.double({ min: 0, max: 255, noNaN: true }),
  sharpness: fc.double({ min: 0, max: 2_000, noNaN: true }),
  yaw: fc.double({ min: -1, max: 1, noNaN: true }),
  score: fc.double({ min: 0, max: 1, noNaN: true }),
});

test("a near, bright, sharp, straight and certain face is worth 100, and one useless measure is worth 0", () => {
  expect(qualityOf(good)).toBe(100);
  for (const bad of [{ reach: 0.01 }, { luma: 10 }, { luma: 250 }, { sharpness: 2 }, { yaw: -0.9 }, { score: 0.2 }]) {
    expect(qualityOf({ ...good, ...bad })).toBe(0);
  }
  expect(qualityOf({ ...good, yaw: Number.NaN })).toBe(0);
});

test("it stays in [0, 100] and never falls when something gets better", () => {
  fc.assert(
    fc.property(facts, fc.double({ min: 0, max: 1, noNaN: true }), (face, share) => {
      const before = qualityOf(face);
      expect(before).toBeGreaterThanOrEqual(0);
      expect(before).toBeLessThanOrEqual(100);
      const better = [
        { ...face, reach: face.reach + share * (1 - face.reach) },
        { ...face, sharpness: face.sharpness * (1 + share) },
        { ...face, yaw: face.yaw * (1 - share) },
        { ...face, score: face.score + share * (1 - face.score) },
        { ...face, luma: face.luma + share * (145 - face.luma) },
      ];
      for (const face of better) expect(qualityOf(face)).toBeGreaterThanOrEqual(before - 1e-9);
    }),
  );
});
