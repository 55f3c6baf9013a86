import { bonaFide } from "../../kiosk/core/acceptance.ts";
import { presentedAnswer } from "../../kiosk/desk/acceptance.ts";
import { type Proportion, proportionOf } from "../eval/proportion.ts";
import type { Part } from "./at-the-wall.ts";
import type { Draft } from "./draft.ts";

/**
 * Presentations in the style of ISO/IEC 30107-3: some of living people, some of each kind of attack that the site thought
 * of, each judged by the clock as a punch would be, by the worst assumption that whatever is shown is recognised.
 */

export async function trySpoofs(part: Part, species: readonly string[], wanted: number): Promise<void> {
  const { ask } = part;
  const isAgreed = await ask.isSo(
    "Have all who take part agreed to it, also those whose pictures are shown, and will prints and pictures be destroyed afterwards?",
  );
  if (!isAgreed) return ask.tell("Then this part is left out; it is no test without their word.");
  let { presentations } = part.draft;
  for (const name of [bonaFide, ...species]) {
    const have = presentations.filter(({ seen }) => seen.species === name).length;
    ask.tell(
      name === bonaFide
        ? "Living people: different ones, as they come to work; with and without glasses, caps and headscarves."
        : `Attack "${name}": hold it before the clock as somebody would who wants to be believed, and do what is asked. Somebody of this site is shown; no other face may be in the picture.`,
    );
    for (let nth = have + 1; nth <= wanted; nth++) {
      if (!(await ask.next(`${name}, ${nth} of ${wanted}. Ready?`))) break;
      const seen = await part.wall.test({ of: "present", species: name }, presentedAnswer);
      presentations = [...presentations, { ...part.wall.noted(), seen }];
      await part.keep({ presentations });
      ask.tell(`  ${seen.is} (${seen.why})`);
    }
  }
}

/** One kind of presentation, counted. */
export interface Species {
  readonly name: string;
  readonly presentations: number;
  /** BPNRR or APNRR: presentations to which the clock came to no answer. */
  readonly nonResponse: Proportion;
  readonly reasons: Readonly<Record<string, number>>;
  /** Of those that were answered, wrongly: APCER of an attack that was believed, BPCER of a living person who was not. */
  readonly wrong: Proportion;
  /** How many of the answered were asked for a movement. */
  readonly asked: number;
}

export function speciesIn({ presentations }: Draft): readonly Species[] {
  const names = [...new Set(presentations.map(({ seen }) => seen.species))];
  return names
    .map((name) => speciesOf(name, presentations))
    .sort((a, b) => Number(b.name === bonaFide) - Number(a.name === bonaFide));
}

function speciesOf(name: string, all: Draft["presentations"]): Species {
  const these = all.map(({ seen }) => seen).filter(({ species }) => species === name);
  const answered = these.filter(({ is }) => is !== "no-response");
  const isWrong = name === bonaFide ? "refused" : "accepted";
  const reasons: Record<string, number> = {};
  for (const { is, why } of these) if (is === "no-response") reasons[why] = (reasons[why] ?? 0) + 1;
  return {
    name,
    presentations: these.length,
    nonResponse: proportionOf(these.length - answered.length, these.length),
    reasons,
    wrong: proportionOf(answered.filter(({ is }) => is === isWrong).length, answered.length),
    asked: answered.filter(({ asked }) => asked > 0).length,
  };
}

/** The attack with the highest APCER governs; of equals, the one of which less is known. */
export const worstOf = (all: readonly Species[]): Species | null =>
  all
    .filter(({ name, wrong }) => name !== bonaFide && wrong.trials > 0)
    .toSorted((a, b) => (b.wrong.rate ?? 0) - (a.wrong.rate ?? 0) || b.wrong.interval[1] - a.wrong.interval[1])[0] ??
  null;
