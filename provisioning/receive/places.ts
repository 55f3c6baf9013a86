import { Fault } from "../../kiosk/core/fault.ts";
import { openMemorySink } from "../../kiosk/uplink/receiver/memory-sink.ts";
import { linesOf, openNdjsonSink } from "../../kiosk/uplink/receiver/ndjson-sink.ts";
import { openPostgresSink } from "../../kiosk/uplink/receiver/postgres-sink.ts";
import type { Sink } from "../../kiosk/uplink/receiver/sink.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";

/** A sink as it is named on the command line. */
export interface Place {
  readonly sink: Sink;
  /** Without login: for people. */
  readonly name: string;
  /** False where nothing is kept, so that nothing may be receipted. */
  readonly keeps: boolean;
}

export const placeForms = "postgres://…, sqlite:FILE, ndjson:FILE, or ndjson:- to look on";

/** @throws Fault `sink-unusable`, `sink-unreachable`. */
export async function openPlace(text: string): Promise<Place> {
  if (/^postgres(ql)?:\/\//.test(text)) {
    const { host, pathname } = urlIn(text);
    return { sink: await openPostgresSink({ url: text }), name: `PostgreSQL ${host}${pathname}`, keeps: true };
  }
  const [kind, path] = [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
  if (kind === "sqlite" && path !== "") return { sink: openSqliteSink(path), name: `SQLite ${path}`, keeps: true };
  if (kind === "ndjson" && path === "-")
    return { sink: openMemorySink(toStdout), name: "standard output", keeps: false };
  if (kind === "ndjson" && path !== "") return { sink: await openNdjsonSink(path), name: path, keeps: true };
  throw new Fault("sink-unusable", `"${text}" names no place to keep records`, `Name one as ${placeForms}.`);
}

function urlIn(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new Fault("sink-unusable", "The database's address is no URL", "postgres://user@host:5432/database", cause);
  }
}

/** Waits for the pipe: a slow reader slows us, and nothing piles up. */
const toStdout: Parameters<typeof openMemorySink>[0] = async (done) => {
  const text = linesOf(done)
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  process.stdout.write(text, (error) => (error ? reject(gone(error)) : resolve()));
  await promise;
};

const gone = (cause: Error): Fault =>
  new Fault("sink-lost", "Nobody reads our output any more", "Start the reader and the receiver together.", cause);
