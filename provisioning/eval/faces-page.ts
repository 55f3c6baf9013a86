import { deviateAxis, linearAxis, logAxis } from "./axes.ts";
import { escaped, list, table } from "./markup.ts";
import { figure, keys, page, pair, paragraph, provenance, section } from "./page.ts";
import { grouped, percent, rateText, withInterval } from "./percent.ts";
import { histogramPlot, linePlot, styleOf } from "./plot.ts";
import type { FacesResult, SystemResult } from "./result.ts";
import { failureSentence, limitsOf, setSentence, tarText } from "./sentences.ts";

/** The whole report on recognition, for a browser or a printer. */
export function facesPage(result: FacesResult): string {
  const [ours] = result.systems;
  if (ours === undefined) throw new RangeError("a result without a system");
  const sections = [
    keys([
      ...ours.points.map((point) => ({
        what: `TAR at FMR ${rateText(point.fmrTarget)}`,
        value: percent(point.tar),
        note: `from cosine ${point.threshold.toFixed(3)}; ${certaintyOf(point)}`,
      })),
      {
        what: "Failure to enrol",
        value: percent(ours.fte.rate),
        note: `${ours.fte.errors} of ${grouped(ours.fte.trials)} pictures`,
      },
    ]),
    ...(ours.points.length === 0 ? [] : [comparison(result), curves(result.systems), distribution(ours, result)]),
    ...(result.searches.length === 0 ? [] : [search(result)]),
    section("What this does not tell", list(limitsOf(result))),
    provenance(result),
  ];
  return page("Recognition", headlineOf(ours), setSentence(result), sections);
}

/** The strictest rate that the set can carry, or that it carries none. */
function headlineOf({ points, genuinePairs }: SystemResult): string {
  const point = points.findLast(({ isWellSupported }) => isWellSupported);
  if (points.length === 0) return "This set has no two people with two pictures: nothing could be compared";
  if (point !== undefined) {
    return `${percent(point.tar)} of true pairs are recognised, at one false match in ${grouped(Math.round(1 / point.fmrTarget))}`;
  }
  const missed = points.at(-1)?.fnmr.errors ?? 0;
  return `Too few pictures for a rate: ${missed === 0 ? "none" : grouped(missed)} of ${grouped(genuinePairs)} true pairs missed at the strictest threshold`;
}

function certaintyOf({ tarInterval, fnmr, isWellSupported }: SystemResult["points"][number]): string {
  const support = isWellSupported ? "" : "; too few pairs to rely on";
  if (tarInterval !== null) {
    return `95 % over people: ${(tarInterval[0] * 100).toFixed(1)} to ${percent(tarInterval[1])}${support}`;
  }
  return fnmr.errors === 0 ? `no pair missed${support}` : `too few people for an interval${support}`;
}

function comparison(result: FacesResult): string {
  const { systems } = result;
  const targets = systems[0]?.points.map(({ fmrTarget }) => fmrTarget) ?? [];
  const title = systems.length > 1 ? "The same pictures, the same pairs, the same run" : "Comparing two pictures (1:1)";
  return section(
    title,
    table(
      "Share of true pairs accepted (1 - FNMR) at three false match rates; in brackets with pictures that gave no template counted as missed",
      [
        { title: "System", cell: ({ name }: SystemResult) => name },
        { title: "Failure to enrol", cell: ({ fte }) => `${fte.errors} of ${grouped(fte.trials)}`, isNumber: true },
        ...targets.map((target, at) => ({
          title: `FMR ${rateText(target)}`,
          cell: ({ points }: SystemResult) => tarText(points[at]),
          isNumber: true,
        })),
        { title: "Equal error rate", cell: ({ eer }) => percent(eer?.rate ?? null, 2), isNumber: true },
        { title: "Area under ROC", cell: ({ auc }) => (auc === null ? "–" : auc.toFixed(5)), isNumber: true },
      ],
      [...systems],
    ),
    paragraph(failureSentence(result)),
  );
}

