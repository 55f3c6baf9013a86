import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { look } from "../../provisioning/update/look.ts";
import type { Pace } from "../../provisioning/update/pace.ts";
import type { Places } from "../../provisioning/update/places.ts";
import { systemd } from "../../provisioning/update/service.ts";
import { lookAt } from "../../provisioning/update/wall.ts";
import { openChance } from "../torture/chance.ts";
import type { Manner } from "./payloads.ts";
import { briskPace, openWorld, type World, wish } from "./world.ts";

/**
 * Updates that are killed. Each killed run begins where the killed run before it left the disk; after each of them the
 * machine is cut off and booted, or goes on, and must come up with a version that works. After a few kills the updater
 * is left alone and must come to its end.
 */
interface Counts {
  readonly kills: number;
  /** By where it was killed; `random` by a moment. */
  readonly at: ReadonlyMap<string, number>;
  /** Kills after which a version worked. */
  readonly working: number;
  /** Updates that were interrupted some times and then left alone, and how many of those ended as they must. */
  readonly updates: number;
  readonly ended: number;
  /** What did not go as it must. */
  readonly bad: readonly string[];
}

/** Every stage that the updater names, in the order of an update, and of one that is taken back. */
const stages = [
  ...["stage", "manifest", "fetch", "unpack", "sync", "name", "self-check", "book"],
  ...["switch", "prove", "point", "start", "judge", "keep", "confirm", "rest"],
];
const stagesOfReturn = [
  "switch",
  "point",
  "start",
  "judge",
  "return",
  "restart-before",
  "note-return",
  "noted",
  "rest",
];

/** One update and its kills, each at a stage or, null, at a moment; after each the machine is cut off too, or is not. */
export interface Plan {
  readonly manner: Manner;
  readonly cuts: readonly { readonly at: string | null; readonly afterMs: number; readonly isCutOff: boolean }[];
}

const randomMs = 760;
/** On a machine that has much else to do a start takes seconds. */
const patience = { ...briskPace, readyMs: 30_000, healthMs: 30_000 };
/** Some runs come to their end before anybody kills them, and are no kills. */
const cutsEach = 6;

/** Anything, anywhere; the same for the same seed. */
export function randomPlans(seed: number): () => Plan {
  const { next, whole, between } = openChance(seed);
  return () => {
    const isIll = next() < 0.4;
    const named = isIll ? stagesOfReturn : stages;
    const cuts = Array.from({ length: cutsEach }, () => ({
      at: next() < 0.6 ? (named[whole(0, named.length - 1)] ?? null) : null,
      afterMs: between(60, randomMs),
      isCutOff: next() < 0.5,
    }));
    return { manner: isIll ? "crashes" : "well", cuts };
  };
}

/** The stages around every write that decides what runs, one kill each, with the power gone as well. */
export function decidingPlans(): () => Plan {
  const all = [
    ...["name", "book", "point", "start", "keep", "confirm"].map((at) => ["well", at] as const),
    ...["point", "start", "note-return", "noted"].map((at) => ["crashes", at] as const),
  ];
  let index = -1;
  return () => {
    index = (index + 1) % all.length;
    const [manner, at] = all[index] ?? ["well", "point"];
    return { manner, cuts: [{ at, afterMs: 0, isCutOff: true }] };
  };
}

export async function interrupt(kills: number, plan: () => Plan): Promise<Counts> {
  await using world = await openWorld();
  const at = new Map<string, number>();
  let done = 0;
  let working = 0;
  let updates = 0;
  let ended = 0;
  const bad: string[] = [];
  while (done < kills) {
    const { manner, cuts } = plan();
    await world.publish("2.0.0", manner);
    await world.reset();
    updates += 1;
    for (const cut of cuts) {
      const where = await killed(world, cut.at, cut.afterMs);
      if (where === null) continue;
      done += 1;
      at.set(where, (at.get(where) ?? 0) + 1);
      if (cut.isCutOff) {
        await world.supervisor.cut();
        await world.supervisor.start();
      }
      const amiss = await amissAfter(world, manner);
      if (amiss === null) working += 1;
      else bad.push(`${manner}, ${where}, ${cut.isCutOff ? "" : "not "}cut off: ${amiss}`);
      if (done === kills) break;
    }
    const end = await amissAtTheEnd(world, manner);
    if (end === null) ended += 1;
    else bad.push(`${manner}, after ${cuts.map((cut) => cut.at ?? "a moment").join(", ")}: ${end}`);
  }
  return { kills: done, at, working, updates, ended, bad };
}

/** Words for a process that does one update. @param cut the stage before which it kills itself. */
export function once(places: Places, from: string, pace: Pace, cut: string | null): readonly string[] {
  const given = [places, pace, { ...wish, from, isByHand: true }].map((one) => JSON.stringify(one));
  return [join(import.meta.dirname, "once.ts"), ...given, cut ?? "-"];
}

/**
 * @param cut the stage before which it kills itself; null: it is killed after `afterMs`.
 * @returns where it was killed; null where it came to its end before that.
 */
async function killed({ places, published }: World, cut: string | null, afterMs: number): Promise<string | null> {
  const child = spawn(process.execPath, once(places, published, patience, cut), {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const gone = new Promise<NodeJS.Signals | null>((resolve) => child.once("exit", (_, signal) => resolve(signal)));
  if (cut === null) {
    await wait(afterMs);
    child.kill("SIGKILL");
  }
  return (await gone) === null ? null : (cut ?? "random");
}

/** null where somebody can punch, and on a version that can be trusted to. */
async function amissAfter({ places }: World, manner: Manner): Promise<string | null> {
  const good = manner === "well" ? ["1.0.0", "2.0.0"] : ["1.0.0"];
  // A start may be under way that the killed run asked for.
  const untilMs = performance.now() + 20_000;
  for (;;) {
    const { state, wall } = await lookAt(places.state, systemd);
    if (state === "active" && wall !== null && good.includes(wall.fw)) return null;
    if (performance.now() > untilMs) return `the clock is ${state}, ${wall?.fw ?? "nobody"} answers`;
    await wait(20);
  }
}

async function amissAtTheEnd(world: World, manner: Manner): Promise<string | null> {
  const patient = { pace: patience };
  // What a killed run staged by hand is somebody's wish still, also where it was taken back once.
  const first = await world.update({ isByHand: true }, patient).catch((error: unknown) => String(error));
  const second = await world.update({ version: null }, patient).catch((error: unknown) => String(error));
  const { book } = await look(world.places, (await world.updating()).keyOf);
  const { wall } = await lookAt(world.places.state, systemd);
  const found = {
    ...{ runs: wall?.fw, chosen: await world.chosen(), counter: book.highest.counter, staged: book.staged },
    left: readdirSync(world.places.releases).filter((name) => name.startsWith(".") || name === "trial"),
  };
  // What was kept is remembered, or it could be gone below.
  const [version, counter] = manner === "well" ? ["2.0.0", 2] : ["1.0.0", 0];
  const wanted = { runs: version, chosen: version, counter, staged: null, left: [] };
  return isDeepStrictEqual(found, wanted) ? null : JSON.stringify({ found, first, second, last: book.last });
}
