import { cpSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { tapWire, type Wire } from "../process/cloud-side.ts";
import { type Delivery, openBench } from "./bench.ts";
import { allIsThere, stateDisk } from "./closing.ts";
import { openCloud, until } from "./cloud.ts";
import { installed, setUp } from "./installing.ts";
import type { Wall } from "./parts.ts";
import { killedAndCut } from "./updates-killed.ts";
import { type Broken, makeReleases } from "./updates-made.ts";
import {
  adds,
  always,
  isServing,
  places,
  runs,
  statusOf,
  timer,
  unit,
  wants,
  watchOutage,
  works,
} from "./updates-parts.ts";
import { punching, visit } from "./wall.ts";

/**
 * Updates under the real systemd: the cloud names a version and the timer brings it when nobody is there; versions that
 * crash, refuse the settings and hang go back by themselves; updater and machine are killed on the way.
 */

export interface UpdatesShow extends Delivery {
  readonly folder: string;
}

const versions = new Map<string, Broken>([
  ["0.1.1", "whole"],
  ["0.1.2", "crashes"],
  ["0.1.3", "refuses"],
  ["0.1.4", "hangs"],
  ["0.1.5", "whole"],
  ["0.1.6", "crashes"],
]);
const outMs = 10_000;
/** A hang is told from a slow start by patience alone: 30 s (provisioning/update/pace.ts), and then the way back. */
const hangMs = 45_000;
const idleS = 30;

export async function showUpdates({ scene, root, deb, assets, folder }: UpdatesShow): Promise<void> {
  scene.note(`Packing and signing ${versions.size} releases`);
  const { published, keys } = makeReleases(deb, `${folder}/releases`, versions);
  await using cloud = await openCloud();
  await using wire = await tapWire(cloud.broker.url);
  using disk = stateDisk(folder);
  await using bench = await openBench({ root, deb, assets }, [
    { from: published, to: places.bundles },
    { from: disk.folder, to: "/var/lib/lintel", isWritable: true },
  ]);
  const machine = bench.machine();
  await using visitor = visit(() => bench.machine().path("/run/lintel/reader.sock"));
  const wall: Wall = { scene, machine, visitor, cloud, punch: punching(visitor, cloud.cards) };
  const again = async (): Promise<Wall> => ({ ...wall, machine: await bench.again("unplugged") });
  try {
    await installed(wall, `/media/stick/${basename(deb)}`);
    await setUp(wall);
    cpSync(keys, machine.path("/etc/lintel/release-keys.json"));
    await byTheFleet(wall, wire);
    await adds(machine, unit, runs(3));
    await takenBack(wall, "0.1.2", "exits with 70 at its start", outMs);
    await takenBack(wall, "0.1.3", "refuses the settings (78)", outMs);
    await takenBack(wall, "0.1.4", "hangs before READY and does not hear SIGTERM", hangMs);
    const last = await killedAndCut(wall, again);
    await allIsThere(last, disk.folder);
  } catch (error) {
    scene.note(
      await bench
        .machine()
        .ask("journalctl", "--namespace=+lintel", "--no-pager", "--output=short-precise", "-n", "90"),
    );
    throw error;
  }
}

/** The office's file says which version; what runs at last says so to the office. */
async function byTheFleet(wall: Wall, wire: Wire): Promise<void> {
  const { scene, machine, visitor, cloud, punch } = wall;
  const isEnabled = (await machine.ask("systemctl", "is-enabled", timer)).trim() === "enabled";
  scene.check(`${timer} starts with the machine`, isEnabled);
  await adds(machine, unit, runs(idleS));
  await adds(machine, timer, [
    "[Timer]",
    // The first of these takes all back that was said before.
    ...["OnBootSec=", "OnBootSec=1s", "OnUnitInactiveSec=5s"],
    ...["RandomizedDelaySec=0", "AccuracySec=100ms"],
  ]);
  await machine.run("systemctl", "start", timer);
  const beforeMs = performance.now();
  cloud.want({ updateTo: "0.1.1", updateFrom: places.bundles, updateWindow: always });
  const before = wire.statuses.at(-1)?.fw;
  // They are tried between two visits, and hold after half a minute.
  await until("the settings hold", () => (wire.statuses.at(-1)?.cfg?.v ?? 0) > 0, 120_000);
  scene.within(
    "the cloud names a version: the clock says that the settings hold",
    performance.now() - beforeMs,
    60_000,
  );
  const stagedAt = async (): Promise<boolean> => {
    // People come and go: nobody's punch is interrupted for it.
    await punch(1);
    await delay(1_000);
    return (await statusOf(wall)).staged === "0.1.1";
  };
  await until("the version is fetched, proved and checked", stagedAt, 240_000);
  scene.within(
    "the cloud names a version: fetched, proved, unpacked and checked",
    performance.now() - beforeMs,
    180_000,
  );
  for (let taps = 0; taps < 5; taps += 1) {
    await punch(1);
    await delay(3_000);
  }
  const waiting = await statusOf(wall);
  scene.check(`while people punch it waits, and ${waiting.version} runs`, waiting.version === "0.1.0");
  const outage = watchOutage(visitor);
  await until("the version is kept", async () => (await statusOf(wall)).last?.is === "kept", 120_000);
  scene.within("switched when nobody was there; out of service", await outage.end(), outMs);
  await machine.run("systemctl", "stop", timer);
  const { version, trial } = await statusOf(wall);
  scene.check(`its trial is over, and ${version} stays`, version === "0.1.1" && trial === null);
  await until("it says so to the office", () => wire.statuses.at(-1)?.fw === "0.1.1", 30_000);
  const now = wire.statuses.at(-1);
  scene.check(
    `the clock's status said ${before} and says ${now?.fw}, settings v${now?.cfg?.v}`,
    now?.cfg?.err === undefined,
  );
  await works(wall, "on the new version");
}

async function takenBack(wall: Wall, version: string, what: string, limitMs: number): Promise<void> {
  const { scene, machine, visitor } = wall;
  wants(wall, version);
  await until("the wall is as it should be", () => isServing(visitor), 30_000);
  await delay(3_500);
  const outage = watchOutage(visitor);
  const said = await machine.ask("systemctl", "start", unit);
  await until("the version before runs", () => isServing(visitor), 60_000);
  // Whatever else begins to start or stop it now counts as well.
  await delay(5_000);
  scene.within(`${version} ${what}: out of service`, await outage.end(), limitMs);
  const now = await statusOf(wall);
  const isBack = now.version === "0.1.1" && now.trial === null && now.last?.version === version;
  scene.check(`it was taken back (${now.last?.why}), and ${now.version} runs ${said === "" ? "" : "again"}`, isBack);
  const notice = ["lintel-out-of-order.service", "lintel-notice.socket"];
  const left = (await machine.ask("systemctl", "is-active", ...notice)).trim().split("\n");
  scene.check(
    "no notice is left behind",
    left.every((word) => word === "inactive"),
  );
  const state = (await machine.ask("systemctl", "is-active", "lintel.service")).trim();
  scene.check("systemd has the clock as active", state === "active");
  await works(wall, "after it");
}
