import { existsSync, rmSync, statSync } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../../kiosk/config.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { openEngine } from "../../kiosk/inference/engine.ts";
import { copyAside } from "../../kiosk/store/aside.ts";
import { openDatabase } from "../../kiosk/store/database.ts";
import { journalName } from "../../kiosk/store/judge.ts";
import { openModelFiles } from "../../kiosk/supplies.ts";

/** A version looks at itself on the machine where it is to run, while another one still works there. Changes nothing. */

const page = join(import.meta.dirname, "../../kiosk/ui/dist/index.html");
/** A larger journal is not copied for a look: that its schema is known was read from its header. */
const copiedMaxBytes = 256 * 1024 * 1024;

/** @throws Fault, or whatever a module throws that cannot be loaded. */
export async function checkItself(config: Config): Promise<readonly string[]> {
  await access(page).catch((cause: unknown) => {
    throw new Fault("asset-missing", "this version has no page", "Build the release anew.", cause);
  });
  // Native code of this machine: where it cannot be loaded, this throws.
  await Promise.all([import("sharp"), import("node-hid")]);
  return ["page", "native code", ...(await checkModels(config)), ...checkJournal(config.state)];
}

async function checkModels(config: Config): Promise<readonly string[]> {
  if (config.camera === "none") return [];
  const { models, weights } = await openModelFiles(config);
  await using engine = await openEngine({ models, modelBytes: weights.bytes });
  return [`models of ${engine.spaceId}`];
}

/** On a copy: opened as the clock opens it, with every migration, and read to the last record. */
function checkJournal(state: string): readonly string[] {
  const file = join(state, journalName);
  if (!existsSync(file) || statSync(file).size > copiedMaxBytes) return [];
  const copy = copyAside(state);
  try {
    {
      using migrated = openDatabase(join(copy, journalName), "write");
      if (migrated.last() === null || !migrated.isSound()) throw unreadable();
    }
    using database = openDatabase(join(copy, journalName), "read");
    if (database.last() === null) throw unreadable();
    return ["journal"];
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const unreadable = (): Fault =>
  new Fault(
    "journal-corrupt",
    "this version cannot read the journal of this clock",
    "The version that runs goes on; `lintel verify` says how the journal is.",
  );
