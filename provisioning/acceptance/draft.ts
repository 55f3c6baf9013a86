import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import {
  factsAnswer,
  lightAnswer,
  presentedAnswer,
  receiptsAnswer,
  watchedAnswer,
} from "../../kiosk/desk/acceptance.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";

/**
 * What was measured so far, in a file of the technician's: parts hours apart, and a terminal that was closed in between,
 * lose nothing. No picture, no name, no score of anybody's identity.
 */

/** RFC 3339 in UTC, and who did it: an operator's pseudonym. */
const noted = { at: z.iso.datetime(), by: z.string() };
const millimetres = z.number().min(0).max(5_000);

const framed = z.object({ ...noted, seen: lightAnswer });

const reachSchema = z.object({
  ...noted,
  /** Millimetres above the floor: the highest and lowest place that must be touched, and the reader's middle. */
  ...{ topMm: millimetres, bottomMm: millimetres, readerMm: millimetres },
  /** The free floor before it, side by side and towards the wall. */
  ...{ floorWideMm: millimetres, floorDeepMm: millimetres },
  isOneHanded: z.boolean(),
});

const way = z.object({ ...noted, watched: watchedAnswer, receipts: receiptsAnswer.nullable() });

const networkSchema = z.object({
  ...noted,
  /** The clock itself said that it was offline, and that it was online again. */
  ...{ wasOffline: z.boolean(), cameBack: z.boolean() },
  punches: z.array(watchedAnswer),
  receipts: receiptsAnswer.nullable(),
});

const presentation = z.object({ ...noted, seen: presentedAnswer });

const draftSchema = z.object({
  schema: z.literal("lintel.acceptance/1"),
  facts: factsAnswer,
  lights: z.array(framed),
  seated: framed.nullable(),
  standing: framed.nullable(),
  reach: reachSchema.nullable(),
  ways: z.record(z.string(), way),
  network: networkSchema.nullable(),
  presentations: z.array(presentation),
});

export type Draft = z.infer<typeof draftSchema>;
export type Reach = z.infer<typeof reachSchema>;
export type WayTried = z.infer<typeof way>;
export type NetworkTried = z.infer<typeof networkSchema>;

export const emptyDraft = (facts: Draft["facts"]): Draft => ({
  ...{ schema: "lintel.acceptance/1", facts, lights: [], seated: null, standing: null, reach: null },
  ...{ ways: {}, network: null, presentations: [] },
});

/** @returns null where there is none yet. @throws Fault `acceptance-unusable`. */
export async function readDraft(path: string): Promise<Draft | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw unusable(`${path} cannot be read`, "Name a file of yours with --draft.", error);
  }
  try {
    return draftSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw unusable(
      `${path} is no acceptance that was begun with this release`,
      "Name another file with --draft, or take it away and begin anew.",
      cause,
    );
  }
}

/**
 * The same clock with the same software, models and thresholds: what was measured of another says nothing of this one.
 * @throws Fault `acceptance-unusable` naming what is another.
 */
export function sameClock(draft: Draft, facts: Draft["facts"]): void {
  const of = ({ device, release, spaceId, thresholds, models }: Draft["facts"]) => ({
    device,
    release,
    ...{ models: JSON.stringify([spaceId, models]), thresholds: JSON.stringify(thresholds) },
  });
  const [was, is] = [of(draft.facts), of(facts)];
  const changed = (["device", "release", "models", "thresholds"] as const).find((key) => was[key] !== is[key]);
  if (changed === undefined) return;
  throw unusable(
    `the acceptance that was begun is of another ${changed === "device" ? "clock" : `state of this clock (${changed})`}`,
    "Begin anew with another --draft: what was measured before a change proves nothing after it.",
  );
}

export async function writeDraft(path: string, draft: Draft): Promise<void> {
  try {
    await writeAtomically(path, `${JSON.stringify(draft, null, 2)}\n`);
  } catch (cause) {
    throw unusable(`${path} cannot be written`, "Name a file in a folder of yours with --draft.", cause);
  }
}

const unusable = (message: string, remedy: string, cause?: unknown): Fault =>
  new Fault("acceptance-unusable", message, remedy, cause);
