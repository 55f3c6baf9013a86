import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openCloud } from "./cloud.ts";
import { installed, notSetUp, removed, setUp } from "./installing.ts";
import { boot } from "./machine.ts";
import { brokenStarts, cameraGone, diskFull, hangs, killed, networkGone, wrongSettings } from "./mishaps.ts";
import type { Scene, Wall } from "./parts.ts";
import { screenShows } from "./screen.ts";
import { visit } from "./wall.ts";

export interface Show {
  readonly scene: Scene;
  readonly root: string;
  readonly deb: string;
  readonly assets: string;
  readonly folder: string;
  readonly wantsScreen: boolean;
}

const journal = "/var/lib/lintel/journal.sqlite";

export async function showEverything({ scene, root, deb, assets, folder, wantsScreen }: Show): Promise<void> {
  await using cloud = await openCloud();
  using disk = stateDisk(folder);
  const mounts = [
    { from: assets, to: "/usr/lib/lintel/models" },
    { from: dirname(deb), to: "/media/stick" },
    { from: disk.folder, to: "/var/lib/lintel", isWritable: true },
  ];
  const machine = await boot(root, mounts);
  // Ends last but for the disk, whatever happens.
  await using _ = machine;
  scene.note(
    `${(await machine.run("systemctl", "--version")).split("\n")[0]} is process 1, up after ${seconds(machine.bootMs)}`,
  );
  await using visitor = visit(() => machine.path("/run/lintel/reader.sock"));
  let next = 1;
  const punch = async (n: number): Promise<number> => {
    let thanked = 0;
    for (let left = n; left > 0; left -= 1) {
      if ((await visitor.tap(String(cloud.cards[next % cloud.cards.length]))) !== null) thanked += 1;
      next += 1;
    }
    return thanked;
  };
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
  const { scene, machine, visitor, cloud, punch } = wall;
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

  scene.check("the last punches are taken", (await punch(5)) === 5);
  // What is written last has to be seen as waiting before it can be seen as gone.
  await delay(1_000);
  await visitor.sees("that all is receipted", ({ strip }) => strip.waiting === 0, 60_000);
  await machine.run("systemctl", "stop", "lintel.service");
  const book = join(disk, "journal.sqlite");
  const { lost, reused, twice, unequal, forks, refused, accepted } = cloud.verdict(visitor.receipts, book);
  // A clean stop writes a checkpoint, which goes with the next start.
  const strange = unequal.map((place) => cloud.typeAt(book, place)).filter((what) => !what.endsWith(".checkpoint.v1"));
  scene.check(
    `${accepted} punches were thanked for: lost ${lost.length}, twice ${twice.length + reused.length}, ` +
      `journal and receiver differ in ${strange.length} ${strange.join(", ")}(${unequal.length - strange.length} of the ` +
      `clean stop's waits), forks ${forks}, refused ${refused}`,
    accepted > 0 && [lost, reused, twice, strange].every(({ length }) => length === 0) && forks + refused === 0,
  );
  await removed(wall, journal);
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** The clock's state on a partition of its own, as docs/kiosk-shell.md has it; small, so that it can be filled. */
function stateDisk(folder: string): Disposable & { readonly folder: string } {
  const [image, place] = [join(folder, "state.img"), join(folder, "state")];
  mkdirSync(place);
  execFileSync("truncate", ["-s", "96M", image]);
  execFileSync("mkfs.ext4", ["-q", "-m", "0", image]);
  execFileSync("mount", ["-o", "loop,noatime", image, place]);
  return { folder: place, [Symbol.dispose]: () => void execFileSync("umount", [place]) };
}
