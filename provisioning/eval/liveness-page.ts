import { linearAxis } from "./axes.ts";
import { wrong } from "./liveness.ts";
import { escaped, list, table } from "./markup.ts";
import { figure, keys, page, paragraph, provenance, section } from "./page.ts";
import { percent, withInterval } from "./percent.ts";
import { type Bar, barPlot, linePlot, styleOf } from "./plot.ts";
import type { LivenessResult, SpeciesResult } from "./result.ts";

/** The whole report on presentation attacks, for a browser or a printer. */
export function livenessPage(result: LivenessResult): string {
  const { live, attacks, worst, liveSure, liveMin } = result;
  const governing = attacks.find(({ name }) => name === worst);
  const headline =
    governing === undefined || live === null
      ? "No attack could be judged"
      : `The worst attack, ${governing.name}, passed in ${governing.atLiveSure.errors} of ${governing.atLiveSure.trials} presentations; ${live.atLiveSure.errors} of ${live.atLiveSure.trials} living people were not believed`;
  const all = [...(live === null ? [] : [live]), ...attacks];
  const presentations = all.reduce((sum, species) => sum + species.presentations, 0);
  const lead = `${presentations} presentations: living people and ${attacks.length} kinds of attack. Passive score alone, mean over one unbroken track of at least ${result.frames} frames; no movement was asked for.`;
  return page("Presentation attacks", headline, lead, [
    keys([
      ...(governing === undefined ? [] : [key(`APCER at ${liveSure}, ${governing.name}`, governing.atLiveSure)]),
      ...(live === null ? [] : [key(`BPCER at ${liveSure}, asked to move`, live.atLiveSure)]),
      ...(live === null ? [] : [key(`BPCER at ${liveMin}, sent to the badge`, live.atLiveMin)]),
    ]),
    section("What it means, and what to do", list(result.advice)),
    section(
      "Kind by kind",
      figure(
        `Judged wrongly at ${liveSure}: living people turned away (green), attacks believed (brown). The thin lines are 95 % intervals.`,
        barPlot(
          "Errors at liveSure",
          linearAxis("Share judged wrongly", 0, 1, 0.25, (value) => percent(value, 0)),
          all.map(barOf),
        ),
      ),
      table(
        "Terms of ISO/IEC 30107-3; intervals after Clopper and Pearson. Rates are of the presentations that gave a score",
        [
          { title: "Presented", cell: ({ name }: SpeciesResult) => name },
          { title: "How often", cell: ({ presentations: count }) => `${count}`, isNumber: true },
          { title: "No score (non-response)", cell: ({ nonResponse }) => withInterval(nonResponse), isNumber: true },
          { title: `Wrong at ${liveMin}`, cell: ({ atLiveMin }) => withInterval(atLiveMin), isNumber: true },
          { title: `Wrong at ${liveSure}`, cell: ({ atLiveSure }) => withInterval(atLiveSure), isNumber: true },
          { title: "Rule of 3", cell: ({ atLiveSure }) => ruleText(atLiveSure.ruleOfThree), isNumber: true },
        ],
        all,
      ),
      paragraph(
        "Rule of 3: where no error was seen in n presentations, the true rate may still be as high as 3 / n, with 95 % confidence.",
      ),
    ),
    curves(result, all),
    provenance(result),
  ]);
}

const ruleText = (bound: number | null): string => (bound === null ? "–" : `below ${percent(bound, 0)}`);

const key = (what: string, { errors, trials, rate, interval: [low, high] }: SpeciesResult["atLiveSure"]) => ({
  what,
  value: percent(rate, 0),
  note: `${errors} of ${trials}; 95 %: ${(low * 100).toFixed(0)} to ${percent(high, 0)}`,
});

const colourOf = ({ name }: SpeciesResult): string => (name === "live" ? "#0B5D43" : "#8A4B00");

const barOf = (species: SpeciesResult): Bar => ({
  name: species.name,
  value: species.atLiveSure.rate,
  interval: species.atLiveSure.interval,
  text: withInterval(species.atLiveSure),
  colour: colourOf(species),
});

function curves({ liveMin, liveSure }: LivenessResult, all: readonly SpeciesResult[]): string {
  const thresholds = Array.from({ length: 201 }, (_, at) => at / 200);
  const judged = all.filter(({ scores }) => scores.length > 0);
  const lines = judged.map(({ name, scores }, style) => ({
    name,
    style,
    points: thresholds.map((threshold): [number, number] => [
      threshold,
      wrong(scores, name === "live", threshold).rate ?? 0,
    ]),
  }));
  const items = judged.map(({ name }, at) => {
    const { colour, width, dash } = styleOf(at);
    const dashes = dash === "" ? "" : ` stroke-dasharray="${dash}"`;
    return `<li><svg viewBox="0 0 44 10" aria-hidden="true"><path d="M0 5H44" stroke="${colour}" stroke-width="${width}"${dashes}/></svg>${escaped(name === "live" ? "living people turned away" : `${name} believed`)}</li>`;
  });
  return section(
    "Every threshold at once",
    `<ul class="key">${items.join("")}</ul>`,
    figure(
      "A higher threshold stops more attacks and turns more living people away. With few presentations each step is one of them.",
      linePlot({
        title: "APCER and BPCER by threshold",
        shape: "wide",
        x: linearAxis("Threshold of the passive score", 0, 1, 0.2, (value) => value.toFixed(1)),
        y: linearAxis("Share judged wrongly", 0, 1, 0.25, (value) => percent(value, 0)),
        lines,
        bars: [
          { x: liveMin, text: `liveMin ${liveMin}` },
          { x: liveSure, text: `liveSure ${liveSure}` },
        ],
      }),
    ),
  );
}
