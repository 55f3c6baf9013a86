import { createHash } from "node:crypto";
import type { Strokes } from "./types.ts";

/** A signature drawn with a finger. The drawing is sealed; a record knows its hash. */

/** Shorter than this in all is a dot and no name, in thousandths of the field's width. */
const leastInk = 250;

export const isDrawn = (strokes: Strokes): boolean => strokes.reduce((sum, one) => sum + inkOf(one), 0) >= leastInk;

export const drawingBytes = (strokes: Strokes): Uint8Array => Buffer.from(JSON.stringify(strokes));

export const drawingHash = (strokes: Strokes): string =>
  createHash("sha256").update(drawingBytes(strokes)).digest("base64url");

function inkOf(stroke: readonly number[]): number {
  let ink = 0;
  for (let at = 2; at + 1 < stroke.length; at += 2) {
    const [fromX = 0, fromY = 0, toX = 0, toY = 0] = stroke.slice(at - 2, at + 2);
    ink += Math.hypot(toX - fromX, toY - fromY);
  }
  return ink;
}
