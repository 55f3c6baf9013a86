import type { KeyObject } from "node:crypto";
import { Fault } from "../core/fault.ts";
import { type LuCode, LuError } from "../core/jws.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { Held } from "../core/ports/uplink.ts";
import { type Identity, isBefore, type Position } from "../core/record.ts";
import { type Ack, readAck } from "./contract/receipt.ts";
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
  /** Genuine, and of a newer life than what is still owed: the cursor stays. */
  | (Genuine & { readonly is: "early" })
  /** Noise. */
  | { readonly is: "ignored"; readonly why: string };

/** What every genuine receipt says, however far it goes. */
export interface Genuine {
  /** Name of the receiver that signed it. */
  readonly by: string;
  readonly miss: Miss;
  /** Stored there, whatever the cursor may do. For people to see; nothing is forgotten by it, and nothing sent less. */
  readonly held: Held;
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
    return judge(readOneOf(bytes, device, receivers, journal), journal);
  } catch (error) {
    if (!(error instanceof LuError)) throw error;
    const said = `LU-${error.code} ${error.message}`;
    // Somebody's attempt, or a receiver that is mistaken; everything cheaper to produce is just noise.
    return alarming.includes(error.code) ? alarm(said) : { is: "ignored", why: said };
  }
}

const alarming: readonly LuCode[] = [1004, 1005, 1006, 2004];

/** Each of them is asked in turn whether it was theirs: without the right key that costs no signature. */
function readOneOf(bytes: Uint8Array, device: Identity, receivers: readonly ReceiverKey[], journal: Journal): Ack {
  let notTheirs = new LuError(1004, "nobody receipts here");
  for (const { name, kid, key } of receivers) {
    const source = `urn:lintel:${device.tenant}:cloud:${name}`;
    try {
      return readAck(bytes, {
        device,
        receiver: name,
        keys: [{ kid, key, role: "ack", source }],
        head: journal.head(),
        rhAt: (position) => journal.at(position)?.rh,
      });
    } catch (error) {
      if (!(error instanceof LuError) || error.code !== 1004) throw error;
      notTheirs = error;
    }
  }
  throw notTheirs;
}

/** Whether the cursor may move, by what is still owed. */
function judge({ rcv, ep, upto, rh, miss, have, at, n, pace }: Ack, journal: Journal): Receipt {
  const cursor = journal.cursor(rcv);
  const to = { epoch: ep, seq: upto };
  const held: Held = { epoch: ep, ranges: upto === -1 ? have : [[0, upto], ...have] };
  const says: Genuine = { by: rcv, miss: { epoch: ep, ranges: miss }, held, at, n, pace };
  if (upto === -1 || !isBefore(cursor, to)) return { is: "known", ...says };
  const oldest = journal.read(cursor, 1)[0];
  if (journal.at(to) === undefined) {
    const [first] = journal.read(beforeEverything, 1);
    // All of that life is gone from here, so nothing of it is owed: see docs/decisions/0003-journal.md.
    if (first !== undefined && first.epoch > to.epoch) return { is: "known", ...says };
    const loss = lossAt(to, journal);
    if (loss === "none") return alarm("LU-2004 the receipt names a record that is not in the journal");
    if (loss.rh !== null && loss.rh !== rh) return alarm("LU-2004 the receipt's record hash was never ours");
  }
  // A cursor in a newer epoch would give up what is still owed of the older one.
  if (oldest !== undefined && oldest.epoch < to.epoch) return { is: "early", ...says };
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
