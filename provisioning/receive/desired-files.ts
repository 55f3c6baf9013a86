import { statSync } from "node:fs";
import { Fault } from "../../kiosk/core/fault.ts";
import type { DesiredShelf } from "../../kiosk/uplink/receiver/desired-shelf.ts";
import { putRoster, readRosterFile } from "./roster.ts";
import { putSettings, readSettingsFile } from "./settings.ts";

/**
 * Brings what the files say into the store, now and whenever one of them changed. All receivers of a group are given the
 * same files: the newest change counts.
 *
 * @returns to be called now and then: whether the store was changed. It throws Fault `config-invalid` once for each
 *   version of a file that cannot be used, and what was there before stays.
 */
export function desiredFiles(
  { roster, settings }: { readonly roster?: string; readonly settings?: string },
  shelf: DesiredShelf,
  nowMs: () => number = Date.now,
): () => Promise<boolean> {
  const files = [
    followed(roster, async (file) => putRoster(shelf, readRosterFile(file), nowMs())),
    followed(settings, async (file) => putSettings(shelf, readSettingsFile(file), nowMs())),
  ];
  return async () => {
    let isNews = false;
    for (const look of files) isNews = (await look()) || isNews;
    return isNews;
  };
}

function followed(file: string | undefined, bring: (file: string) => Promise<boolean>): () => Promise<boolean> {
  let seen = "";
  return async () => {
    if (file === undefined) return false;
    const now = markOf(file);
    if (now === seen) return false;
    try {
      const isNews = await bring(file);
      seen = now;
      return isNews;
    } catch (error) {
      // A store that is away is tried again; a file that is wrong stays wrong until somebody changes it.
      if (error instanceof Fault && error.code === "config-invalid") seen = now;
      throw error;
    }
  };
}

function markOf(file: string): string {
  const { mtimeMs, size, ino } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: -1, ino: 0 };
  return `${mtimeMs} ${size} ${ino}`;
}
