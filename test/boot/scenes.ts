import { basename } from "node:path";
import { type Delivery, openBench } from "./bench.ts";
import { allIsThere, stateDisk } from "./closing.ts";
import { openCloud } from "./cloud.ts";
import { installed, notSetUp, removed, setUp } from "./installing.ts";
import { brokenStarts, cameraGone, diskFull, hangs, killed, networkGone, wrongSettings } from "./mishaps.ts";
import type { Wall } from "./parts.ts";
import { screenShows } from "./screen.ts";
import { punching, visit } from "./wall.ts";

export interface Show extends Delivery {
  readonly folder: string;
  readonly wantsScreen: boolean;
}

const journal = "/var/lib/lintel/journal.sqlite";

export async function showEverything({ scene, root, deb, assets, folder, wantsScreen }: Show): Promise<void> {
  await using cloud = await openCloud();
  using disk = stateDisk(folder);
  // Ends last but for the disk, whatever happens.
  const states = { from: disk.folder, to: "/var/lib/lintel", isWritable: true };
  await using bench = await openBench({ root, deb, assets }, [states]);
  const machine = bench.machine();
  scene.note(
    `${(await machine.run("systemctl", "--version")).split("\n")[0]} is process 1, up after ${seconds(machine.bootMs)}`,
  );
  await using visitor = visit(() => machine.path("/run/lintel/reader.sock"));
  const punch = punching(visitor, cloud.cards);
  const wall: Wall = { scene, machine, visitor, cloud, punch };

  try {
    await story(wall, { deb, disk: disk.folder, wantsScreen });
  } catch (error) {
    // What the machine itself said about it.
    scene.note(await machine.ask("journalctl", "--namespace=+lintel", "--no-pager", "--output=cat", "--lines=60"));
    throw error;
  }
}

interface Told extends Pick<Show, "deb" | "wantsScreen"> {
  readonly disk: string;
}

async function story(wall: Wall, { deb, disk, wantsScreen }: Told): Promise<void> {
  const { scene } = wall;
  await installed(wall, `/media/stick/${basename(deb)}`);
  await notSetUp(wall);
  await setUp(wall);
  await killed(wall);
  await hangs(wall);
  await cameraGone(wall);
  await networkGone(wall);
  await diskFull(wall, disk);
  await wrongSettings(wall);
  await brokenStarts(wall);
  if (wantsScreen) await screenShows(wall);
  scene.note("badge reader pulled and put back: npm run test:vm, a container has no USB");

  await allIsThere(wall, disk);
  await removed(wall, journal);
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
