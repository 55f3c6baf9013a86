import { readFile } from "node:fs/promises";
import { type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect, credentials } from "amqplib";
import { Fault, isFault } from "../../kiosk/core/fault.ts";
import { structuredContentType } from "../../kiosk/uplink/contract/envelope.ts";
import { receiverAddresses } from "../../kiosk/uplink/contract/profiles.ts";
import type { Letter } from "../../kiosk/uplink/receiver/letter.ts";
import { type Delivery, openMax, type Post, type PostOptions } from "./broker.ts";

/**
 * A receiver's connection to RabbitMQ by its own protocol: the records wait in a durable quorum queue, which any number
 * of receivers share and which outlives all of them and a minority of the nodes. Every node may be named, divided by
 * commas; each connection tries them all, beginning anywhere.
 */

export const isAmqp = (brokerUrl: string): boolean => /^amqps?:\/\//.test(brokerUrl);

const usualQueue = "lintel-payroll";

/** Where the MQTT plugin puts what clocks publish, and finds what they subscribe to. */
const exchange = "amq.topic";
/** Receipts without a confirm, at most; a clock asks again for what is left out. */
const unconfirmedMax = 5000;
/** A node that was shut off takes no part in a handshake and says nothing either. */
const dialMs = 5000;
const closeMs = 1000;
/** Seconds; two of them without a sign of life are the end of the connection. */
const heartbeatS = 10;

/** @throws Fault `broker-unreachable`, `broker-refused`. */
export async function openAmqpPost(
  options: PostOptions,
  heard: (delivery: Delivery) => void,
  signal: AbortSignal,
): Promise<Post> {
  const nodes = options.brokerUrl.split(",").map((url) => url.trim());
  const socket = await socketOptions(options);
  const first = Math.floor(Math.random() * nodes.length);
  let why: Fault | null = null;
  for (const node of [...nodes.slice(first), ...nodes.slice(0, first)]) {
    if (signal.aborted) break;
    const post = await dial(node, { ...socket, ...loginIn(node, socket) }, options.queue ?? usualQueue, heard).catch(
      (cause: unknown) => (isFault(cause) ? cause : faultOf(node, cause)),
    );
    if (!(post instanceof Fault)) return post;
    why = post;
  }
  throw why ?? faultOf(nodes[0] ?? "", new Error("stopped while connecting"));
}

type SocketOptions = Awaited<ReturnType<typeof socketOptions>>;

