import { randomUUID } from "node:crypto";
import { type Signer, signJws } from "../../core/jws.ts";
import type { Identity } from "../../core/record.ts";
import { utcText } from "../../core/time.ts";
import { wrap } from "../contract/envelope.ts";
import { generic5, type TopicCodec } from "../contract/topics.ts";
import type { SignedEvent } from "../contract/wire.ts";

/** A message to publish, QoS 1. */
export interface Letter {
  readonly topic: string;
  readonly bytes: Uint8Array;
}

/** Who writes to clocks. */
export interface Sender {
  /** `urn:lintel:{tenant}:cloud:{issuer}` */
  readonly issuer: string;
  /** A key of the channel's role. */
  readonly signer: Signer;
  readonly nowMs?: () => number;
  readonly codec?: TopicCodec;
}

/** By channel, which is also the role that must sign: roster pages, settings, the time. */
const types = { ros: "roster", cfg: "config", tim: "time" } as const;

/** A signed message to one clock. `data` is what docs/uplink.md says for the channel; `aud` may be left out. */
export function letterTo(
  device: Identity,
  channel: keyof typeof types,
  data: object,
  { issuer, signer, nowMs = Date.now, codec = generic5 }: Sender,
): Letter {
  const event: SignedEvent = {
    specversion: "1.0",
    id: randomUUID(),
    source: `urn:lintel:${device.tenant}:cloud:${issuer}`,
    type: `dev.lintel.${types[channel]}.v1`,
    time: utcText(nowMs()),
    // An answer about the time is known by the nonce that the clock made.
    data: channel === "tim" ? data : { aud: [device.device], ...data },
  };
  const { jws } = signJws(`lintel-${channel}+jws`, JSON.stringify(event), signer);
  return { topic: codec.down(device, channel), bytes: wrap(jws, event) };
}
