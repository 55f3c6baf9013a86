import { readFile } from "node:fs/promises";
import { Socket } from "node:net";
import { connect, type IClientOptions, type IConnackPacket, type MqttClient } from "mqtt";
import { Fault } from "../core/fault.ts";
import { connackOf } from "./connack.ts";
import { mayBeOldBroker, type Refusal, refusalOf } from "./mqtt-faults.ts";
import { type Explain, explainer } from "./own-certificate.ts";

/**
 * mqtt.js as a pipe: one client object for one connection, and none of its memory. Its offline store forgets on restart
 * and its own reconnect has neither jitter nor cap, so both are off; the journal is the queue and uplink.ts reconnects.
 */

export interface PipeOptions {
  /** `mqtt://` or `mqtts://`; may carry a login. */
  readonly brokerUrl: string;
  readonly clientId: string;
  /** PEM files, read anew for every connection so that a renewed certificate needs no restart. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly keepaliveS?: number;
  readonly connectTimeoutMs?: number;
  /** Versions in the order in which they are tried; 5, then 3.1.1, where nothing is said. */
  readonly mqtt?: readonly (5 | 4)[];
}

export interface Letter {
  readonly topic: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** 1 where nothing is said. 0 may be lost, and nobody hears of it. */
  readonly qos?: 0 | 1;
  /** The broker keeps it for whoever subscribes later. */
  readonly retain?: boolean;
  /** Nobody needs it any more after this many seconds; only MQTT 5 knows of it. */
  readonly expiryS?: number;
}

/**
 * Null at PUBACK, otherwise what went wrong. With `refusal`, the broker refused this one message and the connection goes
 * on; without it the connection is lost.
 */
export type Sent = (fault: Fault | null, refusal?: Refusal) => void;

export interface Pipe extends AsyncDisposable {
  readonly protocol: "MQTT 5" | "MQTT 3.1.1";
  /** Publishes that may wait for their PUBACK at one time. */
  readonly windowSize: number;
  /** Largest packet that the broker takes, where it said so. */
  readonly packetMaxBytes: number;
  /** `sent` is called once, at PUBACK or with what went wrong (QoS 0: when it left); never after `ended` resolved. */
  readonly publish: (letter: Letter, sent: Sent) => void;
  /** @throws Fault `broker-refused` where the broker grants less than everything. */
  readonly subscribe: (filters: readonly string[], qos?: 0 | 1) => Promise<void>;
  /** Resolves, never rejects, when the connection is over: with why, or null where we closed it. */
  readonly ended: Promise<Fault | null>;
  /** Runs it after whatever else has just arrived, so that what it publishes leaves together. */
  readonly soon: (act: () => void) => void;
  /** What the broker complained of when it hung up. Undefined where it did not, or gave no reason. */
  readonly complaint: () => Refusal | undefined;
  /** Destroys the socket at once: no DISCONNECT, so the broker delivers the will. */
  readonly destroy: (why: Fault) => void;
}

const windowMax = 64;

const notAuthorised = Object.assign(new Error("subscription refused"), { code: 0x87 });

/** The way to a broker: this one is MQTT, and whoever pretends a broker brings another. */
export type OpenPipe = typeof openPipe;

/**
 * Opens one connection, MQTT 5 first, 3.1.1 where the broker does not take that.
 *
 * @param will delivered by the broker if this connection dies.
 * @param heard called for every message, in order.
 * @throws Fault `broker-unreachable`, `broker-refused`.
 */
export async function openPipe(
  options: PipeOptions,
  will: Letter | null,
  heard: (topic: string, bytes: Uint8Array) => void,
  signal: AbortSignal,
): Promise<Pipe> {
  const where = new URL(options.brokerUrl).host;
  const base = await clientOptions(options, where);
  const certificate = Buffer.isBuffer(base.cert) ? base.cert : null;
  const explain = explainer({ where, clientId: options.clientId, certificate });
  const [first = 5, ...others] = options.mqtt ?? [5, 4];
  let attempt = dial(options.brokerUrl, { ...base, protocolVersion: first }, will, heard, explain, signal);
  for (const protocolVersion of others) {
    attempt = attempt.catch((cause: unknown) => {
      if (!mayBeOldBroker(cause) || signal.aborted) throw cause;
      return dial(options.brokerUrl, { ...base, protocolVersion }, will, heard, explain, signal);
    });
  }
  return attempt.catch((cause: unknown) => {
    throw explain(cause);
  });
}

