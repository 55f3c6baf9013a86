import { adviceOf } from "./advice.ts";
import { clipKinds, type Group, pictureKinds, readGroups, unusable } from "./folder.ts";
import { type ModelChoice, openMeasured } from "./models.ts";
import { medianOf, type Presentation, present } from "./presentation.ts";
import type { Progress } from "./progress.ts";
import { type Proportion, proportionOf } from "./proportion.ts";
import type { LivenessResult, SpeciesResult } from "./result.ts";

export interface LivenessOptions {
  readonly directory: string;
  readonly models: ModelChoice;
  /** The kiosk's two thresholds. */
  readonly liveMin: number;
  readonly liveSure: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** The folder of living people; every other one is a species of attack. */
const liveName = "live";

/**
 * Measures the passive presentation attack detection on `live/` and one folder per species of attack; each file is one
 * presentation.
 * @throws Fault `eval-unusable`, `tool-missing`, and those of the models.
 */
export async function evaluateLiveness(options: LivenessOptions): Promise<LivenessResult> {
  const { liveMin, liveSure, progress, signal } = options;
  const kinds = new Set([...pictureKinds, ...clipKinds]);
  const { groups, ignored } = await readGroups(options.directory, kinds);
  if (groups.every(({ name }) => name !== liveName)) throw unusable("it has no folder `live`");
  const { networks, about } = await openMeasured(options.models);
  await using opened = new AsyncDisposableStack();
  opened.use(networks);

  const total = groups.reduce((sum, { files }) => sum + files.length, 0);
  progress.begin("Looking at the presentations", total);
  let done = 0;
  const measured: { readonly group: Group; readonly presentations: readonly Presentation[] }[] = [];
  for (const group of groups) {
    const presentations: Presentation[] = [];
    for (const path of group.files) {
      signal.throwIfAborted();
      presentations.push(await present(networks, path, signal));
      done += 1;
      progress.reach(done);
    }
    measured.push({ group, presentations });
  }
  progress.end();

  const results = measured.map(({ group, presentations }) => speciesOf(group.name, presentations, options));
  const living = measured.find(({ group }) => group.name === liveName)?.presentations ?? [];
  const attacks = results.filter(({ name }) => name !== liveName);
  const result = {
    schema: "lintel.eval.liveness/1" as const,
    ...about,
    ...{ liveMin, liveSure, frames: networks.liveness.frames, ignored },
    live: results.find(({ name }) => name === liveName) ?? null,
    attacks,
    worst: worstOf(attacks),
    conditions: {
      presentations: living.filter(({ luma }) => luma !== null).length,
      luma: medianOf(living.map(({ luma }) => luma).filter((luma) => luma !== null)),
      widthShare: medianOf(living.map(({ widthShare }) => widthShare).filter((width) => width !== null)),
    },
  };
  return { ...result, advice: adviceOf(result) };
}

function speciesOf(
  name: string,
  presentations: readonly Presentation[],
  { liveMin, liveSure }: LivenessOptions,
): SpeciesResult {
  const scores = presentations
    .map(({ score }) => score)
    .filter((score) => score !== null)
    .sort((a, b) => a - b);
  const reasons: Record<string, number> = {};
  for (const { reason } of presentations) if (reason !== null) reasons[reason] = (reasons[reason] ?? 0) + 1;
  const wrongAt = (threshold: number): Proportion => wrong(scores, name === liveName, threshold);
  return {
    name,
    presentations: presentations.length,
    nonResponse: proportionOf(presentations.length - scores.length, presentations.length),
    reasons,
    scores,
    atLiveMin: wrongAt(liveMin),
    atLiveSure: wrongAt(liveSure),
  };
}

/** Living people below the threshold, or attacks at it or above, among those with a score. */
export function wrong(scores: readonly number[], isLive: boolean, threshold: number): Proportion {
  const passed = scores.filter((score) => score >= threshold).length;
  return proportionOf(isLive ? scores.length - passed : passed, scores.length);
}

/** The species with the highest APCER governs; of equals, the one whose interval reaches higher. */
function worstOf(attacks: readonly SpeciesResult[]): string | null {
  const key = ({ atLiveSure: { rate, interval } }: SpeciesResult): number => (rate ?? 0) * 2 + interval[1] / 1e3;
  const [worst] = attacks.filter(({ scores }) => scores.length > 0).sort((a, b) => key(b) - key(a));
  return worst?.name ?? null;
}
