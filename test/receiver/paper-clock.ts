import { connect, type MqttClient } from "mqtt";
import { v7 } from "uuid";
import { LuError } from "../../kiosk/core/jws.ts";
import { sourceOf } from "../../kiosk/core/record.ts";
import { utcText } from "../../kiosk/core/time.ts";
import { pack } from "../../kiosk/uplink/contract/batch.ts";
import { eventOfOwn, wrap } from "../../kiosk/uplink/contract/envelope.ts";
import { type CloudKey, unwrapFromCloud } from "../../kiosk/uplink/contract/keys.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { type AckEvent, ackEvent, type SignedEvent } from "../../kiosk/uplink/contract/wire.ts";
import { newKey, signedWire, smallJournal } from "../unit/uplink/parts.ts";

/** A clock without a wall: signed records of its own, and as much of a device's patience as a receiver needs. */
export interface PaperClock extends AsyncDisposable {
  readonly source: string;
  readonly device: string;
  readonly line: string;
  readonly records: readonly { readonly seq: number; readonly jws: string; readonly rh: string }[];
  /** What genuine receipts said, in order. */
  readonly acks: readonly AckEvent["data"][];
  /** Sends everything, each in a message of its own or a hundred in one. */
  readonly send: (how: "single" | "batch") => Promise<void>;
  /** Sends again what the newest receipt names missing, or asks how far it is. */
  readonly nag: () => void;
  readonly upto: () => number;
  /** The record that would come next, to be spoiled, signed and published by the test. */
  readonly event: (seq: number) => SignedEvent;
  readonly sign: (event: SignedEvent) => Uint8Array;
  readonly publish: (topic: string, bytes: Uint8Array) => Promise<unknown>;
}

export async function openPaperClock(options: {
  readonly brokerUrl: string;
  readonly count: number;
  readonly n: number;
  readonly receiptKey: CloudKey;
  readonly onAck?: (ack: AckEvent["data"], source: string) => void;
}): Promise<PaperClock> {
  const { brokerUrl, count, n, receiptKey, onAck } = options;
  const key = newKey();
  const device = `k${String(n).padStart(20, "0")}`;
  const identity = { tenant: "acme", site: "north", device };
  const source = sourceOf(identity);
  const journal = smallJournal(key, identity);
  journal.grow(count - 1);
  const records = journal.records;
  const acks: AckEvent["data"][] = [];
  const client: MqttClient = connect(brokerUrl, { clientId: device, reconnectPeriod: 100, resubscribe: true });
  client.on("error", () => {});
  client.on("message", (_, payload) => {
    try {
      const { data } = ackEvent.parse(unwrapFromCloud(payload, "lintel-ack+jws", "ack", [receiptKey]).event);
      acks.push(data);
      onAck?.(data, source);
    } catch (error) {
      if (!(error instanceof LuError)) throw error;
    }
  });
  await client.subscribeAsync(generic5.down(identity, "ack"), { qos: 1 });
  const topic = generic5.up(identity, "rec");
  const say = (bytes: Uint8Array, on = topic) => client.publishAsync(on, Buffer.from(bytes), { qos: 1 });
  const single = (jws: string) => say(wrap(jws, eventOfOwn(jws)));
  const newest = () => acks.at(-1);
  return {
    source,
    device,
    line: JSON.stringify({ source, jwk: key.jwk }),
    records,
    acks,
    event: (seq) => ({ ...eventOfOwn(records.at(-1)?.jws ?? ""), id: v7(), seq, prev: records.at(-1)?.rh }),
    sign: (event) => signedWire("lintel-rec+jws", event, key),
    publish: (on, bytes) => say(bytes, on),
    upto: () => acks.reduce((most, { upto }) => Math.max(most, upto), -1),
    send: async (how) => {
      if (how === "single") {
        for (let at = 0; at < count; at += 50)
          await Promise.all(records.slice(at, at + 50).map(({ jws }) => single(jws)));
        return;
      }
      for (let at = 0; at < count; at += 100) {
        const bag = pack(records.slice(at, at + 100).map(({ jws }) => jws));
        if (bag === null) throw new Error("a hundred small records fit into a batch");
        await say(bag);
      }
    },
    nag: () => {
      const missing = (newest()?.miss ?? []).flatMap(([from, to]) => records.slice(from, Math.min(to + 1, from + 500)));
      for (const { jws } of missing) void single(jws).catch(() => {});
      const head = records.at(-1);
      const event = {
        ...{ specversion: "1.0" as const, id: v7(), source, type: "dev.lintel.sync.v1", time: utcText(Date.now()) },
        data: { sess: v7(), ep: 1, head: { seq: head?.seq ?? 0, rh: head?.rh ?? "" } },
      };
      void say(signedWire("lintel-req+jws", event, key), generic5.up(identity, "req")).catch(() => {});
    },
    [Symbol.asyncDispose]: () => client.endAsync(true),
  };
}
