import { type JwsTyp, type LuCode, LuError } from "../../core/jws.ts";
import { type Identity, sourceOf } from "../../core/record.ts";
import { unpack } from "../contract/batch.ts";
import { type Unwrapped, unwrap } from "../contract/envelope.ts";
import {
  recordData,
  recordEvent,
  type SignedEvent,
  type StatusEvent,
  type SyncEvent,
  statusEvent,
  syncEvent,
  type WireRecord,
} from "../contract/wire.ts";
import type { KeyRegistry } from "./registry.ts";

/** A record that its device did sign. */
export interface VerifiedRecord {
  readonly source: string;
  readonly event: WireRecord;
  /** Store this text, not a re-encoding of it. */
  readonly jws: string;
  readonly rh: string;
  /** The key that signed it. */
  readonly kid: string;
  /** Signed, yet its `data` is not what its type promises: to be kept, counted, and reported as bad. */
  readonly flaw: LuCode | null;
}

/**
 * @param from the device the topic names, where the transport knows it.
 * @throws LuError: somebody else's message or a damaged one. It says nothing about the device, so it must neither be
 *   counted nor receipted.
 */
export function verifyRecord(bytes: Uint8Array, keys: KeyRegistry, from?: Identity): VerifiedRecord {
  const { event, jws, rh, kid } = ofDevice(bytes, "lintel-rec+jws", keys, from);
  const record = recordEvent.safeParse(event);
  if (!record.success) throw new LuError(1001, "signed body has no place in a stream");
  if (!keys.isValidAt(kid, record.data)) throw new LuError(1004, "kid is not valid at this place of the stream");
  const isAsPromised = recordData[event.type]?.safeParse(record.data.data).success ?? true;
  return { source: event.source, event: record.data, jws, rh, kid, flaw: isAsPromised ? null : 1001 };
}

/**
 * The same for whatever may come on the record channel: a batch gives one answer for each of its records, and a bad one
 * among them says nothing about the others.
 *
 * @throws LuError where a batch cannot be opened.
 */
export function verifyRecords(
  bytes: Uint8Array,
  keys: KeyRegistry,
  from?: Identity,
): readonly (VerifiedRecord | LuError)[] {
  return unpack(bytes).map((message) => {
    try {
      return verifyRecord(message, keys, from);
    } catch (error) {
      if (!(error instanceof LuError)) throw error;
      return error;
    }
  });
}

/** @throws LuError as above. */
export function verifyStatus(bytes: Uint8Array, keys: KeyRegistry, from?: Identity): StatusEvent {
  const status = statusEvent.safeParse(ofDevice(bytes, "lintel-sta+jws", keys, from).event);
  if (!status.success) throw new LuError(1001, "no status");
  return status.data;
}

/** @throws LuError as above. */
export function verifySync(bytes: Uint8Array, keys: KeyRegistry, from?: Identity): SyncEvent {
  const sync = syncEvent.safeParse(ofDevice(bytes, "lintel-req+jws", keys, from).event);
  if (!sync.success) throw new LuError(1001, "no request that is known here");
  return sync.data;
}

/** Whatever else a device may ask for on the request channel; `type` says what. @throws LuError as above. */
export const verifyRequest = (bytes: Uint8Array, keys: KeyRegistry, from?: Identity): SignedEvent =>
  ofDevice(bytes, "lintel-req+jws", keys, from).event;

function ofDevice(bytes: Uint8Array, typ: JwsTyp, keys: KeyRegistry, from: Identity | undefined): Unwrapped {
  const unwrapped = unwrap(bytes, typ, keys.keyOf);
  if (keys.ownerOf(unwrapped.kid) !== unwrapped.event.source) throw new LuError(1004, "kid belongs to another device");
  if (from !== undefined && sourceOf(from) !== unwrapped.event.source) {
    throw new LuError(1005, "topic names another device than the signed source");
  }
  return unwrapped;
}
