import { existsSync } from "node:fs";
import { mkdir, open, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Fault } from "../../../kiosk/core/fault.ts";
import { mustNotBeEnded } from "../../../kiosk/store/ordered-end.ts";
import { unwritable } from "../context.ts";
import type { Step } from "../step.ts";

/** Room for a month of records, the models and one update. */
const neededBytes = 500 * 1024 * 1024;

/** Settings and state take writes, and there is room. */
export const disk: Step = {
  name: "disk",
  would: "make the folders for settings and state, and write and remove a file in each",
  // Only writing shows whether a disk writes, so there is nothing to be found so already.
  check: async () => null,
  apply: async (context) => {
    const { etc, state } = context.places;
    // A clock that its office ended is nobody's to go on with: whoever wants the board says so first.
    mustNotBeEnded(state);
    for (const [folder, mode] of [
      [etc, 0o755],
      [state, 0o700],
    ] as const) {
      try {
        await mkdir(folder, { recursive: true, mode });
      } catch (cause) {
        throw unwritable(join(folder, "."), cause);
      }
    }
    await context.handOver([state]);
  },
  prove: async ({ places: { etc, state } }) => {
    for (const folder of [etc, state]) await probe(folder);
    const freeBytes = Math.min(await freeAt(etc), await freeAt(state));
    const freeMb = Math.floor(freeBytes / 1024 / 1024);
    if (freeBytes < neededBytes) {
      const remedy = `Free some space, or use a larger card: ${neededBytes / 1024 / 1024} MB are wanted. Then run this again.`;
      throw new Fault("disk-full", `only ${freeMb} MB are free for the clock`, remedy);
    }
    return `${state} takes writes, and ${freeMb >= 10_240 ? `${Math.floor(freeMb / 1024)} GB` : `${freeMb} MB`} are free`;
  },
};

async function probe(folder: string): Promise<void> {
  const path = join(folder, ".lintel-probe");
  try {
    await using file = await open(path, "w", 0o600);
    await file.writeFile("probe");
    await file.sync();
  } catch (cause) {
    throw unwritable(path, cause);
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

async function freeAt(folder: string): Promise<number> {
  const there = existsSync(folder) ? folder : dirname(folder);
  const { bavail, bsize } = await statfs(there);
  return bavail * bsize;
}
