import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { type Adapter, Low } from "lowdb";
import { z } from "zod";
import { Fault } from "../core/fault.ts";
import { backUp, ensureStateFolder, syncDirectory, writeAtomically } from "./atomic.ts";

/** Small things the clock remembers for its own convenience. Losing them costs nothing that people rely on. */
const settingsSchema = z.object({
  version: z.literal(1),
  /** How often this machine booted with us on it. */
  boots: z.int().nonnegative(),
  /** The boot that was counted last, as the kernel names it. */
  bootId: z.string(),
  /** That boot came after a power cut: the journal had been left open when it began. */
  afterCut: z.boolean().optional(),
  /** Percent; the clock's own where nobody ordered another. */
  volume: z.int().min(0).max(100).optional(),
  /** The order that ended a life last, and which life: the boot, or the run of the process. */
  reboot: z.object({ order: z.string(), life: z.string() }).optional(),
  restart: z.object({ order: z.string(), life: z.string() }).optional(),
  /** What the cloud wants read on the wall, oldest first. */
  bulletins: z
    .array(
      z.object({
        id: z.string(),
        text: z.string(),
        untilUtcMs: z.number(),
        sub: z.string().nullable(),
        isNews: z.boolean().optional(),
      }),
    )
    .optional(),
});

type SettingsData = z.infer<typeof settingsSchema>;

export interface Settings {
  readonly get: () => Readonly<SettingsData>;
  /** Durable when the promise resolves. */
  readonly change: (change: (data: SettingsData) => void) => Promise<void>;
}

const defaults: SettingsData = { version: 1, boots: 0, bootId: "" };

/** @throws Fault `settings-corrupt` where neither the file nor its backup can be read; `state-unwritable`. */
export async function openSettings(directory: string): Promise<Settings> {
  await ensureStateFolder(directory);
  const low = new Low<SettingsData>(durableJson(join(directory, "settings.json")), { ...defaults });
  await low.read();
  let last: Promise<unknown> = Promise.resolve();
  return {
    get: () => low.data,
    change: (change) => {
      // One after the other, so that the file on the disk is always the newest.
      const done = last.then(() => low.update(change));
      last = done.catch(() => undefined);
      return done;
    },
  };
}

/** Moves everything unreadable aside and starts with defaults: what the clock does when it was told `settings-corrupt`. */
export async function resetSettings(directory: string): Promise<void> {
  for (const name of ["settings.json", "settings.json.bak"]) {
    await rename(join(directory, name), join(directory, `${name}.bad`)).catch(() => undefined);
  }
  await syncDirectory(directory);
}

/**
 * Counts a boot once, however often the process starts in it.
 *
 * @param bootId the kernel's name for this boot.
 * @param wasLeftOpen whether the journal was left open. Kept with the boot: it says how the machine went down only before
 *   anything of this boot has written, and holds however often the process starts in it.
 * @returns the boot's number, from 1.
 */
export async function countBoot(settings: Settings, bootId: string, wasLeftOpen = false): Promise<number> {
  if (settings.get().bootId !== bootId) {
    await settings.change((data) => {
      data.boots += 1;
      data.bootId = bootId;
      data.afterCut = wasLeftOpen;
    });
  }
  return settings.get().boots;
}

/** lowdb's own adapter neither fsyncs nor keeps the last good copy. */
function durableJson(path: string): Adapter<SettingsData> {
  const backup = `${path}.bak`;
  return {
    read: async () => {
      const found = await Promise.all([path, backup].map(readSettings));
      const good = found.find((one) => typeof one === "object");
      if (good !== undefined) return good;
      if (found.every((one) => one === "missing")) return null;
      throw new Fault(
        "settings-corrupt",
        "settings.json and its backup are both damaged",
        "Nothing needs doing: the clock puts both aside and starts with fresh counters; punches and people are not touched.",
      );
    },
    write: async (data) => {
      if (typeof (await readSettings(path)) === "object") await backUp(path);
      await writeAtomically(path, JSON.stringify(settingsSchema.parse(data), null, 2));
    },
  };
}

async function readSettings(path: string): Promise<SettingsData | "missing" | "bad"> {
  try {
    return settingsSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "missing" : "bad";
  }
}
