import { LuError } from "../core/jws.ts";
import type { Claim } from "../core/ports/journal.ts";
import type { Identity } from "../core/record.ts";
import { readAck } from "./contract/receipt.ts";
import type { ReceiverKey } from "./inbox.ts";

/**
 * What a genuine receipt says of our journal, whether or not it can be true of it: for `JournalLife.yieldTo`, which finds
 * out. Worth asking where a receipt was refused with 2004, and of each answer to a `sync`.
 *
 * @returns null for anything that no receiver of ours signed for us. Total: no bytes from outside make it throw.
 */
export function claimIn(bytes: Uint8Array, device: Identity, receivers: readonly ReceiverKey[]): Claim | null {
  for (const { name, kid, key } of receivers) {
    const source = `urn:lintel:${device.tenant}:cloud:${name}`;
    try {
      const { ep, upto, rh, miss, have } = readAck(bytes, {
        device,
        receiver: name,
        keys: [{ kid, key, role: "ack", source }],
        head: everything,
        rhAt: () => undefined,
      });
      return { epoch: ep, seq: upto, rh, last: Math.max(upto, ...[...miss, ...have].map(([, to]) => to)) };
    } catch (error) {
      if (!(error instanceof LuError)) throw error;
    }
  }
  return null;
}

/** Whatever a receipt names is not beyond it: the journal itself is asked later. */
const everything = { epoch: Number.MAX_SAFE_INTEGER, seq: 0 };
