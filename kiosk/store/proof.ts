import { noRecordHash, recordHash } from "../core/chain.ts";
import { type KeyOf, LuError, verifyJws, verifyJwsAside } from "../core/jws.ts";
import type { Position, RecordEvent } from "../core/record.ts";
import type { Row } from "./database.ts";
import { eventOf } from "./make-record.ts";

/** What is wrong with a journal, for programs; the sentence is for people. */
type ProofCode =
  | "journal-missing"
  | "unreadable"
  | "row-decayed"
  | "signature-invalid"
  | "columns-disagree"
  | "number-missing"
  | "chain-broken"
  | "key-unnamed"
  | "epoch-undeclared"
  | "checkpoint-wrong"
  | "behind-witness"
  | "witness-disagrees";

export interface Flaw extends Position {
  readonly code: ProofCode;
  readonly sentence: string;
}

/**
 * Checks one row by itself: it is what was written, the signature is one of ours, and the columns say what the signed
 * text says.
 *
 * @param depth `hash` leaves the signature out (some 100 µs each); the row's checksum still guards it against decay.
 */
export function proveRow(row: Row, keyOf: KeyOf, depth: "signature" | "hash"): Flaw | RecordEvent {
  const flaw = (code: ProofCode, sentence: string): Flaw => ({ epoch: row.epoch, seq: row.seq, code, sentence });
  const name = `record ${row.epoch}/${row.seq}`;
  if (!row.isIntact) return flaw("row-decayed", `${name} is not what was written: its checksum does not fit.`);
  const signingInput = row.jws.slice(0, row.jws.lastIndexOf("."));
  if (recordHash(signingInput) !== row.rh)
    return flaw("chain-broken", `${name} does not have the hash that it claims.`);
  if (depth === "signature") {
    try {
      verifyJws(row.jws, "lintel-rec+jws", keyOf);
    } catch (error) {
      if (!(error instanceof LuError)) throw error;
      return flaw("signature-invalid", `${name} is not proved by any of our keys: ${error.message}.`);
    }
  }
  const event = eventOf(row.jws);
  const agrees =
    event.epoch === row.epoch &&
    event.seq === row.seq &&
    event.id === row.id &&
    event.type === `dev.lintel.${row.type}.v1` &&
    Date.parse(event.time) === row.committedMs;
  return agrees ? event : flaw("columns-disagree", `${name} stands in a row that says something else.`);
}

/** Whether one of our keys signed it. Asked of many at once, each core proves some of them. */
export async function isSigned({ jws }: Row, keyOf: KeyOf): Promise<boolean> {
  try {
    await verifyJwsAside(jws, "lintel-rec+jws", keyOf);
    return true;
  } catch (error) {
    if (!(error instanceof LuError)) throw error;
    return false;
  }
}

export const isFlaw = (result: Flaw | RecordEvent): result is Flaw => "code" in result;

/** Where the chain stood after a record. */
export interface Link extends Position {
  readonly rh: string;
}

/** Checks that a record follows on the one before it: numbers without a gap, `prev` its hash; seq 0 follows on nothing. */
export function followsOn(event: RecordEvent, before: Link | null): Flaw | null {
  const { epoch, seq } = event;
  const name = `record ${epoch}/${seq}`;
  const expectedSeq = before?.epoch === epoch ? before.seq + 1 : 0;
  if (seq !== expectedSeq) {
    return { epoch, seq: expectedSeq, code: "number-missing", sentence: `Record ${epoch}/${expectedSeq} is missing.` };
  }
  const expectedPrev = before?.epoch === epoch ? before.rh : noRecordHash;
  if (event.prev === expectedPrev) return null;
  return { epoch, seq, code: "chain-broken", sentence: `${name} does not continue the record before it.` };
}
