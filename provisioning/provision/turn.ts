import { mkdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Fault, isFault } from "../../kiosk/core/fault.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";
import { takeLock } from "../../kiosk/store/lock.ts";
import { unwritable } from "./context.ts";

/** Two set-ups at once would ask for two certificates, open one camera and write one settings file: they take turns. */

const holder = z.object({
  /** The screen's own set-up, which gives its turn to whoever sits at a console; or somebody at one. */
  at: z.enum(["screen", "console"]),
  pid: z.int().positive(),
  sinceUtcMs: z.int(),
});
type Holder = z.infer<typeof holder>;

const holderName = "holder.json";

/**
 * @param folder where the lock lies; the operating system lets go of it when the process dies, however it dies.
 * @throws Fault `set-up-busy` where another set-up runs; `state-unwritable` where only root may.
 */
export async function takeTurn(folder: string, { at, nowUtcMs }: Wish): Promise<Disposable> {
  const lock = await lockIn(folder);
  const file = join(folder, holderName);
  const self: Holder = { at, pid: process.pid, sinceUtcMs: nowUtcMs };
  await writeAtomically(file, JSON.stringify(self));
  return {
    [Symbol.dispose]: () => {
      rmSync(file, { force: true });
      lock[Symbol.dispose]();
    },
  };
}

interface Wish {
  readonly at: Holder["at"];
  readonly nowUtcMs: number;
}

async function lockIn(folder: string): Promise<Disposable> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return takeLock(folder);
  } catch (error) {
    if (isFault(error, "journal-busy")) throw busy(await holderIn(folder));
    // SQLite does not say why it cannot open a file; of a folder that root made, that is why.
    if (!("errcode" in (error as object))) throw unwritable(folder, error);
    const remedy = "Run this as root: sudo lintel provision.";
    throw new Fault("state-unwritable", `${folder} may not be written`, remedy, error);
  }
}

/** Who has the turn; null where nobody wrote it down, and so also for a moment at the beginning of a set-up. */
export async function holderIn(folder: string): Promise<Holder | null> {
  const text = await readFile(join(folder, holderName), "utf8").catch(() => "null");
  try {
    return holder.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function busy(found: Holder | null): Fault {
  const since = found === null ? "" : ` since ${new Date(found.sinceUtcMs).toISOString().slice(11, 16)}Z`;
  const where = { screen: " at the clock's own screen", console: ` at a console (process ${found?.pid})` };
  const remedy =
    "Go on there; or end it there (Ctrl-C; systemctl stop lintel-set-up for the screen's) and run this again: it goes on where that one was.";
  return new Fault(
    "set-up-busy",
    `another set-up of this clock runs${since}${found === null ? "" : where[found.at]}`,
    remedy,
  );
}
