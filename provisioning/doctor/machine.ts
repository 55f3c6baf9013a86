import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../kiosk/config.ts";
import type { Condition } from "../../kiosk/core/technician.ts";
import type { Ask } from "./tools.ts";

/** What is looked at, and how: a test gives another root and other tools. */
export interface Machine {
  readonly config: Config;
  /** Of the file system that /sys, /proc, /etc and /dev are read from. */
  readonly root: string;
  readonly ask: Ask;
  /** What the clock on this state folder says of itself; null where none runs. */
  readonly running: Condition | null;
  /** This user may not ask: a clock may run or not. */
  readonly isClosed: boolean;
  readonly now: () => number;
}

/** A file as text, without its last line's end; null where it is not there or may not be read. */
export const textAt = async ({ root }: Pick<Machine, "root">, path: string): Promise<string | null> =>
  (await readFile(join(root, path), "utf8").catch(() => null))?.trimEnd() ?? null;

export async function numberAt(machine: Pick<Machine, "root">, path: string): Promise<number | null> {
  const text = await textAt(machine, path);
  return text === null || text === "" || Number.isNaN(Number(text)) ? null : Number(text);
}

/** Sorted as people count; empty where there is no such folder. */
export const namesAt = async ({ root }: Pick<Machine, "root">, path: string): Promise<readonly string[]> =>
  (await readdir(join(root, path)).catch(() => [])).toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));

/** What the board calls itself; null on a machine that is none. */
export async function boardOf(machine: Pick<Machine, "root">): Promise<string | null> {
  const model = await textAt(machine, "/proc/device-tree/model");
  return model === null ? null : model.replaceAll("\0", "");
}

/** Programs that have this file open, and whether all of them could be looked at. */
export async function holdersOf(
  { root }: Pick<Machine, "root">,
  path: string,
): Promise<{ readonly names: readonly string[]; readonly isWhole: boolean }> {
  const names: string[] = [];
  let isWhole = true;
  for (const pid of (await namesAt({ root }, "/proc")).filter((name) => /^\d+$/.test(name))) {
    const folder = join(root, "proc", pid, "fd");
    const open = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "EACCES") isWhole = false;
      return [];
    });
    const targets = await Promise.all(open.map((name) => readlink(join(folder, name)).catch(() => "")));
    if (!targets.includes(path)) continue;
    names.push(`${(await textAt({ root }, `/proc/${pid}/comm`)) ?? "a program"} (process ${pid})`);
  }
  return { names, isWhole };
}
