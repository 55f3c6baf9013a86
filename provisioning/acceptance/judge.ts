import { bonaFide, type LightSeen } from "../../kiosk/core/acceptance.ts";
import { percent } from "../eval/percent.ts";
import { problemWords } from "../guidance.ts";
import * as bounds from "./bounds.ts";
import type { Draft, NetworkTried, Reach, WayTried } from "./draft.ts";
import { speciesIn, worstOf } from "./spoof.ts";

/** What was measured, held against what a site has to keep to; and where it does not, what to change there. */

export const partNames = ["light", "heights", "reach", "ways", "network", "spoof"] as const;
export type PartName = (typeof partNames)[number];

export interface Judged {
  readonly part: PartName;
  readonly title: string;
  /** open: not measured, or not enough of it. */
  readonly is: "passed" | "failed" | "open";
  /** What to change, or what is missing; empty where it passed. */
  readonly advice: readonly string[];
}

export const judge = (draft: Draft): readonly Judged[] => [
  judged("light", "Light on a face, three times of day", lightTodo(draft), lightMissing(draft)),
  judged("heights", "Seen from a chair and standing", heightsTodo(draft), heightsMissing(draft)),
  judged("reach", "Reach to everything that is touched", reachTodo(draft.reach), missingIf(draft.reach === null)),
  judged("ways", "Every way in use, to its receipt", waysTodo(draft), waysMissing(draft)),
  judged("network", "Network away and back", networkTodo(draft.network), missingIf(draft.network === null)),
  judged("spoof", "Presentation attacks", spoofTodo(draft), spoofMissing(draft)),
];

function judged(part: PartName, title: string, advice: readonly string[], missing: readonly string[]): Judged {
  return {
    part,
    title,
    is: advice.length > 0 ? "failed" : missing.length > 0 ? "open" : "passed",
    advice: [...advice, ...missing],
  };
}

const missingIf = (isMissing: boolean): readonly string[] => (isMissing ? ["Not measured yet."] : []);

/** One face, one moment: what is wrong with it, and what to do. */
export function seenTodo({ faces, good, problems, lit }: LightSeen): readonly string[] {
  if (faces === 0 || lit === null) {
    return ["No face was found: is the camera free, does it point at people, does it see down to a seated person?"];
  }
  const [most] = Object.entries(problems).sort(([, a], [, b]) => b - a);
  const usable = good / faces;
  return [
    ...(lit.luma < bounds.light.lumaMin
      ? [
          `The face is dark (${round(lit.luma)} of 255, at least ${bounds.light.lumaMin}): put a lamp in front of the people, never behind them.`,
        ]
      : []),
    ...(lit.luma > bounds.light.lumaMax
      ? [
          `The face is too bright (${round(lit.luma)} of 255, at most ${bounds.light.lumaMax}): shade the lamp or the window that shines on it.`,
        ]
      : []),
    ...(lit.behind - lit.luma > bounds.behindMax
      ? [
          `It is ${round(lit.behind - lit.luma)} brighter behind the people than on their faces: turn the clock away from the window, hang a blind, or light the faces.`,
        ]
      : []),
    ...(lit.contrast < bounds.contrastMin
      ? [
          `The face is flat (contrast ${round(lit.contrast)}, at least ${bounds.contrastMin}): light from the side of the camera, clean the lens, take away fog or a protective film.`,
        ]
      : []),
    ...(lit.sharpness < bounds.sharpnessMin
      ? [
          `The face is not sharp (${round(lit.sharpness)}, at least ${bounds.sharpnessMin}): clean the lens, focus the camera at 70 cm.`,
        ]
      : []),
    ...(good < bounds.goodMin || usable < bounds.goodShareMin
      ? [
          `Only ${good} of ${faces} pictures of the face could be used${most === undefined ? "" : `; most often: ${problemWords(most[0])} (${most[0]})`}.`,
        ]
      : []),
  ];
}

const lightTodo = ({ lights }: Draft): readonly string[] =>
  lights.flatMap(({ at, seen }) => seenTodo(seen).map((advice) => `${at.slice(0, 16)}Z: ${advice}`));

/** Measured hours apart: the same noon three times is one time of day. */
function lightMissing({ lights }: Draft): readonly string[] {
  let [count, lastMs] = [0, Number.NEGATIVE_INFINITY];
  for (const atMs of lights.map(({ at }) => Date.parse(at)).sort((a, b) => a - b)) {
    if (atMs - lastMs < bounds.apartMs) continue;
    count += 1;
    lastMs = atMs;
  }
  if (count >= bounds.lightsWanted) return [];
  return [
    `Measured at ${count} of ${bounds.lightsWanted} times of day (two hours apart or more): come again with \`lintel acceptance run light\`.`,
  ];
}

const heightsTodo = ({ seated, standing }: Draft): readonly string[] => [
  ...(seated === null
    ? []
    : seenTodo(seated.seen).map(
        (advice) =>
          `Seated: ${advice} Hang the clock lower or tilt the camera; one camera sees about 38 cm of heights (docs/field-guide.md), so badges are for the others.`,
      )),
  ...(standing === null
    ? []
    : seenTodo(standing.seen).map(
        (advice) =>
          `Standing: ${advice} Hang the clock higher or tilt the camera; one camera sees about 38 cm of heights (docs/field-guide.md), so badges are for the others.`,
      )),
];

