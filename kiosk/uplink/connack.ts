import type { IConnackPacket, MqttClient } from "mqtt";
import { hungUp } from "./mqtt-faults.ts";

/** What the broker answers to CONNECT. Rejects with whatever came instead, and the client is then ended. */
export function connackOf(client: MqttClient, signal: AbortSignal): Promise<IConnackPacket> {
  const { promise, resolve, reject } = Promise.withResolvers<IConnackPacket>();
  const giveUp = (cause: unknown) => {
    client.end(true);
    reject(cause);
  };
  const aborted = () => giveUp(new Error("stopped while connecting"));
  const closed = () => giveUp(hungUp);
  client.once("connect", (connack) => {
    client.off("close", closed);
    resolve(connack);
  });
  // Stays for life: mqtt.js may report an error twice, and an unheard "error" event would end the process.
  client.on("error", giveUp);
  client.once("close", closed);
  signal.addEventListener("abort", aborted, { once: true });
  if (signal.aborted) aborted();
  return promise.finally(() => signal.removeEventListener("abort", aborted));
}
