import { percent } from "./percent.ts";
import type { LivenessResult, SpeciesResult } from "./result.ts";

/** Measured: too many living people below the threshold is a matter of light and distance before it is one of numbers. */
const bpcerHigh = 0.1;
const lumaGood = { min: 120, max: 160 };
/** 200 px of 640: from here on the passive score rests on enough pixels. */
const widthGood = 0.31;

/** What the figures mean and what to do about them, for the technician at the wall. */
export function adviceOf(result: Omit<LivenessResult, "advice">): readonly string[] {
  const { live, attacks } = result;
  return [
    ...(live === null ? [] : livingAdvice(result, live)),
    ...attacks.flatMap((species) => attackAdvice(species, result.liveSure)),
    ...(attacks.length === 0 ? ["No attack was presented: nothing was learnt about attacks."] : []),
    "Passive liveness from one ordinary camera is a speed bump. None of this is a conformance test of ISO/IEC 30107-3.",
  ];
}

function livingAdvice(
  { conditions, liveSure, liveMin }: Omit<LivenessResult, "advice">,
  live: SpeciesResult,
): string[] {
  const { atLiveSure, atLiveMin, nonResponse } = live;
  const said: string[] = [];
  if (nonResponse.errors > 0) {
    said.push(`${nonResponse.errors} of ${nonResponse.trials} living people gave no score: ${reasonsOf(live)}.`);
  }
  if (atLiveSure.rate === null) return [...said, "No living face could be judged: mend that first."];
  said.push(
    `Of ${atLiveSure.trials} living people, ${atLiveSure.errors} stayed below ${liveSure} and would be asked to move their head; ` +
      `${atLiveMin.errors} of them stayed below ${liveMin} and would be sent to the badge.`,
  );
  if (atLiveSure.rate < bpcerHigh)
    return [...said, `Living people: ${littleProved("living people turned away", atLiveSure)}`];
  const { luma, widthShare } = conditions;
  if (luma !== null && luma < lumaGood.min) {
    said.push(
      `Faces are dark here (brightness ${Math.round(luma)} of 255; ${lumaGood.min} to ${lumaGood.max} is best): put a lamp in front of the people, never behind them.`,
    );
  }
  if (luma !== null && luma > lumaGood.max) {
    said.push(
      `Faces are very bright here (brightness ${Math.round(luma)} of 255; ${lumaGood.min} to ${lumaGood.max} is best): shade the lamp or the window that shines on them.`,
    );
  }
  if (widthShare !== null && widthShare < widthGood) {
    said.push(
      `Faces are small here (${percent(widthShare, 0)} of the picture's width; from ${percent(widthGood, 0)} on is best): mark a place nearer to the clock, or narrow the lens.`,
    );
  }
  if (said.length === 1) said.push("Light and distance look right: try another camera before lowering the threshold.");
  return said;
}

function attackAdvice(species: SpeciesResult, liveSure: number): string[] {
  const { name, atLiveSure, nonResponse } = species;
  const none =
    nonResponse.errors > 0
      ? [`${name}: ${nonResponse.errors} of ${nonResponse.trials} gave no score: ${reasonsOf(species)}.`]
      : [];
  if (atLiveSure.rate === null) return [...none, `${name}: nothing was judged, so nothing is known.`];
  if (atLiveSure.errors > 0) {
    return [
      ...none,
      `${name}: ${atLiveSure.errors} of ${atLiveSure.trials} reached ${liveSure} by the passive score alone. Set challengeShare to 1 to ask everybody for a movement, or let the badge be asked with the face.`,
    ];
  }
  return [...none, `${name}: ${littleProved("attacks that pass", atLiveSure)}`];
}

/** How little so many presentations prove. */
function littleProved(what: string, { errors, trials, ruleOfThree, interval }: SpeciesResult["atLiveSure"]): string {
  const bound = ruleOfThree ?? interval[1];
  const seen = `${errors === 0 ? "none" : errors} of ${trials} judged wrongly`;
  if (bound >= 1) return `${seen}. So few prove nothing yet.`;
  return `${seen}. So many prove, 95 % sure, only that ${what} are fewer than ${percent(bound, 0)}.`;
}

const reasonsOf = ({ reasons }: SpeciesResult): string =>
  Object.entries(reasons)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} ${words[reason] ?? reason}`)
    .join(", ");

const words: Readonly<Record<string, string>> = {
  "no-face": "with no face in the picture (or too far away)",
  unreadable: "unreadable",
  "too-short": "too short for five good frames of one face",
  "too-far": "too far away",
  "too-close": "too close",
  "off-centre": "not in the middle",
  turned: "turned away",
  "too-dark": "too dark",
  "too-bright": "too bright",
  blurred: "blurred",
  several: "with a second face beside",
};
