import { type Signer, signJws } from "../../core/jws.ts";
import { utcText } from "../../core/time.ts";
import { wrap } from "../contract/envelope.ts";
import type { AckEvent } from "../contract/wire.ts";
import type { Stand } from "./life.ts";

export interface AckExtras {
  /** The nonce of the `sync` that it answers. */
  readonly n?: string;
  /** How fast the backlog may come. */
  readonly pace?: { readonly rps?: number; readonly hold?: number };
}

/**
 * A signed receipt, ready to be published to the device. Call it only for what is committed durably: the device takes it
 * as leave to forget.
 *
 * @param receiver the name devices know this receiver by: `[a-z0-9-]{1,24}`.
 * @param id unique; a UUID will do.
 */
export function ackOf(
  stand: Pick<Stand, "source" | "epoch" | "upto" | "rh" | "miss" | "bad"> & Partial<Pick<Stand, "have">>,
  receiver: string,
  id: string,
  utcMs: number,
  signer: Signer,
  { n, pace }: AckExtras = {},
): Uint8Array {
  const [, , tenant, , device] = stand.source.split(":");
  const event: AckEvent = {
    specversion: "1.0",
    id,
    source: `urn:lintel:${tenant}:cloud:${receiver}`,
    type: "dev.lintel.ack.v1",
    time: utcText(utcMs),
    data: {
      dev: device ?? "",
      ep: stand.epoch,
      upto: stand.upto,
      rh: stand.rh,
      miss: stand.miss.map(([from, to]) => [from, to]),
      ...(stand.have !== undefined && stand.have.length > 0 && { have: stand.have.map(([from, to]) => [from, to]) }),
      bad: stand.bad.map(({ seq, code }) => ({ seq, code })),
      at: utcText(utcMs),
      ...(n !== undefined && { n }),
      ...(pace !== undefined && { pace }),
      rcv: receiver,
    },
  };
  return wrap(signJws("lintel-ack+jws", JSON.stringify(event), signer).jws, event);
}
