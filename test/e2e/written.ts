import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { CorrectionData, PunchData, RecordEvent } from "../../kiosk/core/record.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";

/** All records of a clock, oldest first. Read from a copy: a running clock holds its journal for itself. */
function recordsIn(state: string): readonly RecordEvent[] {
  const copy = mkdtempSync(join(tmpdir(), "lintel-copy-"));
  try {
    for (const name of readdirSync(state).filter((file) => file.startsWith("journal.sqlite"))) {
      copyFileSync(join(state, name), join(copy, name));
    }
    using journal = new DatabaseSync(join(copy, "journal.sqlite"));
    const rows = journal.prepare("select jws from record order by epoch, seq").all() as { jws: string }[];
    return rows.map(({ jws }) => eventOf(jws));
  } finally {
    rmSync(copy, { recursive: true });
  }
}

type Written<D> = Omit<RecordEvent, "data"> & { readonly data: D };

export const punchesIn = (state: string): readonly Written<PunchData>[] =>
  recordsIn(state).filter(({ type }) => type === "dev.lintel.punch.v1") as readonly Written<PunchData>[];

export const correctionsIn = (state: string): readonly Written<CorrectionData>[] =>
  recordsIn(state).filter(({ type }) => type === "dev.lintel.correction.v1") as readonly Written<CorrectionData>[];
