import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../kiosk/core/fault.ts";
import { type Needles, type Scan, scan } from "./needles.ts";

/**
 * Looks for pieces of what was destroyed: in every file that is left in the folder, and on the disks that are named.
 *
 * @param staying files of the folder that are meant to be there still; what they hold is looked for by nobody.
 * @throws Fault `decommission-unproven` where a disk cannot be read.
 */
export async function lookFor(
  needles: Needles,
  state: string,
  staying: readonly string[],
  raw: readonly string[],
): Promise<readonly Scan[]> {
  const scans: Scan[] = [];
  for (const name of await readdir(state).catch(() => [])) {
    const path = join(state, name);
    if (!staying.includes(name))
      scans.push(await scan(path, needles).catch(() => ({ place: path, bytes: 0, found: 1 })));
  }
  const others = await without(needles, state, staying);
  for (const place of raw) {
    try {
      scans.push(await scan(place, others));
    } catch (cause) {
      throw new Fault(
        "decommission-unproven",
        `${place} cannot be read`,
        "Run this as root, or leave --raw away.",
        cause,
      );
    }
  }
  return scans;
}

/** What some file that stays holds as well is no sign that anything was left. */
export async function without(needles: Needles, state: string, staying: readonly string[]): Promise<Needles> {
  const kept = await Promise.all(staying.map((name) => readFile(join(state, name)).catch(() => Buffer.alloc(0))));
  return { ...needles, pieces: needles.pieces.filter((piece) => !kept.some((bytes) => bytes.includes(piece))) };
}

/** @throws Fault `decommission-unproven` where something is left. */
export function mustBeGone(left: readonly string[], scans: readonly Scan[]): void {
  const all = [...left, ...scans.filter(({ found }) => found > 0).map(({ place }) => place)];
  if (all.length === 0) return;
  throw new Fault(
    "decommission-unproven",
    `something of this clock is still there: ${all.join(", ")}`,
    "See that the disk takes writes and run this again; on flash, discard or destroy the card.",
  );
}
