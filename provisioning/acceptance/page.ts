import { bonaFide, type LightSeen } from "../../kiosk/core/acceptance.ts";
import { linearAxis } from "../eval/axes.ts";
import { list, table } from "../eval/markup.ts";
import { figure, keys, page, paragraph, section } from "../eval/page.ts";
import { percent, withInterval } from "../eval/percent.ts";
import { barPlot } from "../eval/plot.ts";
import * as bounds from "./bounds.ts";
import type { Draft } from "./draft.ts";
import { type Judged, judge, reasonsOf } from "./judge.ts";
import { type Species, speciesIn, worstOf } from "./spoof.ts";

/** The report of an acceptance: one file that can be printed, mailed and kept. No name, no picture, nobody's face. */
export function acceptancePage(draft: Draft, signedAt: string): string {
  const { facts } = draft;
  const judged = judge(draft);
  const count = (is: Judged["is"]): number => judged.filter((one) => one.is === is).length;
  const isWhole = count("passed") === judged.length;
  const pretended = facts.isSimulated ? " Rooms of this clock are pretended: this is no acceptance of a site." : "";
  const headline = isWhole
    ? "This clock was accepted on its wall"
    : `Not accepted yet: failed ${count("failed")}, open ${count("open")} of ${judged.length} parts`;
  return page("Site acceptance", headline, `${facts.site}, ${facts.place}. Signed ${signedAt}.${pretended}`, [
    section("What was found, and what to do", summary(judged), list(todos(judged))),
    lightSection(draft),
    reachSection(draft),
    waysSection(draft),
    networkSection(draft),
    spoofSection(draft),
    about(draft),
    proof(draft),
  ]);
}

const todos = (judged: readonly Judged[]): readonly string[] => {
  const all = judged.flatMap(({ title, advice }) => advice.map((what) => `${title}: ${plain(what)}`));
  return all.length === 0
    ? ["Nothing is left to do. Repeat it when the clock, its light or its software changes."]
    : all;
};

const summary = (judged: readonly Judged[]): string =>
  table(
    "The six parts",
    [
      { title: "Part", cell: ({ title }: Judged) => title },
      { title: "Result", cell: ({ is }: Judged) => is },
    ],
    judged,
  );

interface SeenRow {
  readonly what: string;
  readonly at: string;
  readonly by: string;
  readonly seen: LightSeen;
}

function lightSection({ lights, seated, standing }: Draft): string {
  const rows: SeenRow[] = [
    ...lights.map((one, nth) => ({ what: `Light ${nth + 1}`, ...one })),
    ...(seated === null ? [] : [{ what: "Seated", ...seated }]),
    ...(standing === null ? [] : [{ what: "Standing", ...standing }]),
  ];
  const of = (key: "luma" | "contrast" | "behind" | "sharpness") => ({
    cell: ({ seen: { lit } }: SeenRow) => (lit === null ? "–" : lit[key].toFixed(0)),
    isNumber: true,
  });
  return section(
    "Light, and how people are seen",
    paragraph(
      `Brightness on 0 to 255, medians over the pictures with a face. A face from ${bounds.light.lumaMin} to ${bounds.light.lumaMax} is used, from ${bounds.light.lumaGoodMin} to ${bounds.light.lumaGoodMax} is best; behind it may be at most ${bounds.behindMax} brighter.`,
    ),
    table(
      "What the camera measured on the wall",
      [
        { title: "Measurement", cell: ({ what }: SeenRow) => what },
        { title: "When (UTC)", cell: ({ at }) => whenOf(at) },
        { title: "Face", ...of("luma") },
        { title: "Contrast", ...of("contrast") },
        { title: "Behind", ...of("behind") },
        { title: "Sharpness", ...of("sharpness") },
        { title: "Usable", cell: ({ seen }) => `${seen.good} of ${seen.faces}`, isNumber: true },
        { title: "Middle of the face", cell: ({ seen: { box } }) => middleOf(box), isNumber: true },
      ],
      rows,
    ),
  );
}

const middleOf = (box: LightSeen["box"]): string =>
  box === null ? "–" : `${percent(box.y + box.height / 2, 0)} from the top`;

