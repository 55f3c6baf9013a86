import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Fault } from "../core/fault.ts";
import { writeAtomically } from "./atomic.ts";

/** From here on the clock is ending: whoever erases it finds what was ordered, also after any cut. */
export const endingName = "ending.json";
/** All that stays of a clock that was ended by order: without it, its empty folder would begin as a new clock. */
export const endedName = "ended.json";

const schema = z.strictObject({
  v: z.literal(1),
  /** `id` of the order. */
  order: z.string().min(1).max(64),
  /** Something was destroyed already. */
  isBegun: z.boolean(),
  /** Certificate of the first part of the erasure, once it was looked whether anything is left. */
  wip: z.string().nullable(),
});

/** That this clock was ordered to end, and how far that is. */
export type OrderedEnd = z.output<typeof schema>;

/** Durable when the promise resolves. @throws Fault `disk-full`, `disk-read-only`, `state-unwritable`. */
export const keepOrderedEnd = (directory: string, end: OrderedEnd): Promise<void> =>
  writeAtomically(join(directory, endingName), JSON.stringify(end));

/** @throws Fault `decommission-refused` for a file that is not ours: whether the clock shall end is for a person to say. */
export function orderedEndIn(directory: string): OrderedEnd | null {
  const path = join(directory, endingName);
  if (!existsSync(path)) return null;
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new Fault(
      "decommission-refused",
      `${path} cannot be read`,
      "Nothing is erased by it. Remove it and start the clock, or order its end once more.",
      cause,
    );
  }
}

/** @throws Fault `decommissioned` where the folder's clock ended, or is being ended: it takes no punch any more. */
export function mustNotBeEnded(directory: string): void {
  const [isEnding, isEnded] = [endingName, endedName].map((name) => existsSync(join(directory, name)));
  if (isEnding !== true && isEnded !== true) return;
  throw new Fault(
    "decommissioned",
    isEnded === true ? "this clock is out of service: its office ended it" : "this clock is being taken out of service",
    isEnded === true
      ? `To use the board as a new clock, remove ${join(directory, endedName)} and set it up.`
      : "It erases itself as soon as all it owes is receipted: give it its network. See docs/fleet-care.md.",
  );
}
