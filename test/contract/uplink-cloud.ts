import { v7 } from "uuid";
import { noRecordHash } from "../../kiosk/core/chain.ts";
import { signJws } from "../../kiosk/core/jws.ts";
import { sourceOf } from "../../kiosk/core/record.ts";
import { utcText } from "../../kiosk/core/time.ts";
import { unpack } from "../../kiosk/uplink/contract/batch.ts";
import { structuredContentType, unwrap, wrap } from "../../kiosk/uplink/contract/envelope.ts";
import { type ProfileName, profiles } from "../../kiosk/uplink/contract/profiles.ts";
import {
  type AckEvent,
  recordEvent,
  type StatusEvent,
  statusEvent,
  syncEvent,
} from "../../kiosk/uplink/contract/wire.ts";
import { openPipe } from "../../kiosk/uplink/mqtt.ts";
import { identity, newKey, type TestKey } from "../unit/uplink/parts.ts";

/** A receiver made of the contract alone, small enough to be wrong on purpose: one device, one epoch, in memory. */
export interface TestCloud extends AsyncDisposable {
  readonly receiver: { readonly name: string; readonly jwk: TestKey["jwk"] };
  /** Tokens by number. */
  readonly stored: ReadonlyMap<number, string>;
  /** Every message of the record channel: how many records were in it, its size, when it came. */
  readonly messages: readonly { readonly records: number; readonly bytes: number; readonly atMs: number }[];
  /** Numbers in the order of their first arrival. */
  readonly order: readonly number[];
  readonly statuses: readonly StatusEvent["data"][];
  readonly syncs: () => number;
  readonly upto: () => number;
  /** Says something now, whether it was asked or not. */
  readonly receipt: (changes?: Partial<AckEvent["data"]>) => void;
  /** Its store is set back: it forgets what comes after this number. */
  readonly forget: (after: number) => void;
  readonly behaviour: Behaviour;
}

export interface Behaviour {
  /** Says nothing at all, and keeps nothing. */
  isAway: boolean;
  pace: AckEvent["data"]["pace"];
  /** What it takes for the time. */
  readonly nowMs: () => number;
}

export interface TestCloudOptions {
  readonly brokerUrl: string;
  readonly device: TestKey;
  readonly name?: string;
  readonly profile?: ProfileName;
  readonly nowMs?: () => number;
  readonly everyRecords?: number;
}

export async function openTestCloud(options: TestCloudOptions): Promise<TestCloud> {
  const { name = "payroll", device, nowMs = Date.now } = options;
  const codec = profiles[options.profile ?? "generic5"].codec(identity);
  const key = newKey();
  const stored = new Map<number, string>();
  const hashes = new Map<number, string>();
  const messages: { records: number; bytes: number; atMs: number }[] = [];
  const order: number[] = [];
  const statuses: StatusEvent["data"][] = [];
  const behaviour: Behaviour = { isAway: false, pace: undefined, nowMs };
  let syncs = 0;
  let upto = -1;
  let head = -1;
  let bell: NodeJS.Timeout | undefined;
  const keyOf = (kid: string) => (kid === device.signer.kid ? device.signer.publicKey : undefined);

  const beyond = (): [number, number][] => {
    const ranges: [number, number][] = [];
    for (const seq of [...stored.keys()].filter((seq) => seq > upto).sort((a, b) => a - b)) {
      const last = ranges.at(-1);
      if (last?.[1] === seq - 1) last[1] = seq;
      else ranges.push([seq, seq]);
    }
    return ranges.slice(-32);
  };
  const missing = (): [number, number][] => {
    const gaps: [number, number][] = [];
    for (let seq = upto + 1; seq <= head && gaps.length < 32; seq += 1) {
      if (stored.has(seq)) continue;
      const last = gaps.at(-1);
      if (last?.[1] === seq - 1) last[1] = seq;
      else gaps.push([seq, seq]);
    }
    return gaps;
  };
  const receipt = (changes: Partial<AckEvent["data"]> = {}) => {
    clearTimeout(bell);
    bell = undefined;
    while (stored.has(upto + 1)) upto += 1;
    const at = utcText(behaviour.nowMs());
    const event: AckEvent = {
      specversion: "1.0",
      id: v7(),
      source: `urn:lintel:${identity.tenant}:cloud:${name}`,
      type: "dev.lintel.ack.v1",
      time: at,
      data: {
        dev: identity.device,
        ep: 1,
        upto,
        rh: hashes.get(upto) ?? noRecordHash,
        miss: missing(),
        have: beyond(),
        bad: [],
        at,
        rcv: name,
        ...(behaviour.pace && { pace: behaviour.pace }),
        ...changes,
      },
    };
    const bytes = wrap(signJws("lintel-ack+jws", JSON.stringify(event), key.signer).jws, event);
    pipe.publish({ topic: codec.down(identity, "ack"), bytes, contentType: structuredContentType }, () => {});
  };
  const hear = (topic: string, bytes: Uint8Array) => {
    const channel = codec.decode(topic)?.channel;
    if (behaviour.isAway) return;
    if (channel === "sta") {
      statuses.push(statusEvent.parse(unwrap(bytes, "lintel-sta+jws", keyOf).event).data);
      head = Math.max(head, statuses.at(-1)?.head.seq ?? -1);
    }
    if (channel === "req") {
      const asked = syncEvent.safeParse(unwrap(bytes, "lintel-req+jws", keyOf).event);
      // Rosters and settings are asked of others.
      if (!asked.success || asked.data.source !== sourceOf(identity)) return;
      const { data } = asked.data;
      syncs += 1;
      head = Math.max(head, data.head.seq);
      receipt({ n: data.n });
    }
    if (channel !== "rec") return;
    const tokens = unpack(bytes);
    messages.push({ records: tokens.length, bytes: bytes.length, atMs: performance.now() });
    for (const token of tokens) {
      const { event, jws, rh } = unwrap(token, "lintel-rec+jws", keyOf);
      const { seq } = recordEvent.parse(event);
      if (!stored.has(seq)) order.push(seq);
      stored.set(seq, jws);
      hashes.set(seq, rh);
      head = Math.max(head, seq);
    }
    if (order.length % (options.everyRecords ?? 500) === 0) receipt();
    else bell ??= setTimeout(receipt, 50);
  };
  const { signal } = new AbortController();
  const pipe = await openPipe({ brokerUrl: options.brokerUrl, clientId: `cloud-${name}` }, null, hear, signal);
  await pipe.subscribe([codec.up(identity, "rec"), codec.up(identity, "sta"), codec.up(identity, "req")]);
  return {
    receiver: { name, jwk: key.jwk },
    stored,
    messages,
    order,
    statuses,
    syncs: () => syncs,
    upto: () => upto,
    receipt,
    forget: (after) => {
      for (const seq of [...stored.keys()]) if (seq > after) stored.delete(seq);
      upto = Math.min(upto, after);
    },
    behaviour,
    [Symbol.asyncDispose]: async () => {
      clearTimeout(bell);
      await pipe[Symbol.asyncDispose]();
    },
  };
}
