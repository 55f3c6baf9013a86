import type { KeyObject } from "node:crypto";
import { noRecordHash } from "../core/chain.ts";
import { Fault } from "../core/fault.ts";
import { LuError } from "../core/jws.ts";
import type { Journal } from "../core/ports.ts";
import { type Identity, isBefore, type Position } from "../core/record.ts";
import { unwrap } from "./contract/envelope.ts";
import { type AckEvent, ackEvent } from "./contract/wire.ts";
import type { Wish } from "./leash.ts";
import { lossAt } from "./loss.ts";

/** Whose receipts count. */
export interface ReceiverKey {
  /** `[a-z0-9-]{1,24}`: "payroll". */
  readonly name: string;
  readonly kid: string;
  readonly key: KeyObject;
}

export type Receipt =
  /** Genuine, and further than before: the cursor may move. */
  | (Genuine & { readonly is: "further"; readonly to: Position })
  /** Genuine, and nothing new. */
  | (Genuine & { readonly is: "known" })
  /** It claims what cannot be, or somebody else signed it. The cursor stays and a person should look. */
  | { readonly is: "alarm"; readonly fault: Fault }
  /** Noise. */
  | { readonly is: "ignored"; readonly why: string };

/** What every genuine receipt says, however far it goes. */
export interface Genuine {
  /** Name of the receiver that signed it. */
  readonly by: string;
  readonly miss: Miss;
  /** When it was signed, by the receiver's clock: true time is not before that. */
  readonly at: string;
  /** The nonce of the `sync` that it answers. */
  readonly n?: string | undefined;
  readonly pace?: Wish | undefined;
}

export type Miss = { readonly epoch: number; readonly ranges: readonly (readonly [number, number])[] };

const beforeEverything: Position = { epoch: 0, seq: -1 };

/** Reads what came on the receipt channel. Total: no bytes from outside make it throw. */
export function readReceipt(
  bytes: Uint8Array,
  device: Identity,
  receivers: readonly ReceiverKey[],
  journal: Journal,
): Receipt {
  try {
    const signerOf = (kid: string) => receivers.find((receiver) => receiver.kid === kid);
    const { event, kid } = unwrap(bytes, "lintel-ack+jws", (kid) => signerOf(kid)?.key);
    const ack = ackEvent.safeParse(event);
    if (!ack.success) return { is: "ignored", why: "no receipt" };
    return judge(ack.data, device, signerOf(kid)?.name ?? "", journal);
  } catch (error) {
    if (!(error instanceof LuError)) throw error;
    // Wrong key or broken signature is somebody's attempt; everything cheaper to produce is just noise.
    if (error.code === 1004 || error.code === 1006) return alarm(`LU-${error.code} ${error.message}`);
    return { is: "ignored", why: `LU-${error.code} ${error.message}` };
  }
}

function judge({ source, data }: AckEvent, device: Identity, receiver: string, journal: Journal): Receipt {
  if (data.rcv !== receiver || source !== `urn:lintel:${device.tenant}:cloud:${receiver}`) {
    return alarm("the receipt names another receiver");
  }
  if (data.dev !== device.device) return alarm("the receipt is for another device");
  const { at, n, pace } = data;
  const says: Genuine = { by: receiver, miss: { epoch: data.ep, ranges: data.miss }, at, n, pace };
  const cursor = journal.cursor(receiver);
  const to = { epoch: data.ep, seq: data.upto };
  if (to.seq === -1) return data.rh === noRecordHash ? { is: "known", ...says } : alarm("LU-2004 a hash of nothing");
  if (isBefore(journal.head(), to)) return alarm("LU-2004 the receipt is ahead of the journal");
  const ours = journal.at(to);
  if (ours !== undefined && ours.rh !== data.rh) return alarm("LU-2004 the receipt's record hash is not ours");
  if (!isBefore(cursor, to)) return { is: "known", ...says };
  const oldest = journal.read(cursor, 1)[0];
  if (ours === undefined) {
    const [first] = journal.read(beforeEverything, 1);
    // All of that life is gone from here, so nothing of it is owed: see docs/decisions/0003-journal.md.
    if (first !== undefined && first.epoch > to.epoch) return { is: "known", ...says };
    const loss = lossAt(to, journal);
    if (loss === "none") return alarm("LU-2004 the receipt names a record that is not in the journal");
    if (loss.rh !== null && loss.rh !== data.rh) return alarm("LU-2004 the receipt's record hash was never ours");
  }
  // A cursor in a newer epoch would give up what is still owed of the older one.
  if (oldest !== undefined && oldest.epoch < to.epoch) return { is: "ignored", why: "an older epoch is still owed" };
  return { is: "further", to, ...says };
}

const alarm = (message: string): Receipt => ({
  is: "alarm",
  fault: new Fault(
    "receipt-invalid",
    `Receipt refused: ${message}`,
    "Nothing was lost: the records stay here. Compare the receiver's key and its copy of this clock's records.",
  ),
});
