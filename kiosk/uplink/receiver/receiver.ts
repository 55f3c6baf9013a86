import { randomUUID } from "node:crypto";
import { LuError, type Signer } from "../../core/jws.ts";
import type { Identity } from "../../core/record.ts";
import { unpack } from "../contract/batch.ts";
import type { Ingress } from "../contract/ingress.ts";
import { generic5, type TopicCodec } from "../contract/topics.ts";
import type { SignedEvent, StatusEvent } from "../contract/wire.ts";
import { type AckExtras, ackOf } from "./ack.ts";
import { type Head, type Statement, standsOf, takeIn } from "./intake.ts";
import type { Outcome } from "./ledger.ts";
import type { Letter } from "./letter.ts";
import type { Stand } from "./life.ts";
import type { KeyRegistry } from "./registry.ts";
import type { Quarantined, Sink } from "./sink.ts";
import { type VerifiedRecord, verifyRecord, verifyRequest, verifyStatus, verifySync } from "./verify.ts";
import { channelIn } from "./wrappers.ts";

const recallEveryMs = 30_000;

export interface ReceiverOptions {
  readonly sink: Sink;
  readonly keys: KeyRegistry;
  /** Devices know it by this name: `[a-z0-9-]{1,24}`. All receivers of a group have one name and one key. */
  readonly name: string;
  /** Null never receipts: for looking on, and for sinks that keep nothing. */
  readonly signer: Signer | null;
  readonly nowMs?: () => number;
  readonly codec?: TopicCodec;
}

export interface Ingested {
  /** What came for the first time, in order: act on these. Every one of them is durable. */
  readonly fresh: readonly VerifiedRecord[];
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** What nobody known signed, with the number of why. */
  readonly quarantined: readonly Quarantined[];
  /** Genuine statements of devices, newest last. */
  readonly statuses: readonly StatusEvent[];
  /** What devices ask for besides `sync`: a roster, settings, the time. Answering them is the caller's. */
  readonly requests: readonly SignedEvent[];
  /** How far the devices in question are: all of it is durable. */
  readonly stands: readonly Stand[];
  /** Answers that devices are waiting for: publish them at once. */
  readonly answers: readonly Letter[];
}

export interface Receiver {
  /**
   * Verifies and keeps what came, in one transaction. When it resolves, all of it is durable or set aside, and the
   * messages may be confirmed to whoever brought them.
   *
   * @throws Fault `sink-lost`: nothing is known to be kept; confirm nothing and give it again.
   */
  readonly ingest: (messages: readonly Ingress[]) => Promise<Ingested>;
  /** Receipts for these stands, as `ingest` gave them. Older epochs go first: a device clears them in order. */
  readonly receipts: (stands: readonly Stand[], extras?: AckExtras) => readonly Letter[];
  /** Learns key changes that are in the store: at the start, and when a key is met that another receiver learned. */
  readonly recall: () => Promise<void>;
}

