import { execFile } from "node:child_process";
import { lstat, readFile } from "node:fs/promises";
import { release } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Position } from "../../kiosk/core/record.ts";
import { firmware } from "../../kiosk/host/firmware.ts";
import { openVitals } from "../../kiosk/host/telemetry.ts";
import { openAside } from "../../kiosk/store/aside.ts";
import { deviceIn } from "../backup/owed.ts";
import { stateFiles } from "../selfcheck/state-files.ts";

/** What is known of a clock without looking into anything that is about people. */

const run = promisify(execFile);
const patienceMs = 5_000;
const word = /^[A-Za-z0-9._+~-]{1,40}$/;

export async function versions() {
  const os = await readFile("/etc/os-release", "utf8").catch(() => "");
  const of = (key: string): string | null => {
    const [, value = ""] = new RegExp(`^${key}="?([^"\n]*)"?$`, "m").exec(os) ?? [];
    return word.test(value) ? value : null;
  };
  return {
    ...{ lintel: firmware, node: process.version, platform: process.platform, arch: process.arch },
    ...{ kernel: word.test(release()) ? release() : null, os: of("ID"), osVersion: of("VERSION_ID") },
  };
}

export interface JournalFacts {
  readonly device: string | null;
  readonly records: number;
  /** Punches, corrections and what else is not our own bookkeeping. */
  readonly aboutPeople: number;
  readonly epochs: readonly { readonly epoch: number; readonly first: number; readonly last: number }[];
  readonly head: (Position & { readonly rh: string }) | null;
  /** How far each receiver is, in no telling order. */
  readonly cursors: readonly Position[];
  readonly isSound: boolean;
}

/** Null where there is none that can be read. */
export function journalFacts(state: string): JournalFacts | null {
  try {
    using aside = openAside(state);
    const { database } = aside;
    const epochs = database.epochs();
    const records = epochs.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    const last = database.last();
    const row = last === null ? undefined : database.at(last);
    return {
      ...{ device: deviceIn(state), records, epochs, isSound: database.isSound() },
      aboutPeople: records - database.bookkeeping().length,
      head: row === undefined ? null : { epoch: row.epoch, seq: row.seq, rh: row.rh },
      cursors: [...database.cursors().values()],
    };
  } catch {
    return null;
  }
}

/** Names of files that are the same on every clock. All others are only counted: a name may be a person's id. */
const known =
  /^(journal\.sqlite(-wal|-shm)?|roster\.sqlite(-wal|-shm)?|orders\.sqlite(-wal|-shm)?|lock\.sqlite|ballast|head\.[ab]|settings\.json|wanted\.json|check-everything|replaced|unused)$/;

export async function folderFacts(state: string) {
  const sizes: Record<string, number> = {};
  let [files, bytes] = [0, 0];
  for (const { path, name, isFolder } of await stateFiles(state)) {
    if (isFolder) continue;
    const size = (await lstat(path).catch(() => null))?.size ?? 0;
    files += 1;
    bytes += size;
    if (known.test(name)) sizes[name] = size;
  }
  const isSetAside = (await lstat(join(state, "set-aside")).catch(() => null)) !== null;
  return { files, bytes, sizes, isSetAside };
}

const units = [
  ...["lintel.service", "lintel-screen.service", "lintel-out-of-order.service", "lintel-update.service"],
  ...["lintel-update.timer", "lintel-selfcheck.service", "lintel-selfcheck.timer"],
];
const properties = [
  ...["Id", "LoadState", "ActiveState", "SubState", "Result", "UnitFileState", "NRestarts", "ExecMainCode"],
  ...["ExecMainStatus", "MemoryCurrent", "ActiveEnterTimestampMonotonic"],
];

/** As systemd says it, property by property; null where there is no systemd. */
export async function unitFacts(): Promise<readonly Readonly<Record<string, string>>[] | null> {
  try {
    const asked = ["show", ...units, `--property=${properties.join(",")}`];
    const { stdout } = await run("systemctl", asked, { timeout: patienceMs });
    return stdout
      .trim()
      .split("\n\n")
      .map((block) =>
        Object.fromEntries(
          block.split("\n").flatMap((line) => {
            const [name = "", value = ""] = line.split("=", 2);
            // A state, a result or a number: nobody's words.
            const isKnown = name === "Id" ? units.includes(value) : /^([a-z-]{1,30}|\d{1,20})$/.test(value);
            return properties.includes(name) && isKnown ? [[name, value]] : [];
          }),
        ),
      );
  } catch {
    return null;
  }
}

export async function telemetryFacts(state: string): Promise<Readonly<Record<string, number>>> {
  await using vitals = await openVitals({ directory: state });
  const { metrics } = await vitals.read();
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => /^[a-z][a-z0-9_.]{0,63}$/.test(name)));
}
