import { grouped, percent, rateText, withInterval } from "./percent.ts";
import type { FacesResult, LivenessResult, SystemResult } from "./result.ts";

/** Results in words, for the terminal and the report alike. */

export function setSentence({ set, systems }: FacesResult): string {
  const [ours] = systems;
  const pads =
    set.padding === "auto"
      ? `${grouped(set.padded)} tight crops were widened by 40 % on each side, edge pixels repeated`
      : `every picture was widened by ${percent(set.padding, 0)} on each side, edge pixels repeated`;
  return `${grouped(set.pictures)} pictures of ${grouped(set.people)} people, ${grouped(ours?.genuinePairs ?? 0)} pairs of one person, ${grouped(ours?.impostorPairs ?? 0)} of two; ${set.padding === 0 ? "no picture was widened" : pads}.`;
}

export function failureSentence({ failures }: FacesResult): string {
  const { unreadable, "no-face": noFace, "no-description": noDescription } = failures;
  const total = unreadable + noFace + noDescription;
  if (total === 0) return "Every picture gave a template.";
  return `No template came from ${total} pictures: ${unreadable} could not be read, in ${noFace} no face was found, ${noDescription} gave no description.`;
}

/** 98.9 % (97.3 to 100.0 %), and what it is with failures counted, where that differs. */
export function tarText(point: SystemResult["points"][number] | undefined): string {
  if (point === undefined) return "–";
  const { tar, tarOfAll } = point;
  return Math.abs(tar - tarOfAll) < 1e-9 ? percent(tar) : `${percent(tar)} (${percent(tarOfAll)})`;
}

export function limitsOf(result: FacesResult): readonly string[] {
  const [ours] = result.systems;
  const weak = (ours?.points ?? []).filter(({ isWellSupported }) => !isWellSupported);
  return [
    ...(weak.length === 0
      ? []
      : [
          `Fewer than 30 false matches stand behind the thresholds at ${weak.map(({ fmrTarget }) => rateText(fmrTarget)).join(", ")}: by the rule of 30 (ISO/IEC 19795-1) these are indications.`,
        ]),
    (ours?.points ?? []).some(({ tarInterval }) => tarInterval !== null)
      ? `Pairs that share a person are not independent. The intervals of the true accept rate come from drawing ${grouped(result.set.people)} people anew, 1,000 times; with few people they are wide, and too narrow still.`
      : "Pairs that share a person are not independent, and an interval over people takes ten of them and a miss: none is given.",
    "Pictures of a collection are not people at a clock: light, camera, distance and pose differ, and so will the rates.",
    "Nothing here says how the rates differ by age, sex or colour of skin: the folders do not tell, and we do not guess.",
    "Famous faces may have been among the pictures the models were trained with.",
  ];
}

export function facesSentences(result: FacesResult): readonly string[] {
  const lines = [setSentence(result), failureSentence(result), ""];
  for (const system of result.systems) {
    lines.push(`${system.name}: failure to enrol ${withInterval(system.fte)}`);
    for (const point of system.points) {
      const people =
        point.tarInterval === null
          ? ""
          : `; over people ${(point.tarInterval[0] * 100).toFixed(1)} to ${percent(point.tarInterval[1])}`;
      lines.push(
        `  FMR ${rateText(point.fmrTarget)}: TAR ${tarText(point)}, FNMR ${withInterval(point.fnmr)}${people}; threshold ${point.threshold.toFixed(3)}`,
      );
    }
    if (system.eer !== null)
      lines.push(`  EER ${percent(system.eer.rate, 2)}, area under the ROC ${system.auc?.toFixed(5)}`);
    if (system.points.length === 0)
      lines.push("  no pairs to compare: it takes two people, one of them with two pictures");
  }
  for (const { templates, people, threshold, margin, rankOneErrors, fnir, fpir } of result.searches) {
    lines.push(
      "",
      `Among ${people} people, ${templates === 1 ? "1 template" : "3 templates and their mean"} each, from ${threshold.toFixed(3)}, second ${margin} behind:`,
      `  FNIR ${withInterval(fnir)}`,
      `  FPIR ${withInterval(fpir)}`,
      `  somebody else first ${withInterval(rankOneErrors)}`,
    );
  }
  return [...lines, "", ...limitsOf(result)];
}

export function livenessSentences(result: LivenessResult): readonly string[] {
  const { live, attacks, liveSure, liveMin } = result;
  const species = [...(live === null ? [] : [live]), ...attacks];
  return [
    ...species.flatMap(({ name, presentations, nonResponse, atLiveSure, atLiveMin }) => {
      const rate = name === "live" ? "BPCER" : "APCER";
      return [
        `${name}: ${presentations} presentations, no score from ${nonResponse.errors}`,
        `  ${rate} at ${liveSure}: ${withInterval(atLiveSure)}`,
        `  ${rate} at ${liveMin}: ${withInterval(atLiveMin)}`,
      ];
    }),
    "",
    ...result.advice,
  ];
}
