import { once } from "node:events";
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";

/** What a cloud's broker allows one connection, as documented; beyond it, it hangs up. */
export interface Limits {
  readonly versions: readonly number[];
  readonly keepaliveMaxS: number;
  readonly allowsRetain: boolean;
  readonly payloadMaxBytes: number;
  readonly publishesPerS: number;
  readonly bytesPerS: number;
  readonly inFlight: number;
  readonly filtersPerSubscribe: number;
  readonly subscriptions: number;
  readonly topicMaxBytes: number;
  readonly topicMaxSlashes: number;
  /** Topics that a device may publish and filters that it may subscribe, where they are fixed. */
  readonly topics: RegExp | null;
}

/** Stands before a broker, reads what a clock sends, and hangs up without a word at the first thing that is too much. */
export interface Gate extends AsyncDisposable {
  readonly url: string;
  /** Why it hung up, in order. */
  readonly faults: readonly string[];
  readonly seen: { inFlight: number; publishesInASecond: number; payloadBytes: number; publishes: number };
}

/** As far away as a cloud is: only then is more than one message on its way at a time. */
const latencyMs = 30;

export async function openGate(brokerPort: number, limits: Limits): Promise<Gate> {
  const faults: string[] = [];
  const seen = { inFlight: 0, publishesInASecond: 0, payloadBytes: 0, publishes: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = dial(brokerPort, "127.0.0.1");
    const line = openLine(limits, seen);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => other.destroy());
      one.once("close", () => other.destroy());
      sockets.add(one);
    }
    const up = openSlicer((packet) => {
      const fault = line.sent(packet);
      if (fault === null) return void (far.destroyed || far.write(packet));
      faults.push(fault);
      near.destroy();
    });
    const down = openSlicer((packet) => {
      setTimeout(() => {
        line.answered(packet);
        if (!near.destroyed) near.write(packet);
      }, latencyMs);
    });
    near.on("data", (chunk: Buffer) => near.destroyed || up(chunk));
    far.on("data", down);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** One connection. */
function openLine(limits: Limits, seen: Gate["seen"]) {
  const sentAt: { readonly ms: number; readonly bytes: number }[] = [];
  let version = 4;
  let inFlight = 0;
  let subscriptions = 0;

  const connect = (body: Buffer): string | null => {
    const [level = 0, flags = 0] = body.subarray(6);
    version = level;
    if (!limits.versions.includes(level)) return `MQTT ${level}`;
    if ((flags & 0x20) !== 0 && !limits.allowsRetain) return "a will that is retained";
    const keepaliveS = body.readUInt16BE(8);
    return keepaliveS > limits.keepaliveMaxS || keepaliveS === 0 ? "keepalive" : null;
  };
  const topicFault = (topic: string): string | null => {
    if (Buffer.byteLength(topic) > limits.topicMaxBytes) return "topic length";
    if (topic.split("/").length - 1 > limits.topicMaxSlashes) return "slashes";
    return limits.topics === null || limits.topics.test(topic) ? null : "a topic of its own making";
  };
  const publish = (flags: number, body: Buffer): string | null => {
    const qos = (flags >> 1) & 3;
    const topicEnd = 2 + body.readUInt16BE(0);
    const payloadBytes = body.length - topicEnd;
    const nowMs = performance.now();
    sentAt.push({ ms: nowMs, bytes: body.length });
    while ((sentAt[0]?.ms ?? nowMs) < nowMs - 1000) sentAt.shift();
    if (qos > 0) inFlight += 1;
    seen.publishes += 1;
    seen.inFlight = Math.max(seen.inFlight, inFlight);
    seen.publishesInASecond = Math.max(seen.publishesInASecond, sentAt.length);
    seen.payloadBytes = Math.max(seen.payloadBytes, payloadBytes);
    if (qos === 2) return "QoS 2";
    if ((flags & 1) !== 0 && !limits.allowsRetain) return "retain";
    if (payloadBytes > limits.payloadMaxBytes) return "payload";
    if (inFlight > limits.inFlight) return "in flight";
    if (sentAt.length > limits.publishesPerS) return "publishes a second";
    if (sentAt.reduce((sum, { bytes }) => sum + bytes, 0) > limits.bytesPerS) return "bytes a second";
    return topicFault(body.toString("utf8", 2, topicEnd));
  };
  const subscribe = (body: Buffer): string | null => {
    const filters: string[] = [];
    // Packet id; MQTT 5 adds properties, which are short here.
    let at = 2 + (version === 5 ? 1 + (body[2] ?? 0) : 0);
    while (at < body.length) {
      const end = at + 2 + body.readUInt16BE(at);
      filters.push(body.toString("utf8", at + 2, end));
      at = end + 1;
    }
    subscriptions += filters.length;
    if (filters.length > limits.filtersPerSubscribe) return "filters of one SUBSCRIBE";
    if (subscriptions > limits.subscriptions) return "subscriptions";
    return filters.map(topicFault).find((fault) => fault !== null) ?? null;
  };
  return {
    /** @returns what is too much about it, or null. */
    sent: (packet: Buffer): string | null => {
      const [first = 0] = packet;
      const body = packet.subarray(headerBytes(packet));
      if (first >> 4 === 1) return connect(body);
      if (first >> 4 === 3) return publish(first & 15, body);
      return first >> 4 === 8 ? subscribe(body) : null;
    },
    answered: (packet: Buffer): void => {
      if ((packet[0] ?? 0) >> 4 === 4) inFlight -= 1;
    },
  };
}

/** Cuts a stream into MQTT packets. */
function openSlicer(packet: (packet: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let length = packetBytes(rest); length !== null && rest.length >= length; length = packetBytes(rest)) {
      const one = rest.subarray(0, length);
      rest = rest.subarray(length);
      packet(one);
    }
  };
}

/** Of the fixed header, which ends with a length of one to four bytes. */
function headerBytes(packet: Buffer): number {
  let at = 1;
  while (((packet[at] ?? 0) & 0x80) !== 0) at += 1;
  return at + 1;
}

/** Null where not even the length is there yet. */
function packetBytes(bytes: Buffer): number | null {
  let body = 0;
  for (let at = 1; at < Math.min(5, bytes.length); at += 1) {
    const byte = bytes[at] ?? 0;
    body += (byte & 0x7f) * 128 ** (at - 1);
    if ((byte & 0x80) === 0) return at + 1 + body;
  }
  return null;
}
