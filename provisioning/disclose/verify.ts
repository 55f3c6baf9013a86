import type { KeyObject } from "node:crypto";
import type { Disclosed, Statement } from "../../kiosk/core/disclosure.ts";
import { periodOf, sortFor } from "../../kiosk/core/disclosure-sorting.ts";
import { LuError, verifyJws } from "../../kiosk/core/jws.ts";
import { isBefore, type Position, type RecordEvent } from "../../kiosk/core/record.ts";
import { utcText } from "../../kiosk/core/time.ts";
import { nextKeyOf } from "../../kiosk/uplink/contract/next-key.ts";
import { isIncluded } from "../../kiosk/uplink/contract/tree.ts";
import { recordEvent } from "../../kiosk/uplink/contract/wire.ts";
import { saidBy } from "../sealed.ts";
import { countedOf, type Package, statementIn } from "./package.ts";

/** What an examiner learns with the package, the clocks' first public keys, and nothing else. */
export interface Verdict {
  readonly statement: Statement | null;
  /** In the order of the package; those that are not genuine are missing. */
  readonly events: readonly RecordEvent[];
  /** So many of the records lead to a root that their clock signed. */
  readonly proved: number;
  /** Everything that is wrong with it, in sentences; empty: it is whole and genuine. */
  readonly wrong: readonly string[];
}

/**
 * @param clocks public keys that the clocks were registered with; later ones are learnt from their key changes.
 * @param by public Ed25519 key (x) of whoever exported out of a store; null where a clock did.
 */
export function verifyPackage(whole: Package, clocks: ReadonlyMap<string, KeyObject>, by: string | null): Verdict {
  const wrong: string[] = [];
  const genuine = opened(whole.records, clocks, wrong);
  const events = genuine.records.flatMap((one) => (one === null ? [] : [one.event]));
  const statement = statementIn(whole);
  if (statement === null) wrong.push("there is no statement of what was asked for");

  const said = saidBy(whole.manifest, genuine.keyOf, by);
  const { n, h } = countedOf(whole);
  if (said === null) wrong.push("the manifest is not signed by who it should be");
  else {
    if (said.n !== n) wrong.push(`the manifest counts ${said.n} records, and here are ${n}`);
    if (said.h !== h) wrong.push("the records or the statement are not those that the manifest is about");
    if (said.record !== null && said.record.sub !== statement?.person)
      wrong.push("the manifest is about somebody else");
  }
  if (statement !== null) wrong.push(...contradictions(statement, genuine.records));
  const proved = whole.records.map((_, at) => proofOf(whole, at, genuine, wrong)).filter((is) => is).length;
  return { statement, events, proved, wrong };
}

interface Genuine {
  readonly event: RecordEvent;
  readonly rh: string;
}

interface Opened {
  /** Null in the place of one that is not genuine. */
  readonly records: readonly (Genuine | null)[];
  readonly keyOf: (kid: string) => KeyObject | undefined;
  /** False after the place at which its clock changed to another key. */
  readonly signsAt: (kid: string, at: Position) => boolean;
}

function opened(tokens: readonly string[], clocks: ReadonlyMap<string, KeyObject>, wrong: string[]): Opened {
  const keys = new Map(clocks);
  const owners = new Map<string, string>();
  const retired = new Map<string, Position>();
  const keyOf = (kid: string) => keys.get(kid);
  const signsAt = (kid: string, at: Position): boolean => {
    const upto = retired.get(kid);
    return upto === undefined || !isBefore(upto, at);
  };
  const records = tokens.map((jws, at) => {
    try {
      const { payload, kid, rh } = verifyJws(jws, "lintel-rec+jws", keyOf);
      const record = recordEvent.parse(payload);
      const owner = owners.get(kid) ?? record.source;
      owners.set(kid, owner);
      if (owner !== record.source) throw new LuError(1004, "its key speaks for another clock");
      if (!signsAt(kid, record)) throw new LuError(1004, "its clock had changed to another key");
      if (record.type === "dev.lintel.keychange.v1") {
        const next = nextKeyOf(record, kid);
        keys.set(next.kid, next.key);
        retired.set(kid, record);
      }
      return { event: record as unknown as RecordEvent, rh };
    } catch (error) {
      const why = error instanceof LuError ? `LU-${error.code}, ${error.message}` : "it is no record";
      wrong.push(`record ${at + 1} is not genuine: ${why}`);
      return null;
    }
  });
  return { records, keyOf, signsAt };
}

/** Whether what is here is what was asked for, and what the statement says of it: decided anew from the records alone. */
function contradictions(statement: Statement, records: readonly (Genuine | null)[]): readonly string[] {
  const wrong: string[] = [];
  const { fromUtcMs, untilUtcMs } = periodOf(statement);
  if (statement.from !== utcText(fromUtcMs) || statement.until !== utcText(untilUtcMs)) {
    wrong.push("the period's moments are not those of its days in that zone");
  }
  if (statement.records.length !== records.length) {
    wrong.push(`the statement is about ${statement.records.length} records, and here are ${records.length}`);
  }
  const expected = new Map<number, string>();
  const places = records.flatMap((one, n) => (one === null ? [] : [{ n, event: one.event }]));
  for (const ofSource of Map.groupBy(places, ({ event }) => event.source).values()) {
    const sorting = sortFor<number>(statement.person, { fromUtcMs, untilUtcMs });
    for (const { n, event } of ofSource) sorting.offer(event, event, n);
    for (const { token, as } of sorting.close().parts) expected.set(token, as);
  }
  for (const { n, event } of places) {
    const named = statement.records[n];
    const isNamed = named?.source === event.source && named.epoch === event.epoch && named.seq === event.seq;
    if (!isNamed) wrong.push(`record ${n + 1} is not the one that the statement names`);
    else if (expected.get(n) !== named.as)
      wrong.push(`record ${n + 1} was not asked for: ${named.as} is not what it is`);
  }
  return wrong;
}

function proofOf(whole: Disclosed, at: number, { records, ...keys }: Opened, wrong: string[]): boolean {
  const proof = whole.proofs[at] ?? null;
  const record = records[at] ?? null;
  if (proof === null || record === null) return false;
  const root = rootIn(whole.checkpoints[proof.checkpoint] ?? "", record.event, keys);
  const isGood =
    root !== null &&
    proof.index === record.event.seq &&
    proof.size === root.size &&
    isIncluded(record.rh, proof.index, proof.size, proof.path, root.root);
  if (!isGood) wrong.push(`record ${at + 1} is not in the log that its clock signed`);
  return isGood;
}

/** Of the same clock and the same life as the record. */
function rootIn(token: string, { source, epoch }: RecordEvent, { keyOf, signsAt }: Omit<Opened, "records">) {
  try {
    const { payload, kid } = verifyJws(token, "lintel-rec+jws", keyOf);
    const checkpoint = recordEvent.parse(payload);
    const { size, root } = checkpoint.data as { readonly size?: unknown; readonly root?: unknown };
    const isOurs = checkpoint.source === source && checkpoint.epoch === epoch && signsAt(kid, checkpoint);
    const isOne = checkpoint.type === "dev.lintel.checkpoint.v1" && typeof size === "number";
    return isOurs && isOne && typeof root === "string" ? { size, root } : null;
  } catch {
    return null;
  }
}
