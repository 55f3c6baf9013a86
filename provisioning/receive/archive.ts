import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "../../kiosk/core/fault.ts";
import { beforeEverything, openDatabase } from "../../kiosk/store/database.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import type { Stream } from "../../kiosk/uplink/receiver/life.ts";
import type { Found, SinkReader } from "../../kiosk/uplink/receiver/sink.ts";
import { openPlace } from "./places.ts";

/** Where records are looked up: a receiver's store, or a clock's journal. */
export interface Archive extends AsyncDisposable {
  readonly read: Pick<SinkReader, "byId" | "byHash" | "ofType" | "page" | "streams">;
}

export const archiveForms = "postgres://…, sqlite:FILE, ndjson:FILE, or journal:FOLDER for a clock's own state folder";

/** @throws Fault `sink-unusable`, `sink-unreachable`. */
export async function openArchive(text: string): Promise<Archive> {
  if (text.startsWith("journal:")) return openJournalArchive(text.slice("journal:".length));
  const file = /^(sqlite|ndjson):(.*)$/s.exec(text)?.[2];
  if (file !== undefined && !existsSync(file)) {
    throw new Fault("sink-unusable", `${file} is not there`, `Name the records as ${archiveForms}.`);
  }
  const { sink } = await openPlace(text);
  return { read: sink.read, [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose]() };
}

/** A clock has no stubs. */
type Whole = Found & { readonly jws: string };

/** Works on a copy, so a running clock is not disturbed. Looks at every record: a clock has a month of them. */
function openJournalArchive(folder: string): Archive {
  const file = join(folder, "journal.sqlite");
  if (!existsSync(file)) {
    throw new Fault("sink-unusable", `There is no journal in ${folder}`, "Name the clock's state folder.");
  }
  const copy = mkdtempSync(join(tmpdir(), "lintel-archive-"));
  for (const end of ["", "-wal"]) {
    if (existsSync(`${file}${end}`)) copyFileSync(`${file}${end}`, join(copy, `journal.sqlite${end}`));
  }
  const database = openDatabase(join(copy, "journal.sqlite"), "read");
  const search = (isIt: (found: Whole) => boolean, max = Number.POSITIVE_INFINITY): readonly Found[] => {
    const hits: Found[] = [];
    let at = beforeEverything;
    for (;;) {
      const rows = database.after(at, 1000);
      for (const { epoch, seq, rh, jws } of rows) {
        const found = { source: eventOfOwn(jws).source, epoch, seq, rh, jws };
        if (isIt(found)) hits.push(found);
        if (hits.length >= max) return hits;
      }
      const last = rows.at(-1);
      if (last === undefined) return hits;
      at = last;
    }
  };
  return {
    read: {
      byId: async (id) => search(({ jws }) => eventOfOwn(jws).id === id, 10),
      byHash: async (prefix) =>
        search(({ rh }) => Buffer.from(rh, "base64url").subarray(0, prefix.length).equals(prefix), 10),
      ofType: async (type, stream) =>
        search(({ epoch, jws }) => (stream === undefined || stream.epoch === epoch) && eventOfOwn(jws).type === type),
      streams: async () => {
        const found = new Map<number, Stream>();
        search(({ source, epoch }) => found.set(epoch, { source, epoch }) === undefined);
        return [...found.values()];
      },
      page: async ({ source, epoch }, from, limit) =>
        database
          .after({ epoch, seq: from - 1 }, limit)
          .filter((row) => row.epoch === epoch)
          .map(({ seq, rh, jws }) => ({ source, epoch, seq, rh, jws })),
    },
    [Symbol.asyncDispose]: async () => {
      database[Symbol.dispose]();
      rmSync(copy, { recursive: true });
    },
  };
}
