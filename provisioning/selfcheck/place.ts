import { readdir, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../kiosk/config.ts";
import type { InsideCard } from "../../kiosk/core/desk.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { insideAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import type { Place } from "./check.ts";

/** Finds the clock that has this state folder open, and asks it what only it can know. */
export async function placeOf(config: Config): Promise<Place> {
  return { config, pid: await holderOf(config.state), inside: await askInside(config.state) };
}

async function askInside(directory: string): Promise<InsideCard | null> {
  try {
    return await askDesk({ directory, request: { ask: "inside" }, answer: insideAnswer, asOwner: true });
  } catch (error) {
    // A clock that does not run, or that has nobody to say it, leaves these promises unchecked.
    if (error instanceof Fault) return null;
    throw error;
  }
}

/** Only Linux says it, and only of one's own processes or to root. */
async function holderOf(state: string): Promise<number | null> {
  const journal = await realpath(join(state, "journal.sqlite")).catch(() => null);
  if (journal === null) return null;
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const folder = `/proc/${pid}/fd`;
    const names = await readdir(folder).catch(() => []);
    const open = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => "")));
    if (Number(pid) !== process.pid && open.includes(journal)) return Number(pid);
  }
  return null;
}