function curves(systems: readonly SystemResult[]): string {
  const lines = systems.map(({ name, curve }, style) => ({
    name,
    style,
    isStepped: true,
    points: curve.map(([, fmr, fnmr]): [number, number] => [fmr, fnmr]),
  }));
  const [ours] = systems;
  const lowest = systems.reduce((least, { points }) => Math.min(least, ...points.map(({ tar }) => tar)), 1);
  // A fifth of what is left is then a round number.
  const floor = [0.95, 0.9, 0.8, 0.5].find((round) => round < lowest - 0.01) ?? 0;
  const rateTexts = (value: number): string =>
    value >= 0.01 ? `${value * 100} %` : `${+(value * 100).toPrecision(1)} %`;
  const fmrFrom = 1e-5;
  const roc = linePlot({
    title: "Receiver operating characteristic",
    shape: "half",
    x: logAxis("False match rate (FMR), logarithmic", fmrFrom, 1, rateTexts),
    y: linearAxis("True accept rate (1 - FNMR)", floor, 1, (1 - floor) / 5, (value) => percent(value, 0)),
    lines: lines.map((line) => ({ ...line, points: line.points.map(([x, y]): [number, number] => [x, 1 - y]) })),
    marks: (ours?.points ?? []).map(({ fmr, tar }) => ({ x: fmr.rate ?? 0, y: tar })),
  });
  const values = [1e-5, 1e-4, 1e-3, 1e-2, 0.05, 0.2, 0.4];
  const det = linePlot({
    title: "Detection error trade-off",
    shape: "half",
    x: deviateAxis("False match rate (FMR), normal deviate", fmrFrom, 0.5, values, rateTexts),
    y: deviateAxis("False non-match rate (FNMR), normal deviate", 1e-4, 0.5, values, rateTexts),
    lines,
  });
  const key = systems.map(({ name }, at) => {
    const { colour, width, dash } = styleOf(at);
    const dashes = dash === "" ? "" : ` stroke-dasharray="${dash}"`;
    return `<li><svg viewBox="0 0 44 10" aria-hidden="true"><path d="M0 5H44" stroke="${colour}" stroke-width="${width}"${dashes}/></svg>${escaped(name)}</li>`;
  });
  return section(
    "Every threshold at once",
    systems.length > 1 ? `<ul class="key">${key.join("")}</ul>` : "",
    pair(
      figure("ROC. Towards the upper left is better. Dots: the three rates above.", roc),
      figure("DET. Towards the lower left is better; both axes by normal deviates.", det),
    ),
  );
}

function distribution({ histogram, points }: SystemResult, { searches }: FacesResult): string {
  const highest = Math.max(...histogram.genuine, ...histogram.impostors);
  const top = Math.max(0.05, Math.ceil(highest * 20) / 20);
  const at1000 = points.find(({ fmrTarget }) => fmrTarget === 1e-3);
  const search = searches[0];
  return section(
    "How alike pictures are",
    figure(
      "Cosine similarity of all pairs: brown of different people, green of one person. Each shape is a share of its own pairs.",
      histogramPlot({
        title: "Distribution of similarities",
        shape: "wide",
        x: linearAxis("Cosine similarity", -0.4, 1, 0.2, (value) => value.toFixed(1)),
        y: linearAxis("Share of pairs", 0, top, top / 5, (value) => percent(value, 0)),
        from: -1,
        to: 1,
        series: [
          { shares: histogram.impostors, colour: "#8A4B00" },
          { shares: histogram.genuine, colour: "#0B5D43" },
        ],
        bars: [
          ...(at1000 === undefined
            ? []
            : [{ x: at1000.threshold, text: `FMR 1 in 1,000: ${at1000.threshold.toFixed(3)}` }]),
          ...(search === undefined
            ? []
            : [{ x: search.threshold, text: `the kiosk's 1:N: ${search.threshold.toFixed(3)}` }]),
        ],
      }),
    ),
  );
}

function search({ searches }: FacesResult): string {
  const [first] = searches;
  return section(
    "Looking for one among many (1:N)",
    paragraph(
      `With ${first?.people} people enrolled, and a target of one stranger in ${Math.round(1 / (first?.fpirTarget ?? 1))} being named, the kiosk asks for a cosine of ${first?.threshold.toFixed(3)} and a second person at least ${first?.margin} behind. Here single pictures are looked for; the kiosk also wants three frames to agree.`,
    ),
    table(
      "Rates with 95 % intervals (Clopper-Pearson; pictures of one person are not independent)",
      [
        {
          title: "Templates per person",
          cell: ({ templates }) => (templates === 1 ? "1 picture" : "3 pictures and their mean"),
        },
        {
          title: "Somebody else first (closed set)",
          cell: ({ rankOneErrors }) => withInterval(rankOneErrors),
          isNumber: true,
        },
        { title: "FNIR: enrolled, not named", cell: ({ fnir }) => withInterval(fnir), isNumber: true },
        { title: "FPIR: not enrolled, named", cell: ({ fpir }) => withInterval(fpir), isNumber: true },
      ],
      [...searches],
    ),
  );
}
