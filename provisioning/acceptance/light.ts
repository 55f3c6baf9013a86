import { lightAnswer } from "../../kiosk/desk/acceptance.ts";
import type { Part } from "./at-the-wall.ts";

/** Light on a face, and how it is framed from a chair and standing: all by the same measurement. */

/** For somebody who has to come, sit down or be told. */
const forS = 30;

/** One measurement; three of them, hours apart, make the part. */
export async function tryLight({ wall, ask, draft, keep }: Part): Promise<void> {
  const nth = draft.lights.length + 1;
  ask.tell(
    `Light, measurement ${nth}: somebody stands before the clock as people will, at arm's length, and looks at it. ` +
      "Measure in the morning, at noon and in the evening: at the times at which people will come.",
  );
  if (!(await ask.next("Ready?"))) return;
  const seen = await wall.test({ of: "light", forS }, lightAnswer);
  await keep({ lights: [...draft.lights, { ...wall.noted(), seen }] });
}

export async function tryHeights({ wall, ask, keep }: Part): Promise<void> {
  const heights = [
    ["seated", "Seated: somebody sits before the clock, on a chair or in a wheelchair, and looks at it."],
    ["standing", "Standing: the tallest person who is here stands before the clock and looks at it."],
  ] as const;
  for (const [height, sentence] of heights) {
    ask.tell(sentence);
    if (!(await ask.next("Ready?"))) return;
    const seen = await wall.test({ of: "light", forS }, lightAnswer);
    await keep({ [height]: { ...wall.noted(), seen } });
  }
}
