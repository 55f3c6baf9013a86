import fc from "fast-check";
import { anyPlan, type Plan } from "./plan.ts";
import { type Lived, liveWorld, type WorldOptions } from "./world.ts";

export interface Tally {
  worlds: number;
  events: number;
  virtualMs: number;
  accepted: number;
  records: number;
  deaths: number;
  losses: number;
  forgotten: number;
}

export interface Verdict {
  readonly tally: Tally;
  /** Null where no world broke anything. */
  readonly broken: {
    readonly invariant: string;
    readonly sentence: string;
    /** `SEED` or `SEED:PATH`: lives the shrunk world again. */
    readonly replay: string;
    readonly plan: Plan;
  } | null;
}

export interface Run extends WorldOptions {
  readonly worlds: number;
  /** As `Verdict.broken.replay` gives it. */
  readonly replay?: string;
  readonly seed?: number;
  /** Without it the first broken world is given as it is: a mutant only has to be caught. */
  readonly shrinks?: boolean;
  /** Lived before all others. */
  readonly first?: readonly Plan[];
}

/** Lives so many worlds, and makes the first that breaks something as small as it gets. */
export async function liveWorlds({
  worlds,
  replay,
  seed,
  shrinks = true,
  first = [],
  ...options
}: Run): Promise<Verdict> {
  const tally: Tally = {
    worlds: 0,
    events: 0,
    virtualMs: 0,
    accepted: 0,
    records: 0,
    deaths: 0,
    losses: 0,
    forgotten: 0,
  };
  let last: Lived["violation"] = null;
  const property = fc.asyncProperty(anyPlan, async (plan) => {
    const lived = await liveWorld(plan, options);
    tally.worlds += 1;
    for (const name of ["events", "virtualMs", "accepted", "records", "deaths", "losses", "forgotten"] as const) {
      tally[name] += lived[name];
    }
    if (lived.violation === null) return true;
    last = lived.violation;
    return false;
  });
  const [seedText, ...path] = replay?.split(":") ?? [];
  const from = seedText === undefined ? seed : Number(seedText);
  const checked = await fc.check(property, {
    numRuns: worlds,
    examples: first.map((plan): [Plan] => [plan]),
    ...(from !== undefined && { seed: from }),
    ...(path.length > 0 && { path: path.join(":") }),
    endOnFailure: !shrinks || path.length > 0,
  });
  const plan = checked.counterexample?.[0];
  if (plan === undefined) return { tally, broken: null };
  // The last world that was lived is not the smallest that broke.
  const { violation } = shrinks ? await liveWorld(plan, options) : { violation: last };
  const { invariant, sentence } = violation ?? { invariant: "no bug", sentence: "it broke, and now it does not" };
  return { tally, broken: { invariant, sentence, plan, replay: `${checked.seed}:${checked.counterexamplePath}` } };
}
