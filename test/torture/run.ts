import { parseArgs } from "node:util";
import { brokerForgets, queueOverflows, workerDies } from "./broker-loses.ts";
import { type Chance, openChance } from "./chance.ts";
import { diskDies, diskFull, openSmallDisk } from "./disk.ts";
import { falseTimes, throughTime } from "./false-time.ts";
import { flooded } from "./flood.ts";
import { killEverything } from "./kill.ts";
import { badWeek, far, halfOpen, lossy } from "./network.ts";
import { rot } from "./rot.ts";
import { twoOnOneJournal } from "./two.ts";
import type { Verdict } from "./verdict.ts";

/**
 * `npm run torture -- --minutes 60 --seed 1 --only kill`: the scenarios of test/crash with parameters by chance, for as long
 * as somebody has. One line for each trial; at the end what it came to. Exit 1 on any loss, 2 where the words are not
 * understood.
 *
 * A seed brings back what was done and when; real processes answer a little differently each time.
 */
interface Done {
  /** Things done to the system: kills, cuts, flips, starts. */
  readonly blows: number;
  readonly accepted: number;
  readonly lost: readonly string[];
  readonly duplicates: readonly string[];
  readonly forks: number;
  /** What else is not as it must be. */
  readonly odd: readonly string[];
  readonly note: string;
}

const done = (verdict: Verdict & { readonly healingMs?: number }, blows: number, more = ""): Done => ({
  blows,
  accepted: verdict.accepted,
  lost: verdict.lost,
  duplicates: [...verdict.twice, ...verdict.reused],
  forks: verdict.forks,
  odd: [
    ...verdict.unequal.map((place) => `journal and sink differ at ${place}`),
    ...(verdict.refused > 0 ? [`${verdict.refused} set aside`] : []),
  ],
  note: `healed in ${Math.round(verdict.healingMs ?? 0)} ms${more === "" ? "" : `, ${more}`}`,
});

const onDisk = async (megabytes: number, act: typeof diskFull): Promise<Done | string> => {
  using disk = openSmallDisk(megabytes);
  if (disk === null) return "not done: mounting a small disk needs root";
  const outcome = await act(disk);
  return done(outcome, 1, `refused ${JSON.stringify(outcome.refusals)}`);
};

