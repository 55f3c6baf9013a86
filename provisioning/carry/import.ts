import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Fault } from "../../kiosk/core/fault.ts";
import { LuError } from "../../kiosk/core/jws.ts";
import type { Desired } from "../../kiosk/uplink/receiver/desired-shelf.ts";
import { type Statement, takeIn } from "../../kiosk/uplink/receiver/intake.ts";
import type { KeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import type { Sink } from "../../kiosk/uplink/receiver/sink.ts";
import { type VerifiedRecord, verifyRecord, verifyStatus } from "../../kiosk/uplink/receiver/verify.ts";
import { type ExportLine, exportLine } from "./lines.ts";

export interface Imported {
  /** Records that are here now; `known` were here before. */
  readonly records: number;
  readonly known: number;
  /** Not signed by a key that the store was told of, and so not taken. */
  readonly refused: number;
  /** Places whose text was forgotten where the export was made: they stay empty here. */
  readonly stubs: number;
  readonly desired: number;
  /** Orders are told of by the clocks' own records; none is given again. */
  readonly orders: number;
}

const batchRecords = 500;

/**
 * Takes an export into a store, believing nothing but the clocks' signatures. May be done again: what is there is known.
 *
 * @throws Fault `sink-unusable` where the file is cut short, changed, or none: what was proved stays, and nothing else was taken.
 */
export async function importFile(file: string, sink: Sink, keys: KeyRegistry): Promise<Imported> {
  const count = { records: 0, known: 0, refused: 0, stubs: 0, orders: 0 };
  const desired: Desired[] = [];
  let records: VerifiedRecord[] = [];
  let statements: Statement[] = [];
  const settle = async (): Promise<void> => {
    const { outcomes } = await takeIn(sink, records, [], statements);
    for (const outcome of outcomes) count[outcome === "new" ? "records" : "known"] += 1;
    [records, statements] = [[], []];
  };
  for await (const line of linesOf(file)) {
    try {
      if (line.is === "record") {
        const record = verifyRecord(Buffer.from(line.jws), keys);
        keys.learn(record);
        records.push(record);
      } else if (line.is === "status") {
        const { source } = verifyStatus(Buffer.from(line.jws), keys);
        statements.push({ source, jws: line.jws, heardMs: line.heardMs });
      } else if (line.is === "stub") count.stubs += 1;
      else if (line.is === "order") count.orders += 1;
      else if (line.is === "desired") {
        const { is: _, ...row } = line;
        desired.push(row);
      }
    } catch (error) {
      if (!(error instanceof LuError)) throw error;
      count.refused += 1;
    }
    if (records.length >= batchRecords) await settle();
  }
  await settle();
  // These bear no signature, so they wait for the end of the file, which vouches for them.
  for (const [kind, rows] of Map.groupBy(desired, ({ kind }) => kind)) {
    await sink.desired.change(kind, (known) => {
      const versions = new Map(known.map(({ name, v }) => [name, v]));
      return rows.filter(({ name, v }) => v > (versions.get(name) ?? -1));
    });
  }
  return { ...count, desired: desired.length };
}

async function* linesOf(file: string): AsyncGenerator<ExportLine> {
  const digest = createHash("sha256");
  let lines = 0;
  let isWhole = false;
  try {
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      const line = exportLine.parse(JSON.parse(text));
      if (isWhole || (lines === 0) !== (line.is === "lintel-export")) throw new Error("a line out of place");
      if (line.is === "end") {
        isWhole = line.lines === lines && line.h === digest.digest("base64url");
        if (!isWhole) throw new Error("the end is about other lines");
        continue;
      }
      digest.update(`${text}\n`);
      lines += 1;
      yield line;
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw unusable(file, `line ${lines + 1} is not what an export has there`, cause);
  }
  if (!isWhole) throw unusable(file, "it was cut short");
}

const unusable = (file: string, why: string, cause?: unknown): Fault =>
  new Fault(
    "sink-unusable",
    `${file} is no whole export: ${why}`,
    "Make it once more with `lintel store export`.",
    cause,
  );
