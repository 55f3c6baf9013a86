import type { PersonId } from "../../kiosk/core/person.ts";
import { factsAnswer } from "../../kiosk/desk/acceptance.ts";
import { askDesk } from "../desk-client.ts";
import { openWall, type Part } from "./at-the-wall.ts";
import { type Draft, emptyDraft, readDraft, sameClock, writeDraft } from "./draft.ts";
import { judge, type PartName, partNames } from "./judge.ts";
import { tryHeights, tryLight } from "./light.ts";
import { openQuestions } from "./questions.ts";
import { measureReach } from "./reach.ts";
import { trySpoofs } from "./spoof.ts";
import { tryNetwork, tryWays } from "./ways.ts";

export interface RunOptions {
  readonly directory: string;
  /** File of what was measured so far. */
  readonly path: string;
  /** These parts, also where they are done; none: whatever has not passed. */
  readonly only: readonly PartName[];
  readonly people: readonly PersonId[];
  readonly species: readonly string[];
  readonly presentations: number;
  readonly offlinePunches: number;
}

/**
 * The guided test, part by part. Each part is kept as soon as it is known, so a session that ends, a terminal that is
 * closed or a power cut loses the part that was going on and nothing else.
 *
 * @throws the clock's Faults, `acceptance-unusable`.
 */
export async function runAcceptance(options: RunOptions): Promise<Draft> {
  const { directory, path, people } = options;
  const begin = { ask: "acceptance", wish: { of: "begin" } } as const;
  const facts = await askDesk({ directory, request: begin, answer: factsAnswer });
  const known = await readDraft(path);
  if (known !== null) sameClock(known, facts);
  let draft: Draft = { ...(known ?? emptyDraft(facts)), facts };
  const ask = openQuestions();
  const wall = openWall(directory, facts.by, ask.tell);
  const keep = async (more: Partial<Draft>): Promise<void> => {
    draft = { ...draft, ...more };
    await writeDraft(path, draft);
  };
  await keep({});
  const work: Readonly<Record<PartName, (part: Part) => Promise<void>>> = {
    light: tryLight,
    heights: tryHeights,
    reach: measureReach,
    ways: (part) => tryWays(part, people),
    network: (part) => tryNetwork(part, people, options.offlinePunches),
    spoof: (part) => trySpoofs(part, options.species, options.presentations),
  };
  try {
    for (const name of options.only.length > 0 ? options.only : open(draft)) {
      // What was presented before stays; another try of the part adds to it or replaces its own.
      await work[name]({ wall, ask, draft, keep });
    }
  } finally {
    ask.close();
  }
  return draft;
}

const open = (draft: Draft): readonly PartName[] => {
  const passed = new Set(judge(draft).flatMap(({ part, is }) => (is === "passed" ? [part] : [])));
  return partNames.filter((name) => !passed.has(name));
};
