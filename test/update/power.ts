import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { readCurrent } from "../../provisioning/update/disk.ts";
import { look } from "../../provisioning/update/look.ts";
import { systemd } from "../../provisioning/update/service.ts";
import { mustBeAsSigned } from "../../provisioning/update/stage.ts";
import { lookAt, type Sight } from "../../provisioning/update/wall.ts";
import { openChance } from "../torture/chance.ts";
import { once } from "./interrupted.ts";
import type { Manner } from "./payloads.ts";
import { openPowerDisk } from "./power-disk.ts";
import { openWorld, type World } from "./world.ts";

/** Updates whose machine loses its power: what is on the disk then is booted, and must be a version that works. */
export interface Cuts {
  readonly cuts: number;
  /** By what the boot found: `1.0.0`, `2.0.0 on trial` and so on. */
  readonly found: ReadonlyMap<string, number>;
  readonly working: number;
  /** Of those, how many updates came to their end when they were left alone. */
  readonly ended: number;
  readonly bad: readonly string[];
}

const diskMb = 192;
/** The next moment, and how many of them there are in one update. */
const momentMs = 160;
const momentsEach = 8;
const settledMs = 20_000;
const patience = { idleMs: 0, readyMs: 30_000, healthMs: 30_000, steadyMs: 200, lookMs: 15 };

interface Left {
  readonly image: string;
  readonly manner: Manner;
  /** The updater had said that it was done. */
  readonly isOver: boolean;
}

/** @returns null where nobody may mount. */
export async function cutPower(cuts: number, seed: number): Promise<Cuts | null> {
  using disk = openPowerDisk(diskMb);
  if (disk === null) return null;
  const chance = openChance(seed);
  await using world = await openWorld({ releases: join(disk.folder, "releases") });
  await using after = await openWorld({ releases: join(world.folder, "releases-after") });
  cpSync(world.places.keys, after.places.keys);
  const found = new Map<string, number>();
  const bad: string[] = [];
  let [done, working, ended] = [0, 0, 0];
  while (done < cuts) {
    const manner: Manner = chance.next() < 0.35 ? "crashes" : "well";
    await world.publish("2.0.0", manner);
    await world.reset();
    // Else an early cut leaves what the update before left.
    execFileSync("sync", ["--file-system", disk.folder]);
    const lefts: Left[] = [];
    let isOver = false;
    const over = updateOf(world).then(() => {
      isOver = true;
    });
    const most = Math.min(momentsEach, cuts - done);
    while (lefts.length < most) {
      await wait(chance.between(0, momentMs));
      const wasOver = isOver;
      lefts.push({ image: disk.cut(), manner, isOver: wasOver });
      if (wasOver) break;
    }
    await over;
    for (const left of lefts) {
      done += 1;
      using mounted = disk.after(left.image);
      const { what, amiss, atTheEnd } = await booted(after, join(mounted.folder, "releases"), world.published, left);
      found.set(what, (found.get(what) ?? 0) + 1);
      if (amiss === null) working += 1;
      else bad.push(`${manner}, ${what}: ${amiss}`);
      if (atTheEnd === null) ended += 1;
      else bad.push(`${manner}, ${what}, left alone: ${atTheEnd}`);
      await after.supervisor.cut();
      rmSync(left.image);
    }
  }
  return { cuts: done, found, working, ended, bad };
}

async function updateOf({ places, published, supervisor }: World): Promise<void> {
  const child = spawn(process.execPath, once(places, published, patience, null), {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PATH: supervisor.path },
  });
  await new Promise((resolve) => child.once("exit", resolve));
}

/** As the clock is once its start is over; a start that failed for good may be followed by the version before. */
async function settled(state: string): Promise<Sight> {
  for (const endMs = performance.now() + settledMs; ; await wait(20)) {
    const seen = await lookAt(state, systemd);
    if ((seen.state === "active" && seen.wall !== null) || performance.now() > endMs) return seen;
  }
}

/** @param releases as the cut left it; what the boot does to it stays on that image. */
async function booted(after: World, releases: string, published: string, { manner, isOver }: Left) {
  const { places, supervisor } = after;
  rmSync(places.releases, { recursive: true, force: true });
  mkdirSync(releases, { recursive: true });
  // The same place for the launcher, whichever image it is.
  cpSync(releases, places.releases, { recursive: true, verbatimSymlinks: true });
  const { keyOf } = await after.updating();
  const before = await look(places, keyOf);
  const what = `${before.version}${before.trial === null ? "" : ` with a trial of ${before.trial.version}`}${isOver ? ", over" : ""}`;
  await supervisor.start();
  const current = await readCurrent(places);
  const good = manner === "well" ? [isOver ? "2.0.0" : "1.0.0", "2.0.0"] : ["1.0.0"];
  const { state, wall } = await settled(places.state);
  let amiss = state === "active" && good.includes(wall?.fw ?? "") ? null : `the clock is ${state}, ${wall?.fw} answers`;
  if (current !== null) amiss ??= await mustBeAsSigned(places, current, keyOf).then(() => null, String);
  if (isOver && manner === "well" && before.book.highest.counter !== 2) amiss = "what was kept is not remembered";
  const wish = { from: published, isByHand: true };
  const first = await after.update(wish, { pace: patience }).catch((error: unknown) => String(error));
  await after.update({ version: null }, { pace: patience }).catch(() => undefined);
  const end = await after.chosen();
  const left = readdirSync(places.releases).filter((name) => name.startsWith(".") || name === "trial");
  const isEnd = end === (manner === "well" ? "2.0.0" : "1.0.0") && left.length === 0;
  return { what, amiss, atTheEnd: isEnd ? null : `${end} runs, ${left.join(" ")} ${JSON.stringify(first)}` };
}
