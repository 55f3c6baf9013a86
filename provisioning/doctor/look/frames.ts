import { isFault } from "../../../kiosk/core/fault.ts";
import type { Frame } from "../../../kiosk/core/ports/senses.ts";
import type { FaceProblem } from "../../../kiosk/core/sight.ts";
import { openEngine } from "../../../kiosk/inference/engine.ts";
import { openModelFiles } from "../../../kiosk/supplies.ts";
import { bad, type Finding, good } from "../finding.ts";
import type { Machine } from "../machine.ts";
import { lightOfFaces } from "./light.ts";

/** As many as it takes to see whether they differ, and what most of them are like. */
const looked = 15;

/** Looks at pictures with the models of this clock and nobody in their gallery: how faces are lit, and nothing else. */
export async function lookThrough({ config }: Machine, frames: readonly Frame[]): Promise<readonly Finding[]> {
  const { models, weights } = await openModelFiles(config);
  const tally = new Map<FaceProblem | "none", number>();
  let seen = 0;
  let repeats = false;
  let torn = 0;
  await using engine = await openEngine({ models, modelBytes: weights.bytes });
  for (const frame of frames.slice(-looked)) {
    try {
      const { face } = await engine.observe(frame, { effort: "look", claim: null, challenge: null, codes: false });
      if (face === null) continue;
      seen += 1;
      repeats ||= face.repeats;
      const what = face.problem ?? "none";
      tally.set(what, (tally.get(what) ?? 0) + 1);
    } catch (error) {
      if (!isFault(error, "frame-torn")) throw error;
      torn += 1;
    }
  }
  const count = (what: FaceProblem): number => tally.get(what) ?? 0;
  const isFrozen = repeats || areAllTheSame(frames);
  return [
    ...(torn > 0 ? [bad("camera-unsteady", `${torn} of ${frames.length} pictures cannot be read`, "pictures")] : []),
    ...(isFrozen ? [] : [good("freeze", "the pictures differ from one another")]),
    ...lightOfFaces({
      ...{ seen, repeats: isFrozen },
      ...{ tooDark: count("too-dark"), tooBright: count("too-bright"), blurred: count("blurred") },
    }),
  ];
}

/** A sensor's noise makes every picture another, byte for byte. */
const areAllTheSame = (frames: readonly Frame[]): boolean =>
  frames.length > 2 && frames.every(({ jpeg }) => Buffer.compare(jpeg, frames[0]?.jpeg ?? jpeg) === 0);
