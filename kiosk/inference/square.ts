import type { Rect } from "./pixels.ts";

/** A crop around the middle of a box: a square with its height or its longer side, or the box itself, then scaled. */
export function squared({ x, y, width, height }: Rect, square: "height" | "max" | "none", scale: number): Rect {
  const side = square === "height" ? height : Math.max(width, height);
  const across = (square === "none" ? width : side) * scale;
  const down = (square === "none" ? height : side) * scale;
  return { x: x + width / 2 - across / 2, y: y + height / 2 - down / 2, width: across, height: down };
}