async function clientOptions(options: PipeOptions, where: string): Promise<IClientOptions> {
  const file = async (path: string | undefined): Promise<Buffer | undefined> => {
    if (path === undefined) return undefined;
    return readFile(path).catch((cause: unknown) => {
      throw new Fault(
        "broker-refused",
        `Cannot read ${path} for ${where}`,
        "Check the files named in the uplink settings.",
        cause,
      );
    });
  };
  const [ca, cert, key, password] = await Promise.all([
    file(options.caFile),
    file(options.certFile),
    file(options.keyFile),
    file(options.passwordFile),
  ]);
  return {
    clientId: options.clientId,
    clean: true,
    keepalive: options.keepaliveS ?? 30,
    connectTimeout: options.connectTimeoutMs ?? 10_000,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    timerVariant: "native",
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(options.username !== undefined && { username: options.username }),
    ...(password && { password: password.toString("utf8").trimEnd() }),
  };
}

/** Rejects with whatever mqtt.js, the socket or TLS says. */
async function dial(
  url: string,
  options: IClientOptions,
  will: Letter | null,
  heard: (topic: string, bytes: Uint8Array) => void,
  explain: Explain,
  signal: AbortSignal,
): Promise<Pipe> {
  const isFive = options.protocolVersion === 5;
  const client = connect(url, {
    ...options,
    ...(isFive && { properties: { sessionExpiryInterval: 0 } }),
    ...(will && {
      will: {
        topic: will.topic,
        payload: asBuffer(will.bytes),
        qos: 1,
        retain: will.retain === true,
        ...(isFive && { properties: { contentType: will.contentType } }),
      },
    }),
  });
  client.on("message", (topic, payload) => heard(topic, payload));
  const connack = await connackOf(client, signal);
  // A punch is one small message: it must not wait for the broker's TCP to confirm the one before.
  const { stream } = client;
  if (stream instanceof Socket) stream.setNoDelay(true);
  return pipeOf(client, isFive, connack, explain);
}

function pipeOf(client: MqttClient, isFive: boolean, connack: IConnackPacket, explain: Explain): Pipe {
  const { promise: ended, resolve: end } = Promise.withResolvers<Fault | null>();
  let isOver = false;
  let complaint: Refusal | undefined;
  let lastTrouble: unknown = new Error("connection closed");
  const over = (why: Fault | null) => {
    if (isOver) return;
    isOver = true;
    client.end(true);
    end(why);
  };
  client.on("error", (cause) => over(explain(cause)));
  client.on("disconnect", (packet) => {
    lastTrouble = Object.assign(new Error("the broker hung up"), { reasonCode: packet.reasonCode });
    complaint = refusalOf(lastTrouble);
  });
  client.on("close", () => over(explain(lastTrouble)));
  const receiveMaximum = connack.properties?.receiveMaximum ?? windowMax;
  return {
    protocol: isFive ? "MQTT 5" : "MQTT 3.1.1",
    windowSize: Math.max(1, Math.min(windowMax, receiveMaximum)),
    packetMaxBytes: connack.properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY,
    ended,
    publish: (letter, sent) => {
      if (isOver) return;
      const { topic, contentType, qos = 1, retain = false, expiryS } = letter;
      const properties = isFive && {
        properties: { contentType, ...(expiryS !== undefined && { messageExpiryInterval: expiryS }) },
      };
      client.publish(topic, asBuffer(letter.bytes), { qos, retain, ...properties }, (cause) => {
        if (isOver) return;
        if (!cause) return sent(null);
        sent(explain(cause, "publish"), client.connected ? refusalOf(cause) : undefined);
      });
    },
    subscribe: async (filters, qos = 1) => {
      // mqtt.js tells a refused filter by an error without a code, or by a granted QoS of 128.
      const granted = await client.subscribeAsync([...filters], { qos }).catch((cause: unknown) => {
        throw explain(client.connected ? notAuthorised : cause, "subscribe");
      });
      if (granted.length < filters.length || granted.some((grant) => grant.qos > 1)) {
        throw explain(notAuthorised, "subscribe");
      }
    },
    soon: (act) => void setImmediate(() => isOver || act()),
    complaint: () => complaint,
    destroy: over,
    [Symbol.asyncDispose]: async () => {
      if (isOver) return;
      isOver = true;
      end(null);
      // DISCONNECT and FIN, but never longer than a second: a dead network must not hold up the shutdown.
      const { promise: closed, resolve: isClosed } = Promise.withResolvers<void>();
      const timer = setTimeout(isClosed, 1000);
      client.end(false, {}, () => isClosed());
      await closed;
      clearTimeout(timer);
      client.end(true);
    },
  };
}

/** The same bytes: mqtt.js wants the subclass. */
const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
