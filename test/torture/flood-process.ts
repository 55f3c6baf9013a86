import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";

/**
 * Publishes garbage at QoS 0 on every topic that a clock subscribes to, so many messages a second, until standard input
 * ends. Frames are made once and written to a bare socket: the flood must not cost more than it does harm. Says
 * `SENT n` every second.
 */
const { values } = parseArgs({
  options: { port: { type: "string" }, topics: { type: "string" }, perS: { type: "string" } },
});
const topics = (values.topics ?? "").split(",");
const perS = Number(values.perS ?? 10_000);

const field = (text: string | Buffer): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
};
const frame = (kind: number, body: Buffer): Buffer => {
  const length: number[] = [];
  for (let left = body.length; length.length === 0 || left > 0; left = Math.floor(left / 128)) {
    length.push((left % 128) | (left >= 128 ? 128 : 0));
  }
  return Buffer.concat([Buffer.of(kind, ...length), body]);
};
/** What people send who know a little: noise, cut JSON, a token that nobody signed, nothing at all. */
const junk: readonly Buffer[] = [
  randomBytes(200),
  Buffer.from('{"specversion":"1.0","data":{"act":"reboot"'),
  Buffer.from(JSON.stringify({ payload: "e30", signatures: [{ protected: "e30", signature: "A".repeat(86) }] })),
  Buffer.from(`${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.`),
  Buffer.alloc(0),
  randomBytes(1500),
];
const frames = topics.flatMap((topic) => junk.map((bytes) => frame(0x30, Buffer.concat([field(topic), bytes]))));

const socket = connect(Number(values.port), "127.0.0.1");
socket.on("error", () => process.exit(1));
socket.resume();
await once(socket, "connect");
// MQTT 3.1.1, clean, keep alive switched off.
socket.write(frame(0x10, Buffer.concat([field("MQTT"), Buffer.of(4, 2, 0, 0), field("flood")])));
await once(socket, "data");
let sent = 0;
const startedMs = performance.now();
let toldMs = startedMs;
process.stdin.on("end", () => process.exit(0)).resume();
for (;;) {
  await delay(10);
  const due = Math.min(sent + perS / 20, Math.floor(((performance.now() - startedMs) / 1000) * perS));
  const burst: Buffer[] = [];
  for (; sent < due; sent += 1) burst.push(frames[sent % frames.length] ?? Buffer.alloc(0));
  if (burst.length > 0 && !socket.write(Buffer.concat(burst))) await once(socket, "drain");
  if (performance.now() - toldMs < 1000) continue;
  toldMs = performance.now();
  process.stdout.write(`SENT ${sent}\n`);
}