function reachSection({ reach }: Draft): string {
  const { lowestMm, highestMm, floorWideMm, floorDeepMm } = bounds.reach;
  const note = `With a tape measure. Between ${lowestMm} and ${highestMm} mm above the floor a hand reaches from a wheelchair (ADA 308; EN 301 549, 8.3, is about the same); the chair needs ${floorWideMm} by ${floorDeepMm} mm. Which norm binds this site, the site knows.`;
  if (reach === null) return section("Reach", paragraph(note), paragraph("Not measured."));
  const rows = [
    ["Highest place that is touched", `${reach.topMm} mm`],
    ["Lowest place that is touched", `${reach.bottomMm} mm`],
    ["Badge reader", reach.readerMm === 0 ? "none" : `${reach.readerMm} mm`],
    ["Free floor", `${reach.floorWideMm} by ${reach.floorDeepMm} mm`],
    ["With one hand, no grip, no twist", reach.isOneHanded ? "yes" : "no"],
    ["Measured", `${whenOf(reach.at)} UTC, by ${reach.by}`],
  ] as const;
  return section("Reach", paragraph(note), table("Measured at the wall", pairOf("What", "Value"), rows));
}

/** Of a terminal's sentence; a page has no backticks. */
const plain = (said: string): string => said.replaceAll("`", "");

const whenOf = (at: string): string => at.slice(0, 16).replace("T", " ");

const pairOf = (first: string, second: string) => [
  { title: first, cell: ([what]: readonly [string, string]) => what },
  { title: second, cell: ([, value]: readonly [string, string]) => value },
];

function waysSection({ ways, facts }: Draft): string {
  const rows = facts.ways.map((name): readonly [string, string] => {
    const tried = ways[name];
    if (tried === undefined) return [name, "not tried"];
    const { punch } = tried.watched;
    if (punch === null) return [name, `${whenOf(tried.at)} UTC: no punch came`];
    const { receipts } = tried;
    const receipt =
      receipts !== null && receipts.receipted > 0
        ? `receipted by ${receipts.receiver} within ${(receipts.tookMs / 1_000).toFixed(1)} s`
        : "not receipted";
    return [
      name,
      `${whenOf(tried.at)} UTC: record ${punch.epoch}/${punch.seq} (${punch.methods.join(" and ")}), ${receipt}`,
    ];
  });
  return section("Every way in use", table("Punches of test people, by record", pairOf("Way", "Result"), rows));
}

function networkSection({ network }: Draft): string {
  if (network === null) return section("Network away and back", paragraph("Not tried."));
  const { wasOffline, cameBack, punches, receipts, at, by } = network;
  const made = punches.flatMap(({ punch }) => (punch === null ? [] : [`${punch.epoch}/${punch.seq}`]));
  const rows = [
    ["Tried", `${whenOf(at)} UTC, by ${by}`],
    ["The clock noticed that it was offline", wasOffline ? "yes" : "no"],
    ["Punches meanwhile, by record", made.length === 0 ? "none" : made.join(", ")],
    ["The clock came back by itself", cameBack ? "yes" : "no"],
    [
      "Receipted afterwards",
      receipts === null ? "–" : `${receipts.receipted} of ${receipts.wanted}, by ${receipts.receiver}`,
    ],
  ] as const;
  return section(
    "Network away and back",
    table("What the clock saw", pairOf("What", "Result"), rows),
    paragraph(
      "Every record has one number in one signed chain, and its receipt names its hash: this clock handed each over once. That the office counted each once is seen in the office's own books, by these numbers.",
    ),
  );
}

