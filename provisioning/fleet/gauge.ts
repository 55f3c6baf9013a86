import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, connect as dialPlain, isIP, type Socket } from "node:net";
import { connect as dialTls } from "node:tls";
import type { UplinkOptions } from "../../kiosk/uplink/uplink.ts";

/**
 * A meter in the line: some of the kiosks reach the broker through it, so that what crosses the wire is counted as it is
 * and not as we believe it to be. TLS begins behind it, so bytes are MQTT's own.
 */
export interface Gauge extends AsyncDisposable {
  /** What a kiosk that is measured connects to. */
  readonly brokerUrl: string;
  readonly read: () => Reading;
}

/** Everything since the gauge was opened. */
export interface Reading {
  /** PUBLISH packets. */
  readonly messagesUp: number;
  readonly messagesDown: number;
  /** Every packet: also confirms, keep-alive, CONNECT. */
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export async function openGauge(broker: UplinkOptions["broker"]): Promise<Gauge> {
  const far = farSide(broker);
  const lines = new Set<Socket>();
  const total = { messagesUp: 0, messagesDown: 0, bytesUp: 0, bytesDown: 0 };
  const server = createServer((near) => {
    const line = far();
    for (const [end, other] of [
      [near, line],
      [line, near],
    ] as const) {
      lines.add(end);
      end.setNoDelay(true);
      end.on("error", () => {});
      // Last words before hanging up still get through.
      end.once("close", () => {
        lines.delete(end);
        other.end();
      });
    }
    const countUp = packetCounter(() => {
      total.messagesUp += 1;
    });
    const countDown = packetCounter(() => {
      total.messagesDown += 1;
    });
    near.on("data", (bytes: Buffer) => {
      total.bytesUp += bytes.length;
      countUp(bytes);
    });
    line.on("data", (bytes: Buffer) => {
      total.bytesDown += bytes.length;
      countDown(bytes);
    });
    near.pipe(line);
    line.pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    brokerUrl: urlWithLogin(broker.brokerUrl, port),
    read: () => ({ ...total }),
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const line of lines) line.destroy();
    },
  };
}

function farSide({ brokerUrl, caFile, certFile, keyFile }: UplinkOptions["broker"]): () => Socket {
  const url = new URL(brokerUrl);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol !== "mqtts:") return () => dialPlain(Number(url.port) || 1883, host);
  const pem = (file: string | undefined): Buffer | undefined => (file === undefined ? undefined : readFileSync(file));
  const [ca, cert, key] = [pem(caFile), pem(certFile), pem(keyFile)];
  const options = { host, port: Number(url.port) || 8883, ...(isIP(host) === 0 && { servername: host }) };
  return () => dialTls({ ...options, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
}

function urlWithLogin(brokerUrl: string, port: number): string {
  const { username, password } = new URL(brokerUrl);
  const url = new URL(`mqtt://127.0.0.1:${port}`);
  Object.assign(url, { username, password });
  return url.href;
}

const publishType = 3;

/** Reads fixed headers only: the type, and how much to skip (MQTT 5, section 2.1). */
export function packetCounter(published: () => void): (bytes: Uint8Array) => void {
  let skip = 0;
  /** Of a header that is not complete: type, then the length so far and its next factor. */
  let type: number | null = null;
  let length = 0;
  let factor = 1;
  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      if (skip > 0) {
        const step = Math.min(skip, bytes.length - at);
        skip -= step;
        at += step;
        continue;
      }
      const byte = bytes[at] ?? 0;
      at += 1;
      if (type === null) {
        type = byte >> 4;
        length = 0;
        factor = 1;
        continue;
      }
      length += (byte & 0x7f) * factor;
      factor *= 128;
      if ((byte & 0x80) !== 0) continue;
      if (type === publishType) published();
      type = null;
      skip = length;
    }
  };
}
