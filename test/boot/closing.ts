import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Wall } from "./parts.ts";

/** Ends the clock's day: whoever was thanked is in the journal and at the receiver, once. @param disk with its journal. */
export async function allIsThere({ scene, machine, visitor, cloud, punch }: Wall, disk: string): Promise<void> {
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
}

/** The clock's state on a partition of its own, as docs/kiosk-shell.md has it; small, so that it can be filled. */
export function stateDisk(folder: string): Disposable & { readonly folder: string } {
  const [image, place] = [join(folder, "state.img"), join(folder, "state")];
  mkdirSync(place);
  execFileSync("truncate", ["-s", "96M", image]);
  execFileSync("mkfs.ext4", ["-q", "-m", "0", image]);
  execFileSync("mount", ["-o", "loop,noatime", image, place]);
  return { folder: place, [Symbol.dispose]: () => void execFileSync("umount", [place]) };
}