/** A string says why it could not be done here. */
const scenarios: Readonly<Record<string, (chance: Chance) => Promise<Done | string>>> = {
  kill: async (chance) => {
    const outcome = await killEverything(chance, chance.between(10_000, 40_000));
    const { clock, broker, receiver, database } = outcome.kills;
    const counts = `killed: clock ${clock}, broker ${broker}, receiver ${receiver}, database ${database}`;
    return done(outcome, clock + broker + receiver + database, counts);
  },
  "broker-forgets": async (chance) => {
    const outcome = await brokerForgets(chance.whole(200, 3_000));
    return done(outcome, 1, `the broker promised ${outcome.promised} and delivered ${outcome.delivered}`);
  },
  "queue-overflows": async (chance) => {
    const outcome = await queueOverflows(chance.whole(1_500, 6_000));
    return done(outcome, 1, `the broker promised ${outcome.promised} and delivered ${outcome.delivered}`);
  },
  "worker-dies": async (chance) => done(await workerDies(chance, chance.whole(500, 5_000)), 1),
  decay: async (chance) => {
    const { trials, accepted, declared, silent } = await rot(chance, 60);
    const nothing = { duplicates: [], forks: 0, odd: [] };
    return { ...nothing, blows: trials, accepted, lost: silent, note: `${declared} unreadable and declared` };
  },
  "disk-full": (chance) => onDisk(chance.whole(16, 40), diskFull),
  "disk-dies": (chance) => onDisk(chance.whole(16, 40), diskDies),
  time: async (chance) => {
    const names = Object.keys(falseTimes).sort(() => chance.next() - 0.5);
    const outcome = await throughTime(names);
    const sound = done(outcome, 2 * names.length, `${outcome.fixes} time fixes`);
    return { ...sound, odd: [...sound.odd, ...outcome.wrongFixes, ...outcome.disordered] };
  },
  lossy: async (chance) => {
    const loss = chance.between(0.3, 0.95);
    const outcome = await lossy(chance.next, loss, 4);
    return done(outcome, outcome.segments.lost, `${Math.round(loss * 100)} % loss`);
  },
  far: async (chance) => done(await far(chance.next, chance.between(1_000, 8_000)), 1),
  "half-open": async (chance) => {
    const outcome = await halfOpen(chance.next, chance.oneOf(["to-broker", "to-clock", "both"]));
    return done(outcome, 1, `noticed after ${Math.round(outcome.noticedMs)} ms`);
  },
  "bad-week": async (chance) => {
    const outcome = await badWeek(chance, chance.between(10_000, 40_000));
    return done(outcome, outcome.connections + outcome.segments.lost);
  },
  two: async (chance) => {
    const { accepted, lost, reused, undecided, losers } = await twoOnOneJournal(chance, 20);
    const odd = [...undecided, ...losers.filter((end) => end !== "75 journal-busy")];
    return { blows: 20, accepted, lost, duplicates: reused, forks: 0, odd, note: "20 races" };
  },
  flood: async (chance) => {
    const outcome = await flooded({ perS: chance.whole(5_000, 15_000), rounds: 2, samples: 100 });
    const [before, after] = outcome.residentMb;
    const sound = done(outcome, 1, `${outcome.perS} a second, ${before} to ${after} MB`);
    return { ...sound, odd: [...sound.odd, ...outcome.strayViews] };
  },
};

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "10" },
      seed: { type: "string" },
      only: { type: "string", default: Object.keys(scenarios).join(",") },
    },
  });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const { only: names } = values;
  const wanted = names.split(",");
  const minutes = Number(values.minutes);
  if (!(minutes > 0) || !Number.isInteger(seed) || wanted.some((name) => scenarios[name] === undefined)) {
    process.stderr.write(`torture --minutes N [--seed N] [--only ${Object.keys(scenarios).join(",")}]\n`);
    return 2;
  }
  process.stdout.write(`seed ${seed}, ${minutes} minutes, Node ${process.version}\n`);
  const total = { trials: 0, blows: 0, accepted: 0, losses: 0, duplicates: 0, forks: 0, odd: 0, failed: 0 };
  const undone = new Set<string>();
  const bad: string[] = [];
  const endMs = performance.now() + minutes * 60_000;
  const asked = { toStop: false };
  // A trial is finished, and cleans up behind itself.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => Object.assign(asked, { toStop: true }));
  for (let trial = 0; !asked.toStop && (performance.now() < endMs || trial < 1); trial += 1) {
    const name = wanted[trial % wanted.length] ?? "kill";
    const trialSeed = (seed + trial) >>> 0;
    const startedMs = performance.now();
    const outcome = await scenarios[name]?.(openChance(trialSeed)).catch((error: unknown) => error);
    const tookS = ((performance.now() - startedMs) / 1000).toFixed(1);
    // The terminal's interrupt reaches the processes of the trial as well.
    if (asked.toStop && !isDone(outcome)) break;
    if (typeof outcome === "string") {
      undone.add(`${name} ${outcome}`);
      continue;
    }
    total.trials += 1;
    if (!isDone(outcome)) {
      total.failed += 1;
      bad.push(`--only ${name} --seed ${trialSeed}: ${outcome instanceof Error ? outcome.message : String(outcome)}`);
      process.stdout.write(`✗ ${name} seed ${trialSeed}: did not come to an end: ${String(outcome)}\n`);
      continue;
    }
    const { blows, accepted, lost, duplicates, forks, odd, note } = outcome;
    total.blows += blows;
    total.accepted += accepted;
    total.losses += lost.length;
    total.duplicates += duplicates.length;
    total.forks += forks;
    total.odd += odd.length;
    const isSound = lost.length + duplicates.length + forks + odd.length === 0;
    if (!isSound)
      bad.push(`--only ${name} --seed ${trialSeed}: ${[...lost, ...duplicates, ...odd].slice(0, 5).join("; ")}`);
    const counts = `accepted ${accepted}, lost ${lost.length}, duplicates ${duplicates.length}, forks ${forks}`;
    process.stdout.write(`${isSound ? "✓" : "✗"} ${name} seed ${trialSeed}: ${counts} (${tookS} s; ${note})\n`);
  }
  for (const reason of undone) process.stdout.write(`  ${reason}\n`);
  for (const reason of bad) process.stdout.write(`again with: npm run torture -- --minutes 1 ${reason}\n`);
  const { trials, blows, accepted, losses, duplicates, forks, odd, failed } = total;
  process.stdout.write(
    `${trials} trials, ${blows} blows, ${accepted} accepted, ${losses} lost, ${duplicates} duplicates, ${forks} forks, ` +
      `${odd} other oddities, ${failed} that did not end; seed ${seed}\n`,
  );
  return losses + duplicates + forks + odd + failed === 0 ? 0 : 1;
}

function isDone(outcome: unknown): outcome is Done {
  return typeof outcome === "object" && outcome !== null && "accepted" in outcome;
}
