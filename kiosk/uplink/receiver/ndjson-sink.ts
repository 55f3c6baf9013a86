import { createReadStream, existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Fault } from "../../core/fault.ts";
import type { LuCode } from "../../core/jws.ts";
import { eventOfOwn } from "../contract/envelope.ts";
import { recordEvent } from "../contract/wire.ts";
import { hashOf, takeIn } from "./intake.ts";
import { type Done, openMemorySink } from "./memory-sink.ts";
import type { Sink } from "./sink.ts";
import type { VerifiedRecord } from "./verify.ts";

/** One line of the file: what a program that reads it needs, and the signed text that is the truth. */
export interface NdjsonLine {
  readonly source: string;
  readonly epoch: number;
  readonly seq: number;
  readonly type: string;
  readonly time: string;
  readonly data: unknown;
  readonly rh: string;
  readonly kid: string;
  readonly flaw: LuCode | null;
  /** A second record for a place that was taken. */
  readonly fork: boolean;
  readonly jws: string;
}

export const linesOf = ({ records, forks }: Done): readonly NdjsonLine[] => [
  ...records.map((record) => lineOf(record, false)),
  ...forks.map((record) => lineOf(record, true)),
];

function lineOf({ source, event, rh, kid, flaw, jws }: VerifiedRecord, fork: boolean): NdjsonLine {
  const { epoch, seq, type, time, data } = event;
  return { source, epoch, seq, type, time, data, rh, kid, flaw, fork, jws };
}

/**
 * One file of lines that only grows, for one receiver: it is read once at the start, written and synced before anything
 * is receipted. A line that a crash cut short was never receipted and is overwritten.
 *
 * @throws Fault `sink-unusable`.
 */
export async function openNdjsonSink(path: string): Promise<Sink> {
  // What is read at the start is on the disk already.
  let write: (done: Done) => Promise<void> = async () => {};
  const sink = openMemorySink((done) => write(done));
  const { handle, size: found } = await openFile(path, sink);
  let size = found;
  let isBroken = false;
  write = async (done) => {
    const bytes = Buffer.from(
      linesOf(done)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(""),
    );
    try {
      if (isBroken) throw new Error("an earlier write failed");
      await handle.write(bytes, 0, bytes.length, size);
      await handle.datasync();
      size += bytes.length;
    } catch (cause) {
      // After a failed sync nobody knows what is on the disk: it has to be read anew.
      isBroken = true;
      throw new Fault(
        "sink-lost",
        `${path} cannot be written`,
        "Check the disk, then start the receiver again.",
        cause,
      );
    }
  };
  return {
    ...sink,
    stub: async () => {
      const remedy = "Copy its records into a database (`lintel receive` with another --sink), then remove the file.";
      throw new Fault("sink-unusable", `${path} only grows, so nothing in it can be forgotten`, remedy);
    },
    [Symbol.asyncDispose]: async () => {
      await sink[Symbol.asyncDispose]();
      await handle.close();
    },
  };
}

async function openFile(path: string, sink: Sink): Promise<{ readonly handle: FileHandle; readonly size: number }> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path, existsSync(path) ? "r+" : "wx+");
    const { size: onDisk } = await handle.stat();
    const size = await reread(path, sink);
    // A whole line whose newline did not make it, or the beginning of a line that nothing was promised about.
    if (size > onDisk) await handle.write("\n", onDisk);
    else await handle.truncate(size);
    return { handle, size };
  } catch (cause) {
    await handle?.close();
    const remedy = "Name a file that this user may write, or one that a receiver wrote.";
    throw new Fault("sink-unusable", `${path} cannot be used as a receiver's file`, remedy, cause);
  }
}

/** @returns bytes up to the end of the last whole line. */
async function reread(path: string, into: Sink): Promise<number> {
  let size = 0;
  let batch: VerifiedRecord[] = [];
  let end: number | null = null;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const bytes = Buffer.byteLength(line) + 1;
    const record = recordIn(line);
    if (record === null) {
      end ??= size;
      size += bytes;
      continue;
    }
    if (end !== null) throw new Error("a line in the middle is damaged");
    batch.push(record);
    size += bytes;
    if (batch.length < 1000) continue;
    await takeIn(into, batch);
    batch = [];
  }
  await takeIn(into, batch);
  return end ?? size;
}

function recordIn(line: string): VerifiedRecord | null {
  try {
    const { source, kid, flaw, jws } = JSON.parse(line) as NdjsonLine;
    return { source, event: recordEvent.parse(eventOfOwn(jws)), rh: hashOf(jws), kid, flaw, jws };
  } catch {
    return null;
  }
}
