import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Config, readConfig } from "../../kiosk/config.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { openAs, type SealingKey, sealAs } from "../backup/sealing-key.ts";
import { doctorFindings } from "./doctor.ts";
import { folderFacts, journalFacts, telemetryFacts, unitFacts, versions } from "./facts.ts";
import { readLog } from "./log.ts";
import { settingsOf } from "./settings.ts";
import { openWords } from "./words.ts";

/** One document for whoever helps from afar. Every member is named here: what is not named is not in it. */

const is = "lintel-support-1";
const openedMax = 64 * 1024 * 1024;

export interface BundleOptions {
  /** The clock's own settings, as on its command line. */
  readonly settings: readonly string[];
  readonly logFile: string | undefined;
  readonly now: Date;
  /** False: doctor is not asked, because it is what hangs, or was asked before. */
  readonly isExamined: boolean;
}

export async function gatherBundle({ settings, logFile, now, isExamined }: BundleOptions): Promise<object> {
  const ours = openWords();
  const config = configOf(settings);
  const state = config instanceof Fault ? null : config.state;
  return {
    ...{ lintel: "support", v: 1, made: now.toISOString() },
    versions: await versions(),
    doctor: isExamined ? await doctorFindings(settings, ours) : null,
    settings: config instanceof Fault ? { fault: config.code } : settingsOf(config),
    journal: state === null ? null : journalFacts(state),
    folder: state === null ? null : await folderFacts(state),
    units: await unitFacts(),
    telemetry: state === null ? null : await telemetryFacts(state).catch(() => null),
    log: await readLog(ours, logFile),
  };
}

/** @param key null: in clear. @returns the file's text. */
export async function writeBundle(bundle: object, key: SealingKey | null): Promise<string> {
  if (key === null) return `${JSON.stringify(bundle, null, 2)}\n`;
  return `${await sealAs(gzipSync(JSON.stringify(bundle)), key, is)}\n`;
}

/** @throws Fault `backup-foreign` where it is not for this key. */
export async function openBundle(file: string, key: SealingKey): Promise<string> {
  const opened = await openAs(readFileSync(file, "utf8").trim(), key, is);
  if (opened === null) {
    throw new Fault(
      "backup-foreign",
      `${file} does not open with this key`,
      "Name the private half of the support key.",
    );
  }
  return gunzipSync(opened, { maxOutputLength: openedMax }).toString("utf8");
}

function configOf(settings: readonly string[]): Config | Fault {
  try {
    return readConfig(settings, process.env);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}
