import { once } from "node:events";
import { type AddressInfo, createServer, connect as dial } from "node:net";

/**
 * A cable to an MQTT 5 broker that answers some publishes itself, with a reason code, so that they never reach the
 * broker: what a broker does that has had enough, or whose access list says no.
 */
export interface RefusingCable extends AsyncDisposable {
  readonly url: string;
  /** What is answered to a PUBLISH with QoS 1, or null to let it through. Replaceable at any time. */
  decide: (topic: string, payloadBytes: number) => Answer | null;
  /** Milliseconds when each publish with QoS 1 came, refused or not. */
  readonly publishedAtMs: readonly number[];
}

/** A reason code in a PUBACK, or in a DISCONNECT before the broker hangs up. */
export type Answer = { readonly puback: number } | { readonly disconnect: number };

export async function openRefusingCable(port: number): Promise<RefusingCable> {
  const publishedAtMs: number[] = [];
  const cable: Pick<RefusingCable, "decide"> = { decide: () => null };
  const server = createServer((near) => {
    const far = dial(port, "127.0.0.1");
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
    far.pipe(near);
    near.once("close", () => far.destroy());
    let rest: Buffer = Buffer.alloc(0);
    near.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (let packet = packetIn(rest); packet !== null; packet = packetIn(rest)) {
        rest = rest.subarray(packet.length);
        const publish = publishIn(packet);
        if (publish !== null) publishedAtMs.push(performance.now());
        const answer = publish && cable.decide(publish.topic, publish.payloadBytes);
        if (publish === null || answer === null) far.write(packet);
        else if ("puback" in answer) near.write(Buffer.from([0x40, 3, ...publish.id, answer.puback]));
        else return void near.end(Buffer.from([0xe0, 2, answer.disconnect, 0]));
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(cable, {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    publishedAtMs,
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  });
}

/** What a PUBLISH with QoS 1 says; null for every other packet. */
function publishIn(packet: Buffer) {
  const first = packet[0] ?? 0;
  if (first >> 4 !== 3 || ((first >> 1) & 3) !== 1) return null;
  const body = headerOf(packet);
  const topicEnd = body + 2 + packet.readUInt16BE(body);
  return {
    topic: packet.toString("utf8", body + 2, topicEnd),
    id: packet.subarray(topicEnd, topicEnd + 2),
    payloadBytes: packet.length - topicEnd,
  };
}

/** Where what follows the fixed header begins. */
function headerOf(packet: Buffer): number {
  let at = 1;
  while (((packet[at] ?? 0) & 0x80) !== 0) at += 1;
  return at + 1;
}

/** The first whole packet, or null. */
function packetIn(bytes: Buffer): Buffer | null {
  let remaining = 0;
  for (let at = 1; at < Math.min(5, bytes.length); at += 1) {
    const byte = bytes[at] ?? 0;
    remaining += (byte & 0x7f) * 128 ** (at - 1);
    if ((byte & 0x80) !== 0) continue;
    const end = at + 1 + remaining;
    return bytes.length >= end ? bytes.subarray(0, end) : null;
  }
  return null;
}