export function openReceiver(options: ReceiverOptions): Receiver {
  const { sink, keys, name, signer, nowMs = Date.now, codec = generic5 } = options;
  const receipts: Receiver["receipts"] = (stands, extras) => {
    if (signer === null) return [];
    return stands.map((stand) => ({
      topic: codec.down(identityOf(stand.source), "ack"),
      bytes: ackOf(stand, name, randomUUID(), nowMs(), signer, extras),
    }));
  };
  let recalledMs = Number.NEGATIVE_INFINITY;
  const recall = async () => {
    recalledMs = nowMs();
    for (const { jws } of await sink.read.ofType("dev.lintel.keychange.v1")) {
      if (jws === null) continue;
      try {
        keys.learn(verifyRecord(Buffer.from(jws), keys));
      } catch (error) {
        // Its own key was revoked since.
        if (!(error instanceof LuError)) throw error;
      }
    }
  };
  return {
    receipts,
    recall,
    ingest: async (messages) => {
      // Others of the group learn of key changes too.
      if (nowMs() - recalledMs >= recallEveryMs) await recall();
      let sorted = sort(messages, keys, codec);
      // The record that says whose this key is may have come to another receiver. At most once a second: strangers must
      // not make the store read.
      if (sorted.refused.some(({ code, isRecord }) => code === 1004 && isRecord) && nowMs() - recalledMs >= 1000) {
        await recall();
        sorted = sort(messages, keys, codec);
      }
      const { records, refused, statuses, syncs } = sorted;
      const heads = [...statuses, ...syncs].map(
        ({ event }): Head => ({ source: event.source, epoch: event.data.ep, seq: event.data.head.seq }),
      );
      const statements = statuses.map(({ event, jws }): Statement => ({ source: event.source, jws, heardMs: nowMs() }));
      const { outcomes, stands } = await takeIn(sink, records, heads, statements, nowMs());
      const quarantined = refused.map(({ code, topic, bytes }) => ({
        heardMs: nowMs(),
        code,
        topic: topic ?? "",
        bytes,
      }));
      if (quarantined.length > 0) await sink.quarantine(quarantined);
      const fresh = records.filter((_, index) => outcomes[index] === "new");
      for (const record of fresh) keys.learn(record);
      return {
        fresh,
        outcomes: countsOf(outcomes),
        quarantined,
        statuses: statuses.map(({ event }) => event),
        requests: sorted.requests,
        stands,
        answers: syncs.flatMap(({ event: { source, data } }) => {
          const ours = stands.filter((stand) => stand.source === source && stand.epoch <= data.ep);
          return receipts(ours, data.n === undefined ? {} : { n: data.n });
        }),
      };
    },
  };
}

/** What is receipted without anything having come: after an outage, a device learns at once what is missing. */
export const standing = (sink: Sink, sources: readonly string[]): Promise<readonly Stand[]> => standsOf(sink, sources);

export function identityOf(source: string): Identity {
  const [, , tenant = "", site = "", device = ""] = source.split(":");
  return { tenant, site, device };
}

interface Sorted {
  readonly records: VerifiedRecord[];
  readonly refused: (Ingress & { readonly code: LuError["code"]; readonly isRecord: boolean })[];
  readonly statuses: { readonly event: StatusEvent; readonly jws: string }[];
  readonly requests: SignedEvent[];
  readonly syncs: { readonly event: ReturnType<typeof verifySync> }[];
}

function sort(messages: readonly Ingress[], keys: KeyRegistry, codec: TopicCodec): Sorted {
  const sorted: Sorted = { records: [], refused: [], statuses: [], requests: [], syncs: [] };
  for (const message of messages) {
    const address = message.topic === null ? null : codec.decode(message.topic);
    const channel = address?.channel ?? channelIn(message.bytes);
    // A topic that is none of ours says nothing about who speaks: the signature does.
    const from = address?.device;
    const refuse = (one: Ingress, error: unknown): void => {
      if (!(error instanceof LuError)) throw error;
      sorted.refused.push({ ...one, code: error.code, isRecord: channel === "rec" });
    };
    try {
      if (channel === "rec") {
        for (const bytes of unpack(message.bytes)) {
          try {
            sorted.records.push(verifyRecord(bytes, keys, from));
          } catch (error) {
            refuse({ bytes, topic: message.topic }, error);
          }
        }
      } else if (channel === "sta") {
        sorted.statuses.push({ event: verifyStatus(message.bytes, keys, from), jws: tokenIn(message.bytes) });
      } else if (channel === "req") {
        const request = verifyRequest(message.bytes, keys, from);
        if (request.type !== "dev.lintel.sync.v1") sorted.requests.push(request);
        else sorted.syncs.push({ event: verifySync(message.bytes, keys, from) });
      } else if (channel !== "tel") throw new LuError(1004, "no channel of ours");
    } catch (error) {
      refuse(message, error);
    }
  }
  return sorted;
}

/** Of a message that was verified. */
const tokenIn = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes).toString("utf8");
  return text.startsWith("{") ? String(JSON.parse(text).data) : text;
};

function countsOf(outcomes: readonly Outcome[]): Readonly<Record<Outcome, number>> {
  const counts = { new: 0, duplicate: 0, fork: 0 };
  for (const outcome of outcomes) counts[outcome] += 1;
  return counts;
}
