import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
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
}

/** Every stage that the updater names, in the order of an update; those of a return come last. */
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

const randomMs = 700;
const killsEach = 4;
/** Runs that came to their end before anybody killed them; more of these than that, and nothing is tested. */
const idleMax = 4;

export async function interrupt(kills: number, seed: number): Promise<Counts> {
  const chance = openChance(seed);
  await using world = await openWorld();
  const at = new Map<string, number>();
  let done = 0;
  let working = 0;
  let updates = 0;
  let ended = 0;
  while (done < kills) {
    const manner: Manner = updates % 3 === 2 ? "crashes" : "well";
    const named = manner === "well" ? stages : stagesOfReturn;
    await world.publish("2.0.0", manner);
    await world.reset();
    updates += 1;
    for (let runs = 0, mine = 0; mine < killsEach && done < kills && runs < killsEach + idleMax; runs += 1) {
      const cut = chance.next() < 0.6 ? (named[chance.whole(0, named.length - 1)] ?? null) : null;
      const where = await killed(world, cut, chance.between(0, randomMs));
      if (where === null) continue;
      mine += 1;
      done += 1;
      at.set(where, (at.get(where) ?? 0) + 1);
      if (chance.next() < 0.5) {
        await world.supervisor.cut();
        await world.supervisor.start();
      }
      if (await works(world, manner)) working += 1;
    }
    if (await ends(world, manner)) ended += 1;
  }
  return { kills: done, at, working, updates, ended };
}

/**
 * @param cut the stage before which it kills itself; null: it is killed after `afterMs`.
 * @returns where it was killed; null where it came to its end before that.
 */
async function killed({ places, published }: World, cut: string | null, afterMs: number): Promise<string | null> {
  const given = [places, briskPace, { ...wish, from: published, isByHand: true }].map((one) => JSON.stringify(one));
  const child = spawn(process.execPath, [join(import.meta.dirname, "once.ts"), ...given, cut ?? "-"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const gone = new Promise<NodeJS.Signals | null>((resolve) => child.once("exit", (_, signal) => resolve(signal)));
  if (cut === null) {
    await wait(60 + afterMs);
    child.kill("SIGKILL");
  }
  return (await gone) === null ? null : (cut ?? "random");
}

/** Somebody can punch, and it is a version that can be trusted to. */
async function works({ places }: World, manner: Manner): Promise<boolean> {
  const good = manner === "well" ? ["1.0.0", "2.0.0"] : ["1.0.0"];
  // A start may be under way that the killed run asked for.
  for (let tries = 0; tries < 200; tries += 1) {
    const { state, wall } = await lookAt(places.state, systemd);
    if (state === "active" && wall !== null && good.includes(wall.fw)) return true;
    await wait(20);
  }
  return false;
}

async function ends(world: World, manner: Manner): Promise<boolean> {
  await world.update({}).catch(() => undefined);
  await world.update({ version: null });
  const version = manner === "well" ? "2.0.0" : "1.0.0";
  const left = readdirSync(world.places.releases).filter((name) => name.startsWith(".") || name === "trial");
  const { wall } = await lookAt(world.places.state, systemd);
  return wall?.fw === version && (await world.chosen()) === version && left.length === 0;
}
