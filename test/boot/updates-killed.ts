import { setTimeout as delay } from "node:timers/promises";
import { until } from "./cloud.ts";
import type { Wall } from "./parts.ts";
import {
  adds,
  isServing,
  places,
  statusOf,
  timer,
  unit,
  untilFile,
  wants,
  watchOutage,
  works,
} from "./updates-parts.ts";

/** The updater's unit is killed, and the machine loses its power, on the way to a version; people punch after each. */

const trialFile = `${places.releases}/trial`;

/** Starts the unit, and kills all of it as soon as it came so far. */
async function killedOnce(wall: Wall, cameSoFar: () => Promise<unknown>): Promise<void> {
  const { machine } = wall;
  await delay(3_500);
  await machine.run("systemctl", "start", "--no-block", unit);
  await until("the updater runs", async () => (await machine.mainPid(unit)) !== 0, 20_000);
  const pid = await machine.mainPid(unit);
  await cameSoFar();
  // Its own process at once, then whatever else is in the unit.
  if (pid !== 0) process.kill(pid, "SIGKILL");
  await machine.ask("systemctl", "kill", "--kill-whom=all", "--signal=KILL", unit);
  await until("it is gone", async () => (await machine.mainPid(unit)) === 0, 20_000);
}

/** @param again cuts the machine off and switches it on. @returns the wall of the machine that runs at last. */
export async function killedAndCut(first: Wall, again: () => Promise<Wall>): Promise<Wall> {
  const { scene, visitor } = first;
  const version = "0.1.5";
  wants(first, version);
  await killedOnce(first, () => until("it unpacks", () => untilFolder(first), 60_000));
  await works(first, `updater killed while it unpacks, ${(await statusOf(first)).version} runs`);

  const outage = watchOutage(visitor);
  await killedOnce(first, () => untilFile(first.machine, trialFile, (text) => text.startsWith(`${version} 0`)));
  const { current } = await statusOf(first);
  await works(first, `updater killed at the switch, ${current} is current`);
  scene.within("out of service meanwhile", await outage.end(), 10_000);

  await killedOnce(first, async () => {
    await untilFile(first.machine, trialFile, (text) => text.startsWith(`${version} 1`));
    await until("the new version answers", () => isServing(visitor), 30_000);
  });
  const trial = (await statusOf(first)).trial;
  scene.check(`updater killed while it judges ${trial?.version} (start ${trial?.starts})`, trial?.version === version);
  await works(first, "on the version on trial");

  // As after every boot: the timer comes, and ends the trial.
  await adds(first.machine, timer, [
    "[Timer]",
    "OnBootSec=",
    "OnBootSec=10s",
    "RandomizedDelaySec=0",
    "AccuracySec=1s",
  ]);
  const cutMs = performance.now();
  const second = await again();
  await until("somebody can punch", () => isServing(visitor), 60_000);
  scene.within("plug pulled in the trial and put back: until somebody can punch", performance.now() - cutMs, 30_000);
  await works(second, "after it");
  await until("the timer ends the trial", async () => (await statusOf(second)).trial === null, 90_000);
  const kept = await statusOf(second);
  scene.check(`the timer's own run kept ${kept.version}`, kept.version === version && kept.last?.is === "kept");

  return bootedBroken(second, again);
}

/** A version that only crashes, and the plug pulled in its first moments: nothing but shell and systemd lead back. */
async function bootedBroken(wall: Wall, again: () => Promise<Wall>): Promise<Wall> {
  const { scene, visitor } = wall;
  const version = "0.1.6";
  await adds(wall.machine, timer, ["[Timer]", "OnBootSec=", "OnBootSec=1h"]);
  wants(wall, version);
  await delay(3_500);
  await wall.machine.run("systemctl", "start", "--no-block", unit);
  await untilFile(wall.machine, trialFile, (text) => text.startsWith(`${version} 1`));
  const cutMs = performance.now();
  const last = await again();
  await until("somebody can punch", () => isServing(visitor), 90_000);
  scene.within("plug pulled as a crashing version began: until somebody can punch", performance.now() - cutMs, 30_000);
  const before = await statusOf(last);
  scene.check(`without the updater ${before.version} runs again`, before.version === "0.1.5");
  await last.machine.ask("systemctl", "start", unit);
  const { trial, last: how } = await statusOf(last);
  scene.check(`and its next run notes it (${how?.why})`, trial === null && how?.version === version);
  await works(last, "after it");
  return last;
}

const untilFolder = ({ machine }: Wall): Promise<boolean> =>
  machine.run("test", "-d", `${places.releases}/.unpack`).then(
    () => true,
    () => false,
  );
