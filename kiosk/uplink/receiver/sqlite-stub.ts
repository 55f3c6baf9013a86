import type { DatabaseSync } from "node:sqlite";
import { stubText } from "./memory-sink.ts";
import { type IsOver, isOverAbout } from "./stub.ts";

/** Where a text stands that has to go. */
export interface Place {
  readonly table: "lintel_record" | "lintel_fork";
  readonly source: string;
  readonly epoch: number;
  readonly seq: number;
  readonly rh: Uint8Array;
}

/** SQLite has no column of who a record is about: every text is looked at, a page at a time. */
export function overIn(database: DatabaseSync, sub: string, isOver: IsOver): readonly Place[] {
  const due: Place[] = [];
  for (const table of ["lintel_record", "lintel_fork"] as const) {
    const rows = database.prepare(`SELECT source, epoch, seq, rh, jws FROM ${table} WHERE jws <> ?`);
    for (const { source, epoch, seq, rh, jws } of rows.iterate(stubText)) {
      if (!isOverAbout(String(jws), sub, isOver)) continue;
      due.push({ table, source: String(source), epoch: Number(epoch), seq: Number(seq), rh: rh as Uint8Array });
    }
  }
  return due;
}

/** @returns how many records; second truths are not counted. */
export function stubIn(database: DatabaseSync, due: readonly Place[]): number {
  let count = 0;
  for (const { table, source, epoch, seq, rh } of due) {
    const { changes } = database
      .prepare(`UPDATE ${table} SET jws = ? WHERE source = ? AND epoch = ? AND seq = ? AND rh = ? AND jws <> ?`)
      .run(stubText, source, epoch, seq, rh, stubText);
    if (table === "lintel_record") count += Number(changes);
  }
  return count;
}