async function socketOptions({ caFile, certFile, keyFile, username, passwordFile }: PostOptions) {
  const file = async (path: string | undefined): Promise<Buffer | undefined> => {
    if (path === undefined) return undefined;
    return readFile(path).catch((cause: unknown) => {
      throw new Fault("broker-refused", `Cannot read ${path}`, "Check the files that were named.", cause);
    });
  };
  const [ca, cert, key, password] = await Promise.all([caFile, certFile, keyFile, passwordFile].map(file));
  const login = username === undefined ? undefined : credentials.plain(username, text(password));
  return {
    timeout: dialMs,
    noDelay: true,
    ...(ca && { ca: [ca] }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(login && { credentials: login }),
  };
}

const text = (password: Buffer | undefined): string => (password ?? "").toString("utf8").trimEnd();

/** The certificate is the login where nothing else is: RabbitMQ's EXTERNAL. */
const loginIn = (node: string, { cert, credentials: login }: SocketOptions) =>
  login === undefined && cert !== undefined && new URL(node).username === ""
    ? { credentials: credentials.external() }
    : {};

async function dial(node: string, socket: object, queue: string, heard: (delivery: Delivery) => void): Promise<Post> {
  const url = new URL(node);
  if (!url.searchParams.has("heartbeat")) url.searchParams.set("heartbeat", `${heartbeatS}`);
  const connection = await connect(url.href, socket);
  // Unheard, an "error" event would end the process; "close" always follows it and is told the reason.
  let why: unknown;
  connection.on("error", (error) => {
    why = error;
  });
  try {
    await prepareQueue(connection, queue);
    const channel = await connection.createConfirmChannel();
    channel.on("error", (error) => {
      why = error;
    });
    return await listen(node, connection, channel, queue, heard, () => why);
  } catch (cause) {
    void connection.close().catch(() => {});
    throw cause;
  }
}

/** Takes a queue that is there as it is, whatever limits its owner gave it; a missing one is made. */
async function prepareQueue(connection: ChannelModel, queue: string): Promise<void> {
  if (!(await isThere(connection, queue))) {
    const channel = await quietChannel(connection);
    await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum" } });
    await channel.close();
  }
  const channel = await quietChannel(connection);
  for (const key of receiverAddresses("rabbitmq", "")) await channel.bindQueue(queue, exchange, key);
  await channel.close();
}

/** To ask for a queue that is missing costs the channel. */
async function isThere(connection: ChannelModel, queue: string): Promise<boolean> {
  const channel = await quietChannel(connection);
  try {
    await channel.checkQueue(queue);
    await channel.close();
    return true;
  } catch (error) {
    if (codeOf(error) === notFound) return false;
    throw error;
  }
}

/** What is wrong is told by the call that failed. */
async function quietChannel(connection: ChannelModel) {
  const channel = await connection.createChannel();
  channel.on("error", () => {});
  return channel;
}

async function listen(
  node: string,
  connection: ChannelModel,
  channel: ConfirmChannel,
  queue: string,
  heard: (delivery: Delivery) => void,
  why: () => unknown,
): Promise<Post> {
  const { promise: ended, resolve: end } = Promise.withResolvers<Fault | null>();
  let isOver = false;
  const over = (fault: Fault | null) => {
    if (isOver) return;
    isOver = true;
    void connection.close().catch(() => {});
    end(fault);
  };
  const lost = () => over(faultOf(node, why() ?? new Error("connection closed")));
  connection.on("close", lost);
  channel.on("close", lost);
  await channel.prefetch(openMax);
  await channel.consume(queue, (message: ConsumeMessage | null) => {
    if (message === null) return over(faultOf(node, new Error(`the queue ${queue} is gone`)));
    const { routingKey } = message.fields;
    heard({
      topic: routingKey.replaceAll(".", "/"),
      bytes: message.content,
      confirm: () => void (isOver || channel.ack(message)),
    });
  });
  let unconfirmed = 0;
  const publish = ({ topic, bytes }: Letter) => {
    if (isOver || unconfirmed >= unconfirmedMax) return;
    unconfirmed += 1;
    const key = topic.replaceAll("/", ".");
    const content = { contentType: structuredContentType, persistent: true };
    channel.publish(exchange, key, Buffer.from(bytes), content, (refusal) => {
      unconfirmed -= 1;
      // It has no place for a receipt, so it is not well; the next node may be, and a clock asks for what it misses. Where
      // the channel was closed on us, the reason comes right after.
      if (refusal) setImmediate(() => over(faultOf(node, why() ?? refusal)));
    });
  };
  return {
    ended,
    publish,
    [Symbol.asyncDispose]: async () => {
      if (isOver) return;
      // The last receipts are on their way: their confirms are waited for, but never longer than this.
      await within(closeMs, channel.waitForConfirms());
      isOver = true;
      await within(closeMs, connection.close());
      end(null);
    },
  };
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work.catch(() => {}), late]);
  clearTimeout(timer);
}

const notFound = 404;
/** ACCESS_REFUSED, PRECONDITION_FAILED, NOT_ALLOWED. */
const refusals = [403, 406, 530];

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

/** Says host and port, never a login. */
function faultOf(node: string, cause: unknown): Fault {
  const where = URL.canParse(node) ? new URL(node).host : "the broker";
  const detail = cause instanceof Error ? cause.message : String(cause);
  const isRefused = refusals.includes(Number(codeOf(cause))) || /ACCESS.REFUSED|Handshake terminated/.test(detail);
  return isRefused
    ? new Fault(
        "broker-refused",
        `The broker refused us at ${where}: ${detail}`,
        "Check login or certificate, and its rights on the queue and on amq.topic; docs/brokers/rabbitmq has an example.",
        cause,
      )
    : new Fault(
        "broker-unreachable",
        `No AMQP connection with ${where}: ${detail}`,
        "Check network and broker; what clocks send waits in the queue, or at the clock.",
        cause,
      );
}
