import { v7 } from "uuid";
import { Fault } from "../core/fault.ts";
import { maxPayloadBytes, type Signer, signJws } from "../core/jws.ts";
import type { Appended } from "../core/ports/journal.ts";
import { type Identity, type Position, type RecordBody, type RecordEvent, sourceOf } from "../core/record.ts";
import { type Stamp, utcText } from "../core/time.ts";

/** Everything a record's bytes depend on. Same input, same bytes: Ed25519 signatures are deterministic. */
export interface RecordDraft extends Position {
  readonly id: string;
  /** Record hash of the record before; `noRecordHash` for seq 0. */
  readonly prev: string;
  readonly body: RecordBody;
  readonly at: Stamp;
}

/** @throws Fault `record-too-large` where the signed body would exceed 8 KiB. */
export function makeRecord(draft: RecordDraft, identity: Identity, signer: Signer): Appended {
  // Members stand in the order in which protocol LU1 shows them.
  const event: RecordEvent = {
    specversion: "1.0",
    id: draft.id,
    source: sourceOf(identity),
    type: `dev.lintel.${draft.body.type}.v1`,
    time: utcText(draft.at.utcMs),
    epoch: draft.epoch,
    seq: draft.seq,
    prev: draft.prev,
    data: draft.body.data,
  };
  const payload = JSON.stringify(event);
  if (Buffer.byteLength(payload) > maxPayloadBytes) {
    throw new Fault(
      "record-too-large",
      `a ${draft.body.type} record would be larger than ${maxPayloadBytes} bytes`,
      "Shorten the texts in the configuration that go into records (location, policy, reasons).",
    );
  }
  const { jws, rh } = signJws("lintel-rec+jws", payload, signer);
  return { event, stored: { epoch: draft.epoch, seq: draft.seq, rh, jws, type: draft.body.type, id: draft.id } };
}

/** The signed event of a token that we wrote ourselves; what comes from outside goes through `verifyJws`. */
export function eventOf(jws: string): RecordEvent {
  const payload = jws.slice(jws.indexOf(".") + 1, jws.lastIndexOf("."));
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as RecordEvent;
}

/** Gives UUIDv7s whose millisecond field only grows, also when the wall clock is set back (RFC 9562, section 6.2). */
export interface RecordIds {
  readonly next: (utcMs: number) => string;
}

/** @param lastId the newest id already given, or null. */
export function recordIds(lastId: string | null): RecordIds {
  let lastMs = lastId === null ? -1 : Number.parseInt(lastId.slice(0, 8) + lastId.slice(9, 13), 16);
  return {
    next: (utcMs) => {
      lastMs = Math.max(lastMs + 1, Math.floor(utcMs));
      return v7({ msecs: lastMs });
    },
  };
}
