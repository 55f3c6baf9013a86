import { noRecordHash } from "../../core/chain.ts";
import { LuError } from "../../core/jws.ts";
import type { Identity, Position } from "../../core/record.ts";
import { isBefore } from "../../core/record.ts";
import { type CloudKey, unwrapFromCloud } from "./keys.ts";
import { type AckEvent, ackEvent } from "./wire.ts";

/** What a device holds a receipt against. */
export interface Receipted {
  readonly device: Identity;
  /** The name of the receiver that it is waiting for. */
  readonly receiver: string;
  readonly keys: readonly CloudKey[];
  readonly head: Position;
  /** Record hash at a place; undefined where it is no longer known. */
  readonly rhAt: (position: Position) => string | undefined;
}

type SeqRange = [number, number];
export type Ack = AckEvent["data"] & { readonly have: readonly (readonly [number, number])[] };

/**
 * The part of judging a receipt that is the same for every device in any language. Whether a cursor may move is decided
 * after it, by what the device still owes; by `have` it never may.
 *
 * @returns with `have` the ranges of it that lie beyond `upto`: what else it says is said already, or nothing.
 * @throws LuError 1001-1007; 1005 for another device; 2004 for a number or hash that is not ours.
 */
export function readAck(bytes: Uint8Array, { device, receiver, keys, head, rhAt }: Receipted): Ack {
  const { event } = unwrapFromCloud(bytes, "lintel-ack+jws", "ack", keys);
  const ack = ackEvent.safeParse(event);
  if (!ack.success) throw new LuError(1001, "no receipt");
  const { data, source } = ack.data;
  if (data.rcv !== receiver || source !== `urn:lintel:${device.tenant}:cloud:${receiver}`) {
    throw new LuError(1004, "the receipt is another receiver's");
  }
  if (data.dev !== device.device) throw new LuError(1005, "the receipt is for another device");
  const at: Position = { epoch: data.ep, seq: data.upto };
  const ours = data.upto === -1 ? noRecordHash : rhAt(at);
  if (isBefore(head, at)) throw new LuError(2004, "the receipt is ahead of the journal");
  if (ours !== undefined && ours !== data.rh) throw new LuError(2004, "the receipt's record hash is not ours");
  const have = beyond(data.have ?? [], data.upto);
  if (have.some(([, seq]) => isBefore(head, { epoch: data.ep, seq }))) {
    throw new LuError(2004, "the receipt has what is not in the journal");
  }
  return { ...data, have };
}

const beyond = (ranges: readonly SeqRange[], upto: number): SeqRange[] =>
  ranges.map(([from, to]): SeqRange => [Math.max(from, upto + 1), to]).filter(([from, to]) => from <= to);
