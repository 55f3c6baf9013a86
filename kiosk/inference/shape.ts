import { leastSquares } from "./align.ts";
import type { Point } from "./landmarks.ts";

/**
 * The mean of some pictures of one face's landmarks, each first moved, turned and scaled onto the newest: what is left of
 * the landmarks' own noise falls with the number of pictures.
 */
export function averageShape(shapes: readonly (readonly Point[])[]): readonly Point[] {
  const newest = shapes.at(-1) ?? [];
  const sum = newest.map(() => ({ x: 0, y: 0 }));
  for (const shape of shapes) {
    const { a, b, dx, dy } = leastSquares(shape, newest);
    for (const [at, { x, y }] of shape.entries()) {
      const mean = sum[at];
      if (mean === undefined) continue;
      mean.x += (a * x - b * y + dx) / shapes.length;
      mean.y += (b * x + a * y + dy) / shapes.length;
    }
  }
  return sum;
}