const heightsMissing = ({ seated, standing }: Draft): readonly string[] => [
  ...(seated === null ? ["Nobody was seen seated yet."] : []),
  ...(standing === null ? ["Nobody was seen standing yet."] : []),
];

function reachTodo(reach: Reach | null): readonly string[] {
  if (reach === null) return [];
  const { lowestMm, highestMm, floorWideMm, floorDeepMm } = bounds.reach;
  const high = (what: string, mm: number): readonly string[] =>
    mm > highestMm
      ? [`${what} is ${mm} mm above the floor: ${highestMm} mm is the most that is reached from a chair.`]
      : [];
  const low = (what: string, mm: number): readonly string[] =>
    mm > 0 && mm < lowestMm ? [`${what} is ${mm} mm above the floor: ${lowestMm} mm is the least.`] : [];
  return [
    ...high("The highest place that is touched", reach.topMm),
    ...low("The lowest place that is touched", reach.bottomMm),
    ...high("The badge reader", reach.readerMm),
    ...low("The badge reader", reach.readerMm),
    ...(reach.floorWideMm < floorWideMm || reach.floorDeepMm < floorDeepMm
      ? [
          `The free floor is ${reach.floorWideMm} by ${reach.floorDeepMm} mm: a chair needs ${floorWideMm} by ${floorDeepMm} mm.`,
        ]
      : []),
    ...(reach.isOneHanded ? [] : ["Something needs two hands, a grip or a twist: change the reader or its place."]),
  ];
}

const waysTodo = ({ ways }: Draft): readonly string[] =>
  Object.entries(ways).flatMap(([name, tried]) => wayTodo(name, tried));

function wayTodo(name: string, { watched: { punch, online }, receipts }: WayTried): readonly string[] {
  if (punch === null) {
    return [
      `${name}: no punch of a test person was written within a minute. Try it once more; \`lintel doctor\` says what is wrong.`,
    ];
  }
  const isReceipted = receipts !== null && receipts.receipted === receipts.wanted;
  return [
    ...(isReceipted
      ? []
      : [
          `${name}: written, and nobody receipted it${online ? "" : ", the clock is offline"}: \`lintel doctor\` says why.`,
        ]),
    ...(isReceipted && receipts.tookMs > bounds.receiptMs
      ? [`${name}: its receipt took ${round(receipts.tookMs / 1_000)} s: look at the network and at the receiver.`]
      : []),
    ...(punch.flags.length > 0
      ? [`${name}: the punch is flagged (${punch.flags.join(", ")}): see docs/attendance.md.`]
      : []),
  ];
}

const waysMissing = ({ facts, ways }: Draft): readonly string[] =>
  facts.ways.filter((name) => ways[name] === undefined).map((name) => `${name}: not tried yet.`);

function networkTodo(network: NetworkTried | null): readonly string[] {
  if (network === null) return [];
  const { wasOffline, cameBack, punches, receipts } = network;
  const made = punches.flatMap(({ punch }) => (punch === null ? [] : [`${punch.epoch}/${punch.seq}`]));
  return [
    ...(wasOffline
      ? []
      : ["The clock stayed online with its cable pulled: find the other way into the network, or pull that too."]),
    ...(wasOffline && made.length === 0 ? ["No punch was made while the network was away: repeat the part."] : []),
    ...(cameBack
      ? []
      : ["The clock did not find its broker again within two minutes: `lintel doctor` says what is in the way."]),
    ...(receipts !== null && receipts.receipted < receipts.wanted
      ? [`${receipts.wanted - receipts.receipted} of ${receipts.wanted} punches made offline were not receipted.`]
      : []),
    ...(new Set(made).size < made.length ? ["Two punches have one number: stop this clock and report it."] : []),
  ];
}

function spoofTodo(draft: Draft): readonly string[] {
  const all = speciesIn(draft);
  const living = all.find(({ name }) => name === bonaFide);
  const worst = worstOf(all);
  return [
    ...(worst !== null && worst.wrong.errors > 0
      ? [
          `${worst.name}: ${worst.wrong.errors} of ${worst.wrong.trials} were believed. Ask everybody for a movement (challengeShare 1), or ask for the badge with the face.`,
        ]
      : []),
    ...(living !== undefined && (living.wrong.rate ?? 0) > bounds.bpcerMax
      ? [
          `Living people: ${living.wrong.errors} of ${living.wrong.trials} were turned away (more than ${percent(bounds.bpcerMax, 0)}): mend the light before the threshold.`,
        ]
      : []),
    ...(living !== undefined && (living.nonResponse.rate ?? 0) > bounds.bpcerMax
      ? [
          `Living people: ${living.nonResponse.errors} of ${living.nonResponse.trials} came to no answer (${reasonsOf(living.reasons)}).`,
        ]
      : []),
  ];
}

function spoofMissing(draft: Draft): readonly string[] {
  const all = speciesIn(draft);
  return [
    ...(all.some(({ name, wrong }) => name === bonaFide && wrong.trials > 0) ? [] : ["No living person was judged."]),
    ...(worstOf(all) === null ? ["No attack was judged."] : []),
  ];
}

export const reasonsOf = (reasons: Readonly<Record<string, number>>): string =>
  Object.entries(reasons)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(", ");

const round = (value: number): string => String(Math.round(value));
