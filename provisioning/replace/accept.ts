import { readFileSync } from "node:fs";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";
import { isBefore } from "../../kiosk/core/record.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";
import type { Head } from "../../kiosk/store/witness.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { statusEvent } from "../../kiosk/uplink/contract/wire.ts";
import { identityOf, standing } from "../../kiosk/uplink/receiver/receiver.ts";
import type { Sink } from "../../kiosk/uplink/receiver/sink.ts";
import type { Owed } from "../backup/owed.ts";
import { type HeardClaim, hearReplacement } from "./statement.ts";

/** The receivers' side of a replacement: their list of clocks, one JSON object a line, as `lintel receive` reads it. */

const line = z.looseObject({
  source: z.string(),
  jwk: z.object({ kty: z.string(), crv: z.string(), x: z.string(), y: z.string().optional() }),
  from: z.tuple([z.int(), z.int()]).optional(),
  revoked: z.tuple([z.int(), z.int()]).optional(),
});
type Line = z.output<typeof line>;

export interface AcceptOptions {
  readonly statement: string;
  readonly devices: string;
  readonly sink: Sink;
  /** A person vouches for it, where the old key could not. */
  readonly isByHand: boolean;
}

/**
 * Takes a new board's key from its first epoch on, and the old one's up to there. Twice is once.
 *
 * @throws Fault `replace-refused` where nobody vouches for it, or what it says does not fit what is stored.
 */
export async function acceptReplacement({ statement, devices, sink, isByHand }: AcceptOptions): Promise<HeardClaim> {
  const lines = readLines(devices);
  const claim = await hearReplacement(statement, (source, kid) => keyOf(lines, source, kid));
  const { source, prev, epoch, jwk, isVouched } = claim;
  const ours = lines.filter((one) => one.source === source);
  if (ours.length === 0) {
    throw refused(`${devices} knows no clock ${source}`, "Name the list in which the old board stands.");
  }
  const isNew = (one: Line): boolean => one.source === source && kidOf(one.jwk as PublicJwk) === kidOf(jwk);
  if (ours.some((one) => isNew(one) && one.from !== undefined)) return claim;
  if (!isVouched && !isByHand) {
    throw refused(
      "the old key did not sign this",
      "Compare its kid with the one that `lintel replace board` printed on the new board, then say --by-hand.",
    );
  }
  const used = (await sink.read.streams()).filter((one) => one.source === source).map((one) => one.epoch);
  const newest = Math.max(0, ...used);
  if (epoch <= newest) {
    throw refused(
      `epoch ${epoch} is used already: ${newest} is the newest that is stored`,
      `Start over on the new board with an empty folder and --above ${newest}.`,
    );
  }
  const [there] = await sink.read.page({ source, epoch: prev.epoch }, prev.seq, 1);
  if (there?.seq === prev.seq && there.rh !== prev.rh) {
    throw refused(
      `record ${prev.epoch}/${prev.seq} that it follows on is another one here`,
      "Somebody wrote two records of one number: keep both disks and find out before anything is accepted.",
    );
  }
  const next = [
    // Somebody wrote the new key down as a clock of its own, which would leave the old one's without an end.
    ...lines
      .filter((one) => !isNew(one))
      .map((one) => (one.source === source && one.revoked === undefined ? { ...one, revoked: [epoch, 0] } : one)),
    { source, jwk, from: [epoch, 0] },
  ];
  await writeAtomically(devices, `${next.map((one) => JSON.stringify(one)).join("\n")}\n`);
  return claim;
}

/** What a receiver knows of a clock that is gone: enough for a new board to go on behind it, and none of its punches. */
export async function placeOf(source: string, name: string, devices: string, sink: Sink): Promise<Owed> {
  const keys = readLines(devices)
    .filter((one) => one.source === source)
    .map(({ jwk: { kty, crv, x } }) => ({ kty, crv, x }));
  const stands = (await standing(sink, [source])).filter(({ upto }) => upto >= 0);
  const last = stands.at(-1);
  if (keys.length === 0 || last === undefined) {
    throw refused(`nothing of ${source} is known here`, "Name the clock as urn:lintel:TENANT:SITE:DEVICE.");
  }
  const stored = { epoch: last.epoch, seq: last.upto, rh: last.rh };
  // What it signed for and never sent: the new board declares it lost, rather than nobody.
  const said = headIn((await sink.read.status(source))?.jws);
  return {
    ...{ source, keys, records: [], unproved: 0, low: null },
    newest: said !== null && isBefore(stored, said) ? said : stored,
    cursors: new Map([[name, { epoch: stored.epoch, seq: stored.seq }]]),
  };
}

function headIn(jws: string | undefined): Head | null {
  const said = jws === undefined ? null : statusEvent.safeParse(eventOfOwn(jws)).data;
  return said == null ? null : { epoch: said.data.ep, seq: said.data.head.seq, rh: said.data.head.rh };
}

export const describeDevice = (source: string): string => {
  const { tenant, site, device } = identityOf(source);
  return `${device} of ${tenant}/${site}`;
};

function keyOf(lines: readonly Line[], source: string, kid: string): PublicJwk | undefined {
  const found = lines.find((one) => one.source === source && kidOf(one.jwk as PublicJwk) === kid);
  return found?.jwk as PublicJwk | undefined;
}

function readLines(file: string): readonly Line[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((text) => text.trim() !== "")
      .map((text) => line.parse(JSON.parse(text)));
  } catch (cause) {
    throw new Fault(
      "key-unusable",
      `${file} is no list of clocks`,
      "Name the file of `lintel receive --devices`.",
      cause,
    );
  }
}

const refused = (message: string, remedy: string): Fault => new Fault("replace-refused", message, remedy);
