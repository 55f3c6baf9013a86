import { type Disclosed, type DisclosedProof, disclosedMax, statementOf } from "../../kiosk/core/disclosure.ts";
import { type DisclosureWish, periodOf, type Sorted, sortFor } from "../../kiosk/core/disclosure-sorting.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Position, RecordEvent } from "../../kiosk/core/record.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import type { Found } from "../../kiosk/uplink/receiver/sink.ts";
import type { Archive } from "../receive/archive.ts";
import { proofsOf } from "./proofs.ts";

const pageRecords = 1_000;

interface Looked {
  readonly source: string;
  readonly upto: Position;
  readonly sorted: Sorted<Found>;
}

/**
 * Everything that a receiver's store, or the copy of a clock's journal, has of one person and one period. Looks at every
 * record once: whoever punched at a clock is in no index that would have to be erased with them.
 *
 * @throws Fault `config-invalid` where the days are none, or hold more than one package may.
 */
export async function collect(
  archive: Archive,
  wish: DisclosureWish,
  why: { readonly reason: string; readonly ticket: string },
  nowUtcMs: number,
): Promise<Disclosed> {
  const found = (await lookThrough(archive, wish)).filter(hasToSay);
  const parts = found.flatMap(({ sorted }) => sorted.parts);
  if (parts.length > disclosedMax) {
    const remedy = "Ask for two shorter periods.";
    throw new Fault("config-invalid", `this would be more than ${disclosedMax} records`, remedy);
  }
  const checkpoints: string[] = [];
  const proofs: (DisclosedProof | null)[] = [];
  for (const { source, sorted } of found) {
    for (const [epoch, ofEpoch] of Map.groupBy(sorted.parts, (part) => part.epoch)) {
      const { paths, checkpoint } = await proofsOf(
        { source, epoch },
        ofEpoch.map(({ token }) => token),
        archive,
      );
      const place = checkpoint === null ? -1 : checkpoints.push(checkpoint) - 1;
      proofs.push(...paths.map((path) => (path === null ? null : { checkpoint: place, ...path })));
    }
  }
  return {
    statement: JSON.stringify(statementOf(wish, why, found, nowUtcMs)),
    records: parts.map(({ token }) => token.jws ?? ""),
    ...{ proofs, checkpoints },
  };
}

async function lookThrough({ read }: Archive, wish: DisclosureWish): Promise<readonly Looked[]> {
  const period = periodIn(wish);
  const looked: Looked[] = [];
  for (const [source, streams] of Map.groupBy(await read.streams(), (stream) => stream.source)) {
    const sorting = sortFor<Found>(wish.person, period);
    let upto: Position = { epoch: 0, seq: -1 };
    for (const stream of streams.toSorted((a, b) => a.epoch - b.epoch)) {
      for (let from = 0; ; from = upto.seq + 1) {
        const page = await read.page(stream, from, pageRecords);
        for (const found of page) sorting.offer(found, eventIn(found), found);
        const last = page.at(-1);
        if (last === undefined) break;
        upto = { epoch: last.epoch, seq: last.seq };
      }
    }
    looked.push({ source, upto, sorted: sorting.close() });
  }
  return looked;
}

/** A clock at which they never were, and of which nothing is lost, is nobody's business here. */
const hasToSay = ({ sorted: { parts, leftOut } }: Looked): boolean =>
  parts.some((part) => part.as !== "keychange") || leftOut.forgotten > 0 || leftOut.notHere > 0;

/** Of a record that whoever keeps it has proved. */
const eventIn = ({ jws }: Found): RecordEvent | null =>
  jws === null ? null : (eventOfOwn(jws) as unknown as RecordEvent);

function periodIn(wish: DisclosureWish): ReturnType<typeof periodOf> {
  try {
    return periodOf(wish);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const remedy = "Name first and last day, such as 2026-11-01 and 2026-11-30, and the site's zone.";
    throw new Fault("config-invalid", `${wish.first} to ${wish.last} (${wish.timeZone}) is no period`, remedy, cause);
  }
}
