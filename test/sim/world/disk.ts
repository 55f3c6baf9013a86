import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Journal, JournalLife, JournalUpkeep } from "../../../kiosk/core/ports/journal.ts";
import type { Chance } from "./chance.ts";

/**
 * The disk under the real journal: real SQLite and real files, in memory where the machine has such a place. A process
 * that is killed leaves the files as they are; a cut of the power also takes what was written and not yet synced, which
 * after every commit is the head witness alone; a lying disk forgets commits that it had confirmed.
 */
export type Crash = "kill" | "power" | "old-disk";

export interface Disk extends Disposable {
  /** Where the next opening finds its files. */
  readonly folder: () => string;
  /** The journal was read, so its witness is on the disk for good. */
  readonly settled: () => void;
  /** Keeps a copy of the database, for `old-disk` to come back to. */
  readonly remember: () => void;
  /** What a crash at this very moment leaves is what the next opening finds. */
  readonly crash: (how: Crash) => void;
}

export type OpenJournal = Journal & JournalUpkeep & Pick<JournalLife, "yieldTo">;

const database = ["journal.sqlite", "journal.sqlite-wal"];
const witness = ["head.a", "head.b"];
const others = ["device.pub.jwk", "orders.sqlite", "orders.sqlite-wal"];

const shelf = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

export function openDisk(chance: Chance): Disk {
  const root = mkdtempSync(join(shelf, "lintel-world-"));
  let life = 0;
  const folderOf = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  let folder = folderOf("0");
  const safe = new Map<string, Buffer>();
  let hasMemory = false;
  const copy = (names: readonly string[], from: string, to: string): void => {
    for (const name of names) {
      rmSync(join(to, name), { force: true });
      if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
    }
  };
  const memory = folderOf("memory");
  return {
    folder: () => folder,
    settled: () => {
      for (const name of witness) safe.set(name, readFileSync(join(folder, name)));
    },
    remember: () => {
      copy(database, folder, memory);
      hasMemory = true;
    },
    crash: (how) => {
      life += 1;
      const next = folderOf(`${life}`);
      const isOld = how === "old-disk" && hasMemory;
      copy(database, isOld ? memory : folder, next);
      copy([...witness, ...others], folder, next);
      if (how === "power") {
        // Each sector by itself: written back in time or not.
        for (const [name, bytes] of safe) if (chance.happens(50)) writeFileSync(join(next, name), bytes);
      }
      folder = next;
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