function spoofSection(draft: Draft): string {
  const all = speciesIn(draft);
  const worst = worstOf(all);
  const living = all.find(({ name }) => name === bonaFide);
  if (all.length === 0) return section("Presentation attacks", paragraph("Nothing was presented."));
  return section(
    "Presentation attacks",
    paragraph(
      "In the style of ISO/IEC 30107-3, by people of the site, and no conformance test of it. Each presentation was judged by the rule that decides about punches, as if whatever was shown had been recognised for certain.",
    ),
    keys([
      ...(worst === null ? [] : [key(`APCER, worst attack: ${worst.name}`, worst)]),
      ...(living === undefined ? [] : [key("BPCER, living people turned away", living)]),
    ]),
    figure(
      "Judged wrongly: living people turned away (green), attacks believed (brown). The thin lines are 95 % intervals.",
      barPlot(
        "Errors by kind of presentation",
        linearAxis("Share judged wrongly", 0, 1, 0.25, (value) => percent(value, 0)),
        all.map((one) => ({
          ...{ name: one.name, value: one.wrong.rate, interval: one.wrong.interval, text: withInterval(one.wrong) },
          colour: one.name === bonaFide ? "#0B5D43" : "#8A4B00",
        })),
      ),
    ),
    table(
      "Intervals of 95 % after Clopper and Pearson; rates are of the presentations that the clock answered",
      [
        { title: "Presented", cell: ({ name }: Species) => name },
        { title: "How often", cell: ({ presentations }) => `${presentations}`, isNumber: true },
        { title: "Wrong", cell: ({ wrong }) => withInterval(wrong), isNumber: true },
        { title: "No answer", cell: ({ nonResponse }) => withInterval(nonResponse), isNumber: true },
        { title: "Why no answer", cell: ({ reasons }) => reasonsOf(reasons) || "–" },
        { title: "Asked to move", cell: ({ asked }) => `${asked}`, isNumber: true },
      ],
      all,
    ),
    list(all.map(weakness)),
  );
}

const key = (what: string, { wrong: { errors, trials, rate, interval } }: Species) => ({
  what,
  value: percent(rate, 0),
  note: `${errors} of ${trials}; 95 %: ${(interval[0] * 100).toFixed(0)} to ${percent(interval[1], 0)}`,
});

/** How little so many presentations prove. */
function weakness({ name, wrong: { errors, trials, ruleOfThree, interval } }: Species): string {
  if (trials === 0) return `${name}: nothing was answered, so nothing is known.`;
  const bound = percent(ruleOfThree ?? interval[1], 0);
  if ((ruleOfThree ?? interval[1]) >= 1) return `${name}: ${errors} of ${trials} wrong. So few prove nothing.`;
  return `${name}: ${errors} of ${trials} wrong. That is weak evidence: 95 % sure only that it is fewer than ${bound} of such presentations, by these people, in this light.`;
}

function about(draft: Draft): string {
  const { facts } = draft;
  const { thresholds: by } = facts;
  const rows = [
    ["Clock", `${facts.device}, of ${facts.tenant}`],
    ["Tested by", operatorsIn(draft).join(", ")],
    ["Software", `Lintel ${facts.release} on Node ${facts.node}`],
    ["Model space", facts.spaceId],
    ["liveMin, liveSure", `${by.liveMin}, ${by.liveSure}`],
    ["challengeShare", `${by.challengeShare}`],
    ["A look, a movement", `${by.lookMs / 1_000} s, ${by.challengeMs / 1_000} s`],
    ...facts.models.map(
      ({ kind, file, sha256 }) => [`Model: ${kind}`, `${file}, SHA-256 ${sha256.slice(0, 16)}…`] as const,
    ),
  ] as const;
  return section("What was tested", table("The clock and what it decides by", pairOf("What", "Value"), rows));
}

/** Pseudonyms; who they are, the employer knows. */
function operatorsIn({
  facts,
  lights,
  seated,
  standing,
  reach,
  ways,
  network,
  presentations,
}: Draft): readonly string[] {
  const noted = [...lights, seated, standing, reach, ...Object.values(ways), network, ...presentations];
  return [...new Set([facts.by, ...noted.flatMap((one) => (one === null ? [] : [one.by]))])];
}

const proof = ({ facts }: Draft): string =>
  section(
    "What the signature says",
    paragraph(
      `The last line of this file is a record of the clock's own journal, signed by its record key ${facts.kid}. It holds the SHA-256 of everything above it, who had it signed, and when. lintel acceptance verify FILE --clock device.pub.jwk checks it; the same record is with every receiver.`,
    ),
    paragraph(
      "It proves that this clock signed this very text in a technician's session. The clock measured light, presentations, punches and receipts itself; heights were typed by a person, and so was which presentation was which. One record was written before every test, so whoever has the journal can count the tests and compare.",
    ),
  );
