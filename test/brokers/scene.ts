import type { Uplink, UplinkNews } from "../../kiosk/core/ports/uplink.ts";
import { sourceOf } from "../../kiosk/core/record.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { openReceiver, type Receiver } from "../../kiosk/uplink/receiver/receiver.ts";
import { openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { openUplink, type UplinkOptions } from "../../kiosk/uplink/uplink.ts";
import type { PostOptions } from "../../provisioning/receive/broker.ts";
import { runReceiver, type Tally } from "../../provisioning/receive/run.ts";
import { identity, newKey, quick, realClock, type TestKey } from "../unit/uplink/parts.ts";
import type { RealBroker } from "./brokers.ts";

/** A clock and a receiver as they are in the field, on two sides of a real broker. */

export interface Cloud extends AsyncDisposable {
  readonly receiver: { readonly name: string; readonly jwk: TestKey["jwk"] };
  /** Numbers in the order of their first arrival. */
  readonly order: readonly number[];
  /** Last words of each life that was heard of: `online`, `offline`, `leaving`. */
  readonly statuses: readonly string[];
  /** Tokens that were kept, in order. */
  readonly kept: () => Promise<readonly string[]>;
  readonly said: readonly string[];
  readonly refused: () => number;
  /** Hangs up and says what it did. */
  readonly end: () => Promise<Tally>;
}

/** `lintel receive` in this process; it listens when this resolves. */
export async function openCloud(
  broker: RealBroker,
  device: Pick<TestKey, "signer">,
  changes: Partial<PostOptions> = {},
): Promise<Cloud> {
  const key = newKey();
  const keys = openKeyRegistry();
  keys.add(identity, device.signer.kid, device.signer.publicKey);
  const sink = openSqliteSink(broker.pki.file("payroll.sqlite"));
  const inner = openReceiver({ sink, keys, name: "payroll", signer: key.signer });
  const order: number[] = [];
  const statuses: string[] = [];
  let refused = 0;
  const receiver: Receiver = {
    ...inner,
    ingest: async (messages) => {
      const done = await inner.ingest(messages);
      order.push(...done.fresh.map(({ event }) => event.seq));
      statuses.push(...done.statuses.map(({ data }) => data.state));
      refused += done.quarantined.length;
      return done;
    },
  };
  const said: string[] = [];
  const stop = new AbortController();
  const { pki, receiverPort } = broker;
  const { promise: connected, resolve: isConnected } = Promise.withResolvers<void>();
  // The first thing that it asks once it listens.
  const streams = async () => {
    isConnected();
    return sink.read.streams();
  };
  const running = runReceiver(
    {
      broker: {
        brokerUrl: `mqtts://localhost:${receiverPort}`,
        caFile: pki.file("broker-ca.pem"),
        certFile: pki.file("payroll.pem"),
        keyFile: pki.file("payroll.key"),
        filters: generic5.receiverFilters,
        ...changes,
      },
      sink: { ...sink, read: { ...sink.read, streams } },
      receiver,
      say: (sentence) => said.push(sentence),
    },
    stop.signal,
  );
  await Promise.race([connected, running]);
  const end = async () => {
    stop.abort();
    return running;
  };
  return {
    receiver: { name: "payroll", jwk: key.jwk },
    order,
    statuses,
    said,
    refused: () => refused,
    kept: async () => {
      const found = await sink.read.page({ source: sourceOf(identity), epoch: 1 }, 0, 10_000);
      return found.map(({ jws }) => jws).filter((jws) => jws !== null);
    },
    end,
    [Symbol.asyncDispose]: async () => {
      await end();
      await sink[Symbol.asyncDispose]();
    },
  };
}

export interface Kiosk extends Uplink {
  readonly newest: () => UplinkNews;
  /** Every trouble that was in the news, as `code: message. remedy`. */
  readonly troubles: ReadonlySet<string>;
}

export interface KioskOptions extends Pick<UplinkOptions, "receiver" | "journal"> {
  readonly device: TestKey;
  /** Whose: `device` is its own. */
  readonly certificate?: string;
  /** Where it dials; the broker's, where nothing is said. */
  readonly port?: number;
}

export async function openKiosk(broker: RealBroker, options: KioskOptions): Promise<Kiosk> {
  const { pki } = broker;
  const { certificate = "device", port = broker.port, device, journal, receiver } = options;
  const uplink = await openUplink({
    broker: {
      brokerUrl: `mqtts://localhost:${port}`,
      caFile: pki.file("broker-ca.pem"),
      certFile: pki.file(`${certificate}.pem`),
      keyFile: pki.file(`${certificate}.key`),
    },
    profile: broker.profile,
    receiver,
    identity,
    signer: device.signer,
    journal,
    clock: realClock,
    fw: "0.1.0",
    simulated: false,
    pace: quick,
  });
  const stop = new AbortController();
  let newest: UplinkNews = { online: false, waiting: -1, receipted: null, receiver: "", trouble: null };
  const troubles = new Set<string>();
  const listening = (async () => {
    for await (const news of uplink.news(stop.signal)) {
      newest = news;
      const { trouble } = news;
      if (trouble !== null) troubles.add(`${trouble.code}: ${trouble.message}. ${trouble.remedy}`);
    }
  })();
  return {
    ...uplink,
    newest: () => newest,
    troubles,
    [Symbol.asyncDispose]: async () => {
      await uplink[Symbol.asyncDispose]();
      stop.abort();
      await listening;
    },
  };
}
