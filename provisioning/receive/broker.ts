import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Socket } from "node:net";
import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { Fault } from "../../kiosk/core/fault.ts";
import { connackOf } from "../../kiosk/uplink/connack.ts";
import { structuredContentType } from "../../kiosk/uplink/contract/envelope.ts";
import { brokerFault, hungUp, mayBeOldBroker } from "../../kiosk/uplink/mqtt-faults.ts";
import type { Letter } from "../../kiosk/uplink/receiver/letter.ts";

/**
 * A receiver's connection to a broker. Unlike a clock's, it confirms a message only when its caller has it on disk: until
 * then the broker holds it, and gives it to another of the group if this one dies.
 */
export interface Post extends AsyncDisposable {
  /** Never rejects: resolves when the connection is over, with why, or null where we closed it. */
  readonly ended: Promise<Fault | null>;
  /** QoS 1. Lost with the connection; receipts are repeated when a clock asks. */
  readonly publish: (letter: Letter) => void;
}

export interface Delivery {
  readonly topic: string;
  readonly bytes: Uint8Array;
  /** PUBACK; nothing where the connection is gone. */
  readonly confirm: () => void;
}

export interface PostOptions {
  readonly brokerUrl: string;
  readonly filters: readonly string[];
  /** Versions in the order in which they are tried; 5, then 3.1.1, where nothing is said. */
  readonly mqtt?: readonly (5 | 4)[];
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly username?: string;
  readonly passwordFile?: string;
  /** The queue that is shared, where the broker is asked by AMQP. */
  readonly queue?: string;
}

/** Messages that the broker may give us before we confirm any, where it speaks MQTT 5. */
export const openMax = 1000;

/** @throws Fault `broker-unreachable`, `broker-refused`. */
export async function openPost(
  options: PostOptions,
  heard: (delivery: Delivery) => void,
  signal: AbortSignal,
): Promise<Post> {
  const where = new URL(options.brokerUrl).host;
  const settings = await settingsOf(options, where);
  const dialAs = (protocolVersion: 4 | 5) =>
    dial(options, { ...settings, protocolVersion }, heard, where, signal).catch((cause: unknown) => {
      throw cause instanceof Fault ? cause : Object.assign(brokerFault(where, cause), { cause });
    });
  const [first = 5, ...others] = options.mqtt ?? [5, 4];
  let attempt = dialAs(first);
  for (const version of others) {
    attempt = attempt.catch((fault: unknown) => {
      if (!(fault instanceof Fault) || !mayBeOldBroker(fault.cause) || signal.aborted) throw fault;
      return dialAs(version);
    });
  }
  return attempt;
}

async function settingsOf(options: PostOptions, where: string): Promise<IClientOptions> {
  const file = async (path: string | undefined): Promise<Buffer | undefined> => {
    if (path === undefined) return undefined;
    return readFile(path).catch((cause: unknown) => {
      throw new Fault("broker-refused", `Cannot read ${path} for ${where}`, "Check the files that were named.", cause);
    });
  };
  const [ca, cert, key, password] = await Promise.all(
    [options.caFile, options.certFile, options.keyFile, options.passwordFile].map(file),
  );
  return {
    clientId: `lintel-receive-${randomBytes(8).toString("hex")}`,
    clean: true,
    keepalive: 30,
    connectTimeout: 10_000,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(options.username !== undefined && { username: options.username }),
    ...(password && { password: password.toString("utf8").trimEnd() }),
  };
}

async function dial(
  { brokerUrl, filters }: PostOptions,
  options: IClientOptions,
  heard: (delivery: Delivery) => void,
  where: string,
  signal: AbortSignal,
): Promise<Post> {
  const isFive = options.protocolVersion === 5;
  const properties = isFive ? { properties: { sessionExpiryInterval: 0, receiveMaximum: openMax } } : {};
  const client = connect(brokerUrl, { ...options, ...properties });
  const { promise: ended, resolve: end } = Promise.withResolvers<Fault | null>();
  let isOver = false;
  const over = (why: Fault | null) => {
    if (isOver) return;
    isOver = true;
    client.end(true);
    end(why);
  };
  client.handleMessage = (packet, done) => {
    const { topic, payload, messageId, qos } = packet;
    const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
    const confirm = () => {
      if (!isOver && qos > 0 && messageId !== undefined) puback(client, messageId);
    };
    heard({ topic, bytes, confirm });
    // An error keeps mqtt.js from confirming by itself; it goes on with the next message all the same.
    done(new Error("confirmed once it is kept"));
  };
  const { properties: granted } = await connackOf(client, signal);
  // A clock waits for its receipt: it must not wait here for TCP to confirm the PUBACK before it.
  const { stream } = client;
  if (stream instanceof Socket) stream.setNoDelay(true);
  if (granted?.sharedSubscriptionAvailable === false && filters.some((filter) => filter.startsWith("$share/"))) {
    over(null);
    throw new Fault("broker-refused", `${where} knows no groups`, "Leave out --share, or use a broker that has them.");
  }
  client.on("error", (cause) => over(brokerFault(where, cause)));
  client.on("close", () => over(brokerFault(where, hungUp)));
  try {
    const answers = await client.subscribeAsync([...filters], { qos: 1 });
    if (answers.length < filters.length || answers.some(({ qos }) => qos > 1)) throw notAuthorised;
  } catch (cause) {
    const why = client.connected ? notAuthorised : cause;
    over(null);
    throw why;
  }
  return {
    ended,
    publish: ({ topic, bytes }) => {
      if (isOver) return;
      const content = isFive ? { properties: { contentType: structuredContentType } } : {};
      client.publish(topic, Buffer.from(bytes), { qos: 1, retain: false, ...content });
    },
    [Symbol.asyncDispose]: async () => {
      if (isOver) return;
      isOver = true;
      // DISCONNECT goes out after what is still on its way, but never waits longer than a second.
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, 1000);
      client.end(false, {}, () => resolve());
      await closed;
      clearTimeout(timer);
      client.end(true);
      end(null);
    },
  };
}

/** The same four bytes in MQTT 3.1.1 and 5: a reason code may be left out where it is success. */
const puback = (client: MqttClient, messageId: number): void => {
  client.stream.write(Buffer.of(0x40, 2, messageId >> 8, messageId & 0xff));
};

const notAuthorised = Object.assign(new Error("subscription refused"), { code: 0x87 });
