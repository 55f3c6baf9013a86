import fc from "fast-check";
import { expect, test } from "vitest";
import { leastSquares } from "../../../kiosk/inference/align.ts";
import {
  bestHomography,
  planarResidual,
  symmetricEigen,
  throughHomography,
} from "../../../kiosk/inference/planarity.ts";
import { reliefOf } from "../../../kiosk/inference/relief.ts";
import { averageShape } from "../../../kiosk/inference/shape.ts";
import { motionOf } from "./heads.ts";

const coordinate = fc.double({ min: -300, max: 900, noNaN: true });
const jitter = fc.double({ min: -30, max: 30, noNaN: true });
/** A grid that was shaken: never a line, never all in one place. */
const somePoints = fc
  .array(fc.record({ x: jitter, y: jitter }), { minLength: 12, maxLength: 68 })
  .map((shifts) => shifts.map(({ x, y }, at) => ({ x: x + 80 * (at % 4), y: y + 80 * Math.floor(at / 4) })));
const small = fc.double({ min: -1, max: 1, noNaN: true });

/** A plane seen from elsewhere: near enough to the identity that nothing goes behind the lens. */
const view = fc
  .tuple(small, small, small, small, coordinate, coordinate, small, small)
  .map(([a, b, c, d, x, y, g, h]) =>
    Float64Array.of(1 + a / 3, b / 3, x, c / 3, 1 + d / 3, y, g / 6_000, h / 6_000, 1),
  );

test("whatever is flat leaves nothing over, however it is turned", () => {
  fc.assert(
    fc.property(somePoints, view, (points, homography) => {
      const turned = points.map((point) => throughHomography(homography, point));
      expect(planarResidual(points, turned) ?? 1).toBeLessThan(1e-3);
    }),
  );
});

test("a homography that was known before is found again", () => {
  const known = [1.2, 0.1, 30, -0.05, 0.9, -12, 0.0004, -0.0002, 1];
  const points = motionOf({}).points.all;
  const turned = points.map((point) => throughHomography(Float64Array.from(known), point));
  const found = bestHomography(points, turned) ?? new Float64Array(9);
  for (const [at, value] of known.entries()) expect((found[at] ?? 0) / (found[8] ?? 1)).toBeCloseTo(value, 6);
});

test("no other homography near the best one leaves less", () => {
  const straight = motionOf({}).points.all;
  const turned = motionOf({ turn: 30 }).points.all;
  const best = bestHomography(straight, turned) ?? new Float64Array(9);
  const residual = (h: Float64Array) =>
    straight.reduce((sum, point, at) => {
      const { x, y } = throughHomography(h, point);
      return sum + (x - (turned[at]?.x ?? 0)) ** 2 + (y - (turned[at]?.y ?? 0)) ** 2;
    }, 0);
  const least = residual(best);
  fc.assert(
    fc.property(fc.array(small, { minLength: 9, maxLength: 9 }), (nudges) => {
      const other = best.map((value, at) => value * (1 + 1e-3 * (nudges[at] ?? 0)));
      expect(residual(other)).toBeGreaterThanOrEqual(least * (1 - 1e-9));
    }),
  );
});

test("moving, tilting and enlarging either picture changes nothing, once it is measured in eye distances", () => {
  const straight = motionOf({}).points.all;
  const measure = (look: Parameters<typeof motionOf>[0]) => reliefOf(straight, motionOf(look).points.all, 0.5);
  const plain = measure({ turn: 25 });
  fc.assert(
    fc.property(fc.double({ min: -30, max: 30, noNaN: true }), fc.integer({ min: 40, max: 160 }), (tilt, size) => {
      const other = measure({ turn: 25, tilt, size });
      expect(other.residual).toBeCloseTo(plain.residual, 6);
      expect(other.nose).toBeCloseTo(plain.nose, 6);
      expect(other.noseShare).toBeCloseTo(plain.noseShare, 6);
      expect(other.breadth).toBeCloseTo(plain.breadth, 6);
    }),
  );
});

test("points on one line, or too few of them, determine nothing", () => {
  const line = Array.from({ length: 20 }, (_, at) => ({ x: at, y: 2 * at }));
  expect(planarResidual(line, line)).toBeNull();
  expect(planarResidual(line.slice(0, 4), line.slice(0, 4))).toBeNull();
});

test("a matrix is its eigenvectors times its eigenvalues", () => {
  const entries = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 81, maxLength: 81 });
  fc.assert(
    fc.property(entries, (values) => {
      const matrix = Float64Array.from(values, (_, at) => {
        const [row, column] = [Math.floor(at / 9), at % 9];
        return (values[row * 9 + column] ?? 0) + (values[column * 9 + row] ?? 0);
      });
      const eigen = symmetricEigen(matrix, 9);
      for (let row = 0; row < 9; row++) {
        for (let column = 0; column < 9; column++) {
          let sum = 0;
          for (let k = 0; k < 9; k++) {
            sum += (eigen.vectors[row * 9 + k] ?? 0) * (eigen.values[k] ?? 0) * (eigen.vectors[column * 9 + k] ?? 0);
          }
          expect(sum).toBeCloseTo(matrix[row * 9 + column] ?? 0, 6);
        }
      }
    }),
    { numRuns: 30 },
  );
});

test("the mean of one face seen larger, smaller and tilted is that face", () => {
  const looks = [{ size: 60, tilt: 10 }, { size: 120, tilt: -5 }, { size: 80 }];
  const shapes = looks.map((look) => motionOf(look).points.all);
  const newest = motionOf({ size: 80 }).points.all;
  const { a, b } = leastSquares(averageShape(shapes), newest);
  expect(a).toBeCloseTo(1, 6);
  expect(b).toBeCloseTo(0, 6);
  expect(planarResidual(averageShape(shapes), newest) ?? 1).toBeLessThan(1e-6);
});
